#include "smtp-session-private.h"

#include <string.h>

#include "net-patience.h"
#include "net-sasl.h"
#include "smtp-refusal-private.h"

/* A connection to a submission server (RFC 6409): greeting, EHLO, STARTTLS, sign-in. What is sent
 * over it is in smtp-send.c. Straight code that awaits each answer, on one worker.
 *
 * What breaks the conversation (no answer in time, nonsense, a cancellation in the middle of it)
 * closes the connection; what the server refuses leaves it usable. */

/* The literal says nothing about the network that a person is in; RFC 5321 section 4.1.4 forbids
 * servers to refuse mail for it */
#define EHLO_NAME "[127.0.0.1]"

#define QUIT_TIMEOUT_MS 2000

const SmtpTimeouts smtp_timeouts_default = {
  .begin_ms = 30 * 1000,
  .command_ms = 5 * 60 * 1000,
  .accept_ms = 10 * 60 * 1000,
};

G_DEFINE_FINAL_TYPE (SmtpSession, smtp_session, G_TYPE_OBJECT)

static void
smtp_session_dispose (GObject *object)
{
  SmtpSession *self = SMTP_SESSION (object);

  if (self->transport != NULL)
    smtp_session_close (self);
  g_clear_object (&self->transport);

  G_OBJECT_CLASS (smtp_session_parent_class)->dispose (object);
}

static void
smtp_session_finalize (GObject *object)
{
  SmtpSession *self = SMTP_SESSION (object);

  smtp_offer_clear (&self->offer);
  g_free (self->greeting);

  G_OBJECT_CLASS (smtp_session_parent_class)->finalize (object);
}

static void
smtp_session_class_init (SmtpSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smtp_session_dispose;
  object_class->finalize = smtp_session_finalize;
}

static void
smtp_session_init (SmtpSession *self)
{
  self->timeouts = smtp_timeouts_default;
  self->timeouts.begin_ms = net_patience_ms (self->timeouts.begin_ms);
  self->timeouts.command_ms = net_patience_ms (self->timeouts.command_ms);
  self->timeouts.accept_ms = net_patience_ms (self->timeouts.accept_ms);
}

/**
 * smtp_session_new:
 * @endpoint: where to
 * @trust: (nullable): whom to trust beyond the system's authorities
 * @transcript: (nullable): where to write down what is said
 *
 * Returns: (transfer full): a session that is not connected
 */
SmtpSession *
smtp_session_new (NetEndpoint   *endpoint,
                  NetTrust      *trust,
                  NetTranscript *transcript)
{
  SmtpSession *self;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (SMTP_TYPE_SESSION, NULL);
  self->transport = net_transport_new (endpoint, trust, transcript);

  return self;
}

/**
 * smtp_session_set_timeouts:
 * @timeouts: how long to wait for answers; copied
 */
void
smtp_session_set_timeouts (SmtpSession        *self,
                           const SmtpTimeouts *timeouts)
{
  g_return_if_fail (SMTP_IS_SESSION (self));
  g_return_if_fail (timeouts != NULL);

  self->timeouts = *timeouts;
}

/**
 * smtp_session_get_transport:
 *
 * Returns: (transfer none): the connection below, for its steps, its timeouts and its certificate
 */
NetTransport *
smtp_session_get_transport (SmtpSession *self)
{
  g_return_val_if_fail (SMTP_IS_SESSION (self), NULL);

  return self->transport;
}

/* Talking */

/* The next reply; closes the session when there is none */
SmtpReply *
smtp_session_read (SmtpSession   *self,
                   GCancellable  *cancellable,
                   GError       **error)
{
  guint timeout_ms = self->sending ? self->timeouts.command_ms : self->timeouts.begin_ms;
  SmtpReply *reply = smtp_link_read (self->link, timeout_ms, cancellable, error);

  if (reply == NULL || smtp_reply_get_code (reply) == 421)
    net_transport_close (self->transport);

  return reply;
}

