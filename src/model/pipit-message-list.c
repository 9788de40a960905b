#include "pipit-message-list.h"

#include "pipit-account-private.h"
#include "pipit-engine-private.h"
#include "pipit-folder-private.h"
#include "pipit-loader.h"
#include "pipit-message.h"
#include "pipit-overlays.h"
#include "pipit-problem-private.h"

#include "store-flags.h"
#include "store-reader.h"

/* Read and shown first; the rest of the list follows a moment later. */
#define FIRST_ENTRIES 200

/* Rows shown in one turn of the main loop while the list is shorter than FIRST_ENTRIES: GtkListView
 * makes widgets for the first 200 at once, which would be felt. */
#define ENTRIES_PER_TURN 32

/* Messages that stay filled after they have left the screen. */
#define RECENT_MESSAGES 512

/* More differences than these at once are told as one. */
#define MAX_RANGES 128

typedef struct
{
  GArray *folders; /* (owned) of gint64 */
  StoreFilter filter;
  guint limit;     /* 0 for all */
  GArray *entries; /* (owned) (nullable): out */
} Query;

/**
 * PipitMessageList:
 *
 * The messages of a folder, newest first. It keeps 16 bytes a row, whatever the length.
 */
struct _PipitMessageList
{
  GObject parent_instance;

  PipitEngine *engine;       /* (owned) */
  PipitFolder *folder;       /* (owned) */
  GArray *entries;           /* (owned) of StoreListEntry, sorted */
  PipitFilter filter;
  PipitListState state;
  PipitProblem *problem;     /* (owned) (nullable) */
  gint64 kept;               /* stays in a filtered list while it is being read; or 0 */

  GCancellable *reading;     /* (owned) (nullable) while a query is under way */
  GPtrArray *missed;         /* (owned) of StoreChanges that came meanwhile */
  Query *coming;             /* (owned) (nullable): what a query brought and is not all shown */
  guint n_shown;             /* of what is coming */
  guint show_source_id;      /* while there is something coming */
  gboolean is_whole;         /* all entries have been read */
  gboolean again;            /* a reload came while one was under way */
  GQueue recent;             /* of (owned) PipitMessage, the last asked for at the tail */
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_FILTER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void pipit_message_list_model_init (GListModelInterface *iface);
static void read_entries (PipitMessageList *self,
                          guint             limit);

G_DEFINE_FINAL_TYPE_WITH_CODE (PipitMessageList, pipit_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      pipit_message_list_model_init))

static GType
pipit_message_list_get_item_type (GListModel *model)
{
  return PIPIT_TYPE_MESSAGE;
}

static guint
pipit_message_list_get_n_items (GListModel *model)
{
  return PIPIT_MESSAGE_LIST (model)->entries->len;
}

/* Makes the message if nobody holds it, and asks for its row if that is not here. */
static gpointer
pipit_message_list_get_item (GListModel *model,
                             guint       position)
{
  PipitMessageList *self = PIPIT_MESSAGE_LIST (model);
  PipitLoader *loader = pipit_engine_get_loader (self->engine);
  gboolean is_one_folder = pipit_folder_get_id (self->folder) != 0;
  PipitMessage *message;
  gint64 id;

  if (position >= self->entries->len || loader == NULL)
    return NULL;

  id = g_array_index (self->entries, StoreListEntry, position).location;
  message = pipit_loader_get (loader, id, is_one_folder ? self->folder : NULL);
  if (!pipit_message_get_loaded (message))
    pipit_loader_want (loader, id);

  if (g_queue_peek_tail (&self->recent) != message)
    {
      g_queue_push_tail (&self->recent, g_object_ref (message));
      if (g_queue_get_length (&self->recent) > RECENT_MESSAGES)
        g_object_unref (g_queue_pop_head (&self->recent));
    }

  return message;
}

static void
pipit_message_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = pipit_message_list_get_item_type;
  iface->get_n_items = pipit_message_list_get_n_items;
  iface->get_item = pipit_message_list_get_item;
}

static gboolean
equal_entries (const StoreListEntry *a,
               const StoreListEntry *b)
{
  return a->location == b->location && a->sort_date == b->sort_date;
}

