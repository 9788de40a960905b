#include "tool-body.h"
#include "tool-commands.h"
#include "tool-message.h"
#include "tool-output.h"

#include <stdio.h>

/* pipitctl show: a message, as text, as HTML, as its parts or byte for byte. */

typedef struct
{
  gboolean raw;
  gboolean text;
  gboolean html;
  gboolean parts;
} ShowOptions;

static void
write_bytes (GBytes *bytes)
{
  gsize size_bytes;
  gconstpointer data = g_bytes_get_data (bytes, &size_bytes);

  if (size_bytes > 0)
    fwrite (data, 1, size_bytes, stdout);
  fflush (stdout);
}

static void
add_raw (JsonBuilder *builder,
         MimeMessage *message)
{
  gsize size_bytes;
  const guchar *data = g_bytes_get_data (mime_message_get_bytes (message), &size_bytes);
  g_autofree char *encoded = g_base64_encode (data, size_bytes);

  tool_json_string (builder, "raw_base64", encoded);
}

static void
print_json (gint64             location,
            MimeMessage       *message,
            const ShowOptions *options)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) parts = options->parts ? tool_message_list_parts (message) : NULL;

  json_builder_begin_object (builder);
  tool_json_int (builder, "id", location);
  tool_message_add (builder, message);
  if (options->parts)
    tool_message_add_parts (builder, "parts", parts);
  if (options->raw)
    add_raw (builder, message);
  json_builder_end_object (builder);
  tool_output_json (builder);
}

static ToolExit
print_html (MimeMessage *message)
{
  g_autofree char *html = mime_message_dup_html (message);

  if (html == NULL)
    {
      tool_output_error ("The message has no HTML.");
      return TOOL_EXIT_FAILED;
    }

  fputs (html, stdout);
  fflush (stdout);
  return TOOL_EXIT_DONE;
}

static ToolExit
print_message (MimeMessage       *message,
               const ShowOptions *options)
{
  if (options->raw)
    write_bytes (mime_message_get_bytes (message));
  else if (options->html)
    return print_html (message);
  else if (options->parts)
    tool_message_print_parts (message);
  else if (options->text)
    tool_message_print_text (message);
  else
    tool_message_print (message);

  return TOOL_EXIT_DONE;
}

/**
 * tool_show:
 *
 * Shows a message; fetches it if it is not in the cache.
 */
ToolExit
tool_show (ToolContext *context,
           GStrv        arguments)
{
  ShowOptions options = { FALSE };
  const GOptionEntry entries[] = {
    { "raw", 0, 0, G_OPTION_ARG_NONE, &options.raw, "The message byte for byte", NULL },
    { "text", 0, 0, G_OPTION_ARG_NONE, &options.text, "Its text only", NULL },
    { "html", 0, 0, G_OPTION_ARG_NONE, &options.html, "Its HTML as it came", NULL },
    { "parts", 0, 0, G_OPTION_ARG_NONE, &options.parts, "What it consists of", NULL },
    { NULL },
  };
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(MimeMessage) message = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  gint64 location;

  if (!tool_context_parse (context, arguments, "ID",
                           "Shows a message, by the id that “pipitctl list” prints. What is not in "
                           "the cache is fetched.",
                           entries, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  if (options.raw + options.text + options.html + options.parts > 1)
    {
      tool_output_error ("--raw, --text, --html and --parts exclude each other.");
      return TOOL_EXIT_USAGE;
    }

  if (tool_engine_parse_id (rest[0], &location, &error))
    engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);
  if (engine != NULL)
    message = tool_body_load (engine, location, options.raw ? SYNC_FETCH_WHOLE : SYNC_FETCH_TEXT,
                              &error);
  if (message == NULL)
    return tool_context_fail (context, error);

  if (!tool_context_is_json (context))
    return print_message (message, &options);

  print_json (location, message, &options);
  return TOOL_EXIT_DONE;
}
