#include "model-fixture.h"

#include "account-settings.h"
#include "net-endpoint.h"

#include <ftw.h>
#include <glib/gstdio.h>

#define UID_VALIDITY 700

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* One turn, that ends by itself when nothing happens. */
void
model_fixture_turn (void)
{
  guint id = g_timeout_add (5, on_tick, NULL);

  g_main_context_iteration (NULL, TRUE);
  if (g_main_context_find_source_by_id (NULL, id) != NULL)
    g_source_remove (id);
}

static void
store_result_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
model_fixture_write (ModelFixture   *self,
                     StoreWriteFunc  func,
                     gpointer        data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  Store *store = pipit_engine_get_store (self->engine);

  store_write_async (store, STORE_PRIORITY_SYNC, func, data, NULL, NULL, store_result_cb, &result);
  model_fixture_wait (result != NULL);
  store_write_finish (store, result, &error);
  g_assert_no_error (error);
}

static void
add_paused_account (ModelFixture *self)
{
  g_autoptr(AccountProfile) profile = NULL;
  g_autoptr(AccountList) list = NULL;
  g_autoptr(AccountSettings) settings = account_settings_new ("mara@lind.example");
  g_autoptr(NetEndpoint) imap = net_endpoint_new (NET_PURPOSE_IMAP, "127.0.0.1", 1,
                                                  NET_SECURITY_TLS);
  g_autoptr(NetEndpoint) smtp = net_endpoint_new (NET_PURPOSE_SMTP, "127.0.0.1", 1,
                                                  NET_SECURITY_TLS);
  g_autoptr(GError) error = NULL;

  profile = account_profile_open (self->directory, &error);
  g_assert_no_error (error);
  list = account_list_open (profile, &error);
  g_assert_no_error (error);
  account_settings_set_name (settings, "Mara Lind");
  account_settings_set_imap (settings, imap, "mara");
  account_settings_set_smtp (settings, smtp, "mara");
  account_settings_set_password_source (settings, ACCOUNT_PASSWORD_SESSION, NULL);
  account_settings_set_paused (settings, TRUE);
  account_list_add (list, settings, &error);
  g_assert_no_error (error);
  self->uuid = g_strdup (account_settings_get_uuid (settings));
}

void
model_fixture_set_up (ModelFixture  *self,
                      gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  self->directory = g_dir_make_tmp ("pipit-model-XXXXXX", &error);
  g_assert_no_error (error);
  self->next_uid = 1;
  add_paused_account (self);

  self->engine = pipit_engine_new (self->directory, &error);
  g_assert_no_error (error);
  pipit_engine_open_async (self->engine, NULL, store_result_cb, &result);
  model_fixture_wait (result != NULL);
  pipit_engine_open_finish (self->engine, result, &error);
  g_assert_no_error (error);
  self->account = pipit_engine_get_account (self->engine, self->uuid);
  g_assert_nonnull (self->account);
  self->reader = store_reader_new (pipit_engine_get_store (self->engine), &error);
  g_assert_no_error (error);
}

static int
remove_cb (const char        *path,
           const struct stat *status,
           int                flag,
           struct FTW        *walk)
{
  return g_remove (path);
}

void
model_fixture_tear_down (ModelFixture  *self,
                         gconstpointer  data)
{
  Store *store = g_object_ref (pipit_engine_get_store (self->engine));

  g_clear_pointer (&self->reader, store_reader_free);
  pipit_engine_close (self->engine);
  /* overlays live on for a moment, and each holds the engine */
  g_object_add_weak_pointer (G_OBJECT (self->engine), (gpointer *) &self->engine);
  g_object_unref (self->engine);
  model_fixture_wait (self->engine == NULL);
  store_close (store);
  g_object_unref (store);
  nftw (self->directory, remove_cb, 8, FTW_DEPTH | FTW_PHYS);
  g_free (self->directory);
  g_free (self->uuid);
}

