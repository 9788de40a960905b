/* An account's engine under a test's command: reads lines, answers each with one line of JSON.
 *
 *   [SYNC_CLIENT_SMTP=HOST:PORT:SECURITY] [SYNC_CLIENT_TIMINGS=NAME=MS,…] sync-client DIRECTORY HOST:PORT:SECURITY CA-FILE USER PASSWORD
 *
 *   sync FOLDER|* none|recent|all     live             status
 *   dump                              memory           password TEXT
 *   search FOLDER TEXT
 *   hint FOLDER                       check            latches
 *   learnt PREFIX
 *   body FOLDER UID text|whole        wait-for-news S  quit
 *   fetch FOLDER UID                  a whole message, without waiting for it
 *
 * and those of sync-client-changes.c.
 */

#include "sync-client-private.h"

#include "account-list.h"
#include "base-secret.h"
#include "net-error.h"
#include "net-trust.h"
#include "store-flags.h"
#include "sync-latch.h"
#include "sync-message.h"
#include "sync-search.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

void
client_say (Client *client,
            const char *name,
            const char *value)
{
  json_builder_set_member_name (client->answer, name);
  if (value != NULL)
    json_builder_add_string_value (client->answer, value);
  else
    json_builder_add_null_value (client->answer);
}

void
client_say_number (Client *client,
                   const char *name,
                   gint64 value)
{
  json_builder_set_member_name (client->answer, name);
  json_builder_add_int_value (client->answer, value);
}

void
client_say_error (Client *client,
                  const GError *error)
{
  client_say (client, "error", error->message);
  client_say (client, "domain", g_quark_to_string (error->domain));
  client_say_number (client, "code", error->code);
  client_say (client, "class", error->domain == NET_ERROR ? net_error_class_name (error) : NULL);
}

static void
answer (Client *client)
{
  g_autoptr(JsonGenerator) generator = json_generator_new ();
  g_autoptr(JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_end_object (client->answer);
  root = json_builder_get_root (client->answer);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  puts (text);
  fflush (stdout);
  json_builder_reset (client->answer);
}

void
client_turn_until_done (Client *client)
{
  while (!client->is_done)
    g_main_context_iteration (NULL, TRUE);
  client->is_done = FALSE;
}

void
client_start (Client *client,
              SyncMode mode)
{
  if (!client->is_started)
    sync_account_start (client->account, mode);
  client->is_started = TRUE;
}

StoreFolder *
client_find_folder (Client *client,
                    const char *name)
{
  return store_reader_find_folder_by_name (client->reader,
                                           account_settings_get_uuid (client->settings), name,
                                           NULL);
}

static void
on_synced (GObject *source_object,
           GAsyncResult *result,
           gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(SyncReport) report = NULL;
  g_autoptr(GError) error = NULL;

  if (!sync_account_sync_finish (client->account, result, &report, &error))
    client_say_error (client, error);

  client_say_number (client, "new", report->n_new);
  client_say_number (client, "gone", report->n_gone);
  client_say_number (client, "flags", report->n_flags_changed);
  client_say_number (client, "bodies", report->n_bodies);
  client_say_number (client, "folders", report->n_folders);
  client->is_done = TRUE;
}

static void
do_sync (Client *client,
         char **words)
{
  SyncBodies bodies = g_str_equal (words[2], "all")      ? SYNC_BODIES_ALL :
                      g_str_equal (words[2], "recent") ? SYNC_BODIES_RECENT :
                                                         SYNC_BODIES_NONE;
  g_autoptr(StoreFolder) folder = g_str_equal (words[1], "*") ? NULL :
                                                                client_find_folder (client, words[1]);
  gint64 begun_us = g_get_monotonic_time ();

  client_start (client, SYNC_MODE_ON_DEMAND);
  sync_account_sync_async (client->account, folder != NULL ? folder->folder : 0, bodies, NULL,
                           on_synced, client);
  client_turn_until_done (client);
  client_say_number (client, "elapsed_us", g_get_monotonic_time () - begun_us);
}

static void
on_searched (GObject *source_object,
             GAsyncResult *result,
             gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) found = NULL;
  guint n_absent = 0;

  found = sync_account_search_finish (client->account, result, &n_absent, &error);
  if (found == NULL)
    client_say_error (client, error);
  else
    {
      client_say_number (client, "found", found->len);
      client_say_number (client, "absent", n_absent);
    }
  client->is_done = TRUE;
}

