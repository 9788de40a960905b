#include "pipit-conversation.h"

#include "pipit-engine-private.h"
#include "pipit-folder.h"
#include "pipit-loader.h"
#include "pipit-message-private.h"

#include "store-reader.h"

/* A conversation is shown as a whole; nobody reads more than this. */
#define MAX_MESSAGES 500

/**
 * PipitConversation:
 *
 * The messages that answer each other, oldest first, from every folder of the account.
 */
struct _PipitConversation
{
  GObject parent_instance;

  PipitEngine *engine;       /* (owned) */
  PipitMessage *message;     /* (owned): that was opened */
  GPtrArray *messages;       /* (owned) of PipitMessage */
  gint64 conversation;       /* 0 until it is known */
  GCancellable *cancellable; /* (owned) */
  gboolean loading;
  gboolean again;
};

typedef struct
{
  gint64 location;  /* in: by which the conversation is found */
  gint64 folder;
  gint64 conversation; /* out */
  GPtrArray *details; /* (owned) (nullable) of StoreMessage: out */
} Query;

enum
{
  PROP_0,
  PROP_SUBJECT,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void pipit_conversation_model_init (GListModelInterface *iface);
static void read_messages (PipitConversation *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (PipitConversation, pipit_conversation, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      pipit_conversation_model_init))

static GType
pipit_conversation_get_item_type (GListModel *model)
{
  return PIPIT_TYPE_MESSAGE;
}

static guint
pipit_conversation_get_n_items (GListModel *model)
{
  return PIPIT_CONVERSATION (model)->messages->len;
}

static gpointer
pipit_conversation_get_item (GListModel *model,
                             guint       position)
{
  PipitConversation *self = PIPIT_CONVERSATION (model);

  if (position >= self->messages->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->messages, position));
}

static void
pipit_conversation_model_init (GListModelInterface *iface)
{
  iface->get_item_type = pipit_conversation_get_item_type;
  iface->get_n_items = pipit_conversation_get_n_items;
  iface->get_item = pipit_conversation_get_item;
}

static void
query_free (gpointer data)
{
  Query *query = data;

  g_clear_pointer (&query->details, g_ptr_array_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;
  g_autoptr(StoreMessage) opened = store_reader_get_message (reader, query->location, error);
  g_autoptr(GPtrArray) rows = NULL;

  query->details = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_free);
  if (opened == NULL)
    return error == NULL || *error == NULL;

  query->conversation = opened->row->conversation;
  rows = store_reader_list_conversation (reader, opened->row->conversation, query->folder,
                                         MAX_MESSAGES, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      StoreRow *row = g_ptr_array_index (rows, i);
      g_autoptr(GError) missing = NULL;
      StoreMessage *details = store_reader_get_message (reader, row->location, &missing);

      if (missing != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return FALSE;
        }
      if (details != NULL)
        g_ptr_array_add (query->details, details);
    }

  return TRUE;
}

/* What was thrown away, or is junk, belongs to a conversation only where it is looked at. */
static gboolean
belongs (PipitConversation  *self,
         const StoreMessage *details)
{
  PipitFolder *folder = pipit_engine_find_folder (self->engine, details->row->folder);
  PipitFolder *opened_in = pipit_message_get_folder (self->message);
  PipitFolderRole role;

  if (details->row->location == pipit_message_get_id (self->message))
    return TRUE;
  if (!details->row->is_shown)
    return FALSE;
  if (folder == NULL || folder == opened_in)
    return TRUE;

  role = pipit_folder_get_role (folder);

  return role != PIPIT_FOLDER_TRASH && role != PIPIT_FOLDER_JUNK && role != PIPIT_FOLDER_DRAFTS;
}

static int
compare_messages (gconstpointer a,
                  gconstpointer b)
{
  const StoreRow *x = pipit_message_get_row (*(PipitMessage **) a);
  const StoreRow *y = pipit_message_get_row (*(PipitMessage **) b);

  if (x->sort_date != y->sort_date)
    return x->sort_date < y->sort_date ? -1 : 1;

  return x->location < y->location ? -1 : x->location > y->location;
}

/* Becomes @after with changes only where both differ. */
static void
replace_messages (PipitConversation *self,
                  GPtrArray         *after)
{
  GPtrArray *before = self->messages;
  guint head = 0, tail = 0;

  while (head < before->len && head < after->len &&
         g_ptr_array_index (before, head) == g_ptr_array_index (after, head))
    head++;
  while (tail < before->len - head && tail < after->len - head &&
         g_ptr_array_index (before, before->len - 1 - tail) ==
         g_ptr_array_index (after, after->len - 1 - tail))
    tail++;

  if (head + tail == before->len && before->len == after->len)
    return;

  self->messages = g_ptr_array_ref (after);
  g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - head - tail,
                              after->len - head - tail);
  g_ptr_array_unref (before);
}

