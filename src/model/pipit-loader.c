#include "pipit-loader.h"

#include "pipit-account-private.h"
#include "pipit-folder.h"
#include "pipit-message-private.h"

#include "store-reader.h"

/* Rows read by one query. More wait for the next, so that a jump through the list stays short. */
#define ROWS_PER_READ 256

/* Scrolling that is faster than this passes rows that nobody reads. */
#define HINT_DELAY_MS 200

struct _PipitLoader
{
  PipitEngine *engine;       /* (unowned): owns this */
  GHashTable *live;          /* (owned) gint64 * -> (unowned) PipitMessage */
  GHashTable *wanted;        /* (owned) set of gint64 *, not asked for yet */
  GCancellable *cancellable; /* (owned) of the queries under way */
  GHashTable *hinted;        /* (owned) set of gint64 *, that the server was asked about */
  guint source_id;
  guint hint_source_id;
  gboolean reading;
};

typedef struct
{
  GArray *locations; /* (owned) of gint64: in */
  GPtrArray *rows;   /* (owned) (nullable) of StoreRow: out */
} Query;

static void schedule (PipitLoader *self);

static void
query_free (gpointer data)
{
  Query *query = data;

  g_array_unref (query->locations);
  g_clear_pointer (&query->rows, g_ptr_array_unref);
  g_free (query);
}

PipitLoader *
pipit_loader_new (PipitEngine *engine)
{
  PipitLoader *self = g_new0 (PipitLoader, 1);

  self->engine = engine;
  self->live = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->wanted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->hinted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();

  return self;
}

void
pipit_loader_free (PipitLoader *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_handle_id (&self->hint_source_id, g_source_remove);
  g_clear_pointer (&self->hinted, g_hash_table_unref);
  g_clear_pointer (&self->live, g_hash_table_unref);
  g_clear_pointer (&self->wanted, g_hash_table_unref);
  g_free (self);
}

/* Runs on the store's reader thread. */
static gboolean
read_rows (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;

  query->rows = store_reader_load_rows (reader, (const gint64 *) query->locations->data,
                                        query->locations->len, error);

  return query->rows != NULL;
}

/* Whether the account's engine would do something with a hint now. */
static gboolean
takes_hints (PipitAccount *account)
{
  PipitState state = pipit_account_get_state (account);

  return state == PIPIT_STATE_IDLE || state == PIPIT_STATE_BUSY;
}

/* Rows without a preview are what the accounts' engines should fetch next, once each. */
static gboolean
on_hint_due (gpointer user_data)
{
  PipitLoader *self = user_data;
  g_autoptr(GHashTable) by_account = g_hash_table_new_full (NULL, NULL, NULL,
                                                            (GDestroyNotify) g_array_unref);
  GHashTableIter iter;
  gpointer key, account, locations;

  self->hint_source_id = 0;
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &key))
    {
      const StoreRow *row = pipit_message_get_row (key);

      if (row == NULL || row->preview != NULL || g_hash_table_contains (self->hinted, &row->location))
        continue;
      account = pipit_message_get_account (key);
      if (account == NULL || !takes_hints (account))
        continue;

      g_hash_table_add (self->hinted, g_memdup2 (&row->location, sizeof row->location));
      locations = g_hash_table_lookup (by_account, account);
      if (locations == NULL)
        {
          locations = g_array_new (FALSE, FALSE, sizeof (gint64));
          g_hash_table_insert (by_account, account, locations);
        }
      g_array_append_val ((GArray *) locations, row->location);
    }

  g_hash_table_iter_init (&iter, by_account);
  while (g_hash_table_iter_next (&iter, &account, &locations))
    pipit_account_hint (account, locations);

  return G_SOURCE_REMOVE;
}

/**
 * pipit_loader_hint:
 *
 * Tells the accounts' engines soon, when scrolling has come to rest, which rows lack their first
 * words.
 */
void
pipit_loader_hint (PipitLoader *self)
{
  g_clear_handle_id (&self->hint_source_id, g_source_remove);
  self->hint_source_id = g_timeout_add (HINT_DELAY_MS, on_hint_due, self);
}

static void
rows_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(PipitEngine) engine = user_data;
  g_autoptr(GError) error = NULL;
  Query *query = store_read_get_data (result);
  PipitLoader *self;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Rows of a list could not be read: %s", error->message);
      if (pipit_engine_get_loader (engine) != NULL)
        pipit_engine_get_loader (engine)->reading = FALSE;
      return;
    }

  self = pipit_engine_get_loader (engine);
  if (self == NULL)
    return;

  self->reading = FALSE;
  while (query->rows->len > 0)
    {
      g_autoptr(StoreRow) row = g_ptr_array_steal_index_fast (query->rows, query->rows->len - 1);
      PipitMessage *message = g_hash_table_lookup (self->live, &row->location);

      if (message != NULL)
        pipit_message_take_row (message, g_steal_pointer (&row));
    }

  pipit_loader_hint (self);
  if (g_hash_table_size (self->wanted) > 0)
    schedule (self);
}