static void
splice (PipitMessageList *self,
        guint             position,
        guint             n_removed,
        const GArray     *from,
        guint             first,
        guint             n_added)
{
  if (n_removed > 0)
    g_array_remove_range (self->entries, position, n_removed);
  if (n_added > 0)
    g_array_insert_vals (self->entries, position,
                         &g_array_index (from, StoreListEntry, first), n_added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

typedef struct
{
  guint old_first, n_old, new_first, n_new;
} Range;

/* Where two sorted arrays differ. Rows never change their place, so that this is exact. */
static GArray *
find_ranges (const GArray *before,
             const GArray *after)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  guint i = 0, j = 0;

  while (i < before->len || j < after->len)
    {
      Range range;

      while (i < before->len && j < after->len &&
             equal_entries (&g_array_index (before, StoreListEntry, i),
                            &g_array_index (after, StoreListEntry, j)))
        i++, j++;

      range.old_first = i;
      range.new_first = j;
      while (i < before->len || j < after->len)
        {
          int order = 0;

          if (i == before->len)
            order = 1;
          else if (j == after->len)
            order = -1;
          else
            order = store_list_entry_compare (&g_array_index (before, StoreListEntry, i),
                                              &g_array_index (after, StoreListEntry, j));
          if (order == 0)
            break;
          if (order < 0)
            i++;
          else
            j++;
        }
      range.n_old = i - range.old_first;
      range.n_new = j - range.new_first;
      if (range.n_old > 0 || range.n_new > 0)
        g_array_append_val (ranges, range);
    }

  return ranges;
}

static void
join_ranges (GArray *ranges)
{
  Range *first = &g_array_index (ranges, Range, 0);
  Range *last = &g_array_index (ranges, Range, ranges->len - 1);

  first->n_old = last->old_first + last->n_old - first->old_first;
  first->n_new = last->new_first + last->n_new - first->new_first;
  g_array_set_size (ranges, 1);
}

/* Turns the list into @after, telling each difference by itself. */
static void
replace_entries (PipitMessageList *self,
                 const GArray     *after)
{
  g_autoptr(GArray) ranges = find_ranges (self->entries, after);

  if (ranges->len > MAX_RANGES)
    join_ranges (ranges);

  /* from the end, so that the positions before stay what they are */
  for (guint i = ranges->len; i-- > 0;)
    {
      Range *range = &g_array_index (ranges, Range, i);

      splice (self, range->old_first, range->n_old, after, range->new_first, range->n_new);
    }
}

static PipitListState
compute_state (PipitMessageList *self)
{
  const StoreFolder *row = pipit_folder_get_row (self->folder);
  PipitAccount *account = pipit_folder_get_account (self->folder);

  if (self->entries->len > 0)
    return PIPIT_LIST_READY;
  if (self->problem != NULL)
    return PIPIT_LIST_FAILED;
  if (!self->is_whole)
    return PIPIT_LIST_LOADING;
  if (self->filter != PIPIT_FILTER_NONE && pipit_folder_get_total (self->folder) > 0)
    return PIPIT_LIST_EMPTY_FILTERED;
  if (row == NULL || row->state == STORE_FOLDER_COMPLETE)
    return PIPIT_LIST_EMPTY;
  if (account != NULL && (pipit_account_get_state (account) == PIPIT_STATE_OFFLINE ||
                          pipit_account_get_state (account) == PIPIT_STATE_PROBLEM ||
                          pipit_account_get_state (account) == PIPIT_STATE_PAUSED))
    return PIPIT_LIST_OFFLINE;

  return PIPIT_LIST_RECEIVING;
}

static void
update_state (PipitMessageList *self)
{
  PipitListState state = compute_state (self);

  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static StoreFilter
store_filter (PipitFilter filter)
{
  switch (filter)
    {
    case PIPIT_FILTER_UNREAD:
      return STORE_FILTER_UNREAD;
    case PIPIT_FILTER_STARRED:
      return STORE_FILTER_STARRED;
    case PIPIT_FILTER_ATTACHMENTS:
      return STORE_FILTER_ATTACHMENTS;
    case PIPIT_FILTER_NONE:
    default:
      return STORE_FILTER_ALL;
    }
}

static void
query_free (gpointer data)
{
  Query *query = data;

  g_array_unref (query->folders);
  g_clear_pointer (&query->entries, g_array_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;

  query->entries = store_reader_list_entries (reader, (const gint64 *) query->folders->data,
                                              query->folders->len, query->filter, query->limit,
                                              error);

  return query->entries != NULL;
}

/* What is in the list and passes no more, but is being read. */
static gboolean
find_kept (PipitMessageList *self,
           StoreListEntry   *out_entry)
{
  if (self->kept == 0)
    return FALSE;

  for (guint i = 0; i < self->entries->len; i++)
    if (g_array_index (self->entries, StoreListEntry, i).location == self->kept)
      {
        *out_entry = g_array_index (self->entries, StoreListEntry, i);
        return TRUE;
      }

  return FALSE;
}

/* What a query brought, without what the person has just removed, and with what is being read. */
static GArray *
adjust_entries (PipitMessageList *self,
                GArray           *entries)
{
  PipitOverlays *overlays = pipit_engine_get_overlays (self->engine);
  GArray *adjusted = g_array_sized_new (FALSE, FALSE, sizeof (StoreListEntry), entries->len + 1);
  StoreListEntry kept;
  gboolean has_kept = self->filter != PIPIT_FILTER_NONE && find_kept (self, &kept) &&
                      !pipit_overlays_hides (overlays, kept.location);

  for (guint i = 0; i < entries->len; i++)
    {
      StoreListEntry *entry = &g_array_index (entries, StoreListEntry, i);

      if (has_kept && store_list_entry_compare (&kept, entry) <= 0)
        {
          if (store_list_entry_compare (&kept, entry) < 0)
            g_array_append_val (adjusted, kept);
          has_kept = FALSE;
        }
      if (!pipit_overlays_hides (overlays, entry->location))
        g_array_append_val (adjusted, *entry);
    }
  if (has_kept)
    g_array_append_val (adjusted, kept);

  return adjusted;
}

static void apply_changes (PipitMessageList *self,
                           StoreChanges     *changes);

static gboolean on_show_more (gpointer user_data);

static void
forget_coming (PipitMessageList *self)
{
  g_clear_handle_id (&self->show_source_id, g_source_remove);
  g_clear_pointer (&self->coming, query_free);
}

/* Shows what a query brought, or the next part of it; the query is under way until all is shown. */
static void
show_coming (PipitMessageList *self)
{
  g_autoptr(GArray) adjusted = adjust_entries (self, self->coming->entries);
  gboolean is_all = self->n_shown >= FIRST_ENTRIES ||
                    adjusted->len <= self->n_shown + ENTRIES_PER_TURN;

  if (!is_all)
    {
      self->n_shown += ENTRIES_PER_TURN;
      g_array_set_size (adjusted, self->n_shown);
    }
  replace_entries (self, adjusted);
  for (guint i = 0; i < self->missed->len; i++)
    apply_changes (self, g_ptr_array_index (self->missed, i));

  if (is_all)
    {
      self->is_whole = self->coming->limit == 0 ||
                       self->coming->entries->len < self->coming->limit;
      forget_coming (self);
      g_clear_object (&self->reading);
      g_ptr_array_set_size (self->missed, 0);
      if (!self->is_whole || self->again)
        read_entries (self, 0);
    }
  else
    /* frames are drawn between */
    self->show_source_id = g_idle_add (on_show_more, self);
  update_state (self);
}

static gboolean
on_show_more (gpointer user_data)
{
  PipitMessageList *self = user_data;

  self->show_source_id = 0;
  show_coming (self);

  return G_SOURCE_REMOVE;
}

static void
entries_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(PipitMessageList) self = user_data;
  g_autoptr(GError) error = NULL;
  Query *query = store_read_get_data (result);
  gboolean ok = store_read_finish (STORE_STORE (source), result, &error);

  /* another query, for another filter, has taken its place */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (!ok)
    {
      g_clear_object (&self->reading);
      g_ptr_array_set_size (self->missed, 0);
      self->problem = pipit_problem_new_from_error (error, "", PIPIT_SERVER_RECEIVING, NULL);
      update_state (self);
      return;
    }

  self->coming = g_new0 (Query, 1);
  self->coming->folders = g_array_ref (query->folders);
  self->coming->limit = query->limit;
  self->coming->entries = g_steal_pointer (&query->entries);
  self->n_shown = self->entries->len;
  show_coming (self);
}

static void
add_folder (PipitMessageList *self,
            GArray           *ids,
            PipitFolder      *folder)
{
  gint64 id = folder != NULL ? pipit_folder_get_id (folder) : 0;

  if (id != 0)
    g_array_append_val (ids, id);
}

static GArray *
list_folders (PipitMessageList *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GListModel *accounts = pipit_engine_get_accounts (self->engine);

  if (pipit_folder_get_role (self->folder) != PIPIT_FOLDER_ALL_INBOXES)
    {
      add_folder (self, ids, self->folder);
      return ids;
    }

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);

      add_folder (self, ids, pipit_account_get_folder (account, PIPIT_FOLDER_INBOX));
    }

  return ids;
}

