/* What a person does, for sync-client:
 *
 *   change flags FOLDER IDS ADD REMOVE [KEYWORDS [KEYWORDS]]    bits of StoreFlags
 *   change move|copy FOLDER IDS TARGET
 *   change archive|delete|junk|not-junk|expunge FOLDER IDS
 *   undo CHANGE       settle       operations      network on|off      resume
 *   visible FOLDER
 *   submit UUID SENDER RECIPIENTS FILE [FOLDER ID]              ID is that of what is answered
 *   outbox            act ITEM retry|cancel|resend|mark-sent
 *
 * IDS are Message-IDs, separated by commas, or * for all. FOLDER may be several, with + between. */

#include "sync-client-private.h"

#include <string.h>

static const char *const kinds[] = {
  [SYNC_CHANGE_FLAGS] = "flags",     [SYNC_CHANGE_MOVE] = "move",
  [SYNC_CHANGE_COPY] = "copy",       [SYNC_CHANGE_ARCHIVE] = "archive",
  [SYNC_CHANGE_DELETE] = "delete",   [SYNC_CHANGE_JUNK] = "junk",
  [SYNC_CHANGE_NOT_JUNK] = "not-junk", [SYNC_CHANGE_EXPUNGE] = "expunge",
};

static const char *const states[] = { "waiting", "sent", "doubtful", "done", "refused", "undone" };

static void
add_locations (Client *client,
               const char *folder_name,
               const char *ids,
               GArray *found)
{
  g_autoptr(StoreFolder) folder = client_find_folder (client, folder_name);
  g_autoptr(GArray) entries = store_reader_list_entries (client->reader, &folder->folder, 1,
                                                         STORE_FILTER_ALL, 0, NULL);
  g_auto(GStrv) wanted = g_strsplit (ids, ",", -1);

  for (guint i = 0; i < entries->len; i++)
    {
      gint64 location = g_array_index (entries, StoreListEntry, i).location;
      g_autoptr(GPtrArray) rows = store_reader_load_rows (client->reader, &location, 1, NULL);
      const StoreRow *row = g_ptr_array_index (rows, 0);

      if (g_str_equal (ids, "*") ||
          (row->message_id != NULL &&
           g_strv_contains ((const char *const *) wanted, row->message_id)))
        g_array_append_val (found, location);
    }
}

static GArray *
find_locations (Client *client,
                const char *folder_names,
                const char *ids)
{
  g_auto(GStrv) names = g_strsplit (folder_names, "+", -1);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; names[i] != NULL; i++)
    add_locations (client, names[i], ids, found);

  return found;
}

static SyncChange *
make_change (Client *client,
             char **words)
{
  g_autoptr(GArray) locations = find_locations (client, words[2], words[3]);
  const gint64 *ids = (const gint64 *) locations->data;
  g_autoptr(StoreFolder) target = NULL;

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      if (!g_str_equal (words[1], kinds[kind]))
        continue;
      if (kind == SYNC_CHANGE_FLAGS)
        {
          guint n_words = g_strv_length (words);
          g_auto(GStrv) add = n_words > 6 ? g_strsplit (words[6], " ", -1) : NULL;
          g_auto(GStrv) remove = n_words > 7 ? g_strsplit (words[7], " ", -1) : NULL;

          return sync_change_new_flags (ids, locations->len,
                                        (guint32) g_ascii_strtoull (words[4], NULL, 10),
                                        (guint32) g_ascii_strtoull (words[5], NULL, 10),
                                        (const char *const *) add, (const char *const *) remove);
        }
      if (kind != SYNC_CHANGE_MOVE && kind != SYNC_CHANGE_COPY)
        return sync_change_new (kind, ids, locations->len);

      target = client_find_folder (client, words[4]);
      return kind == SYNC_CHANGE_MOVE ?
                 sync_change_new_move (ids, locations->len, target->folder) :
                 sync_change_new_copy (ids, locations->len, target->folder);
    }

  g_assert_not_reached ();
}

static void
on_changed (GObject *source_object,
            GAsyncResult *result,
            gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;
  gint64 change = 0;

  if (!sync_account_change_finish (client->account, result, &change, &error))
    client_say_error (client, error);
  client_say_number (client, "change", change);
  client->is_done = TRUE;
}

static void
on_undone (GObject *source_object,
           GAsyncResult *result,
           gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;

  if (!sync_account_undo_finish (client->account, result, &error))
    client_say_error (client, error);
  client->is_done = TRUE;
}

static void
on_settled (GObject *source_object,
            GAsyncResult *result,
            gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(SyncReport) report = NULL;
  g_autoptr(GError) error = NULL;

  if (!sync_account_settle_finish (client->account, result, &report, &error))
    client_say_error (client, error);
  client_say_number (client, "operations", report->n_operations);
  client->is_done = TRUE;
}

static void
say_operation (Client *client,
               const StoreOperation *operation)
{
  json_builder_begin_object (client->answer);
  client_say_number (client, "kind", operation->kind);
  client_say (client, "state", states[operation->state]);
  client_say (client, "message_id", operation->message_id);
  client_say (client, "answer", operation->answer);
  client_say_number (client, "attempts", operation->n_attempts);
  json_builder_end_object (client->answer);
}

