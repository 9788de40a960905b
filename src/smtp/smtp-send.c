#include "smtp-session-private.h"

#include <string.h>

#include "smtp-address-private.h"
#include "smtp-message.h"
#include "smtp-refusal-private.h"
#include "smtp-result-private.h"

/* A message's way to the server (RFC 5321 section 3.3): MAIL, RCPT for each recipient, DATA, the
 * message, and the dot.
 *
 * The dot is the line. Whatever fails before it was written, the server has no complete message and
 * must not deliver anything. Once it was written, only an answer tells; without one the error is
 * SMTP_ERROR_UNSURE. The caller is asked right before it, and from there on a cancellation is
 * not heard any more. */

typedef struct
{
  SmtpSession *session;
  char *sender;         /* (owned) as on the wire */
  GPtrArray *recipients; /* (owned) char *, as on the wire */
  SmtpMessage *message; /* (owned) */
  gboolean needs_utf8;
  SmtpPolicy policy;
  SmtpResult *result;   /* (owned) */
} Transaction;

static void
transaction_clear (Transaction *self)
{
  g_clear_pointer (&self->sender, g_free);
  g_clear_pointer (&self->recipients, g_ptr_array_unref);
  g_clear_pointer (&self->message, smtp_message_free);
  g_clear_pointer (&self->result, smtp_result_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transaction, transaction_clear)

/* Before anything is sent */

static gboolean
prepare_envelope (Transaction         *self,
                  const char          *sender,
                  const char * const  *recipients,
                  GError             **error)
{
  self->sender = smtp_address_to_wire (sender, &self->needs_utf8, error);
  if (self->sender == NULL)
    return FALSE;

  self->recipients = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; recipients[i] != NULL; i++)
    {
      char *recipient = smtp_address_to_wire (recipients[i], &self->needs_utf8, error);

      if (recipient == NULL)
        return FALSE;
      g_ptr_array_add (self->recipients, recipient);
      if (*recipient == '\0')
        {
          g_set_error_literal (error, SMTP_ERROR, SMTP_ERROR_INVALID, "An empty recipient");
          return FALSE;
        }
    }

  if (self->recipients->len > 0)
    return TRUE;

  g_set_error_literal (error, SMTP_ERROR, SMTP_ERROR_INVALID, "A message without a recipient");
  return FALSE;
}

static gboolean
check_size (Transaction  *self,
            GError      **error)
{
  guint64 limit = smtp_session_get_size_limit (self->session);
  gsize size = smtp_message_get_size (self->message);

  if (limit == 0 || size <= limit)
    return TRUE;

  g_set_error (error, SMTP_ERROR, SMTP_ERROR_TOO_LARGE,
               "The message has %" G_GSIZE_FORMAT " bytes, the server takes %" G_GUINT64_FORMAT,
               size, limit);
  return FALSE;
}

static gboolean
check_support (Transaction  *self,
               GError      **error)
{
  self->needs_utf8 |= smtp_message_has_8bit_header (self->message);

  if (self->needs_utf8 && !smtp_session_has (self->session, SMTP_CAPABILITY_SMTPUTF8))
    {
      g_set_error_literal (error, SMTP_ERROR, SMTP_ERROR_NOT_SUPPORTED,
                           "The message has an address or a header that is not ASCII, and the "
                           "server has no SMTPUTF8");
      return FALSE;
    }

  if (smtp_message_has_8bit_body (self->message) &&
      !smtp_session_has (self->session, SMTP_CAPABILITY_8BITMIME))
    {
      g_set_error_literal (error, SMTP_ERROR, SMTP_ERROR_NOT_SUPPORTED,
                           "The message has 8-bit text, and the server has no 8BITMIME");
      return FALSE;
    }

  return TRUE;
}

/* The envelope */

static char *
mail_command (Transaction *self)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "MAIL FROM:<%s>", self->sender);
  if (smtp_session_has (self->session, SMTP_CAPABILITY_SIZE))
    g_string_append_printf (line, " SIZE=%" G_GSIZE_FORMAT, smtp_message_get_size (self->message));
  if (smtp_session_has (self->session, SMTP_CAPABILITY_8BITMIME) &&
      (smtp_message_has_8bit_body (self->message) || self->needs_utf8))
    g_string_append (line, " BODY=8BITMIME");
  if (self->needs_utf8)
    g_string_append (line, " SMTPUTF8");

  return g_string_free (line, FALSE);
}

/* DATA can only go with the other commands if its "go on" cannot come at a wrong time: with the
 * policy of all or none and several recipients, it is not known yet whether to go on */