SmtpReply *
smtp_session_command (SmtpSession   *self,
                      const char    *line,
                      GCancellable  *cancellable,
                      GError       **error)
{
  smtp_link_send (self->link, line);
  return smtp_session_read (self, cancellable, error);
}

/* Makes the session fit for the next message after a refused one */
gboolean
smtp_session_reset (SmtpSession  *self,
                    GCancellable *cancellable)
{
  g_autoptr(SmtpReply) reply = NULL;

  if (!net_transport_is_open (self->transport))
    return FALSE;

  reply = smtp_session_command (self, "RSET", cancellable, NULL);
  if (reply == NULL)
    return FALSE;

  if (!smtp_reply_is_positive (reply))
    net_transport_close (self->transport);

  return smtp_reply_is_positive (reply);
}

/* Connecting */

static void
replace_link (SmtpSession *self)
{
  g_clear_pointer (&self->link, smtp_link_free);
  self->link = smtp_link_new (self->transport);
}

static gboolean
read_greeting (SmtpSession   *self,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(SmtpReply) reply = NULL;

  if (!net_transport_await_greeting (self->transport, cancellable, error))
    return FALSE;

  replace_link (self);
  reply = smtp_session_read (self, cancellable, error);
  if (reply == NULL)
    return FALSE;

  if (!smtp_reply_is_positive (reply))
    {
      g_propagate_error (error, smtp_refusal_to_error (reply, SMTP_STEP_GREETING));
      return FALSE;
    }

  g_free (self->greeting);
  self->greeting = g_strjoinv (" ", (char **) smtp_reply_get_lines (reply));
  return TRUE;
}

/* A server that knows no EHLO knows no extension either; RFC 5321 section 3.2 */
static gboolean
say_helo (SmtpSession   *self,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(SmtpReply) reply = smtp_session_command (self, "HELO " EHLO_NAME, cancellable, error);

  if (reply == NULL)
    return FALSE;

  smtp_offer_clear (&self->offer);
  if (smtp_reply_is_positive (reply))
    return TRUE;

  g_propagate_error (error, smtp_refusal_to_error (reply, SMTP_STEP_GREETING));
  return FALSE;
}

static gboolean
say_ehlo (SmtpSession   *self,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(SmtpReply) reply = smtp_session_command (self, "EHLO " EHLO_NAME, cancellable, error);

  if (reply == NULL)
    return FALSE;

  if (smtp_reply_is_permanent (reply))
    return say_helo (self, cancellable, error);

  if (!smtp_reply_is_positive (reply))
    {
      g_propagate_error (error, smtp_refusal_to_error (reply, SMTP_STEP_GREETING));
      return FALSE;
    }

  smtp_offer_read (&self->offer, reply);
  return TRUE;
}

static gboolean
greet (SmtpSession   *self,
       GCancellable  *cancellable,
       GError       **error)
{
  GError *failure = NULL;

  net_transport_begin_stage (self->transport, NET_STAGE_GREETING);

  if (!read_greeting (self, cancellable, &failure) || !say_ehlo (self, cancellable, &failure))
    {
      net_transport_end_stage (self->transport, NET_STAGE_GREETING, NULL, failure);
      g_propagate_error (error, failure);
      return FALSE;
    }

  net_transport_end_stage (self->transport, NET_STAGE_GREETING, self->greeting, NULL);
  return TRUE;
}

static gboolean
ask_for_tls (SmtpSession   *self,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(SmtpReply) reply = NULL;

  if (!smtp_session_has (self, SMTP_CAPABILITY_STARTTLS))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_STARTTLS_NOT_OFFERED,
                           "The server does not offer STARTTLS");
      return FALSE;
    }

  reply = smtp_session_command (self, "STARTTLS", cancellable, error);
  if (reply == NULL)
    return FALSE;

  if (!smtp_reply_is_positive (reply))
    {
      g_propagate_error (error, smtp_refusal_to_error (reply, SMTP_STEP_STARTTLS));
      return FALSE;
    }

  /* somebody between could have slipped it in: it was not protected */
  if (smtp_link_has_received (self->link))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_PROTOCOL,
                           "The server sent more in plain text after agreeing to STARTTLS");
      return FALSE;
    }

  return TRUE;
}