typedef struct
{
  ModelFixture *fixture;
  StoreFolderFacts facts;
  gint64 folder;
} AddFolder;

static gboolean
add_folder (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  AddFolder *add = data;
  StoreFolderStatus status = {
    .uid_validity = UID_VALIDITY,
    .uid_next = 1,
    .n_exists = -1,
    .n_unseen = -1,
  };
  gint64 account;

  return store_tx_ensure_account (tx, add->fixture->uuid, &account, error) &&
         store_tx_put_folder (tx, account, &add->facts, &add->folder, error) &&
         store_tx_set_folder_status (tx, add->folder, &status, error);
}

PipitFolder *
model_fixture_add_folder (ModelFixture    *self,
                          const char      *name,
                          gunichar         delimiter,
                          guint32          attributes,
                          StoreSpecialUse  special_use)
{
  AddFolder add = { .fixture = self };

  add.facts.name = name;
  add.facts.display_name = name;
  add.facts.delimiter = delimiter;
  add.facts.attributes = attributes;
  add.facts.special_use = special_use;
  model_fixture_write (self, add_folder, &add);
  model_fixture_wait (pipit_engine_find_folder (self->engine, add.folder) != NULL);

  return pipit_engine_find_folder (self->engine, add.folder);
}

typedef struct
{
  gint64 folder;
  guint32 uid;
  guint32 flags;
  gint64 date_unix;
  const char *reference;
} Message;

static gboolean
add_message (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  const Message *message = data;
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT ".%u@lind.example", message->folder,
                                         message->uid);
  StoreAddress from = { "Jonas Weir", "jonas@harbour.example" };
  StoreMessageFacts facts = {
    .uid = message->uid,
    .flags = message->flags,
    .internal_date_unix = message->date_unix,
    .date_unix = message->date_unix,
    .size_bytes = 1000 + message->uid,
    .message_id = id,
    .from = &from,
    .n_from = 1,
    .subject = "Budget for the north pier",
    .references = &message->reference,
    .n_references = message->reference != NULL ? 1 : 0,
  };

  return store_tx_put_message (tx, message->folder, &facts, STORE_PUT_DEFAULT, NULL, error);
}

/* Returns: the UID */
guint32
model_fixture_add (ModelFixture *self,
                   PipitFolder  *folder,
                   gint64        date_unix,
                   guint32       flags,
                   const char   *reference)
{
  Message message = { pipit_folder_get_id (folder), self->next_uid++, flags, date_unix,
                      reference };

  model_fixture_write (self, add_message, &message);

  return message.uid;
}

static gboolean
vanish (StoreTransaction  *tx,
        gpointer           data,
        GError           **error)
{
  const Message *message = data;

  return store_tx_vanish (tx, message->folder, &message->uid, 1, NULL, error);
}

void
model_fixture_vanish (ModelFixture *self,
                      PipitFolder  *folder,
                      guint32       uid)
{
  Message message = { .folder = pipit_folder_get_id (folder), .uid = uid };

  model_fixture_write (self, vanish, &message);
}

static gboolean
set_flags (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  const Message *message = data;
  StoreUidFlags item = { .uid = message->uid, .flags = message->flags };

  return store_tx_set_flags (tx, message->folder, &item, 1, NULL, error);
}

void
model_fixture_set_flags (ModelFixture *self,
                         PipitFolder  *folder,
                         guint32       uid,
                         guint32       flags)
{
  Message message = { .folder = pipit_folder_get_id (folder), .uid = uid, .flags = flags };

  model_fixture_write (self, set_flags, &message);
}

/* Returns: (transfer full): of StoreListEntry, as the store has it now */
GArray *
model_fixture_query (ModelFixture *self,
                     PipitFolder  *folder,
                     StoreFilter   filter)
{
  gint64 id = pipit_folder_get_id (folder);
  g_autoptr(GError) error = NULL;
  GArray *entries = store_reader_list_entries (self->reader, &id, 1, filter, 0, &error);

  g_assert_no_error (error);

  return entries;
}