static gboolean
may_pipeline_data (Transaction *self)
{
  return self->policy == SMTP_POLICY_ANY || self->recipients->len == 1;
}

static void
send_recipient (Transaction *self,
                guint        index)
{
  g_autofree char *line = g_strdup_printf ("RCPT TO:<%s>",
                                           (const char *) self->recipients->pdata[index]);

  smtp_link_send (self->session->link, line);
}

/* A refusal that is not about the message (421) fails the read */
static SmtpReply *
read_reply (Transaction   *self,
            GCancellable  *cancellable,
            GError       **error)
{
  SmtpReply *reply = smtp_session_read (self->session, cancellable, error);

  if (reply != NULL && smtp_reply_get_code (reply) == 421)
    {
      smtp_result_set_final_reply (self->result, reply);
      g_propagate_error (error, smtp_refusal_to_error (reply, SMTP_STEP_MESSAGE));
      g_clear_pointer (&reply, smtp_reply_unref);
    }

  return reply;
}

static GError *
refused (Transaction *self,
         SmtpReply   *reply)
{
  smtp_result_set_final_reply (self->result, reply);
  return smtp_refusal_to_error (reply, SMTP_STEP_MESSAGE);
}

static GError *
recipients_refused (Transaction *self)
{
  gboolean permanent = FALSE;
  g_autofree char *text = NULL;
  guint refused_count = 0;

  for (guint i = 0; i < self->recipients->len; i++)
    {
      SmtpReply *reply = smtp_result_get_recipient_reply (self->result, i);

      if (reply == NULL || smtp_reply_is_positive (reply))
        continue;

      refused_count++;
      permanent |= !smtp_reply_is_temporary (reply);
      if (text == NULL || smtp_reply_is_permanent (reply))
        {
          g_free (text);
          text = smtp_reply_dup_text (reply);
        }
    }

  return g_error_new (SMTP_ERROR, permanent ? SMTP_ERROR_RECIPIENTS : SMTP_ERROR_TEMPORARY,
                      "The server refused %u of %u recipients: “%s”", refused_count,
                      self->recipients->len, text);
}

static gboolean
has_enough_recipients (Transaction *self)
{
  guint accepted = smtp_result_count_accepted (self->result);

  return self->policy == SMTP_POLICY_ALL ? accepted == self->recipients->len : accepted > 0;
}

static gboolean
begin_one_by_one (Transaction   *self,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autofree char *mail = mail_command (self);
  g_autoptr(SmtpReply) reply = NULL;

  smtp_link_send (self->session->link, mail);
  reply = read_reply (self, cancellable, error);
  if (reply == NULL)
    return FALSE;

  if (!smtp_reply_is_positive (reply))
    {
      g_propagate_error (error, refused (self, reply));
      return FALSE;
    }

  for (guint i = 0; i < self->recipients->len; i++)
    {
      g_clear_pointer (&reply, smtp_reply_unref);
      send_recipient (self, i);
      reply = read_reply (self, cancellable, error);
      if (reply == NULL)
        return FALSE;
      smtp_result_set_recipient_reply (self->result, i, reply);
    }

  return TRUE;
}

/* RFC 2920. The answer to DATA stays to be read, if DATA was sent */
static gboolean
begin_pipelined (Transaction   *self,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autofree char *mail = mail_command (self);
  g_autoptr(SmtpReply) mail_reply = NULL;

  smtp_link_send (self->session->link, mail);
  for (guint i = 0; i < self->recipients->len; i++)
    send_recipient (self, i);
  if (may_pipeline_data (self))
    smtp_link_send (self->session->link, "DATA");

  mail_reply = read_reply (self, cancellable, error);
  if (mail_reply == NULL)
    return FALSE;

  for (guint i = 0; i < self->recipients->len; i++)
    {
      g_autoptr(SmtpReply) reply = read_reply (self, cancellable, error);

      if (reply == NULL)
        return FALSE;
      /* behind a refused sender they only say that there is none */
      if (smtp_reply_is_positive (mail_reply))
        smtp_result_set_recipient_reply (self->result, i, reply);
    }

  if (smtp_reply_is_positive (mail_reply))
    return TRUE;

  g_propagate_error (error, refused (self, mail_reply));
  return FALSE;
}

/* After a refusal: leaves the session fit for the next message. A server that was sent DATA and
 * says "go on" for nobody waits for a message that there is not: then only hanging up is left. */