static void
do_operations (Client *client)
{
  g_autoptr(GPtrArray) operations = store_reader_list_operations (
      client->reader, account_settings_get_uuid (client->settings), TRUE, 0, NULL);

  json_builder_set_member_name (client->answer, "operations");
  json_builder_begin_array (client->answer);
  for (guint i = operations->len; i > 0; i--)
    say_operation (client, g_ptr_array_index (operations, i - 1));
  json_builder_end_array (client->answer);
}

/* The outbox. */

static const char *const outbox_states[] = { "queued", "sending", "unsure",    "sent",
                                             "filed",  "failed",  "cancelled" };

static const char *const actions[] = {
  [SYNC_OUTBOX_RETRY] = "retry",
  [SYNC_OUTBOX_CANCEL] = "cancel",
  [SYNC_OUTBOX_RESEND] = "resend",
  [SYNC_OUTBOX_MARK_SENT] = "mark-sent",
};

static void
on_submitted (GObject *source_object,
              GAsyncResult *result,
              gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;
  gint64 item = 0;

  if (!sync_account_submit_finish (client->account, result, &item, &error))
    client_say_error (client, error);
  client_say_number (client, "item", item);
  client->is_done = TRUE;
}

static void
do_submit (Client *client,
           char **words)
{
  g_auto(GStrv) recipients = g_strsplit (words[3], ",", -1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(SyncSubmission) submission = NULL;
  char *contents;
  gsize size;

  g_file_get_contents (words[4], &contents, &size, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (contents, size);
  submission = sync_submission_new (words[2], (const char *const *) recipients, bytes);
  g_free (submission->uuid);
  submission->uuid = g_strdup (words[1]);
  if (words[5] != NULL)
    {
      g_autoptr(GArray) answered = find_locations (client, words[5], words[6]);

      submission->answered_location_id = g_array_index (answered, gint64, 0);
    }

  sync_account_submit_async (client->account, submission, on_submitted, client);
  client_turn_until_done (client);
}

static void
on_acted (GObject *source_object,
          GAsyncResult *result,
          gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;

  if (!sync_account_outbox_act_finish (client->account, result, &error))
    client_say_error (client, error);
  client->is_done = TRUE;
}

static void
do_act (Client *client,
        char **words)
{
  guint action = 0;

  while (!g_str_equal (actions[action], words[2]))
    action++;
  sync_account_outbox_act_async (client->account, g_ascii_strtoll (words[1], NULL, 10), action,
                                 on_acted, client);
  client_turn_until_done (client);
}

static void
say_item (Client *client,
          const StoreOutboxItem *item)
{
  json_builder_begin_object (client->answer);
  client_say_number (client, "item", item->item);
  client_say (client, "state", outbox_states[item->state]);
  client_say (client, "message_id", item->message_id);
  client_say (client, "class", item->error_class);
  client_say (client, "text", item->error_text);
  json_builder_set_member_name (client->answer, "answers");
  json_builder_begin_array (client->answer);
  for (guint i = 0; i < item->recipients->len; i++)
    json_builder_add_int_value (client->answer,
                                ((StoreOutboxRecipient *) item->recipients->pdata[i])->state);
  json_builder_end_array (client->answer);
  json_builder_end_object (client->answer);
}

static void
do_outbox (Client *client)
{
  g_autoptr(GPtrArray) items = store_reader_list_outbox (
      client->reader, account_settings_get_uuid (client->settings), TRUE, NULL);

  json_builder_set_member_name (client->answer, "outbox");
  json_builder_begin_array (client->answer);
  for (guint i = 0; i < items->len; i++)
    say_item (client, g_ptr_array_index (items, i));
  json_builder_end_array (client->answer);
}

/* Obeys a line about changes, or leaves it. */
gboolean
client_obey_change (Client *client,
                    char **words)
{
  if (g_str_equal (words[0], "change"))
    {
      g_autoptr(SyncChange) change = make_change (client, words);

      sync_account_change_async (client->account, change, on_changed, client);
      client_turn_until_done (client);
    }
  else if (g_str_equal (words[0], "undo"))
    {
      sync_account_undo_async (client->account, g_ascii_strtoll (words[1], NULL, 10), on_undone,
                               client);
      client_turn_until_done (client);
    }
  else if (g_str_equal (words[0], "settle"))
    {
      client_start (client, SYNC_MODE_ON_DEMAND);
      sync_account_settle_async (client->account, NULL, on_settled, client);
      client_turn_until_done (client);
    }
  else if (g_str_equal (words[0], "operations"))
    do_operations (client);
  else if (g_str_equal (words[0], "submit"))
    do_submit (client, words);
  else if (g_str_equal (words[0], "act"))
    do_act (client, words);
  else if (g_str_equal (words[0], "outbox"))
    do_outbox (client);
  else if (g_str_equal (words[0], "visible"))
    {
      g_autoptr(StoreFolder) folder = client_find_folder (client, words[1]);

      sync_account_set_visible_folder (client->account, folder->folder);
    }
  else if (g_str_equal (words[0], "resume"))
    sync_account_resume (client->account);
  else if (g_str_equal (words[0], "network"))
    sync_account_set_network (client->account, g_str_equal (words[1], "on"), FALSE);
  else
    return FALSE;

  return TRUE;
}
