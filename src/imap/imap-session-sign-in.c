#include "imap-session-private.h"

#include <string.h>

#include "base-await.h"
#include "base-text.h"
#include "base-time.h"
#include "imap-classify-private.h"
#include "net-patience.h"
#include "net-sasl.h"

/* From nothing to a session that is signed in, in the order of the protocol:
 *
 *   connect, TLS, greeting, (CAPABILITY), [STARTTLS, TLS, CAPABILITY]
 *   AUTHENTICATE or LOGIN, CAPABILITY, ID, NAMESPACE, ENABLE, (COMPRESS)
 *
 * What follows the sign-in is sent in one go and not waited for: the next command's answer comes
 * behind it. */

#define GREETING_MS 60000
#define PIPIT_URL "https://github.com/pipitmail/pipit"

static gboolean
await_greeting (ImapSession   *self,
                GCancellable  *cancellable,
                GError       **error)
{
  gint64 deadline_us = base_time_boottime_us () + (gint64) net_patience_ms (GREETING_MS) * 1000;
  g_autoptr(GError) local_error = NULL;

  if (!base_await (&self->is_greeted, deadline_us, cancellable, &local_error))
    {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        {
          g_clear_error (&local_error);
          local_error = g_error_new_literal (NET_ERROR, NET_ERROR_TIMED_OUT,
                                             "The server's greeting did not come to its end");
        }
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* the reason that a server gives tells more than that it hung up then */
  if (self->greeting_error != NULL)
    g_propagate_error (error, g_error_copy (self->greeting_error));
  else if (self->error != NULL)
    g_propagate_error (error, g_error_copy (self->error));

  return self->greeting_error == NULL && self->error == NULL;
}

/* imap_session_send_capability: asks what the server can do */
ImapCommand *
imap_session_send_capability (ImapSession *self)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_CAPABILITY, "CAPABILITY", TRUE);

  imap_session_send (self, imap_session_begin (self, command, 0, "CAPABILITY"));
  return command;
}

static gboolean
learn_capabilities (ImapSession   *self,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(ImapCommand) command = NULL;

  if (self->n_capability_answers > 0)
    return TRUE;

  command = imap_session_send_capability (self);
  return imap_session_await_step (self, command, cancellable, error);
}

static gboolean
greet (ImapSession   *self,
       GCancellable  *cancellable,
       GError       **error)
{
  if (!net_transport_await_greeting (self->transport, cancellable, error))
    return FALSE;

  self->connection = imap_connection_new (self->transport, &imap_session_handler, self);
  if (self->silence_ms > 0)
    imap_connection_set_silence (self->connection, self->silence_ms);
  imap_connection_start (self->connection);

  return await_greeting (self, cancellable, error) &&
         learn_capabilities (self, cancellable, error);
}

static gboolean
greet_in_stage (ImapSession   *self,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *detail = NULL;

  net_transport_begin_stage (self->transport, NET_STAGE_GREETING);
  if (!greet (self, cancellable, &local_error))
    {
      net_transport_end_stage (self->transport, NET_STAGE_GREETING, NULL, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  detail = base_text_quote (self->greeting, -1, 200);
  net_transport_end_stage (self->transport, NET_STAGE_GREETING, detail, NULL);
  return TRUE;
}

static gboolean
encrypt (ImapSession   *self,
         GCancellable  *cancellable,
         GError       **error)
{
  g_autoptr(ImapCommand) command = NULL;
  const char *text;

  /* whoever is signed in before TLS has been led there by someone between (RFC 9051 section 11.1)
   * */
  if (self->greeting_kind == IMAP_STATUS_PREAUTH ||
      !imap_session_has (self, IMAP_CAPABILITY_STARTTLS))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_STARTTLS_NOT_OFFERED,
                           "The server does not offer STARTTLS");
      return FALSE;
    }

  command = imap_command_new (self, IMAP_COMMAND_PLAIN, "STARTTLS", TRUE);
  imap_session_send (self, imap_session_begin (self, command,
                                               IMAP_REQUEST_ALONE_BEFORE |
                                               IMAP_REQUEST_ALONE_AFTER |
                                               IMAP_REQUEST_ENDS_STREAM, "STARTTLS"));
  if (!imap_session_await_step (self, command, cancellable, error))
    {
      if (command->tagged == NULL)
        return FALSE;

      text = imap_command_get_text (command);
      g_clear_error (error);
      g_set_error (error, NET_ERROR, NET_ERROR_STARTTLS_NOT_OFFERED,
                   "The server refused STARTTLS: “%s”", text);
      return FALSE;
    }

  imap_session_forget_capabilities (self);
  if (!net_transport_start_tls (self->transport, cancellable, error))
    return FALSE;

  imap_connection_start (self->connection);
  return learn_capabilities (self, cancellable, error);
}

