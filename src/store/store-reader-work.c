#include "store-flags.h"
#include "store-reader-private.h"

/* From the pending operations, in their order, the next thing that one command can do.
 *
 * An operation waits for every earlier one on the same message. Consecutive changes of a
 * message's flags are folded into their net: the last wish for each flag wins. The oldest message
 * that may go decides what the command is, and all others that want the same go with it. */

/* How many pending operations are looked at. */
#define MAX_PENDING 20000

/* What is to be done to one message. */
typedef struct
{
  char *folder_uuid; /* (owned) */
  guint32 uid_validity;
  guint32 uid;
  StoreOperationKind kind;
  guint32 add_flags;
  guint32 remove_flags;
  char *add_keywords;       /* (owned) (nullable) */
  char *remove_keywords;    /* (owned) (nullable) */
  char *target_folder_uuid; /* (owned) (nullable) */
  GArray *operations;       /* (owned) (element-type gint64) */
  gboolean is_closed;       /* nothing later may join */
} Item;

typedef struct
{
  GHashTable *items; /* (owned): Item, as a set by folder, UIDVALIDITY and UID */
  GPtrArray *order;  /* (unowned Items): in the order of the operations */
  gint64 now_unix;
  gint64 next_unix;
} Plan;

static void
item_free (Item *self)
{
  g_free (self->folder_uuid);
  g_free (self->add_keywords);
  g_free (self->remove_keywords);
  g_free (self->target_folder_uuid);
  g_clear_pointer (&self->operations, g_array_unref);
  g_free (self);
}

static guint
item_hash (gconstpointer data)
{
  const Item *item = data;

  return g_str_hash (item->folder_uuid) ^ (item->uid * 2654435761u) ^ item->uid_validity;
}

static gboolean
item_equal (gconstpointer a,
            gconstpointer b)
{
  const Item *left = a;
  const Item *right = b;

  return left->uid == right->uid && left->uid_validity == right->uid_validity &&
         g_str_equal (left->folder_uuid, right->folder_uuid);
}

static void
fold (Item                 *item,
      const StoreOperation *operation)
{
  g_autofree char *added = g_steal_pointer (&item->add_keywords);
  g_autofree char *removed = g_steal_pointer (&item->remove_keywords);

  item->add_flags = (item->add_flags & ~operation->remove_flags) | operation->add_flags;
  item->remove_flags = (item->remove_flags & ~operation->add_flags) | operation->remove_flags;
  item->add_keywords = store_keywords_change (added, operation->add_keywords,
                                              operation->remove_keywords);
  item->remove_keywords = store_keywords_change (removed, operation->remove_keywords,
                                                 operation->add_keywords);
}

static gboolean
is_held (Plan                 *plan,
         const StoreOperation *operation,
         gboolean              is_dependency_done)
{
  if (operation->state != STORE_OPERATION_WAITING || !is_dependency_done)
    return TRUE;

  if (operation->not_before_unix > plan->now_unix)
    {
      if (plan->next_unix == 0 || operation->not_before_unix < plan->next_unix)
        plan->next_unix = operation->not_before_unix;
      return TRUE;
    }

  return FALSE;
}

static void
plan_operation (Plan                 *plan,
                const StoreOperation *operation,
                gboolean              is_dependency_done)
{
  Item key = { .folder_uuid = operation->folder_uuid, .uid_validity = operation->uid_validity,
               .uid = operation->uid };
  Item *item;
  gboolean is_flags = operation->kind == STORE_OPERATION_FLAGS;
  gboolean is_new;

  /* its message has not arrived yet */
  if (operation->uid == 0)
    return;

  item = g_hash_table_lookup (plan->items, &key);
  is_new = item == NULL;
  if (is_new)
    {
      item = g_new0 (Item, 1);
      item->folder_uuid = g_strdup (operation->folder_uuid);
      item->uid_validity = operation->uid_validity;
      item->uid = operation->uid;
      item->operations = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_hash_table_add (plan->items, item);
    }

  if (item->is_closed || is_held (plan, operation, is_dependency_done) || (!is_new && !is_flags))
    {
      item->is_closed = TRUE;
      return;
    }

  if (is_new)
    {
      item->kind = operation->kind;
      item->target_folder_uuid = g_strdup (operation->target_folder_uuid);
      item->is_closed = !is_flags;
      g_ptr_array_add (plan->order, item);
    }

  if (is_flags)
    fold (item, operation);
  g_array_append_val (item->operations, operation->operation);
}

