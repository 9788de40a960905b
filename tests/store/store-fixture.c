#include "store-fixture.h"

#include <ftw.h>
#include <glib/gstdio.h>

#include "store-db-private.h"
#include "store-tokenizer-private.h"

static int
remove_cb (const char        *path,
           const struct stat *status,
           int                type,
           struct FTW        *walk)
{
  return g_remove (path);
}

void
store_fixture_open (StoreFixture *self)
{
  g_autoptr(GError) error = NULL;

  self->store = store_open (self->directory, STORE_OPEN_DEFAULT, &error);
  g_assert_no_error (error);
  self->reader = store_reader_new (self->store, &error);
  g_assert_no_error (error);
}

void
store_fixture_close (StoreFixture *self)
{
  /* the last connection to close writes the log back, which one that only reads cannot */
  g_clear_pointer (&self->reader, store_reader_free);
  store_close (self->store);
  g_assert_finalize_object (g_steal_pointer (&self->store));
}

void
store_fixture_set_up (StoreFixture  *self,
                      gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  self->directory = g_dir_make_tmp ("pipit-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->context = g_main_context_new ();
  g_main_context_acquire (self->context);
  g_main_context_push_thread_default (self->context);
  store_fixture_open (self);
}

void
store_fixture_tear_down (StoreFixture  *self,
                         gconstpointer  data)
{
  if (self->store != NULL)
    {
      store_fixture_check (self);
      store_fixture_close (self);
    }
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);
  g_main_context_unref (self->context);
  nftw (self->directory, remove_cb, 8, FTW_DEPTH | FTW_PHYS);
  g_free (self->directory);
}

void
store_fixture_write (StoreFixture   *self,
                     StoreWriteFunc  func,
                     gpointer        data)
{
  g_autoptr(GError) error = NULL;

  store_write_await (self->store, STORE_PRIORITY_SYNC, func, data, NULL, &error);
  g_assert_no_error (error);
}

/* The transaction has to fail, and gives its error. */
GError *
store_fixture_write_fails (StoreFixture   *self,
                           StoreWriteFunc  func,
                           gpointer        data)
{
  GError *error = NULL;
  gboolean is_done = store_write_await (self->store, STORE_PRIORITY_SYNC, func, data, NULL, &error);

  g_assert_false (is_done);
  g_assert_nonnull (error);
  return error;
}

typedef struct
{
  const char *name;
  StoreSpecialUse special_use;
  gint64 folder;
} AddFolder;

static gboolean
add_folder_cb (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  AddFolder *add = data;
  StoreFolderFacts facts = {
    .name = add->name,
    .display_name = add->name,
    .delimiter = '/',
    .special_use = add->special_use,
  };
  StoreFolderStatus status = {
    .uid_validity = STORE_TEST_VALIDITY,
    .uid_next = 1,
    .n_exists = -1,
    .n_unseen = -1,
  };
  gint64 account;

  return store_tx_ensure_account (tx, STORE_TEST_ACCOUNT, &account, error) &&
         store_tx_put_folder (tx, account, &facts, &add->folder, error) &&
         store_tx_set_folder_status (tx, add->folder, &status, error);
}

gint64
store_fixture_add_folder (StoreFixture    *self,
                          const char      *name,
                          StoreSpecialUse  special_use)
{
  AddFolder add = { name, special_use, 0 };

  store_fixture_write (self, add_folder_cb, &add);
  g_assert_cmpint (add.folder, >, 0);
  return add.folder;
}

typedef struct
{
  gint64 folder;
  const StoreMessageFacts *facts;
  gint64 location;
} AddMessage;

static gboolean
add_message_cb (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  AddMessage *add = data;

  return store_tx_put_message (tx, add->folder, add->facts, STORE_PUT_DEFAULT, &add->location,
                               error);
}

gint64
store_fixture_add_message (StoreFixture            *self,
                           gint64                   folder,
                           const StoreMessageFacts *facts)
{
  AddMessage add = { folder, facts, 0 };

  store_fixture_write (self, add_message_cb, &add);
  return add.location;
}

/* Dates grow with the UID. */
gint64
store_fixture_add_simple (StoreFixture *self,
                          gint64        folder,
                          guint32       uid,
                          const char   *message_id)
{
  StoreAddress from = { "Mara Lind", "mara@example.org" };
  StoreMessageFacts facts = {
    .uid = uid,
    .internal_date_unix = 1600000000 + uid,
    .date_unix = 1600000000 + uid,
    .size_bytes = 1000,
    .message_id = message_id,
    .from = &from,
    .n_from = 1,
    .subject = "Budget for the north pier",
  };

  return store_fixture_add_message (self, folder, &facts);
}

typedef struct
{
  gint64 folder;
  guint32 uid;
} Vanish;

static gboolean
vanish_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Vanish *vanish = data;

  return store_tx_vanish (tx, vanish->folder, &vanish->uid, 1, NULL, error);
}

void
store_fixture_vanish (StoreFixture *self,
                      gint64        folder,
                      guint32       uid)
{
  Vanish vanish = { folder, uid };

  store_fixture_write (self, vanish_cb, &vanish);
}

typedef struct
{
  const StoreWish *wish;
  const gint64 *locations;
  guint n_locations;
  gint64 group;
  StoreUndo undo;
} Wish;

static gboolean
wish_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  Wish *wish = data;

  return store_tx_enqueue (tx, wish->wish, wish->locations, wish->n_locations, &wish->group, NULL,
                           error);
}