static void
do_search (Client *client,
           char **words)
{
  g_autoptr(StoreFolder) folder = client_find_folder (client, words[1]);

  client_start (client, SYNC_MODE_ON_DEMAND);
  sync_account_search_async (client->account, folder->folder, words[2], NULL, on_searched, client);
  client_turn_until_done (client);
}

static void
on_fetched (GObject *source_object,
            GAsyncResult *result,
            gpointer user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;

  if (!sync_account_fetch_message_finish (client->account, result, &error))
    client_say_error (client, error);
  client->is_done = TRUE;
}

/* Asks for a message and does not wait for it. */
static void
do_fetch (Client *client,
          char **words)
{
  g_autoptr(StoreFolder) folder = client_find_folder (client, words[1]);
  gint64 location = store_reader_find_uid (client->reader, folder->folder,
                                           (guint32) g_ascii_strtoull (words[2], NULL, 10), NULL);

  sync_account_fetch_message_async (client->account, location, SYNC_FETCH_WHOLE, NULL, NULL, NULL);
}

static void
do_body (Client *client,
         char **words)
{
  g_autoptr(StoreFolder) folder = client_find_folder (client, words[1]);
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *base64 = NULL;
  gboolean is_whole;
  gint64 location;

  client_start (client, SYNC_MODE_ON_DEMAND);
  location = store_reader_find_uid (client->reader, folder->folder,
                                    (guint32) g_ascii_strtoull (words[2], NULL, 10), NULL);
  sync_account_fetch_message_async (client->account, location,
                                    g_str_equal (words[3], "whole") ? SYNC_FETCH_WHOLE :
                                                                      SYNC_FETCH_TEXT,
                                    NULL, on_fetched, client);
  client_turn_until_done (client);

  bytes = sync_message_read (client->reader, location, &is_whole, NULL);
  if (bytes != NULL)
    {
      base64 = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      client_say (client, "bytes", base64);
      client_say_number (client, "whole", is_whole);
    }
}

static void
dump_row (Client *client,
          const StoreRow *row)
{
  g_autoptr(StoreMessage) message = store_reader_get_message (client->reader, row->location, NULL);

  json_builder_begin_object (client->answer);
  client_say_number (client, "uid", row->uid);
  client_say_number (client, "location", row->location);
  client_say_number (client, "message", row->message);
  client_say_number (client, "conversation", row->conversation);
  client_say_number (client, "flags", message->server_flags);
  client_say_number (client, "shown", row->flags);
  client_say_number (client, "waiting", row->is_waiting);
  client_say (client, "keywords", message->server_keywords != NULL ? message->server_keywords : "");
  client_say_number (client, "size", row->size_bytes);
  client_say_number (client, "date", message->internal_date_unix);
  client_say (client, "message_id", row->message_id);
  client_say (client, "subject", row->subject);
  client_say (client, "preview", row->preview);
  client_say_number (client, "attachment", row->attachment);
  client_say_number (client, "body", row->body);
  client_say (client, "from", row->from != NULL && row->from->n_items > 0 ? row->from->items[0].address :
                                                                     NULL);
  json_builder_end_object (client->answer);
}