static gboolean
connect_steps (ImapSession   *self,
               GCancellable  *cancellable,
               GError       **error)
{
  NetEndpoint *endpoint = net_transport_get_endpoint (self->transport);

  return net_transport_open (self->transport, cancellable, error) &&
         greet_in_stage (self, cancellable, error) &&
         (net_endpoint_get_security (endpoint) != NET_SECURITY_STARTTLS ||
          encrypt (self, cancellable, error));
}

/**
 * imap_session_connect:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the connection, its encryption, the server's greeting and capabilities. STARTTLS never
 * falls back to plain text. To be called once; a session that could not be connected is closed.
 *
 * Thread: as base_await ().
 * Errors: %NET_ERROR, of every class but those of signing in; G_IO_ERROR_CANCELLED. The rejected
 * certificate is with imap_session_get_transport ().
 *
 * Returns: %TRUE if imap_session_sign_in () can be called
 */
gboolean
imap_session_connect (ImapSession   *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr(ImapSession) keep G_GNUC_UNUSED = NULL;
  g_autoptr(GError) local_error = NULL;

  g_return_val_if_fail (IMAP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (self->state == IMAP_STATE_NEW, FALSE);

  keep = g_object_ref (self);
  imap_session_set_state (self, IMAP_STATE_CONNECTING);
  if (!connect_steps (self, cancellable, &local_error))
    {
      if (local_error->domain == IMAP_ERROR)
        g_prefix_error (&local_error, "Greeting: ");
      imap_session_fail (self, g_error_copy (local_error));
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  imap_session_set_state (self, self->greeting_kind == IMAP_STATUS_PREAUTH
                                ? IMAP_STATE_SIGNED_IN : IMAP_STATE_GREETED);
  return TRUE;
}

static char *
answer_challenge (const char *challenge,
                  gpointer    user_data)
{
  return net_sasl_step (user_data, challenge, NULL);
}

static gboolean
authenticate (ImapSession       *self,
              NetSaslMechanism   mechanism,
              const char        *user,
              BaseSecret        *secret,
              GCancellable      *cancellable,
              ImapCommand      **out_command,
              GError           **error)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_SIGN_IN, "AUTHENTICATE", FALSE);
  g_autoptr(NetSasl) sasl = net_sasl_new (self->transport, mechanism, user, secret, error);
  ImapRequest *request;

  *out_command = command;
  if (sasl == NULL)
    return FALSE;

  request = imap_session_begin (self, command, IMAP_REQUEST_ALONE_BEFORE | IMAP_REQUEST_ALONE_AFTER,
                                "AUTHENTICATE ");
  imap_request_add (request, net_sasl_mechanism_to_string (mechanism));
  request->on_continue = answer_challenge;
  request->continue_data = sasl;

  if (imap_session_has (self, IMAP_CAPABILITY_SASL_IR) && net_sasl_is_client_first (sasl))
    {
      char *response = net_sasl_step (sasl, NULL, NULL);

      imap_request_mark_secret (request);
      imap_request_add (request, " ");
      imap_request_add (request, response);
      base_secret_free (response);
    }

  /* the request asks sasl for answers until it is answered or lost: this call awaits that */
  imap_session_send (self, request);
  return imap_session_await_step (self, command, cancellable, error);
}

static gboolean
log_in (ImapSession   *self,
        const char    *user,
        BaseSecret    *secret,
        GCancellable  *cancellable,
        ImapCommand  **out_command,
        GError       **error)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_SIGN_IN, "LOGIN", FALSE);
  ImapRequest *request;

  *out_command = command;
  if (!net_transport_may_send_secret (self->transport))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_PLAIN_NOT_ALLOWED,
                           "The password would go over the network unencrypted");
      return FALSE;
    }

  request = imap_session_begin (self, command, IMAP_REQUEST_ALONE_BEFORE | IMAP_REQUEST_ALONE_AFTER,
                                "LOGIN ");
  imap_request_mark_secret (request);
  imap_request_add_string (request, user);
  imap_request_add (request, " ");
  imap_request_add_string (request, base_secret_peek (secret));
  imap_session_send (self, request);

  return imap_session_await_step (self, command, cancellable, error);
}

/* Exchange takes DOMAIN\user and user/shared mailbox only with LOGIN */
static gboolean
prefers_log_in (ImapSession *self,
                const char  *user)
{
  return strpbrk (user, "\\/") != NULL ||
         imap_session_has_quirk (self, IMAP_QUIRK_PREFER_LOGIN);
}