/* RFC 3207: what the server said before is forgotten */
static gboolean
encrypt (SmtpSession   *self,
         GCancellable  *cancellable,
         GError       **error)
{
  GError *failure = NULL;

  if (!ask_for_tls (self, cancellable, &failure))
    {
      net_transport_begin_stage (self->transport, NET_STAGE_ENCRYPT);
      net_transport_end_stage (self->transport, NET_STAGE_ENCRYPT, NULL, failure);
      g_propagate_error (error, failure);
      return FALSE;
    }

  if (!net_transport_start_tls (self->transport, cancellable, error))
    return FALSE;

  replace_link (self);
  smtp_offer_clear (&self->offer);
  return say_ehlo (self, cancellable, error);
}

/**
 * smtp_session_connect:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the connection: net_transport_open (), greeting, EHLO, and STARTTLS where the endpoint
 * says so. To be called once. The stages are reported on smtp_session_get_transport ().
 *
 * Thread: as base_await ().
 * Errors: %NET_ERROR; SMTP_ERROR_PERMANENT when the server greets with a refusal. The session is
 * closed then.
 *
 * Returns: %TRUE when one can sign in
 */
gboolean
smtp_session_connect (SmtpSession   *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  NetSecurity security;

  g_return_val_if_fail (SMTP_IS_SESSION (self), FALSE);

  security = net_endpoint_get_security (net_transport_get_endpoint (self->transport));
  if (net_transport_open (self->transport, cancellable, error) &&
      greet (self, cancellable, error) &&
      (security != NET_SECURITY_STARTTLS || encrypt (self, cancellable, error)))
    return TRUE;

  smtp_session_close (self);
  return FALSE;
}

/* Signing in */

static void
send_response (SmtpSession *self,
               const char  *command,
               char        *response)
{
  smtp_link_send_secret (self->link, command, response);
  base_secret_free (response);
}

/* RFC 4954 section 4 */
static gboolean
exchange (SmtpSession   *self,
          NetSasl       *sasl,
          const char    *mechanism,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autofree char *command = g_strdup_printf ("AUTH %s", mechanism);
  g_autoptr(SmtpReply) reply = NULL;

  if (net_sasl_is_client_first (sasl))
    {
      char *response = net_sasl_step (sasl, NULL, error);

      if (response == NULL)
        return FALSE;
      send_response (self, command, response);
    }
  else
    smtp_link_send (self->link, command);

  while ((reply = smtp_session_read (self, cancellable, error)) != NULL &&
         smtp_reply_get_code (reply) == 334)
    {
      char *response = net_sasl_step (sasl, smtp_reply_get_lines (reply)[0], error);

      if (response == NULL)
        {
          smtp_session_close (self);
          return FALSE;
        }
      send_response (self, "", response);
      g_clear_pointer (&reply, smtp_reply_unref);
    }

  if (reply == NULL)
    return FALSE;

  if (smtp_reply_is_positive (reply))
    return TRUE;

  g_propagate_error (error, smtp_refusal_to_error (reply, SMTP_STEP_SIGN_IN));
  return FALSE;
}

static gboolean
sign_in (SmtpSession       *self,
         NetSaslMechanism   mechanism,
         const char        *user,
         BaseSecret        *secret,
         GCancellable      *cancellable,
         GError           **error)
{
  g_autoptr(NetSasl) sasl = net_sasl_new (self->transport, mechanism, user, secret, error);

  if (sasl == NULL)
    return FALSE;

  return exchange (self, sasl, net_sasl_mechanism_to_string (mechanism), cancellable, error);
}

/**
 * smtp_session_sign_in:
 * @user: the name to sign in with
 * @secret: the password
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the sign-in, with the best mechanism of those that the server offers.
 *
 * Thread: as base_await ().
 * Errors: NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_MECHANISM_NOT_OFFERED, NET_ERROR_PLAIN_NOT_ALLOWED,
 * NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_BUSY, others of %NET_ERROR. After a refusal one may try
 * again while smtp_session_is_open ().
 *
 * Returns: %TRUE when signed in
 */