static void
read_entries (PipitMessageList *self,
              guint             limit)
{
  Query *query;

  if (pipit_engine_get_store (self->engine) == NULL)
    return;

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  forget_coming (self);
  self->reading = g_cancellable_new ();
  self->again = FALSE;
  g_clear_object (&self->problem);

  query = g_new0 (Query, 1);
  query->folders = list_folders (self);
  query->filter = store_filter (self->filter);
  query->limit = limit;
  store_read_async (pipit_engine_get_store (self->engine),
                    limit > 0 ? G_PRIORITY_HIGH : G_PRIORITY_DEFAULT, run_query,
                    query, query_free, self->reading, entries_read_cb, g_object_ref (self));
}

static gboolean
passes (PipitMessageList     *self,
        const StoreRowChange *change)
{
  if (!change->is_shown)
    return FALSE;
  if (pipit_overlays_hides (pipit_engine_get_overlays (self->engine), change->location))
    return FALSE;

  switch (self->filter)
    {
    case PIPIT_FILTER_UNREAD:
      return !(change->flags & STORE_FLAG_SEEN);
    case PIPIT_FILTER_STARRED:
      return (change->flags & STORE_FLAG_FLAGGED) != 0;
    case PIPIT_FILTER_ATTACHMENTS:
      return change->has_attachment;
    case PIPIT_FILTER_NONE:
    default:
      return TRUE;
    }
}