static void
dump_folder (Client *client,
             const StoreFolder *folder)
{
  g_autoptr(GArray) entries = store_reader_list_entries (client->reader, &folder->folder, 1,
                                                         STORE_FILTER_ALL, 0, NULL);
  g_autofree gint64 *locations = g_new (gint64, entries->len + 1);
  g_autoptr(GPtrArray) rows = NULL;

  for (guint i = 0; i < entries->len; i++)
    locations[i] = g_array_index (entries, StoreListEntry, i).location;
  rows = store_reader_load_rows (client->reader, locations, entries->len, NULL);

  json_builder_set_member_name (client->answer, folder->display_name);
  json_builder_begin_object (client->answer);
  client_say_number (client, "id", folder->folder);
  client_say_number (client, "uid_validity", folder->uid_validity);
  client_say_number (client, "uid_next", folder->uid_next);
  client_say_number (client, "use", folder->special_use);
  client_say_number (client, "state", folder->state);
  client_say_number (client, "checked", folder->checked_unix);
  client_say_number (client, "selectable", store_folder_is_selectable (folder));
  json_builder_set_member_name (client->answer, "messages");
  json_builder_begin_array (client->answer);
  for (guint i = 0; i < rows->len; i++)
    dump_row (client, g_ptr_array_index (rows, i));
  json_builder_end_array (client->answer);
  json_builder_end_object (client->answer);
}

static void
do_dump (Client *client)
{
  g_autoptr(GPtrArray) folders = store_reader_list_folders (
      client->reader, account_settings_get_uuid (client->settings), NULL);

  json_builder_set_member_name (client->answer, "dump");
  json_builder_begin_object (client->answer);
  for (guint i = 0; folders != NULL && i < folders->len; i++)
    dump_folder (client, g_ptr_array_index (folders, i));
  json_builder_end_object (client->answer);
}

static void
do_status (Client *client)
{
  g_autoptr(SyncStatus) status = sync_account_dup_status (client->account);

  client_say (client, "state", sync_state_get_name (status->state));
  client_say_number (client, "live", status->live);
  client_say_number (client, "for_smtp", status->for_smtp);
  client_say_number (client, "heard", status->heard_unix);
  client_say_number (client, "watched", status->watched);
  client_say_number (client, "max_connections", status->max_connections);
  client_say_number (client, "checked", status->checked_unix);
  client_say (client, "alert", status->alert);
  client_say (client, "class", status->error != NULL && status->error->domain == NET_ERROR ?
                            net_error_class_name (status->error) : NULL);
  client_say_number (client, "longest_wait_us", status->longest_wait_us);
  client_say_number (client, "download_done", status->download_done_bytes);
  client_say_number (client, "download_total", status->download_total_bytes);
  client_say_number (client, "certificate", status->certificate != NULL);
  client_say_number (client, "operations_waiting", status->n_operations_waiting);
  client_say_number (client, "operations_refused", status->n_operations_refused);
  client_say_number (client, "outbox_waiting", status->n_outbox_waiting);
  client_say_number (client, "outbox_failed", status->n_outbox_failed);
}

/* What was found broken at the server. */
static void
do_latches (Client *client)
{
  g_autoptr(GPtrArray) latches = sync_latch_list (
      client->reader, account_settings_get_uuid (client->settings), NULL);

  json_builder_set_member_name (client->answer, "latches");
  json_builder_begin_array (client->answer);
  for (guint i = 0; i < latches->len; i++)
    json_builder_add_string_value (client->answer,
                                   ((const ImapLatch *) g_ptr_array_index (latches, i))->feature);
  json_builder_end_array (client->answer);
}

