#include "pipit-config.h"

#include "pipit-message-private.h"

#include "pipit-account.h"
#include "pipit-account-private.h"
#include "pipit-address-private.h"
#include "pipit-engine-private.h"
#include "pipit-folder.h"
#include "pipit-loader.h"
#include "pipit-overlays.h"

#include "store-flags.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * PipitMessage:
 *
 * A message in a folder, as lists and the reader show it. There is one object for a message,
 * however many lists it is in. What it shows is what the store says, with what the person has
 * just done laid over it.
 */
struct _PipitMessage
{
  GObject parent_instance;

  PipitEngine *engine;   /* (owned) */
  gint64 id;
  PipitFolder *folder;   /* (owned) (nullable) until it is known */
  StoreRow *row;         /* (owned) (nullable) until it is loaded */
  StoreMessage *details; /* (owned) (nullable) until a conversation has read them */
  guint32 flags;         /* as shown */
  char *people;          /* (owned) (nullable) until it is asked for */

  GListModel *to;        /* these (owned) (nullable) until they are asked for */
  GListModel *cc;
  GListModel *bcc;
  GListModel *reply_to;
  PipitAddress *from;
  PipitAddress *sender;
};

enum
{
  PROP_0,
  PROP_LOADED,
  PROP_UNREAD,
  PROP_STARRED,
  PROP_ANSWERED,
  PROP_FORWARDED,
  PROP_SUBJECT,
  PROP_PREVIEW,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitMessage, pipit_message, G_TYPE_OBJECT)

static void
forget_addresses (PipitMessage *self)
{
  g_clear_pointer (&self->people, g_free);
  g_clear_object (&self->to);
  g_clear_object (&self->cc);
  g_clear_object (&self->bcc);
  g_clear_object (&self->reply_to);
  g_clear_object (&self->from);
  g_clear_object (&self->sender);
}

static void
pipit_message_finalize (GObject *object)
{
  PipitMessage *self = PIPIT_MESSAGE (object);
  PipitLoader *loader = pipit_engine_get_loader (self->engine);

  if (loader != NULL)
    pipit_loader_forget (loader, self->id);

  forget_addresses (self);
  g_clear_pointer (&self->row, store_row_free);
  g_clear_pointer (&self->details, store_message_free);
  g_clear_object (&self->folder);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_message_parent_class)->finalize (object);
}

static void
pipit_message_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  PipitMessage *self = PIPIT_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_LOADED:
      g_value_set_boolean (value, pipit_message_get_loaded (self));
      break;
    case PROP_UNREAD:
      g_value_set_boolean (value, pipit_message_get_unread (self));
      break;
    case PROP_STARRED:
      g_value_set_boolean (value, pipit_message_get_starred (self));
      break;
    case PROP_ANSWERED:
      g_value_set_boolean (value, pipit_message_get_answered (self));
      break;
    case PROP_FORWARDED:
      g_value_set_boolean (value, pipit_message_get_forwarded (self));
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, pipit_message_get_subject (self));
      break;
    case PROP_PREVIEW:
      g_value_set_string (value, pipit_message_get_preview (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_class_init (PipitMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = pipit_message_finalize;
  object_class->get_property = pipit_message_get_property;

  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  properties[PROP_UNREAD] = g_param_spec_boolean ("unread", NULL, NULL, FALSE, flags);
  properties[PROP_STARRED] = g_param_spec_boolean ("starred", NULL, NULL, FALSE, flags);
  properties[PROP_ANSWERED] = g_param_spec_boolean ("answered", NULL, NULL, FALSE, flags);
  properties[PROP_FORWARDED] = g_param_spec_boolean ("forwarded", NULL, NULL, FALSE, flags);
  properties[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, "", flags);
  properties[PROP_PREVIEW] = g_param_spec_string ("preview", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", PIPIT_TYPE_MESSAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
pipit_message_init (PipitMessage *self)
{
}

/* Only the loader makes messages: see pipit_loader_get(). */
PipitMessage *
pipit_message_new (PipitEngine *engine,
                   gint64       id,
                   PipitFolder *folder)
{
  PipitMessage *self = g_object_new (PIPIT_TYPE_MESSAGE, NULL);

  self->engine = g_object_ref (engine);
  self->id = id;
  g_set_object (&self->folder, folder);

  return self;
}

/**
 * pipit_message_recompute:
 *
 * Works out again what is shown, after the row or an overlay has changed, and tells.
 */
void
pipit_message_recompute (PipitMessage *self)
{
  guint32 before = self->flags;
  guint32 changed;

  if (self->row == NULL)
    return;

  self->flags = pipit_overlays_apply (pipit_engine_get_overlays (self->engine), self->id,
                                      self->row->flags);
  changed = before ^ self->flags;
  if (changed == 0)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  if (changed & STORE_FLAG_SEEN)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
  if (changed & STORE_FLAG_FLAGGED)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARRED]);
  if (changed & STORE_FLAG_ANSWERED)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ANSWERED]);
  if (changed & STORE_FLAG_FORWARDED)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORWARDED]);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * pipit_message_take_row:
 * @row: (transfer full): what the store says
 *
 * Fills the message, or fills it anew.
 */