/* Merges what has changed, which is sorted like the list, into a new array. */
static GArray *
merge_rows (PipitMessageList *self,
            const GArray     *rows)
{
  GArray *after = g_array_sized_new (FALSE, FALSE, sizeof (StoreListEntry),
                                     self->entries->len + rows->len);
  guint i = 0;

  for (guint j = 0; j < rows->len; j++)
    {
      const StoreRowChange *row = &g_array_index (rows, StoreRowChange, j);
      StoreListEntry entry = { .sort_date = row->sort_date, .location = row->location };
      guint first = i;
      gboolean is_here = FALSE;

      while (i < self->entries->len &&
             store_list_entry_compare (&g_array_index (self->entries, StoreListEntry, i),
                                       &entry) < 0)
        i++;
      if (i > first)
        g_array_append_vals (after, &g_array_index (self->entries, StoreListEntry, first),
                             i - first);
      if (i < self->entries->len &&
          equal_entries (&g_array_index (self->entries, StoreListEntry, i), &entry))
        {
          is_here = TRUE;
          i++;
        }
      if (passes (self, row) || (is_here && row->is_shown && row->location == self->kept))
        g_array_append_val (after, entry);
    }
  if (i < self->entries->len)
    g_array_append_vals (after, &g_array_index (self->entries, StoreListEntry, i),
                         self->entries->len - i);

  return after;
}

static void
apply_changes (PipitMessageList *self,
               StoreChanges     *changes)
{
  g_autoptr(GArray) folders = list_folders (self);

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolderChange *change =
        store_changes_find_folder (changes, g_array_index (folders, gint64, i));

      if (change == NULL)
        continue;
      if (change->is_reload)
        self->again = TRUE;
      else if (change->rows != NULL && change->rows->len > 0)
        {
          g_autoptr(GArray) after = merge_rows (self, change->rows);

          replace_entries (self, after);
        }
    }
}

/* Listens to the engine. A query under way may be older than the news: they are told it again. */
static void
on_store_changed (PipitEngine      *engine,
                  StoreChanges     *changes,
                  PipitMessageList *self)
{
  if (self->reading != NULL)
    g_ptr_array_add (self->missed, store_changes_ref (changes));

  apply_changes (self, changes);
  if (self->again && self->reading == NULL)
    read_entries (self, 0);
  update_state (self);
}

static void
on_hidden (PipitEngine      *engine,
           GArray           *locations,
           PipitMessageList *self)
{
  g_autoptr(GArray) after = adjust_entries (self, self->entries);

  replace_entries (self, after);
  update_state (self);
}

