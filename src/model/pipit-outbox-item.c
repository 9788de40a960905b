#include "pipit-config.h"

#include "pipit-outbox-item-private.h"

#include "pipit-account-private.h"
#include "pipit-date.h"
#include "pipit-engine-private.h"
#include "pipit-problem-private.h"

#include "store-reader.h"

#include <glib/gi18n-lib.h>

/**
 * PipitOutboxItem:
 *
 * A finished message that is not sent and filed yet, and what is known about it.
 */
struct _PipitOutboxItem
{
  GObject parent_instance;

  PipitEngine *engine;  /* (unowned) (nullable): its outbox owns this */
  StoreOutboxItem *row; /* (owned) */
  char *status;         /* (owned) */
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_STATUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PipitOutboxItem, pipit_outbox_item, G_TYPE_OBJECT)

static void
pipit_outbox_item_finalize (GObject *object)
{
  PipitOutboxItem *self = PIPIT_OUTBOX_ITEM (object);

  g_clear_weak_pointer (&self->engine);
  g_clear_pointer (&self->row, store_outbox_item_free);
  g_clear_pointer (&self->status, g_free);

  G_OBJECT_CLASS (pipit_outbox_item_parent_class)->finalize (object);
}

static void
pipit_outbox_item_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  PipitOutboxItem *self = PIPIT_OUTBOX_ITEM (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, pipit_outbox_item_get_state (self));
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_outbox_item_class_init (PipitOutboxItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = pipit_outbox_item_finalize;
  object_class->get_property = pipit_outbox_item_get_property;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PIPIT_TYPE_OUTBOX_STATE,
                                              PIPIT_OUTBOX_QUEUED, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pipit_outbox_item_init (PipitOutboxItem *self)
{
}

/* What the server said about the first recipient that it did not take. */
static const StoreOutboxRecipient *
first_refused (const StoreOutboxItem *row)
{
  for (guint i = 0; row->recipients != NULL && i < row->recipients->len; i++)
    {
      const StoreOutboxRecipient *recipient = g_ptr_array_index (row->recipients, i);

      if (recipient->state == STORE_ANSWER_REFUSED)
        return recipient;
    }

  return NULL;
}

static char *
failed_sentence (const StoreOutboxItem *row)
{
  const StoreOutboxRecipient *refused = first_refused (row);

  if (refused != NULL && refused->text != NULL)
    /* Translators: an address, and what the mail server said about it */
    return g_strdup_printf (_("Not sent. The server refused %s: %s"), refused->address,
                            refused->text);
  if (refused != NULL)
    return g_strdup_printf (_("Not sent. The server refused %s."), refused->address);
  if (g_strcmp0 (row->error_class, "message-lost") == 0)
    return g_strdup (_("Not sent. The message is damaged on this computer: it has to be written again."));
  if (row->error_text != NULL)
    /* Translators: what went wrong, for a technical reader */
    return g_strdup_printf (_("Not sent. %s"), row->error_text);

  return g_strdup (_("Not sent."));
}

static char *
queued_sentence (const StoreOutboxItem *row)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = NULL;

  if (row->not_before_unix > g_date_time_to_unix (now) + 60)
    {
      when = pipit_date_format_long (row->not_before_unix);
      /* Translators: a date and time */
      return g_strdup_printf (_("Is sent %s."), when);
    }
  if (row->n_attempts > 0 && row->error_text != NULL)
    /* Translators: what went wrong at the last try, for a technical reader */
    return g_strdup_printf (_("Waits for the next try. %s"), row->error_text);

  return g_strdup (_("Waits to be sent."));
}

static char *
sentence_of (const StoreOutboxItem *row)
{
  switch (row->state)
    {
    case STORE_OUTBOX_QUEUED:
      return queued_sentence (row);
    case STORE_OUTBOX_SENDING:
      return g_strdup (_("Is being sent."));
    case STORE_OUTBOX_UNSURE:
      return g_strdup (_("Nobody knows whether the server took it: the connection broke before its answer."));
    case STORE_OUTBOX_SENT:
      return g_strdup (_("Sent. The copy in Sent follows."));
    case STORE_OUTBOX_FILED:
      return g_strdup (_("Sent."));
    case STORE_OUTBOX_CANCELLED:
      return g_strdup (_("Taken back."));
    case STORE_OUTBOX_FAILED:
    default:
      return failed_sentence (row);
    }
}