static void
abandon (Transaction  *self,
         gboolean      data_is_sent,
         GCancellable *cancellable)
{
  if (!smtp_session_is_open (self->session))
    return;

  if (data_is_sent)
    {
      g_autoptr(SmtpReply) reply = smtp_session_read (self->session, cancellable, NULL);

      if (reply == NULL || smtp_reply_is_intermediate (reply))
        {
          net_transport_close (self->session->transport);
          return;
        }
    }

  smtp_session_reset (self->session, cancellable);
}

static gboolean
send_envelope (Transaction   *self,
               GCancellable  *cancellable,
               GError       **error)
{
  gboolean pipelined = smtp_session_has (self->session, SMTP_CAPABILITY_PIPELINING);
  gboolean data_is_sent = pipelined && may_pipeline_data (self);
  g_autoptr(SmtpReply) reply = NULL;
  gboolean begun;

  begun = pipelined ? begin_pipelined (self, cancellable, error)
                    : begin_one_by_one (self, cancellable, error);
  if (!begun)
    {
      abandon (self, data_is_sent, cancellable);
      return FALSE;
    }

  if (!has_enough_recipients (self))
    {
      g_propagate_error (error, recipients_refused (self));
      abandon (self, data_is_sent, cancellable);
      return FALSE;
    }

  if (!data_is_sent)
    smtp_link_send (self->session->link, "DATA");
  reply = read_reply (self, cancellable, error);
  if (reply == NULL)
    return FALSE;

  if (smtp_reply_get_code (reply) == 354)
    return TRUE;

  g_propagate_error (error, refused (self, reply));
  abandon (self, FALSE, cancellable);
  return FALSE;
}

/* The message */

static void
take_unsure (GError **error,
             GError  *cause)
{
  g_set_error (error, SMTP_ERROR, SMTP_ERROR_UNSURE,
               "The message was sent, and no answer came: %s", cause->message);
  g_error_free (cause);
}

/* An answer that says no is one; a yes before the end, or anything else, leaves the question
 * open */
static void
fail_by_answer (Transaction  *self,
                SmtpReply    *reply,
                GError      **error)
{
  GError *cause = refused (self, reply);

  if (smtp_reply_is_temporary (reply) || smtp_reply_is_permanent (reply))
    g_propagate_error (error, cause);
  else
    take_unsure (error, cause);
}

/* A server that answers in the middle of a message has made up its mind; what it would make of the
 * rest is not known, so the connection ends */
static gboolean
fail_interrupted (Transaction  *self,
                  GError      **error)
{
  g_autoptr(SmtpReply) reply = smtp_session_read (self->session, NULL, error);

  if (reply != NULL)
    fail_by_answer (self, reply, error);
  net_transport_close (self->session->transport);

  return FALSE;
}

static gboolean
write_message (Transaction     *self,
               SmtpCommitFunc   commit,
               gpointer         commit_data,
               GCancellable    *cancellable,
               GError         **error)
{
  NetTransport *transport = self->session->transport;
  NetTranscript *transcript = net_transport_get_transcript (transport);
  GBytes *wire = smtp_message_get_wire (self->message);
  gboolean interrupted;

  if (transcript != NULL)
    net_transcript_note (transcript, "a message of %" G_GSIZE_FORMAT " bytes",
                         g_bytes_get_size (wire));

  if (!smtp_link_write_body (self->session->link, wire, self->session->timeouts.command_ms,
                             &interrupted, cancellable, error))
    {
      net_transport_close (transport);
      return FALSE;
    }

  if (interrupted)
    return fail_interrupted (self, error);

  if (commit != NULL && !commit (commit_data, error))
    {
      net_transport_close (transport);
      return FALSE;
    }

  return TRUE;
}

/* From here on only an answer tells */
static gboolean
write_dot (Transaction  *self,
           GError      **error)
{
  SmtpSession *session = self->session;
  g_autoptr(SmtpReply) reply = NULL;
  GError *cause = NULL;

  smtp_link_send (session->link, ".");
  reply = smtp_link_read (session->link, session->timeouts.accept_ms, NULL, &cause);
  if (reply == NULL)
    {
      /* a dot that never left this computer ended nothing */
      if (smtp_link_has_unsent (session->link))
        g_propagate_error (error, cause);
      else
        take_unsure (error, cause);
      net_transport_close (session->transport);
      return FALSE;
    }

  if (smtp_reply_is_positive (reply))
    {
      smtp_result_set_final_reply (self->result, reply);
      return TRUE;
    }

  /* it may have been on its way before the dot was, and the dot then begins the next line */
  fail_by_answer (self, reply, error);
  net_transport_close (session->transport);
  return FALSE;
}