void
pipit_message_take_row (PipitMessage *self,
                        StoreRow     *row)
{
  gboolean was_loaded = self->row != NULL;
  PipitFolder *folder = pipit_engine_find_folder (self->engine, row->folder);

  g_object_ref (self);
  g_clear_pointer (&self->row, store_row_free);
  self->row = row;
  if (folder != NULL)
    g_set_object (&self->folder, folder);
  forget_addresses (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (!was_loaded)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PREVIEW]);
  pipit_message_recompute (self);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  g_object_unref (self);
}

/**
 * pipit_message_take_details:
 * @details: (transfer full): everything that the cache knows of it
 *
 * Fills in what only the reader shows.
 */
void
pipit_message_take_details (PipitMessage *self,
                            StoreMessage *details)
{
  g_clear_pointer (&self->details, store_message_free);
  self->details = details;
  pipit_message_take_row (self, store_row_copy (details->row));
}

const StoreRow *
pipit_message_get_row (PipitMessage *self)
{
  return self->row;
}

const StoreMessage *
pipit_message_get_details (PipitMessage *self)
{
  return self->details;
}

/**
 * pipit_message_get_id:
 *
 * Returns: what actions name it by; it never changes, and is never used again
 */
gint64
pipit_message_get_id (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), 0);

  return self->id;
}

/**
 * pipit_message_get_engine:
 *
 * Returns: (transfer none): the engine that it belongs to
 */
PipitEngine *
pipit_message_get_engine (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return self->engine;
}

/**
 * pipit_message_get_folder:
 *
 * Returns: (transfer none) (nullable): where it lies; may be %NULL until it is loaded
 */
PipitFolder *
pipit_message_get_folder (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return self->folder;
}

/**
 * pipit_message_get_account:
 *
 * Returns: (transfer none) (nullable): whose it is; may be %NULL until it is loaded
 */
PipitAccount *
pipit_message_get_account (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return self->folder != NULL ? pipit_folder_get_account (self->folder) : NULL;
}

/**
 * pipit_message_get_loaded:
 *
 * Returns: %FALSE until its row has been read; its texts are empty until then
 */
gboolean
pipit_message_get_loaded (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return self->row != NULL;
}

/**
 * pipit_message_get_subject:
 *
 * Returns: (transfer none): the subject as sent, maybe empty
 */
const char *
pipit_message_get_subject (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return self->row != NULL && self->row->subject != NULL ? self->row->subject : "";
}

/* The name that a row has room for. */
static const char *
short_name (PipitMessage       *self,
            const StoreAddress *address)
{
  if (pipit_engine_is_own_address (self->engine, address->address))
    /* Translators: the person who uses Pipit, as one of the people in a list: "Jonas Weir, me" */
    return _("me");

  return address->name != NULL && *address->name != '\0' ? address->name : address->address;
}

static char *
join_names (PipitMessage           *self,
            const StoreAddressList *list)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < list->n_items; i++)
    {
      if (i > 0)
        /* Translators: stands between the names of people in a row of the list */
        g_string_append (names, _(", "));
      g_string_append (names, short_name (self, &list->items[i]));
    }

  return g_string_free (names, FALSE);
}

/**
 * pipit_message_get_people:
 *
 * Returns: (transfer none): who wrote it; in folders of own messages, whom it went to
 */
const char *
pipit_message_get_people (PipitMessage *self)
{
  PipitFolderRole role;
  const StoreAddressList *list;

  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  if (self->people != NULL)
    return self->people;
  if (self->row == NULL)
    return "";

  role = self->folder != NULL ? pipit_folder_get_role (self->folder) : PIPIT_FOLDER_PLAIN;
  list = role == PIPIT_FOLDER_SENT || role == PIPIT_FOLDER_DRAFTS ? self->row->to
                                                                  : self->row->from;
  if (list != NULL && list->n_items > 0)
    self->people = join_names (self, list);
  else if (role == PIPIT_FOLDER_SENT || role == PIPIT_FOLDER_DRAFTS)
    self->people = g_strdup (_("No recipients"));
  else
    self->people = g_strdup (_("Unknown sender"));

  return self->people;
}

/**
 * pipit_message_get_preview:
 *
 * Returns: (transfer none): the first words, one line; empty until they have been received
 */
const char *
pipit_message_get_preview (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return self->row != NULL && self->row->preview != NULL ? self->row->preview : "";
}

/**
 * pipit_message_get_date_unix:
 *
 * Returns: when it came, in seconds since 1970: what lists are sorted by
 */
gint64
pipit_message_get_date_unix (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), 0);

  return self->row != NULL ? self->row->sort_date : 0;
}

/**
 * pipit_message_get_sent_unix:
 *
 * Returns: when it was written, as its sender says; else when it came
 */
