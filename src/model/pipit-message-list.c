#include "pipit-message-list-private.h"

#include "pipit-account-private.h"
#include "pipit-engine-private.h"
#include "pipit-folder-private.h"
#include "pipit-loader.h"
#include "pipit-message.h"
#include "pipit-overlays.h"
#include "pipit-problem-private.h"

#include "store-flags.h"
#include "store-reader.h"

/* Messages that stay filled after they have left the screen. */
#define RECENT_MESSAGES 512

enum
{
  PROP_0,
  PROP_STATE,
  PROP_FILTER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void pipit_message_list_model_init (GListModelInterface *iface);

/**
 * PipitMessageList:
 *
 * The messages of a folder, newest first. It keeps 16 bytes a row, whatever the length.
 */
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

void
pipit_message_list_update_state (PipitMessageList *self)
{
  PipitListState state = compute_state (self);

  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
pipit_message_list_dispose (GObject *object)
{
  PipitMessageList *self = PIPIT_MESSAGE_LIST (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  pipit_message_list_forget_coming (self);
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

static void
add_folder (PipitMessageList *self,
            GArray           *ids,
            PipitFolder      *folder)
{
  gint64 id = folder != NULL ? pipit_folder_get_id (folder) : 0;

  if (id != 0)
    g_array_append_val (ids, id);
}

GArray *
pipit_message_list_dup_folders (PipitMessageList *self)
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

/* What the server's engine should look at first. */
static void
tell_visible (PipitMessageList *self)
{
  g_autoptr(GArray) folders = pipit_message_list_dup_folders (self);

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
  pipit_message_list_follow (self);
  tell_visible (self);
  pipit_message_list_read (self, PIPIT_MESSAGE_LIST_FIRST);

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
  pipit_message_list_read (self, PIPIT_MESSAGE_LIST_FIRST);
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
    pipit_message_list_reload (self);
}