static gboolean
wants_same (const Item *item,
            const Item *other)
{
  return item->kind == other->kind && item->uid_validity == other->uid_validity &&
         item->add_flags == other->add_flags && item->remove_flags == other->remove_flags &&
         g_strcmp0 (item->folder_uuid, other->folder_uuid) == 0 &&
         g_strcmp0 (item->target_folder_uuid, other->target_folder_uuid) == 0 &&
         g_strcmp0 (item->add_keywords, other->add_keywords) == 0 &&
         g_strcmp0 (item->remove_keywords, other->remove_keywords) == 0;
}

static int
compare_uids (gconstpointer a,
              gconstpointer b)
{
  guint32 left = *(const guint32 *) a;
  guint32 right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

static StoreWork *
make_work (Plan       *plan,
           const char *account_uuid,
           guint       max_messages)
{
  Item *first = g_ptr_array_index (plan->order, 0);
  StoreWork *work = g_new0 (StoreWork, 1);

  work->kind = first->kind;
  work->account_uuid = g_strdup (account_uuid);
  work->folder_uuid = g_strdup (first->folder_uuid);
  work->uid_validity = first->uid_validity;
  work->add_flags = first->add_flags;
  work->remove_flags = first->remove_flags;
  work->add_keywords = g_strdup (first->add_keywords);
  work->remove_keywords = g_strdup (first->remove_keywords);
  work->target_folder_uuid = g_strdup (first->target_folder_uuid);
  work->uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  work->operations = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < plan->order->len && work->uids->len < max_messages; i++)
    {
      Item *item = g_ptr_array_index (plan->order, i);

      if (wants_same (first, item))
        {
          g_array_append_val (work->uids, item->uid);
          g_array_append_vals (work->operations, item->operations->data, item->operations->len);
        }
    }

  g_array_sort (work->uids, compare_uids);
  return work;
}

static gboolean
plan_pending (StoreReader  *self,
              const char   *account_uuid,
              Plan         *plan,
              GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT " STORE_OPERATION_COLUMNS ", depends_on = 0 OR coalesce"
                          " ((SELECT d.state > 2 FROM operation AS d"
                          "   WHERE d.id = operation.depends_on), 1)"
                          " FROM operation INDEXED BY operation_pending"
                          " WHERE account_uuid = ? AND state <= 2 ORDER BY id LIMIT ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, account_uuid);
  store_bind_int (select, 2, MAX_PENDING);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    {
      g_autoptr(StoreOperation) operation = store_reader_dup_operation (select);

      plan_operation (plan, operation, sqlite3_column_int (select, 28) != 0);
    }

  return step == STORE_STEP_DONE;
}

/**
 * store_reader_find_work:
 * @max_messages: how many UIDs the command may name
 * @out_next_unix: (out) (optional): where nothing may be sent now but later: when; else 0
 *
 * Looks for what is to be sent next. It is claimed by store_tx_claim_work ().
 *
 * Returns: (transfer full) (nullable): the work; %NULL without an error when there is none now
 */
StoreWork *
store_reader_find_work (StoreReader  *self,
                        const char   *account_uuid,
                        gint64        now_unix,
                        guint         max_messages,
                        gint64       *out_next_unix,
                        GError      **error)
{
  g_autoptr(GHashTable) items = NULL;
  g_autoptr(GPtrArray) order = g_ptr_array_new ();
  Plan plan = { .order = order, .now_unix = now_unix };

  items = g_hash_table_new_full (item_hash, item_equal, (GDestroyNotify) item_free, NULL);
  plan.items = items;
  if (!plan_pending (self, account_uuid, &plan, error))
    return NULL;

  if (out_next_unix != NULL)
    *out_next_unix = order->len == 0 ? plan.next_unix : 0;
  return order->len == 0 ? NULL : make_work (&plan, account_uuid, max_messages);
}
