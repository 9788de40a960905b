#include "smtp-result-private.h"

/* What a server answered to a message: once for each recipient, and once at its end. Not changed
 * any more once smtp_session_send () has handed it out; counted atomically. */

struct _SmtpResult
{
  gatomicrefcount ref_count;
  char **recipients;   /* (owned) as the caller wrote them */
  SmtpReply **replies; /* (owned) as many, each (nullable) */
  guint n_recipients;
  SmtpReply *final;    /* (owned) (nullable) */
};

G_DEFINE_BOXED_TYPE (SmtpResult, smtp_result, smtp_result_ref, smtp_result_unref)

SmtpResult *
smtp_result_new (const char * const *recipients)
{
  SmtpResult *self = g_new0 (SmtpResult, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->recipients = g_strdupv ((char **) recipients);
  self->n_recipients = g_strv_length (self->recipients);
  self->replies = g_new0 (SmtpReply *, self->n_recipients + 1);

  return self;
}

void
smtp_result_set_recipient_reply (SmtpResult *self,
                                 guint       index,
                                 SmtpReply  *reply)
{
  g_assert (index < self->n_recipients && self->replies[index] == NULL);
  self->replies[index] = smtp_reply_ref (reply);
}

void
smtp_result_set_final_reply (SmtpResult *self,
                             SmtpReply  *reply)
{
  g_clear_pointer (&self->final, smtp_reply_unref);
  self->final = smtp_reply_ref (reply);
}

/**
 * smtp_result_ref:
 *
 * Returns: (transfer full): @self
 */
SmtpResult *
smtp_result_ref (SmtpResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * smtp_result_unref:
 * @self: (transfer full): a result
 */
void
smtp_result_unref (SmtpResult *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < self->n_recipients; i++)
    g_clear_pointer (&self->replies[i], smtp_reply_unref);
  g_free (self->replies);
  g_strfreev (self->recipients);
  g_clear_pointer (&self->final, smtp_reply_unref);
  g_free (self);
}

/**
 * smtp_result_get_n_recipients:
 *
 * Returns: how many recipients the message was to have
 */
guint
smtp_result_get_n_recipients (SmtpResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_recipients;
}

/**
 * smtp_result_get_recipient:
 * @index: from 0
 *
 * Returns: (transfer none): the address, as it was given to smtp_session_send ()
 */
const char *
smtp_result_get_recipient (SmtpResult *self,
                           guint       index)
{
  g_return_val_if_fail (self != NULL && index < self->n_recipients, NULL);

  return self->recipients[index];
}

/**
 * smtp_result_get_recipient_reply:
 * @index: from 0
 *
 * Returns: (transfer none) (nullable): what the server said to this recipient; %NULL if it was not
 *   asked
 */
SmtpReply *
smtp_result_get_recipient_reply (SmtpResult *self,
                                 guint       index)
{
  g_return_val_if_fail (self != NULL && index < self->n_recipients, NULL);

  return self->replies[index];
}

/**
 * smtp_result_is_accepted:
 * @index: from 0
 *
 * Returns: %TRUE if the server took this recipient; whether it took the message is what
 *   smtp_session_send () returned
 */
gboolean
smtp_result_is_accepted (SmtpResult *self,
                         guint       index)
{
  SmtpReply *reply = smtp_result_get_recipient_reply (self, index);

  return reply != NULL && smtp_reply_is_positive (reply);
}

/**
 * smtp_result_count_accepted:
 *
 * Returns: how many recipients the server took
 */
guint
smtp_result_count_accepted (SmtpResult *self)
{
  guint count = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->n_recipients; i++)
    if (smtp_result_is_accepted (self, i))
      count++;

  return count;
}

/**
 * smtp_result_get_final_reply:
 *
 * Returns: (transfer none) (nullable): the last answer about the message as a whole: after its end,
 *   or the one with which it ended early
 */
SmtpReply *
smtp_result_get_final_reply (SmtpResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->final;
}