static void
on_reload (PipitEngine      *engine,
           PipitMessageList *self)
{
  if (self->reading != NULL)
    self->again = TRUE;
  else
    read_entries (self, 0);
}

static void
pipit_message_list_dispose (GObject *object)
{
  PipitMessageList *self = PIPIT_MESSAGE_LIST (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  forget_coming (self);
  g_queue_clear_full (&self->recent, g_object_unref);
  g_clear_pointer (&self->missed, g_ptr_array_unref);
  g_clear_object (&self->problem);
  g_clear_object (&self->folder);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_message_list_parent_class)->dispose (object);
}

static void
pipit_message_list_finalize (GObject *object)
{
  g_clear_pointer (&PIPIT_MESSAGE_LIST (object)->entries, g_array_unref);

  G_OBJECT_CLASS (pipit_message_list_parent_class)->finalize (object);
}

static void
pipit_message_list_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  PipitMessageList *self = PIPIT_MESSAGE_LIST (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_FILTER:
      g_value_set_enum (value, self->filter);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_list_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_FILTER:
      pipit_message_list_set_filter (PIPIT_MESSAGE_LIST (object), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_list_class_init (PipitMessageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pipit_message_list_dispose;
  object_class->finalize = pipit_message_list_finalize;
  object_class->get_property = pipit_message_list_get_property;
  object_class->set_property = pipit_message_list_set_property;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, PIPIT_TYPE_LIST_STATE, PIPIT_LIST_LOADING,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FILTER] =
    g_param_spec_enum ("filter", NULL, NULL, PIPIT_TYPE_FILTER, PIPIT_FILTER_NONE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pipit_message_list_init (PipitMessageList *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (StoreListEntry));
  self->missed = g_ptr_array_new_with_free_func ((GDestroyNotify) store_changes_unref);
  self->state = PIPIT_LIST_LOADING;
  g_queue_init (&self->recent);
}

/* What the server's engine should look at first. */
static void
tell_visible (PipitMessageList *self)
{
  g_autoptr(GArray) folders = list_folders (self);

  for (guint i = 0; i < folders->len; i++)
    {
      PipitFolder *folder = pipit_engine_find_folder (self->engine,
                                                      g_array_index (folders, gint64, i));

      if (folder != NULL && pipit_folder_get_account (folder) != NULL)
        pipit_account_set_visible (pipit_folder_get_account (folder),
                                   pipit_folder_get_id (folder));
    }
}

/**
 * pipit_message_list_new:
 * @engine: an engine that has been opened
 * @folder: a folder, or all inboxes
 *
 * Makes the list of @folder. It fills by itself, the newest messages first, and follows every
 * change. The account's engine is told that this is what the person looks at.
 *
 * Returns: (transfer full): the list
 */
PipitMessageList *
pipit_message_list_new (PipitEngine *engine,
                        PipitFolder *folder)
{
  PipitMessageList *self = g_object_new (PIPIT_TYPE_MESSAGE_LIST, NULL);

  self->engine = g_object_ref (engine);
  self->folder = g_object_ref (folder);
  g_signal_connect_object (engine, "store-changed", G_CALLBACK (on_store_changed), self, 0);
  g_signal_connect_object (engine, "hidden", G_CALLBACK (on_hidden), self, 0);
  g_signal_connect_object (engine, "reload", G_CALLBACK (on_reload), self, 0);
  g_signal_connect_object (folder, "notify::total", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  if (pipit_folder_get_account (folder) != NULL)
    g_signal_connect_object (pipit_folder_get_account (folder), "notify::state",
                             G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  tell_visible (self);
  read_entries (self, FIRST_ENTRIES);

  return self;
}

/**
 * pipit_message_list_get_folder:
 *
 * Returns: (transfer none): whose messages these are
 */
PipitFolder *
pipit_message_list_get_folder (PipitMessageList *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_LIST (self), NULL);

  return self->folder;
}

/**
 * pipit_message_list_get_state:
 *
 * Returns: what is to be said where there are no rows
 */
PipitListState
pipit_message_list_get_state (PipitMessageList *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_LIST (self), PIPIT_LIST_LOADING);

  return self->state;
}

/**
 * pipit_message_list_get_problem:
 *
 * Returns: (transfer none) (nullable): why it failed, in state %PIPIT_LIST_FAILED
 */
PipitProblem *
pipit_message_list_get_problem (PipitMessageList *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_LIST (self), NULL);

  return self->problem;
}

/**
 * pipit_message_list_get_filter:
 *
 * Returns: which messages are shown
 */
PipitFilter
pipit_message_list_get_filter (PipitMessageList *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_LIST (self), PIPIT_FILTER_NONE);

  return self->filter;
}