gint64
pipit_message_get_sent_unix (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), 0);

  if (self->row == NULL)
    return 0;

  return self->row->date_unix > 0 ? self->row->date_unix : self->row->sort_date;
}

/**
 * pipit_message_get_size_bytes:
 *
 * Returns: its size on the server
 */
gint64
pipit_message_get_size_bytes (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), 0);

  return self->row != NULL ? self->row->size_bytes : 0;
}

/**
 * pipit_message_get_count:
 *
 * Returns: messages of its conversation, 1 or more
 */
guint
pipit_message_get_count (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), 1);

  return self->row != NULL ? MAX (self->row->n_conversation, 1) : 1;
}

/**
 * pipit_message_get_unread:
 *
 * Returns: %TRUE if it is loaded and has not been read
 */
gboolean
pipit_message_get_unread (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return self->row != NULL && !(self->flags & STORE_FLAG_SEEN);
}

/**
 * pipit_message_get_starred:
 *
 * Returns: %TRUE if it has a star
 */
gboolean
pipit_message_get_starred (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return (self->flags & STORE_FLAG_FLAGGED) != 0;
}

/**
 * pipit_message_get_answered:
 *
 * Returns: %TRUE if it was replied to
 */
gboolean
pipit_message_get_answered (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return (self->flags & STORE_FLAG_ANSWERED) != 0;
}

/**
 * pipit_message_get_forwarded:
 *
 * Returns: %TRUE if it was sent on
 */
gboolean
pipit_message_get_forwarded (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return (self->flags & STORE_FLAG_FORWARDED) != 0;
}

/**
 * pipit_message_get_draft:
 *
 * Returns: %TRUE if it is a draft
 */
gboolean
pipit_message_get_draft (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return (self->flags & STORE_FLAG_DRAFT) != 0;
}

/**
 * pipit_message_has_attachments:
 *
 * Returns: %TRUE if it has, or probably has, files attached
 */
gboolean
pipit_message_has_attachments (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return self->row != NULL && (self->row->attachment == STORE_ATTACHMENT_SOME ||
                               self->row->attachment == STORE_ATTACHMENT_LIKELY);
}

/**
 * pipit_message_is_from_me:
 *
 * Returns: %TRUE if one of the person's own addresses wrote it
 */
gboolean
pipit_message_is_from_me (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), FALSE);

  return self->row != NULL && self->row->from != NULL && self->row->from->n_items > 0 &&
         pipit_engine_is_own_address (self->engine, self->row->from->items[0].address);
}

static PipitAddress *
first_address (PipitAddress           **cached,
               const StoreAddressList  *list)
{
  if (*cached == NULL && list != NULL && list->n_items > 0)
    *cached = pipit_address_new (list->items[0].name, list->items[0].address);

  return *cached;
}

/**
 * pipit_message_get_from:
 *
 * Returns: (transfer none) (nullable): who wrote it
 */
PipitAddress *
pipit_message_get_from (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return first_address (&self->from, self->row != NULL ? self->row->from : NULL);
}

/**
 * pipit_message_get_sender:
 *
 * Returns: (transfer none) (nullable): who sent it for the writer, where that is somebody else
 */
PipitAddress *
pipit_message_get_sender (PipitMessage *self)
{
  PipitAddress *from = pipit_message_get_from (self);
  PipitAddress *sender = first_address (&self->sender,
                                        self->details != NULL ? self->details->sender : NULL);

  if (sender == NULL || (from != NULL && pipit_address_equal (sender, from)))
    return NULL;

  return sender;
}

static GListModel *
address_list (GListModel             **cached,
              const StoreAddressList  *list)
{
  if (*cached == NULL)
    *cached = pipit_address_list_from_store (list);

  return *cached;
}

/**
 * pipit_message_get_to:
 *
 * Returns: (transfer none): of #PipitAddress
 */
GListModel *
pipit_message_get_to (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return address_list (&self->to, self->row != NULL ? self->row->to : NULL);
}

/**
 * pipit_message_get_cc:
 *
 * Returns: (transfer none): of #PipitAddress; filled for messages of a conversation
 */
GListModel *
pipit_message_get_cc (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return address_list (&self->cc, self->details != NULL ? self->details->cc : NULL);
}

/**
 * pipit_message_get_bcc:
 *
 * Returns: (transfer none): of #PipitAddress; filled for messages of a conversation
 */
GListModel *
pipit_message_get_bcc (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return address_list (&self->bcc, self->details != NULL ? self->details->bcc : NULL);
}

/**
 * pipit_message_get_reply_to:
 *
 * Returns: (transfer none): of #PipitAddress; filled for messages of a conversation
 */
GListModel *
pipit_message_get_reply_to (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return address_list (&self->reply_to, self->details != NULL ? self->details->reply_to : NULL);
}

/**
 * pipit_message_get_list_id:
 *
 * Returns: (transfer none) (nullable): the mailing list that it came through
 */
const char *
pipit_message_get_list_id (PipitMessage *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE (self), NULL);

  return self->details != NULL ? self->details->list_id : NULL;
}