gint64
store_fixture_wish (StoreFixture    *self,
                    const StoreWish *wish,
                    const gint64    *locations,
                    guint            n_locations)
{
  Wish data = { wish, locations, n_locations, 0, { 0 } };

  store_fixture_write (self, wish_cb, &data);
  return data.group;
}

gint64
store_fixture_wish_flags (StoreFixture *self,
                          gint64        location,
                          guint32       add_flags,
                          guint32       remove_flags)
{
  StoreWish wish = { .kind = STORE_OPERATION_FLAGS, .add_flags = add_flags,
                     .remove_flags = remove_flags };

  return store_fixture_wish (self, &wish, &location, 1);
}

gint64
store_fixture_wish_move (StoreFixture *self,
                         gint64        location,
                         gint64        target_folder)
{
  StoreWish wish = { .kind = STORE_OPERATION_MOVE, .target_folder = target_folder };

  return store_fixture_wish (self, &wish, &location, 1);
}

static gboolean
undo_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  Wish *wish = data;

  return store_tx_undo (tx, wish->group, &wish->undo, error);
}

StoreUndo
store_fixture_undo (StoreFixture *self,
                    gint64        group)
{
  Wish wish = { .group = group };

  store_fixture_write (self, undo_cb, &wish);
  return wish.undo;
}

static gboolean
claim_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  StoreWork *work = data;
  gboolean has_target = work->target_folder_uuid != NULL;

  return store_tx_claim_work (tx, work, has_target ? STORE_TEST_VALIDITY : 0, has_target ? 1 : 0,
                              error);
}

/* Finds and claims; NULL when there is nothing to do. */
StoreWork *
store_fixture_claim (StoreFixture *self)
{
  g_autoptr(GError) error = NULL;
  StoreWork *work = store_reader_find_work (self->reader, STORE_TEST_ACCOUNT, g_get_real_time () / G_USEC_PER_SEC,
                                            1000, NULL, &error);

  g_assert_no_error (error);
  if (work != NULL)
    store_fixture_write (self, claim_cb, work);
  return work;
}

typedef struct
{
  StoreWork *work;
  StoreOperationState state;
} Settle;

static gboolean
settle_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Settle *settle = data;

  return store_tx_settle_operations (tx, (const gint64 *) (gpointer) settle->work->operations->data,
                                     settle->work->operations->len, settle->state, "answer", error);
}

void
store_fixture_settle (StoreFixture        *self,
                      StoreWork           *work,
                      StoreOperationState  state)
{
  Settle settle = { work, state };

  store_fixture_write (self, settle_cb, &settle);
}

typedef struct
{
  gint64 operation;
  guint32 uid;
} Arrive;

static gboolean
arrive_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Arrive *arrive = data;

  return store_tx_resolve_arrival (tx, arrive->operation, STORE_TEST_VALIDITY, arrive->uid, error);
}

void
store_fixture_arrive (StoreFixture *self,
                      gint64        operation,
                      guint32       uid)
{
  Arrive arrive = { operation, uid };

  store_fixture_write (self, arrive_cb, &arrive);
}

/* The row, or NULL where there is none. */
StoreRow *
store_fixture_row (StoreFixture *self,
                   gint64        location)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = store_reader_load_rows (self->reader, &location, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  return rows->pdata[0] == NULL ? NULL : store_row_copy (rows->pdata[0]);
}

/* How many rows the folder's list shows. */
guint
store_fixture_count (StoreFixture *self,
                     gint64        folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) entries = NULL;
  StoreFolderCounts counts;

  entries = store_reader_list_entries (self->reader, &folder, 1, STORE_FILTER_ALL, 0, &error);
  g_assert_no_error (error);
  g_assert_true (store_reader_count_folder (self->reader, folder, FALSE, &counts, &error));
  g_assert_cmpint (counts.n_shown, ==, entries->len);
  return entries->len;
}

static void
assert_none (sqlite3    *handle,
             const char *sql)
{
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_error ("%s: %s", sql, sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
}

static void
check_integrity (sqlite3 *handle)
{
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, "PRAGMA integrity_check", -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
}

/* What has to hold whatever was done. */
void
store_fixture_check (StoreFixture *self)
{
  static const char *const databases[] = { "cache.db", "bodies.db", "journal.db" };

  for (guint i = 0; i < G_N_ELEMENTS (databases); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, databases[i], NULL);
      sqlite3 *handle = NULL;

      g_assert_cmpint (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
      /* newer SQLite looks into the full-text index too, which takes its tokenizer */
      g_assert_true (store_tokenizer_register (&(StoreDb) { .handle = handle }, NULL));
      check_integrity (handle);
      if (i == 0)
        {
          assert_none (handle, "SELECT folder || ' ' || uid FROM location WHERE uid IS NOT NULL"
                               " GROUP BY folder, uid HAVING count(*) > 1");
          assert_none (handle, "SELECT id FROM location WHERE message NOT IN"
                               " (SELECT id FROM message)");
          assert_none (handle, "SELECT id FROM message WHERE id NOT IN"
                               " (SELECT message FROM location)");
          assert_none (handle, "SELECT id FROM location WHERE state = 0 AND uid IS NULL");
          assert_none (handle, "SELECT id FROM location WHERE state = 2 AND hidden_by = 0");
          assert_none (handle, "SELECT id FROM message WHERE conversation IN"
                               " (SELECT id FROM conversation_alias)");
          assert_none (handle, "SELECT id FROM location WHERE id >="
                               " (SELECT value FROM meta WHERE key = 'next_id')");
          assert_none (handle, "SELECT conversation FROM conversation_alias WHERE conversation IN"
                               " (SELECT id FROM conversation_alias)");
        }
      sqlite3_close (handle);
    }
}
