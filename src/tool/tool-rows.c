#include "tool-rows.h"

#include "store-flags.h"
#include "tool-output.h"

/* Messages as lines of a table, or as members of an array. */

#define PAGE 500

static void
add_addresses (JsonBuilder            *builder,
               const char             *name,
               const StoreAddressList *list)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; list != NULL && i < list->n_items; i++)
    {
      json_builder_begin_object (builder);
      tool_json_string (builder, "name", list->items[i].name);
      tool_json_string (builder, "address", list->items[i].address);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* Returns: (transfer full): all flags and keywords by the names that they have on the wire */
static GStrv
list_flags (const StoreRow *row)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_auto(GStrv) keywords = g_strsplit (row->keywords != NULL ? row->keywords : "", " ", -1);

  for (guint bit = 0; bit < 32; bit++)
    {
      const char *name = (row->flags & (1u << bit)) != 0 ? store_flags_to_name (1u << bit) : NULL;

      if (name != NULL)
        g_ptr_array_add (names, g_strdup (name));
    }

  for (guint i = 0; keywords[i] != NULL; i++)
    if (keywords[i][0] != '\0')
      g_ptr_array_add (names, g_strdup (keywords[i]));

  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static char *
format_date (gint64 unix_time)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (unix_time);

  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static const char *
body_name (StoreBodyState state)
{
  switch (state)
    {
    case STORE_BODY_TEXT:
      return "text";
    case STORE_BODY_WHOLE:
      return "whole";
    case STORE_BODY_NONE:
    default:
      return "none";
    }
}

static void
add_row (JsonBuilder    *builder,
         const StoreRow *row)
{
  g_auto(GStrv) flags = list_flags (row);
  g_autofree char *date = row->date_unix != 0 ? format_date (row->date_unix) : NULL;

  json_builder_begin_object (builder);
  tool_json_int (builder, "id", row->location);
  tool_json_int (builder, "uid", row->uid);
  tool_json_string (builder, "message_id", row->message_id);
  tool_json_string (builder, "subject", row->subject);
  add_addresses (builder, "from", row->from);
  add_addresses (builder, "to", row->to);
  tool_json_string (builder, "date", date);
  tool_json_int (builder, "sort_date_unix", row->sort_date);
  tool_json_strings (builder, "flags", (const char * const *) flags);
  tool_json_int (builder, "size", row->size_bytes);
  tool_json_int (builder, "conversation", row->conversation);
  tool_json_string (builder, "preview", row->preview);
  tool_json_string (builder, "body", body_name (row->body));
  tool_json_boolean (builder, "waiting", row->is_waiting);
  json_builder_end_object (builder);
}

static void
print_row (const StoreRow *row)
{
  const StoreAddress *from = row->from != NULL && row->from->n_items > 0 ? &row->from->items[0] : NULL;
  const char *sender = from == NULL ? "" : from->name != NULL ? from->name : from->address;
  g_autofree char *quoted_sender = tool_output_quote (sender);
  g_autofree char *subject = tool_output_quote (row->subject);
  g_autofree char *date = format_date (row->sort_date);

  tool_output_line ("%8" G_GINT64_FORMAT "  %s  %c%c  %-24.24s  %s", row->location, date,
                    (row->flags & STORE_FLAG_SEEN) != 0 ? ' ' : 'N',
                    (row->flags & STORE_FLAG_FLAGGED) != 0 ? '*' : ' ', quoted_sender, subject);
}

static gboolean
show_page (ToolEngine   *engine,
           GArray       *entries,
           guint         first,
           JsonBuilder  *builder,
           GError      **error)
{
  guint n = MIN (entries->len - first, PAGE);
  gboolean json = tool_context_is_json (tool_engine_get_context (engine));
  g_autofree gint64 *locations = g_new (gint64, n);
  g_autoptr(GPtrArray) rows = NULL;

  for (guint i = 0; i < n; i++)
    locations[i] = g_array_index (entries, StoreListEntry, first + i).location;

  rows = store_reader_load_rows (tool_engine_get_reader (engine), locations, n, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    if (rows->pdata[i] == NULL)
      continue;
    else if (json)
      add_row (builder, rows->pdata[i]);
    else
      print_row (rows->pdata[i]);

  return TRUE;
}

/**
 * tool_rows_show:
 * @entries: (element-type StoreListEntry): which, in the order in which they are shown
 * @builder: in an array, for JSON
 *
 * Prints messages, or adds them to @builder if JSON was asked for.
 */
gboolean
tool_rows_show (ToolEngine   *engine,
                GArray       *entries,
                JsonBuilder  *builder,
                GError      **error)
{
  for (guint first = 0; first < entries->len; first += PAGE)
    if (!show_page (engine, entries, first, builder, error))
      return FALSE;

  return TRUE;
}