/* Anonymous memory, in KiB: what the program has taken for itself and still holds. */
static void
do_memory (Client *client)
{
  g_autofree char *text = NULL;

  malloc_trim (0);
  if (g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    {
      client_say_number (client, "anonymous_kib",
                  g_ascii_strtoll (strstr (text, "RssAnon:") + strlen ("RssAnon:"), NULL, 10));
      client_say_number (client, "peak_kib",
                  g_ascii_strtoll (strstr (text, "VmHWM:") + strlen ("VmHWM:"), NULL, 10));
    }
}

static void
on_news (Store *store,
         StoreChanges *changes,
         gpointer user_data)
{
  Client *client = user_data;

  if (store_changes_get_n_folders (changes) > 0)
    client->has_news = TRUE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Client *client = user_data;

  client->is_done = TRUE;
  return G_SOURCE_REMOVE;
}

/* Turns the loop until the store told of a change, or for so many seconds. */
static void
do_wait (Client *client,
         char **words)
{
  guint id = g_timeout_add ((guint) (g_ascii_strtod (words[1], NULL) * 1000), on_timeout, client);
  gint64 begun_us = g_get_monotonic_time ();

  while (!client->is_done && !client->has_news)
    g_main_context_iteration (NULL, TRUE);
  if (!client->is_done)
    g_source_remove (id);
  client_say_number (client, "news", client->has_news);
  client_say_number (client, "elapsed_us", g_get_monotonic_time () - begun_us);
  client->is_done = FALSE;
  client->has_news = FALSE;
}

/* As a list does whose rows are on the screen. */
static void
do_hint (Client *client,
         char **words)
{
  g_autoptr(StoreFolder) folder = client_find_folder (client, words[1]);
  g_autoptr(GArray) entries = store_reader_list_entries (client->reader, &folder->folder, 1,
                                                         STORE_FILTER_ALL, 50, NULL);
  g_autofree gint64 *locations = g_new (gint64, entries->len + 1);

  for (guint i = 0; i < entries->len; i++)
    locations[i] = g_array_index (entries, StoreListEntry, i).location;
  sync_account_hint_locations (client->account, locations, entries->len);
}

/* What was learnt of the account, as the journal has it. */
static void
do_learnt (Client *client,
           char **words)
{
  g_autoptr(GPtrArray) all = store_reader_list_learnt (
      client->reader, account_settings_get_uuid (client->settings), words[1], NULL);

  for (guint i = 0; i < all->len; i++)
    {
      const StoreLearnt *learnt = g_ptr_array_index (all, i);

      client_say (client, learnt->key, learnt->value);
    }
}

static void
do_password (Client *client,
             char **words)
{
  g_autoptr(BaseSecret) secret = base_secret_new (words[1]);

  sync_account_set_passwords (client->account, secret, secret);
}

static void
on_stopped (GObject *source_object,
            GAsyncResult *result,
            gpointer user_data)
{
  Client *client = user_data;

  sync_account_stop_finish (client->account, result, NULL);
  client->is_done = TRUE;
}

static gint64
stop (Client *client)
{
  gint64 begun_us = g_get_monotonic_time ();

  if (client->is_stopped)
    return 0;

  sync_account_stop_async (client->account, on_stopped, client);
  client_turn_until_done (client);
  client->is_stopped = TRUE;

  return g_get_monotonic_time () - begun_us;
}

static gboolean
obey (Client *client,
      char **words)
{
  json_builder_begin_object (client->answer);

  while (g_main_context_iteration (NULL, FALSE))
    ;

  if (g_str_equal (words[0], "sync"))
    do_sync (client, words);
  else if (g_str_equal (words[0], "search"))
    do_search (client, words);
  else if (g_str_equal (words[0], "live"))
    client_start (client, SYNC_MODE_LIVE);
  else if (g_str_equal (words[0], "check"))
    sync_account_check_now (client->account);
  else if (g_str_equal (words[0], "body"))
    do_body (client, words);
  else if (g_str_equal (words[0], "fetch"))
    do_fetch (client, words);
  else if (g_str_equal (words[0], "dump"))
    do_dump (client);
  else if (g_str_equal (words[0], "status"))
    do_status (client);
  else if (g_str_equal (words[0], "latches"))
    do_latches (client);
  else if (g_str_equal (words[0], "memory"))
    do_memory (client);
  else if (g_str_equal (words[0], "wait-for-news"))
    do_wait (client, words);
  else if (g_str_equal (words[0], "hint"))
    do_hint (client, words);
  else if (g_str_equal (words[0], "learnt"))
    do_learnt (client, words);
  else if (g_str_equal (words[0], "password"))
    do_password (client, words);
  else if (client_obey_change (client, words))
    ;
  else if (g_str_equal (words[0], "quit"))
    {
      client_say_number (client, "elapsed_us", stop (client));
      answer (client);
      return FALSE;
    }

  answer (client);
  return TRUE;
}

/* The account of an earlier run in the same directory, or a new one. */
static AccountSettings *
load_settings (const char *directory,
               NetEndpoint *endpoint,
               const char *user)
{
  const char *smtp = g_getenv ("SYNC_CLIENT_SMTP");
  g_autoptr(NetEndpoint) smtp_endpoint = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(AccountProfile) profile = account_profile_open (directory, &error);
  g_autoptr(AccountList) list = NULL;
  AccountSettings *settings;

  g_assert_no_error (error);
  list = account_list_open (profile, &error);
  g_assert_no_error (error);
  if (account_list_get_n (list) > 0)
    return account_settings_ref (account_list_get (list, 0));

  settings = account_settings_new ("alice@example.test");
  account_settings_set_imap (settings, endpoint, user);
  if (smtp != NULL)
    {
      smtp_endpoint = net_endpoint_parse (NET_PURPOSE_SMTP, smtp, &error);
      g_assert_no_error (error);
      account_settings_set_smtp (settings, smtp_endpoint, user);
    }
  account_settings_set_offline (settings,
                                g_getenv ("SYNC_CLIENT_HEADERS_ONLY") != NULL ?
                                    ACCOUNT_OFFLINE_HEADERS : ACCOUNT_OFFLINE_ALL, FALSE);
  account_list_add (list, settings, &error);
  g_assert_no_error (error);

  return settings;
}

/* "idle=500,poll=1000": times of SyncTimings. */
static void
set_timings (SyncAccount *account)
{
  SyncTimings timings = sync_timings_default;
  const struct
  {
    const char *name;
    guint *ms;
  } names[] = {
    { "idle", &timings.idle_ms },       { "ask", &timings.ask_ms },
    { "probe", &timings.probe_ms },     { "poll", &timings.poll_ms },
    { "visible", &timings.visible_ms }, { "watched", &timings.watched_ms },
    { "retry", &timings.retry_ms },     { "limit", &timings.limit_ms },
    { "proven", &timings.proven_ms },   { "names", &timings.names_ms },
  };
  const char *text = g_getenv ("SYNC_CLIENT_TIMINGS");
  g_auto(GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (names); j++)
      if (g_str_has_prefix (words[i], names[j].name))
        *names[j].ms = (guint) g_ascii_strtoull (strchr (words[i], '=') + 1, NULL, 10);

  sync_account_set_timings (account, &timings);
}

int
main (int argc,
      char **argv)
{
  Client client = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(NetTrust) empty = net_trust_new ();
  g_autoptr(NetTrust) trust = NULL;
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(BaseSecret) secret = NULL;
  g_autofree char *pem = NULL;
  char line[4096];

  g_assert_cmpint (argc, ==, 6);

  client.store = store_open (argv[1], STORE_OPEN_DEFAULT, &error);
  g_assert_no_error (error);
  client.reader = store_reader_new (client.store, &error);
  g_assert_no_error (error);
  endpoint = net_endpoint_parse (NET_PURPOSE_IMAP, argv[2], &error);
  g_assert_no_error (error);
  g_file_get_contents (argv[3], &pem, NULL, &error);
  g_assert_no_error (error);
  trust = net_trust_with_anchors (empty, pem, &error);
  g_assert_no_error (error);

  client.settings = load_settings (argv[1], endpoint, argv[4]);
  secret = base_secret_new (argv[5]);

  client.answer = json_builder_new ();
  client.account = sync_account_new (client.settings, client.store, trust);
  set_timings (client.account);
  store_watch (client.store, on_news, &client, NULL);
  sync_account_set_passwords (client.account, secret, secret);

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto(GStrv) words = g_strsplit (g_strchomp (line), "\t", -1);

      if (!obey (&client, words))
        break;
    }

  stop (&client);
  g_object_unref (client.account);
  store_reader_free (client.reader);
  store_close (client.store);
  g_object_unref (client.store);
  g_object_unref (client.answer);
  account_settings_unref (client.settings);

  return 0;
}