/* One of the ways, the best first. @out_command says how it went. */
static gboolean
try_to_sign_in (ImapSession   *self,
                const char    *user,
                BaseSecret    *secret,
                GCancellable  *cancellable,
                ImapCommand  **out_command,
                GError       **error)
{
  gboolean has_log_in = !imap_session_has (self, IMAP_CAPABILITY_LOGINDISABLED);
  gboolean has_plain = imap_session_has (self, IMAP_CAPABILITY_AUTH_PLAIN);

  if (has_plain && !(has_log_in && prefers_log_in (self, user)))
    return authenticate (self, NET_SASL_PLAIN, user, secret, cancellable, out_command, error);
  if (has_log_in)
    return log_in (self, user, secret, cancellable, out_command, error);
  if (imap_session_has (self, IMAP_CAPABILITY_AUTH_LOGIN))
    return authenticate (self, NET_SASL_LOGIN, user, secret, cancellable, out_command, error);

  g_set_error_literal (error, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED,
                       "The server offers no way of signing in with a password");
  return FALSE;
}

/* A server that calls its own AUTH=PLAIN bad may still know LOGIN. A NO is an answer; asking twice
 * with a wrong password locks accounts. */
static gboolean
sign_in_somehow (ImapSession   *self,
                 const char    *user,
                 BaseSecret    *secret,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(ImapCommand) command = NULL;
  g_autoptr(ImapCommand) second = NULL;
  g_autoptr(GError) local_error = NULL;

  if (try_to_sign_in (self, user, secret, cancellable, &command, &local_error))
    return TRUE;

  if (command != NULL && command->tagged != NULL && self->state == IMAP_STATE_GREETED &&
      command->tagged->status->kind == IMAP_STATUS_BAD &&
      command->tagged->status->code == IMAP_CODE_NONE &&
      g_error_matches (local_error, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED) &&
      strcmp (command->name, "AUTHENTICATE") == 0 &&
      !imap_session_has (self, IMAP_CAPABILITY_LOGINDISABLED))
    {
      if (!log_in (self, user, secret, cancellable, &second, error))
        return FALSE;

      imap_session_latch_quirk (self, IMAP_QUIRK_PREFER_LOGIN, local_error->message);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* imap_session_send_id:
 * @is_full: with what people who look after a server may want to know: Coremail serves nobody who
 *   says less
 *
 * Says who we are, and learns who the server is. */
void
imap_session_send_id (ImapSession *self,
                      gboolean     is_full)
{
  static const char *const more[] = { "vendor", "Pipit", "support-url", PIPIT_URL, NULL };
  g_autoptr(ImapCommand) command = imap_command_new (self, IMAP_COMMAND_ID, "ID", TRUE);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) fields = NULL;
  ImapRequest *request;

  g_strv_builder_addv (builder, (const char **) self->id_fields);
  if (is_full)
    g_strv_builder_addv (builder, (const char **) more);
  fields = g_strv_builder_end (builder);

  /* Exchange and others refuse () */
  request = imap_session_begin (self, command, 0, fields[0] != NULL ? "ID (" : "ID NIL");
  for (guint i = 0; fields[i] != NULL && fields[i + 1] != NULL; i += 2)
    {
      imap_request_add (request, i > 0 ? " " : "");
      imap_request_add_string (request, fields[i]);
      imap_request_add (request, " ");
      imap_request_add_string (request, fields[i + 1]);
    }
  if (fields[0] != NULL)
    imap_request_add (request, ")");
  imap_session_send (self, request);
}

static void
send_namespace (ImapSession *self)
{
  g_autoptr(ImapCommand) command = NULL;

  if (!imap_session_has (self, IMAP_CAPABILITY_NAMESPACE))
    return;

  command = imap_command_new (self, IMAP_COMMAND_PLAIN, "NAMESPACE", TRUE);
  imap_session_send (self, imap_session_begin (self, command, 0, "NAMESPACE"));
}

/* Before the first SELECT, RFC 5161 section 3.1. CONDSTORE beside QRESYNC for those that do not take
 * the one for part of the other; IMAP4rev2 where it brings what the server has not named by itself;
 * UTF8=ACCEPT since without it a server may hide or rewrite a message with a header in UTF-8. */
static void
send_enable (ImapSession *self)
{
  guint64 wanted = IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_CONDSTORE) |
                   IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_QRESYNC) |
                   IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UTF8_ACCEPT);

  if (imap_session_has (self, IMAP_CAPABILITY_IMAP4REV1) &&
      (imap_capability_get_implied () & ~self->capabilities) != 0)
    wanted |= IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IMAP4REV2);

  g_clear_pointer (&self->enabling, imap_command_unref);
  if (!imap_session_has (self, IMAP_CAPABILITY_CONDSTORE))
    wanted &= ~IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_QRESYNC);
  if (imap_session_has (self, IMAP_CAPABILITY_ENABLE))
    self->enabling = imap_session_enable (self, wanted);
}

