#include "store-flags.h"
#include "tool-change.h"
#include "tool-commands.h"
#include "tool-output.h"

#include <string.h>

/* pipitctl flag, move and delete. */

#define LATER_ENTRY(variable) \
  { "later", 0, 0, G_OPTION_ARG_NONE, variable, \
    "Write it down, and leave it to the next sync to tell the server", NULL }

/* Flags */

typedef struct
{
  guint32 flags;
  GPtrArray *keywords; /* (owned) of char, NULL-terminated in the end */
} FlagSet;

typedef struct
{
  FlagSet add;
  FlagSet remove;
} FlagChange;

static const struct
{
  const char *name;
  guint32 flag;
} flag_names[] = {
  { "seen", STORE_FLAG_SEEN },           { "read", STORE_FLAG_SEEN },
  { "flagged", STORE_FLAG_FLAGGED },     { "starred", STORE_FLAG_FLAGGED },
  { "answered", STORE_FLAG_ANSWERED },   { "forwarded", STORE_FLAG_FORWARDED },
  { "draft", STORE_FLAG_DRAFT },         { "junk", STORE_FLAG_JUNK },
  { "notjunk", STORE_FLAG_NOT_JUNK },    { "important", STORE_FLAG_IMPORTANT },
};

/* RFC 9051: a keyword is an atom, and a backslash begins system flags only. */
static gboolean
is_keyword (const char *text)
{
  if (text[0] == '\0' || strlen (text) > 100)
    return FALSE;

  for (const char *at = text; *at != '\0'; at++)
    if (*at <= ' ' || *at > '~' || strchr ("(){%*\"\\]", *at) != NULL)
      return FALSE;

  return TRUE;
}

static guint32
parse_flag (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++)
    if (g_ascii_strcasecmp (flag_names[i].name, text) == 0)
      return flag_names[i].flag;

  return store_flags_from_name (text);
}

static gboolean
parse_flags (FlagSet  *set,
             GStrv     texts,
             GError  **error)
{
  set->keywords = g_ptr_array_new ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      guint32 flag = parse_flag (texts[i]);

      if (flag == STORE_FLAG_DELETED)
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                               "To remove messages there is “pipitctl delete”");
          return FALSE;
        }
      if (flag == 0 && !is_keyword (texts[i]))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "“%s” is neither a flag nor a keyword", texts[i]);
          return FALSE;
        }

      set->flags |= flag;
      if (flag == 0)
        g_ptr_array_add (set->keywords, texts[i]);
    }

  g_ptr_array_add (set->keywords, NULL);
  return TRUE;
}

static SyncChange *
make_flag_change (ToolEngine       *engine,
                  AccountSettings  *settings,
                  GArray           *locations,
                  gpointer          user_data,
                  GError          **error)
{
  FlagChange *change = user_data;

  return sync_change_new_flags ((const gint64 *) (gpointer) locations->data, locations->len,
                                change->add.flags, change->remove.flags,
                                (const char * const *) change->add.keywords->pdata,
                                (const char * const *) change->remove.keywords->pdata);
}

static void
flag_change_clear (FlagChange *change)
{
  g_clear_pointer (&change->add.keywords, g_ptr_array_unref);
  g_clear_pointer (&change->remove.keywords, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FlagChange, flag_change_clear)

/**
 * tool_flag:
 *
 * Adds and removes flags and keywords.
 */
ToolExit
tool_flag (ToolContext *context,
           GStrv        arguments)
{
  g_auto(GStrv) add = NULL;
  g_auto(GStrv) remove = NULL;
  gboolean later = FALSE;
  const GOptionEntry entries[] = {
    { "add", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &add,
      "Add a flag: read, starred, answered, …, or a keyword", "FLAG" },
    { "remove", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &remove, "Remove one", "FLAG" },
    LATER_ENTRY (&later),
    { NULL },
  };
  g_auto(FlagChange) change = { 0 };
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  ToolExit code;

  if (!tool_context_parse (context, arguments, "ID…",
                           "Adds and removes flags and keywords of messages.", entries, 1, G_MAXUINT,
                           &rest))
    return TOOL_EXIT_USAGE;

  if (add == NULL && remove == NULL)
    {
      tool_output_error ("Say which flags: --add or --remove.");
      return TOOL_EXIT_USAGE;
    }

  if (parse_flags (&change.add, add, &error) && parse_flags (&change.remove, remove, &error))
    engine = tool_engine_open (context, TOOL_ENGINE_ASK, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  code = tool_change_apply (engine, rest, later, make_flag_change, &change, &error);
  return error != NULL ? tool_context_fail (context, error) : code;
}

/* Moving */

static SyncChange *
make_move (ToolEngine       *engine,
           AccountSettings  *settings,
           GArray           *locations,
           gpointer          user_data,
           GError          **error)
{
  g_autoptr(StoreFolder) folder = NULL;

  folder = tool_engine_find_folder (engine, account_settings_get_uuid (settings), user_data, error);
  if (folder == NULL)
    return NULL;

  return sync_change_new_move ((const gint64 *) (gpointer) locations->data, locations->len,
                               folder->folder);
}

/**
 * tool_move:
 *
 * Moves messages to another folder of their account.
 */
ToolExit
tool_move (ToolContext *context,
           GStrv        arguments)
{
  gboolean later = FALSE;
  const GOptionEntry entries[] = {
    LATER_ENTRY (&later),
    { NULL },
  };
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = NULL;
  g_auto(GStrv) rest = NULL;
  ToolExit code;
  guint last;

  if (!tool_context_parse (context, arguments, "ID… FOLDER",
                           "Moves messages to another folder of their account: its name, or "
                           "archive, junk, trash, inbox, …",
                           entries, 2, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  last = g_strv_length (rest) - 1;
  folder = g_steal_pointer (&rest[last]);

  engine = tool_engine_open (context, TOOL_ENGINE_ASK, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  code = tool_change_apply (engine, rest, later, make_move, folder, &error);
  return error != NULL ? tool_context_fail (context, error) : code;
}

/* Deleting */

static SyncChange *
make_deletion (ToolEngine       *engine,
               AccountSettings  *settings,
               GArray           *locations,
               gpointer          user_data,
               GError          **error)
{
  const gboolean *for_good = user_data;

  return sync_change_new (*for_good ? SYNC_CHANGE_EXPUNGE : SYNC_CHANGE_DELETE,
                          (const gint64 *) (gpointer) locations->data, locations->len);
}

/**
 * tool_delete:
 *
 * Moves messages to the trash, or removes them.
 */
ToolExit
tool_delete (ToolContext *context,
             GStrv        arguments)
{
  gboolean later = FALSE, for_good = FALSE;
  const GOptionEntry entries[] = {
    { "for-good", 0, 0, G_OPTION_ARG_NONE, &for_good, "Remove them; nothing brings them back", NULL },
    LATER_ENTRY (&later),
    { NULL },
  };
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  ToolExit code;

  if (!tool_context_parse (context, arguments, "ID…",
                           "Moves messages to the trash of their account. Messages in the trash, "
                           "and drafts, are removed.",
                           entries, 1, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  engine = tool_engine_open (context, TOOL_ENGINE_ASK, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  code = tool_change_apply (engine, rest, later, make_deletion, &for_good, &error);
  return error != NULL ? tool_context_fail (context, error) : code;
}