/**
 * pipit_message_list_set_filter:
 * @filter: which messages to show
 */
void
pipit_message_list_set_filter (PipitMessageList *self,
                               PipitFilter       filter)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_LIST (self));

  if (self->filter == filter)
    return;

  self->filter = filter;
  self->kept = 0;
  self->is_whole = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILTER]);
  read_entries (self, FIRST_ENTRIES);
}

/**
 * pipit_message_list_find:
 * @id: a message
 * @out_position: (out) (optional): where it is
 *
 * Returns: %TRUE if it is in the list
 */
gboolean
pipit_message_list_find (PipitMessageList *self,
                         gint64            id,
                         guint            *out_position)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_LIST (self), FALSE);

  for (guint i = 0; i < self->entries->len; i++)
    if (g_array_index (self->entries, StoreListEntry, i).location == id)
      {
        if (out_position != NULL)
          *out_position = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * pipit_message_list_get_id_at:
 * @position: a place in the list
 *
 * Names a message without making an object for it.
 *
 * Returns: its id, 0 past the end
 */
gint64
pipit_message_list_get_id_at (PipitMessageList *self,
                              guint             position)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_LIST (self), 0);

  if (position >= self->entries->len)
    return 0;

  return g_array_index (self->entries, StoreListEntry, position).location;
}

/**
 * pipit_message_list_keep:
 * @id: the message that is being read, or 0
 *
 * Keeps a message in a filtered list that it does not belong to any more, for example an unread
 * one after it was read, until another is kept.
 */
void
pipit_message_list_keep (PipitMessageList *self,
                         gint64            id)
{
  gint64 before;

  g_return_if_fail (PIPIT_IS_MESSAGE_LIST (self));

  before = self->kept;
  self->kept = id;
  if (before != 0 && before != id && self->filter != PIPIT_FILTER_NONE)
    on_reload (self->engine, self);
}

/* The entry of @id, or one before all others. */
static StoreListEntry
entry_of (PipitMessageList *self,
          gint64            id)
{
  StoreListEntry before_all = { .sort_date = G_MAXINT64, .location = 0 };
  guint position;

  if (!pipit_message_list_find (self, id, &position))
    return before_all;

  return g_array_index (self->entries, StoreListEntry, position);
}

static void
unread_found_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitMessageList *self = g_task_get_source_object (task);
  Query *query = store_read_get_data (result);
  StoreListEntry *after = g_task_get_task_data (task);
  GError *error = NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; i < query->entries->len; i++)
    {
      StoreListEntry *entry = &g_array_index (query->entries, StoreListEntry, i);

      if (store_list_entry_compare (after, entry) < 0 &&
          pipit_message_list_find (self, entry->location, NULL))
        {
          g_task_return_int (task, entry->location);
          return;
        }
    }

  g_task_return_int (task, 0);
}

/**
 * pipit_message_list_find_unread_async:
 * @after_id: a message of the list, or 0 for its beginning
 * @cancellable: (nullable): stops it
 *
 * Looks for the next unread message, also where no row has been read yet.
 */
void
pipit_message_list_find_unread_async (PipitMessageList    *self,
                                      gint64               after_id,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  StoreListEntry after;
  Query *query;

  g_return_if_fail (PIPIT_IS_MESSAGE_LIST (self));

  after = entry_of (self, after_id);
  g_task_set_source_tag (task, pipit_message_list_find_unread_async);
  g_task_set_task_data (task, g_memdup2 (&after, sizeof after), g_free);
  query = g_new0 (Query, 1);
  query->folders = list_folders (self);
  query->filter = STORE_FILTER_UNREAD;
  store_read_async (pipit_engine_get_store (self->engine), G_PRIORITY_HIGH, run_query, query,
                    query_free, cancellable, unread_found_cb, task);
}

/**
 * pipit_message_list_find_unread_finish:
 *
 * Returns: the id of the message, 0 if there is none; -1 on failure
 */
gint64
pipit_message_list_find_unread_finish (PipitMessageList  *self,
                                       GAsyncResult      *result,
                                       GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