/* @row: (transfer full) */
PipitOutboxItem *
pipit_outbox_item_new (PipitEngine     *engine,
                       StoreOutboxItem *row)
{
  PipitOutboxItem *self = g_object_new (PIPIT_TYPE_OUTBOX_ITEM, NULL);

  g_set_weak_pointer (&self->engine, engine);
  self->row = row;
  self->status = sentence_of (row);

  return self;
}

/* @row: (transfer full) */
void
pipit_outbox_item_take_row (PipitOutboxItem *self,
                            StoreOutboxItem *row)
{
  StoreOutboxState before = self->row->state;

  g_clear_pointer (&self->row, store_outbox_item_free);
  self->row = row;
  g_free (self->status);
  self->status = sentence_of (row);

  if (before != row->state)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

const StoreOutboxItem *
pipit_outbox_item_get_row (PipitOutboxItem *self)
{
  return self->row;
}

/**
 * pipit_outbox_item_get_id:
 *
 * Returns: what names it on this computer
 */
gint64
pipit_outbox_item_get_id (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), 0);

  return self->row->item;
}

/**
 * pipit_outbox_item_get_account:
 *
 * Returns: (transfer none) (nullable): which account sends it
 */
PipitAccount *
pipit_outbox_item_get_account (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), NULL);

  if (self->engine == NULL)
    return NULL;

  return pipit_engine_get_account (self->engine, self->row->account_uuid);
}

/**
 * pipit_outbox_item_get_state:
 *
 * Returns: how far it has come
 */
PipitOutboxState
pipit_outbox_item_get_state (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), PIPIT_OUTBOX_QUEUED);

  switch (self->row->state)
    {
    case STORE_OUTBOX_SENDING:
      return PIPIT_OUTBOX_SENDING;
    case STORE_OUTBOX_UNSURE:
      return PIPIT_OUTBOX_UNSURE;
    case STORE_OUTBOX_SENT:
      return PIPIT_OUTBOX_SENT;
    case STORE_OUTBOX_FILED:
      return PIPIT_OUTBOX_FILED;
    case STORE_OUTBOX_FAILED:
    case STORE_OUTBOX_CANCELLED:
      return PIPIT_OUTBOX_FAILED;
    case STORE_OUTBOX_QUEUED:
    default:
      return PIPIT_OUTBOX_QUEUED;
    }
}

/**
 * pipit_outbox_item_get_subject:
 *
 * Returns: (transfer none): its subject, maybe empty
 */
const char *
pipit_outbox_item_get_subject (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), NULL);

  return self->row->subject != NULL ? self->row->subject : "";
}

/**
 * pipit_outbox_item_get_recipients:
 *
 * Returns: (transfer none): whom it goes to, as text
 */
const char *
pipit_outbox_item_get_recipients (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), NULL);

  return self->row->to_text != NULL ? self->row->to_text : "";
}

/**
 * pipit_outbox_item_get_status:
 *
 * Returns: (transfer none): how far it has come, or what is wrong, a sentence
 */
const char *
pipit_outbox_item_get_status (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), NULL);

  return self->status;
}

/**
 * pipit_outbox_item_get_date_unix:
 *
 * Returns: when it was finished, in seconds since 1970
 */
gint64
pipit_outbox_item_get_date_unix (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), 0);

  return self->row->created_unix;
}

/**
 * pipit_outbox_item_can_retry:
 *
 * Returns: %TRUE if pipit_outbox_item_retry() would do something
 */
gboolean
pipit_outbox_item_can_retry (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), FALSE);

  return self->row->state == STORE_OUTBOX_FAILED || self->row->state == STORE_OUTBOX_UNSURE ||
         self->row->state == STORE_OUTBOX_QUEUED;
}

/**
 * pipit_outbox_item_can_cancel:
 *
 * Returns: %TRUE if it can be taken back
 */
gboolean
pipit_outbox_item_can_cancel (PipitOutboxItem *self)
{
  g_return_val_if_fail (PIPIT_IS_OUTBOX_ITEM (self), FALSE);

  return pipit_outbox_item_can_retry (self);
}