static void
messages_read_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(PipitConversation) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) after = NULL;
  Query *query = store_read_get_data (result);
  PipitLoader *loader = self->engine != NULL ? pipit_engine_get_loader (self->engine) : NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error) || loader == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("A conversation could not be read: %s", error->message);
      return;
    }

  self->conversation = query->conversation;
  after = g_ptr_array_new_with_free_func (g_object_unref);
  while (query->details->len > 0)
    {
      g_autoptr(StoreMessage) details =
        g_ptr_array_steal_index_fast (query->details, query->details->len - 1);
      PipitMessage *message;

      if (!belongs (self, details))
        continue;
      message = pipit_loader_get (loader, details->row->location, NULL);
      pipit_message_take_details (message, g_steal_pointer (&details));
      g_ptr_array_add (after, message);
    }
  g_ptr_array_sort (after, compare_messages);
  replace_messages (self, after);

  self->loading = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
  if (self->again)
    read_messages (self);
}

static void
read_messages (PipitConversation *self)
{
  Query *query = g_new0 (Query, 1);
  PipitFolder *folder = pipit_message_get_folder (self->message);

  self->loading = TRUE;
  self->again = FALSE;
  query->location = pipit_message_get_id (self->message);
  query->folder = folder != NULL ? pipit_folder_get_id (folder) : 0;
  store_read_async (pipit_engine_get_store (self->engine), G_PRIORITY_HIGH, run_query,
                    query, query_free, self->cancellable, messages_read_cb, g_object_ref (self));
}

static gboolean
concerns (PipitConversation *self,
          StoreChanges      *changes)
{
  guint n_conversations, n_merges;
  const gint64 *conversations = store_changes_get_conversations (changes, &n_conversations);
  const StoreMerge *merges = store_changes_get_merges (changes, &n_merges);

  for (guint i = 0; i < n_conversations; i++)
    if (conversations[i] == self->conversation)
      return TRUE;
  for (guint i = 0; i < n_merges; i++)
    if (merges[i].from == self->conversation || merges[i].into == self->conversation)
      return TRUE;

  return FALSE;
}

static void
on_store_changed (PipitEngine       *engine,
                  StoreChanges      *changes,
                  PipitConversation *self)
{
  if (self->conversation == 0 || !concerns (self, changes))
    return;

  if (self->loading)
    self->again = TRUE;
  else
    read_messages (self);
}

static void
pipit_conversation_dispose (GObject *object)
{
  PipitConversation *self = PIPIT_CONVERSATION (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->message);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_conversation_parent_class)->dispose (object);
}

static void
pipit_conversation_finalize (GObject *object)
{
  g_clear_pointer (&PIPIT_CONVERSATION (object)->messages, g_ptr_array_unref);

  G_OBJECT_CLASS (pipit_conversation_parent_class)->finalize (object);
}

static void
pipit_conversation_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  PipitConversation *self = PIPIT_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_SUBJECT:
      g_value_set_string (value, pipit_conversation_get_subject (self));
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_conversation_class_init (PipitConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = pipit_conversation_dispose;
  object_class->finalize = pipit_conversation_finalize;
  object_class->get_property = pipit_conversation_get_property;

  properties[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, "", flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pipit_conversation_init (PipitConversation *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

/**
 * pipit_conversation_new:
 * @message: the message that the person has chosen
 *
 * Makes the conversation of @message. It holds that message at once, and the others a moment
 * later; it follows every change.
 *
 * Returns: (transfer full): the conversation
 */
PipitConversation *
pipit_conversation_new (PipitMessage *message)
{
  PipitConversation *self = g_object_new (PIPIT_TYPE_CONVERSATION, NULL);

  self->engine = g_object_ref (pipit_message_get_engine (message));
  self->message = g_object_ref (message);
  if (pipit_message_get_loaded (message))
    g_ptr_array_add (self->messages, g_object_ref (message));
  g_signal_connect_object (self->engine, "store-changed", G_CALLBACK (on_store_changed), self, 0);
  read_messages (self);

  return self;
}

/**
 * pipit_conversation_get_message:
 *
 * Returns: (transfer none): the message that was chosen
 */
PipitMessage *
pipit_conversation_get_message (PipitConversation *self)
{
  g_return_val_if_fail (PIPIT_IS_CONVERSATION (self), NULL);

  return self->message;
}

/**
 * pipit_conversation_get_subject:
 *
 * Returns: (transfer none): the subject of its first message
 */
const char *
pipit_conversation_get_subject (PipitConversation *self)
{
  g_return_val_if_fail (PIPIT_IS_CONVERSATION (self), NULL);

  if (self->messages->len == 0)
    return pipit_message_get_subject (self->message);

  return pipit_message_get_subject (g_ptr_array_index (self->messages, 0));
}

/**
 * pipit_conversation_get_loading:
 *
 * Returns: %TRUE while its messages are being read
 */
gboolean
pipit_conversation_get_loading (PipitConversation *self)
{
  g_return_val_if_fail (PIPIT_IS_CONVERSATION (self), FALSE);

  return self->loading;
}

/**
 * pipit_conversation_get_target:
 *
 * Returns: the position of the message to begin with: the first unread one, else the newest
 */
guint
pipit_conversation_get_target (PipitConversation *self)
{
  g_return_val_if_fail (PIPIT_IS_CONVERSATION (self), 0);

  for (guint i = 0; i < self->messages->len; i++)
    if (pipit_message_get_unread (g_ptr_array_index (self->messages, i)))
      return i;

  return self->messages->len > 0 ? self->messages->len - 1 : 0;
}