static gboolean
on_schedule (gpointer user_data)
{
  PipitLoader *self = user_data;
  GHashTableIter iter;
  gpointer key;
  Query *query;

  self->source_id = 0;
  if (self->reading || g_hash_table_size (self->wanted) == 0)
    return G_SOURCE_REMOVE;

  query = g_new0 (Query, 1);
  query->locations = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_hash_table_iter_init (&iter, self->wanted);
  while (query->locations->len < ROWS_PER_READ && g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_array_append_val (query->locations, *(gint64 *) key);
      g_hash_table_iter_remove (&iter);
    }

  self->reading = TRUE;
  store_read_async (pipit_engine_get_store (self->engine), G_PRIORITY_DEFAULT, read_rows,
                    query, query_free, self->cancellable, rows_read_cb,
                    g_object_ref (self->engine));

  return G_SOURCE_REMOVE;
}

static void
schedule (PipitLoader *self)
{
  /* everything that one frame asks for goes into one query, sent before the frame is drawn */
  if (self->source_id == 0)
    self->source_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_schedule, self, NULL);
}

/**
 * pipit_loader_want:
 * @location: a message in a folder
 *
 * Reads the row of @location soon. Without effect while nobody holds its message.
 */
void
pipit_loader_want (PipitLoader *self,
                   gint64       location)
{
  g_hash_table_add (self->wanted, g_memdup2 (&location, sizeof location));
  schedule (self);
}

/**
 * pipit_loader_get:
 * @location: a message in a folder
 * @folder: (nullable): the folder, where it is known
 *
 * Returns: (transfer full): its message, empty if it is not loaded yet
 */
PipitMessage *
pipit_loader_get (PipitLoader *self,
                  gint64       location,
                  PipitFolder *folder)
{
  PipitMessage *message = g_hash_table_lookup (self->live, &location);

  if (message != NULL)
    return g_object_ref (message);

  message = pipit_message_new (self->engine, location, folder);
  g_hash_table_insert (self->live, g_memdup2 (&location, sizeof location), message);

  return message;
}

/**
 * pipit_loader_peek:
 * @location: a message in a folder
 *
 * Returns: (transfer none) (nullable): its message, if somebody holds it
 */
PipitMessage *
pipit_loader_peek (PipitLoader *self,
                   gint64       location)
{
  return g_hash_table_lookup (self->live, &location);
}

/* The last holder has let go of a message. */
void
pipit_loader_forget (PipitLoader *self,
                     gint64       location)
{
  g_hash_table_remove (self->wanted, &location);
  g_hash_table_remove (self->live, &location);
}

static gboolean
ids_contain (const gint64 *ids,
             guint         n_ids,
             gint64        id)
{
  for (guint i = 0; i < n_ids; i++)
    if (ids[i] == id)
      return TRUE;

  return FALSE;
}

/* Messages and conversations are few in a notice, and live messages are those on the screen. */
static void
want_by_message (PipitLoader  *self,
                 StoreChanges *changes)
{
  guint n_messages, n_conversations;
  const gint64 *messages = store_changes_get_messages (changes, &n_messages);
  const gint64 *conversations = store_changes_get_conversations (changes, &n_conversations);
  g_autoptr(GHashTable) set = g_hash_table_new (g_int64_hash, g_int64_equal);
  GHashTableIter iter;
  gpointer value;

  if (n_messages == 0 && n_conversations == 0)
    return;

  for (guint i = 0; i < n_messages; i++)
    g_hash_table_add (set, (gpointer) &messages[i]);

  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const StoreRow *row = pipit_message_get_row (value);

      if (row != NULL && (g_hash_table_contains (set, &row->message) ||
                          ids_contain (conversations, MIN (n_conversations, 64), row->conversation)))
        pipit_loader_want (self, row->location);
    }
}

/**
 * pipit_loader_changed:
 * @changes: what commits have changed
 *
 * Reads again what is held and has changed.
 */
void
pipit_loader_changed (PipitLoader  *self,
                      StoreChanges *changes)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < store_changes_get_n_folders (changes); i++)
    {
      const StoreFolderChange *change = store_changes_get_folder (changes, i);

      for (guint j = 0; change->rows != NULL && j < change->rows->len; j++)
        {
          gint64 location = g_array_index (change->rows, StoreRowChange, j).location;

          if (g_hash_table_contains (self->live, &location))
            pipit_loader_want (self, location);
        }

      if (!change->is_reload)
        continue;
      g_hash_table_iter_init (&iter, self->live);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          const StoreRow *row = pipit_message_get_row (value);

          if (row != NULL && row->folder == change->folder)
            pipit_loader_want (self, row->location);
        }
    }

  want_by_message (self, changes);
}

/**
 * pipit_loader_recompute:
 * @locations: of gint64
 *
 * An overlay over these messages has come or gone.
 */
void
pipit_loader_recompute (PipitLoader *self,
                        GArray      *locations)
{
  g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);

  /* listeners may let go of messages while they are told */
  for (guint i = 0; i < locations->len; i++)
    {
      PipitMessage *message = g_hash_table_lookup (self->live,
                                                   &g_array_index (locations, gint64, i));

      if (message != NULL)
        g_ptr_array_add (held, g_object_ref (message));
    }

  for (guint i = 0; i < held->len; i++)
    pipit_message_recompute (g_ptr_array_index (held, i));
}