static void
acted_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(PipitOutboxItem) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PipitProblem) problem = NULL;

  if (sync_account_outbox_act_finish (SYNC_ACCOUNT (source), result, &error))
    return;

  problem = pipit_problem_new (PIPIT_PROBLEM_OTHER, _("The message in the outbox stays as it is"),
                               _("It may have been sent in the meantime."), error->message,
                               PIPIT_SERVER_SENDING, NULL, NULL);
  if (self->engine != NULL)
    pipit_engine_report (self->engine, problem);
}

static void
act (PipitOutboxItem  *self,
     SyncOutboxAction  action)
{
  PipitAccount *account = pipit_outbox_item_get_account (self);

  if (account != NULL)
    sync_account_outbox_act_async (pipit_account_get_sync (account), self->row->item, action,
                                   acted_cb, g_object_ref (self));
}

/**
 * pipit_outbox_item_retry:
 *
 * Sends it now, without waiting for its time; or once more, where nobody knows whether it was
 * sent. Its Message-ID stays the same.
 */
void
pipit_outbox_item_retry (PipitOutboxItem *self)
{
  g_return_if_fail (PIPIT_IS_OUTBOX_ITEM (self));

  act (self, self->row->state == STORE_OUTBOX_UNSURE ? SYNC_OUTBOX_RESEND : SYNC_OUTBOX_RETRY);
}

/**
 * pipit_outbox_item_mark_sent:
 *
 * The person knows that it arrived: it is not sent again, and its copy is filed.
 */
void
pipit_outbox_item_mark_sent (PipitOutboxItem *self)
{
  g_return_if_fail (PIPIT_IS_OUTBOX_ITEM (self));

  act (self, SYNC_OUTBOX_MARK_SENT);
}

/**
 * pipit_outbox_item_discard:
 *
 * Takes it out of the outbox. It is not sent.
 */
void
pipit_outbox_item_discard (PipitOutboxItem *self)
{
  g_return_if_fail (PIPIT_IS_OUTBOX_ITEM (self));

  act (self, SYNC_OUTBOX_CANCEL);
}

/* Taking back: its bytes first, so that nothing is lost if that fails. */
typedef struct
{
  gint64 item;
  GBytes *bytes; /* (owned) (nullable): out */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_clear_pointer (&query->bytes, g_bytes_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
read_bytes (StoreReader  *reader,
            gpointer      data,
            GError      **error)
{
  Query *query = data;

  query->bytes = store_reader_load_outgoing (reader, query->item, TRUE, error);
  if (query->bytes == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                         "The message is not in the outbox any more");

  return query->bytes != NULL;
}

static void
taken_back_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (sync_account_outbox_act_finish (SYNC_ACCOUNT (source), result, &error))
    g_task_return_pointer (task, g_bytes_ref (g_task_get_task_data (task)),
                           (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
bytes_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitOutboxItem *self = g_task_get_source_object (task);
  PipitAccount *account = pipit_outbox_item_get_account (self);
  Query *query = store_read_get_data (result);
  GError *error = NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (account == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                               "The account of the message was removed");
      return;
    }

  g_task_set_task_data (task, g_bytes_ref (query->bytes), (GDestroyNotify) g_bytes_unref);
  sync_account_outbox_act_async (pipit_account_get_sync (account), self->row->item,
                                 SYNC_OUTBOX_CANCEL, taken_back_cb, g_steal_pointer (&task));
}

/**
 * pipit_outbox_item_take_back_async:
 * @cancellable: (nullable): stops it before anything has changed
 *
 * Takes the message out of the outbox, to be changed.
 */
void
pipit_outbox_item_take_back_async (PipitOutboxItem     *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Query *query;

  g_return_if_fail (PIPIT_IS_OUTBOX_ITEM (self));

  g_task_set_source_tag (task, pipit_outbox_item_take_back_async);
  query = g_new0 (Query, 1);
  query->item = self->row->item;
  store_read_async (pipit_engine_get_store (self->engine), G_PRIORITY_HIGH, read_bytes, query,
                    query_free, cancellable, bytes_read_cb, task);
}

/**
 * pipit_outbox_item_take_back_finish:
 *
 * Returns: (transfer full) (nullable): the message as it was to be filed, with Bcc
 */
GBytes *
pipit_outbox_item_take_back_finish (PipitOutboxItem  *self,
                                    GAsyncResult     *result,
                                    GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