gboolean
smtp_session_sign_in (SmtpSession   *self,
                      const char    *user,
                      BaseSecret    *secret,
                      GCancellable  *cancellable,
                      GError       **error)
{
  NetTranscript *transcript;
  NetSaslMechanism mechanism;
  GError *failure = NULL;

  g_return_val_if_fail (SMTP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (user != NULL && secret != NULL, FALSE);

  if (!smtp_session_is_open (self))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The connection is closed");
      return FALSE;
    }

  transcript = net_transport_get_transcript (self->transport);
  if (transcript != NULL)
    net_transcript_hide (transcript, secret);

  net_transport_begin_stage (self->transport, NET_STAGE_SIGN_IN);
  mechanism = net_sasl_choose (smtp_session_get_mechanisms (self));
  sign_in (self, mechanism, user, secret, cancellable, &failure);
  net_transport_end_stage (self->transport, NET_STAGE_SIGN_IN,
                           net_sasl_mechanism_to_string (mechanism), failure);

  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, failure);
  return FALSE;
}

/* Ending */

/**
 * smtp_session_quit:
 * @cancellable: (nullable): a cancellable
 *
 * Says good-bye, awaits the answer for two seconds at most, and closes.
 *
 * Thread: as base_await ().
 */
void
smtp_session_quit (SmtpSession  *self,
                   GCancellable *cancellable)
{
  g_return_if_fail (SMTP_IS_SESSION (self));

  if (smtp_session_is_open (self))
    {
      g_autoptr(SmtpReply) reply = NULL;

      smtp_link_send (self->link, "QUIT");
      reply = smtp_link_read (self->link, QUIT_TIMEOUT_MS, cancellable, NULL);
    }

  smtp_session_close (self);
}

/**
 * smtp_session_close:
 *
 * Ends the connection at once. May be called again.
 */
void
smtp_session_close (SmtpSession *self)
{
  g_return_if_fail (SMTP_IS_SESSION (self));

  net_transport_close (self->transport);
  g_clear_pointer (&self->link, smtp_link_free);
}

/**
 * smtp_session_is_open:
 *
 * Returns: %TRUE while it can be used
 */
gboolean
smtp_session_is_open (SmtpSession *self)
{
  g_return_val_if_fail (SMTP_IS_SESSION (self), FALSE);

  return self->link != NULL && net_transport_is_open (self->transport);
}

/**
 * smtp_session_has:
 * @capability: one or more capabilities
 *
 * Returns: %TRUE if the server offers all of them
 */
gboolean
smtp_session_has (SmtpSession      *self,
                  SmtpCapabilities  capability)
{
  g_return_val_if_fail (SMTP_IS_SESSION (self), FALSE);

  return (self->offer.capabilities & capability) == capability;
}

/**
 * smtp_session_get_size_limit:
 *
 * Returns: how large a message may be, in bytes; 0 if the server does not say
 */
guint64
smtp_session_get_size_limit (SmtpSession *self)
{
  g_return_val_if_fail (SMTP_IS_SESSION (self), 0);

  return self->offer.size_limit_bytes;
}

/**
 * smtp_session_get_mechanisms:
 *
 * Returns: (transfer none): the SASL mechanisms that the server offers
 */
const char * const *
smtp_session_get_mechanisms (SmtpSession *self)
{
  static const char * const none[] = { NULL };

  g_return_val_if_fail (SMTP_IS_SESSION (self), NULL);

  return self->offer.mechanisms != NULL ? (const char * const *) self->offer.mechanisms : none;
}

/**
 * smtp_session_get_greeting:
 *
 * Returns: (transfer none) (nullable): what the server said first
 */
const char *
smtp_session_get_greeting (SmtpSession *self)
{
  g_return_val_if_fail (SMTP_IS_SESSION (self), NULL);

  return self->greeting;
}