/* Nothing may follow it until its answer is here: RFC 4978 section 3. It comes last of what is sent in
 * one go, so that this costs no round trip of its own. */
static void
send_compress (ImapSession *self)
{
  g_autoptr(ImapCommand) command = NULL;

  if (!self->wants_compression || !imap_session_has (self, IMAP_CAPABILITY_COMPRESS_DEFLATE))
    return;

  command = imap_command_new (self, IMAP_COMMAND_PLAIN, "COMPRESS", FALSE);
  imap_session_send (self, imap_session_begin (self, command,
                                               IMAP_REQUEST_ALONE_AFTER | IMAP_REQUEST_COMPRESSES,
                                               "COMPRESS DEFLATE"));
}

/* Capabilities are asked for again even if the sign-in's answer had them: iCloud's proxy rewrites
 * those. They are only waited for if there are none. */
static gboolean
introduce (ImapSession   *self,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr(ImapCommand) capability = imap_session_send_capability (self);

  if (self->n_capability_answers == 0 &&
      !imap_session_await_step (self, capability, cancellable, error))
    return FALSE;

  if (imap_session_has (self, IMAP_CAPABILITY_ID))
    imap_session_send_id (self, imap_session_has_quirk (self, IMAP_QUIRK_FULL_ID));
  send_namespace (self);
  send_enable (self);
  send_compress (self);
  return TRUE;
}

/**
 * imap_session_sign_in:
 * @user: name to sign in with, UTF-8
 * @secret: the password
 * @cancellable: (nullable): a cancellable
 *
 * Awaits being signed in: AUTHENTICATE PLAIN, with its response at once where the server has
 * SASL-IR, or LOGIN, which is preferred for names with \ or /, or AUTHENTICATE LOGIN. LOGINDISABLED
 * is obeyed. ID, NAMESPACE and the ENABLE of CONDSTORE and QRESYNC are on their way afterwards.
 *
 * A refusal leaves the session open, for another try with another password; everything else
 * closes it.
 *
 * Thread: as base_await ().
 * Errors: NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_MECHANISM_NOT_OFFERED, NET_ERROR_ACCOUNT_LIMITED,
 * NET_ERROR_TOO_MANY_CONNECTIONS, NET_ERROR_BUSY, NET_ERROR_PLAIN_NOT_ALLOWED and what ends a
 * connection. What the server said stands between “ ”.
 *
 * Returns: %TRUE if signed in
 */
gboolean
imap_session_sign_in (ImapSession   *self,
                      const char    *user,
                      BaseSecret    *secret,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr(ImapSession) keep G_GNUC_UNUSED = NULL;
  g_autoptr(GError) local_error = NULL;

  g_return_val_if_fail (IMAP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (user != NULL && secret != NULL, FALSE);

  if (self->state != IMAP_STATE_GREETED && self->state != IMAP_STATE_SIGNED_IN)
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The session is not connected");
      return FALSE;
    }

  keep = g_object_ref (self);
  if (net_transport_get_transcript (self->transport) != NULL)
    net_transcript_hide (net_transport_get_transcript (self->transport), secret);

  net_transport_begin_stage (self->transport, NET_STAGE_SIGN_IN);
  if (self->state == IMAP_STATE_GREETED)
    {
      /* they change with the sign-in: its answer says them, or they are asked for */
      self->n_capability_answers = 0;
      if (sign_in_somehow (self, user, secret, cancellable, &local_error))
        imap_session_set_state (self, IMAP_STATE_SIGNED_IN);
    }

  if (local_error == NULL)
    introduce (self, cancellable, &local_error);
  net_transport_end_stage (self->transport, NET_STAGE_SIGN_IN, NULL, local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * imap_session_await_enabled:
 *
 * Awaits the answer to what the sign-in has enabled, so that imap_session_is_enabled () tells. No
 * round trip of its own before SELECT, which goes out behind that answer anyway. A server that
 * refuses is no error.
 *
 * Returns: %FALSE if the connection has ended, or %G_IO_ERROR_CANCELLED
 */
gboolean
imap_session_await_enabled (ImapSession   *self,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_autoptr(ImapCommand) enabling = g_steal_pointer (&self->enabling);
  g_autoptr(GError) local_error = NULL;

  if (enabling == NULL || imap_command_await (enabling, cancellable, &local_error) ||
      local_error->domain == IMAP_ERROR)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