static gboolean
prepare (Transaction         *self,
         const char          *sender,
         const char * const  *recipients,
         GBytes              *message,
         GError             **error)
{
  self->message = smtp_message_new (message, error);

  return self->message != NULL && prepare_envelope (self, sender, recipients, error) &&
         check_size (self, error) && check_support (self, error);
}

/**
 * smtp_session_send:
 * @sender: the envelope's sender: an address, or empty for none
 * @recipients: the envelope's recipients, each once: all of To, Cc and Bcc
 * @message: the whole message; its Bcc is not sent
 * @policy: what to do when some recipients are refused
 * @commit: (nullable): called before the dot that ends the message; see #SmtpCommitFunc
 * @commit_data: its data
 * @out_result: (out) (transfer full) (optional): what the server answered, also after an error;
 *   %NULL when nothing was sent
 * @cancellable: (nullable): heard until @commit is called
 *
 * Awaits that a message is handed to the server. The session can be used for the next one
 * afterwards, while smtp_session_is_open (): after success and most refusals.
 *
 * With any error but SMTP_ERROR_UNSURE the message was not accepted. With %SMTP_POLICY_ANY success
 * means that at least one recipient gets it; the result says which.
 *
 * Thread: as base_await ().
 * Errors: %SMTP_ERROR, %NET_ERROR, %G_IO_ERROR_CANCELLED, those of @commit.
 *
 * Returns: %TRUE when the server has taken it over
 */
gboolean
smtp_session_send (SmtpSession         *self,
                   const char          *sender,
                   const char * const  *recipients,
                   GBytes              *message,
                   SmtpPolicy           policy,
                   SmtpCommitFunc       commit,
                   gpointer             commit_data,
                   SmtpResult         **out_result,
                   GCancellable        *cancellable,
                   GError             **error)
{
  g_auto(Transaction) transaction = { .session = self, .policy = policy };
  gboolean success;

  g_return_val_if_fail (SMTP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (sender != NULL && recipients != NULL && message != NULL, FALSE);

  if (out_result != NULL)
    *out_result = NULL;

  if (!smtp_session_is_open (self))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The connection is closed");
      return FALSE;
    }

  if (!prepare (&transaction, sender, recipients, message, error))
    return FALSE;

  transaction.result = smtp_result_new (recipients);
  self->sending = TRUE;
  success = send_envelope (&transaction, cancellable, error) &&
            write_message (&transaction, commit, commit_data, cancellable, error) &&
            write_dot (&transaction, error);
  self->sending = FALSE;

  if (out_result != NULL)
    *out_result = g_steal_pointer (&transaction.result);

  return success;
}

/**
 * smtp_session_check_sender:
 * @sender: an address
 * @cancellable: (nullable): a cancellable
 *
 * Awaits whether the server takes mail from @sender, without sending any: MAIL and RSET.
 *
 * Thread: as base_await ().
 * Errors: SMTP_ERROR_PERMANENT, SMTP_ERROR_TEMPORARY, SMTP_ERROR_INVALID, SMTP_ERROR_NOT_SUPPORTED,
 * %NET_ERROR.
 *
 * Returns: %TRUE if it does
 */
gboolean
smtp_session_check_sender (SmtpSession   *self,
                           const char    *sender,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autofree char *wire = NULL;
  g_autofree char *line = NULL;
  g_autoptr(SmtpReply) reply = NULL;
  gboolean needs_utf8 = FALSE;
  GError *failure = NULL;

  g_return_val_if_fail (SMTP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (sender != NULL, FALSE);

  if (!smtp_session_is_open (self))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The connection is closed");
      return FALSE;
    }

  net_transport_begin_stage (self->transport, NET_STAGE_SENDER);

  wire = smtp_address_to_wire (sender, &needs_utf8, &failure);
  if (wire != NULL && needs_utf8 && !smtp_session_has (self, SMTP_CAPABILITY_SMTPUTF8))
    g_set_error_literal (&failure, SMTP_ERROR, SMTP_ERROR_NOT_SUPPORTED,
                         "The address is not ASCII, and the server has no SMTPUTF8");

  if (failure == NULL)
    {
      line = g_strdup_printf ("MAIL FROM:<%s>%s", wire, needs_utf8 ? " SMTPUTF8" : "");
      reply = smtp_session_command (self, line, cancellable, &failure);
    }

  if (reply != NULL && !smtp_reply_is_positive (reply))
    failure = smtp_refusal_to_error (reply, SMTP_STEP_MESSAGE);
  if (reply != NULL)
    smtp_session_reset (self, cancellable);

  net_transport_end_stage (self->transport, NET_STAGE_SENDER, wire, failure);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, failure);
  return FALSE;
}
