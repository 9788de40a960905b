#include "imap-session-private.h"

#include "base-await.h"
#include "base-time.h"
#include "imap-classify-private.h"
#include "net-patience.h"
#include "pipit-config.h"

/* What there is to know of one signed-in connection: capabilities, the selected mailbox, which
 * message number is which UID. One session, one connection, one worker. A job sends commands, which
 * never waits, and awaits them; all that the server says meanwhile goes to the applier. */

#define STEP_MS 60000
#define LOG_OUT_MS 5000
/* RFC 2683 section 3.2.1.5, and RFC 7162 section 4 */
#define LINE_BYTES 1000
#define LINE_BYTES_CONDSTORE 8192
#define TICK_MS 30000

G_DEFINE_FINAL_TYPE (ImapSession, imap_session, G_TYPE_OBJECT)

static const char *const state_names[] = {
  [IMAP_STATE_NEW] = "new",
  [IMAP_STATE_CONNECTING] = "connecting",
  [IMAP_STATE_GREETED] = "greeted",
  [IMAP_STATE_SIGNED_IN] = "signed in",
  [IMAP_STATE_SELECTING] = "selecting",
  [IMAP_STATE_SELECTED] = "selected",
  [IMAP_STATE_LEAVING] = "leaving",
  [IMAP_STATE_CLOSED] = "closed",
};

/* imap_session_set_state: the one place where the state changes */
void
imap_session_set_state (ImapSession *self,
                        ImapState    state)
{
  static const guint allowed[] = {
    [IMAP_STATE_NEW] = 1 << IMAP_STATE_CONNECTING | 1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_CONNECTING] = 1 << IMAP_STATE_GREETED | 1 << IMAP_STATE_SIGNED_IN |
                              1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_GREETED] = 1 << IMAP_STATE_SIGNED_IN | 1 << IMAP_STATE_LEAVING |
                           1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_SIGNED_IN] = 1 << IMAP_STATE_SELECTING | 1 << IMAP_STATE_LEAVING |
                             1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_SELECTING] = 1 << IMAP_STATE_SELECTED | 1 << IMAP_STATE_SIGNED_IN |
                             1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_SELECTED] = 1 << IMAP_STATE_SELECTING | 1 << IMAP_STATE_SIGNED_IN |
                            1 << IMAP_STATE_LEAVING | 1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_LEAVING] = 1 << IMAP_STATE_CLOSED,
    [IMAP_STATE_CLOSED] = 0,
  };

  g_assert (allowed[self->state] & 1u << state);
  g_debug ("session %p: %s → %s", (void *) self, state_names[self->state], state_names[state]);
  self->state = state;
}

static void
imap_session_dispose (GObject *object)
{
  ImapSession *self = IMAP_SESSION (object);

  self->applier = NULL;
  imap_session_close (self);
  self->latch_func = NULL;
  g_clear_object (&self->connection);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->selecting, imap_command_unref);
  g_clear_pointer (&self->enabling, imap_command_unref);

  G_OBJECT_CLASS (imap_session_parent_class)->dispose (object);
}

static void
imap_session_finalize (GObject *object)
{
  ImapSession *self = IMAP_SESSION (object);

  g_clear_error (&self->error);
  g_clear_error (&self->greeting_error);
  g_free (self->greeting);
  g_free (self->alert);
  g_strfreev (self->id_fields);
  g_clear_pointer (&self->server_id, imap_response_unref);
  g_clear_pointer (&self->name_space, imap_response_unref);
  g_strfreev (self->capability_words);
  imap_session_clear_latches (self);
  imap_quirks_unref (self->quirks);
  g_free (self->mailbox);
  imap_sequence_map_free (self->map);

  G_OBJECT_CLASS (imap_session_parent_class)->finalize (object);
}

static void
imap_session_class_init (ImapSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = imap_session_dispose;
  object_class->finalize = imap_session_finalize;
}

static void
imap_session_init (ImapSession *self)
{
  static const char *const default_id[] = { "name", "Pipit", "version", PIPIT_VERSION, NULL };

  self->quirks = imap_quirks_ref (imap_quirks_get_default ());
  imap_session_init_latches (self);
  self->map = imap_sequence_map_new ();
  self->capability_words = g_new0 (char *, 1);
  self->id_fields = g_strdupv ((char **) default_id);
}

/**
 * imap_session_new:
 * @endpoint: where the server is
 * @trust: (nullable): pinned certificates and authorities
 * @transcript: (nullable): what is to hold the conversation, without its secrets
 *
 * Returns: (transfer full): a session that is not connected
 */
ImapSession *
imap_session_new (NetEndpoint   *endpoint,
                  NetTrust      *trust,
                  NetTranscript *transcript)
{
  ImapSession *self;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (IMAP_TYPE_SESSION, NULL);
  self->transport = net_transport_new (endpoint, trust, transcript);
  imap_session_apply_quirks (self);

  return self;
}

/**
 * imap_session_set_stage_func:
 * @func: (nullable): hears of each step from finding the server to being signed in
 */
void
imap_session_set_stage_func (ImapSession    *self,
                             NetStageFunc    func,
                             gpointer        user_data,
                             GDestroyNotify  destroy)
{
  net_transport_set_stage_func (self->transport, func, user_data, destroy);
}

/**
 * imap_session_set_timeouts:
 * @timeouts: (nullable): of the steps of connecting
 * @silence_ms: how long the server may be silent while it owes an answer; 0 for the default of two
 *   minutes
 *
 * To be called before imap_session_connect ().
 */
void
imap_session_set_timeouts (ImapSession       *self,
                           const NetTimeouts *timeouts,
                           guint              silence_ms)
{
  if (timeouts != NULL)
    net_transport_set_timeouts (self->transport, timeouts);
  self->silence_ms = silence_ms;
}

/**
 * imap_session_set_silence:
 * @silence_ms: how long the server may be silent from now on while it owes an answer; 0 for the
 *   default of two minutes
 *
 * For a while, when it is doubtful whether the connection is alive.
 */
void
imap_session_set_silence (ImapSession *self,
                          guint        silence_ms)
{
  self->silence_ms = silence_ms;
  if (self->connection != NULL)
    imap_connection_set_silence (self->connection, silence_ms);
}

/**
 * imap_session_set_applier:
 * @func: (nullable): receives all untagged responses
 */
void
imap_session_set_applier (ImapSession   *self,
                          ImapApplyFunc  func,
                          gpointer       user_data)
{
  self->applier = func;
  self->applier_data = user_data;
}

/**
 * imap_session_set_id:
 * @names_and_values: (array zero-terminated=1): what to say with ID, RFC 2971: name, value, name,
 *   value. Coremail serves only those who introduce themselves; the default is Pipit and its
 * version
 */
void
imap_session_set_id (ImapSession       *self,
                     const char *const *names_and_values)
{
  g_strfreev (self->id_fields);
  self->id_fields = g_strdupv ((char **) names_and_values);
}

/**
 * imap_session_set_compression:
 * @wanted: whether to agree on COMPRESS=DEFLATE (RFC 4978) after the sign-in, where offered
 *
 * It helps where the link is slower than the server packs: see #ImapLink. To be called before
 * imap_session_sign_in (); a server that refuses is left uncompressed.
 */
void
imap_session_set_compression (ImapSession *self,
                              gboolean     wanted)
{
  self->wants_compression = wanted;
}

/* imap_session_fail:
 * @error: (transfer full): why
 *
 * Ends the session, connected or not. */
void
imap_session_fail (ImapSession *self,
                   GError      *error)
{
  if (self->connection != NULL && imap_connection_get_error (self->connection) == NULL)
    {
      imap_connection_fail (self->connection, error);
      return;
    }

  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  if (self->state != IMAP_STATE_CLOSED)
    imap_session_set_state (self, IMAP_STATE_CLOSED);
  if (self->transport != NULL)
    net_transport_close (self->transport);
  imap_session_tell_latches (self);
}

/**
 * imap_session_close:
 *
 * Ends the session at once: commands that are under way fail. For a good-bye see
 * imap_session_log_out (). May be called again.
 */
void
imap_session_close (ImapSession *self)
{
  g_return_if_fail (IMAP_IS_SESSION (self));

  if (self->state != IMAP_STATE_CLOSED)
    imap_session_fail (self, g_error_new_literal (NET_ERROR, NET_ERROR_CLOSED,
                                                  "The session was closed"));
}

/* imap_session_abandon: nobody waits for a command any more */
void
imap_session_abandon (ImapSession *self,
                      ImapCommand *command)
{
  if (self->connection == NULL)
    return;

  if (!command->is_sent &&
      (command->kind == IMAP_COMMAND_SELECT || command->kind == IMAP_COMMAND_UNSELECT))
    self->n_selects--;
  if (command->kind == IMAP_COMMAND_IDLE && command->is_sent)
    imap_connection_end_idle (self->connection);
  imap_connection_abandon (self->connection, command);
}

/* imap_session_refuse: ends a command that is not sent at all */
void
imap_session_refuse (ImapCommand *command,
                     ImapError    code,
                     const char  *message)
{
  imap_command_take_error (command, g_error_new (IMAP_ERROR, code, "%s: %s", command->name,
                                                 message));
  imap_command_finish (command);
}

static gboolean
is_met (ImapSession *self,
        ImapNeed     need)
{
  switch (need)
    {
    case IMAP_NEED_CONNECTION:
      return self->state >= IMAP_STATE_GREETED;
    case IMAP_NEED_SIGN_IN:
      return self->state >= IMAP_STATE_SIGNED_IN;
    case IMAP_NEED_MAILBOX:
      return self->state == IMAP_STATE_SELECTED || self->n_selects > 0;
    case IMAP_NEED_CERTAINTY:
    default:
      return self->state == IMAP_STATE_SELECTED && self->n_selects == 0;
    }
}

/* imap_session_check: whether a command can be sent now; if not, it has ended */
gboolean
imap_session_check (ImapSession *self,
                    ImapCommand *command,
                    ImapNeed     need)
{
  if (self->state == IMAP_STATE_CLOSED)
    {
      imap_command_take_error (command, g_error_copy (self->error));
      imap_command_finish (command);
      return FALSE;
    }

  if (self->state != IMAP_STATE_LEAVING && is_met (self, need))
    return TRUE;

  imap_session_refuse (command, IMAP_ERROR_STATE,
                       need >= IMAP_NEED_MAILBOX ? "No mailbox is selected" : "Not signed in");
  return FALSE;
}

/* imap_session_check_capability: the same for what the server has to have */
gboolean
imap_session_check_capability (ImapSession    *self,
                               ImapCommand    *command,
                               ImapCapability  capability)
{
  g_autofree char *message = NULL;

  if (command->is_done)
    return FALSE;
  if (imap_session_has (self, capability))
    return TRUE;

  message = g_strdup_printf ("The server has no %s", imap_capability_get_name (capability));
  imap_session_refuse (command, IMAP_ERROR_NOT_SUPPORTED, message);
  return FALSE;
}

/* imap_session_get_line_limit: how long the set of a command may be */
gsize
imap_session_get_line_limit (ImapSession *self)
{
  return (imap_session_has (self, IMAP_CAPABILITY_CONDSTORE) ? LINE_BYTES_CONDSTORE : LINE_BYTES) -
         400; /* the rest of the line */
}

static ImapLiteralMode
literal_mode (ImapSession *self)
{
  if (imap_session_has (self, IMAP_CAPABILITY_LITERAL_PLUS))
    return IMAP_LITERAL_PLUS;
  if (imap_session_has (self, IMAP_CAPABILITY_LITERAL_MINUS))
    return IMAP_LITERAL_MINUS;

  return IMAP_LITERAL_WAITS;
}

/* imap_session_is_rev2: whether the server speaks IMAP4rev2: it knows nothing else, or was told to.
 * RFC 9051 section 6.3.1. */
gboolean
imap_session_is_rev2 (ImapSession *self)
{
  return imap_session_is_enabled (self, IMAP_CAPABILITY_IMAP4REV2) ||
         (imap_session_has (self, IMAP_CAPABILITY_IMAP4REV2) &&
          !imap_session_has (self, IMAP_CAPABILITY_IMAP4REV1));
}

static gboolean
hears_utf8 (ImapSession *self)
{
  return imap_session_is_enabled (self, IMAP_CAPABILITY_UTF8_ACCEPT) || imap_session_is_rev2 (self);
}

/* imap_session_has_utf8: whether names and strings that are sent are UTF-8, RFC 6855 section 3 and
 * RFC 9051 section 5.1. What goes out behind the ENABLE is read by the server when that is done. */
gboolean
imap_session_has_utf8 (ImapSession *self)
{
  return self->asks_for_utf8 || hears_utf8 (self);
}

/* imap_session_update_names: what the server can and says from now on */
void
imap_session_update_names (ImapSession *self)
{
  if (imap_session_is_enabled (self, IMAP_CAPABILITY_IMAP4REV2))
    self->capabilities |= imap_capability_get_implied ();
  if (self->connection != NULL)
    imap_connection_set_utf8_names (self->connection, hears_utf8 (self));
}

/* imap_session_begin: a request that begins with a text */
ImapRequest *
imap_session_begin (ImapSession *self,
                    ImapCommand *command,
                    guint        flags,
                    const char  *text)
{
  ImapRequest *request = imap_request_new (command, flags, literal_mode (self));

  request->has_utf8 = imap_session_has_utf8 (self);
  imap_request_add (request, text);
  return request;
}

/* imap_session_send:
 * @request: (transfer full): its line is ended here */
void
imap_session_send (ImapSession *self,
                   ImapRequest *request)
{
  if (request->command != NULL)
    request->command->n_open++;

  imap_request_finish (request);
  imap_connection_send (self->connection, request);
}

/* imap_session_send_simple:
 * @command: (transfer none): not done unless it was refused
 *
 * Sends a command of one text. Returns it. */
ImapCommand *
imap_session_send_simple (ImapSession *self,
                          ImapCommand *command,
                          ImapNeed     need,
                          guint        flags,
                          const char  *text)
{
  if (!command->is_done && imap_session_check (self, command, need))
    imap_session_send (self, imap_session_begin (self, command, flags, text));

  return command;
}

/* imap_session_await_step: awaits a command of connecting or signing in. These end the session when
 * they take too long or are cancelled: there is no going on from the middle of them. */
gboolean
imap_session_await_step (ImapSession   *self,
                         ImapCommand   *command,
                         GCancellable  *cancellable,
                         GError       **error)
{
  guint step_ms = net_patience_ms (STEP_MS);
  gint64 deadline_us = base_time_boottime_us () + (gint64) step_ms * 1000;
  g_autoptr(GError) local_error = NULL;

  if (base_await (&command->is_done, deadline_us, cancellable, &local_error))
    {
      /* the end may have come with the same bytes as the answer */
      const GError *failure = command->error != NULL ? command->error : self->error;

      if (failure != NULL)
        g_propagate_error (error, g_error_copy (failure));
      return failure == NULL;
    }

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_clear_error (&local_error);
      local_error = g_error_new (NET_ERROR, NET_ERROR_TIMED_OUT,
                                 "The server did not answer %s within %g s", command->name,
                                 step_ms / 1000.0);
    }

  imap_session_fail (self, g_error_copy (local_error));
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * imap_session_log_out:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits a polite end: LOGOUT, and at most five seconds for its answer. The session is closed in
 * any case.
 *
 * Thread: as base_await ().
 *
 * Returns: %TRUE if the server has answered
 */
gboolean
imap_session_log_out (ImapSession   *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr(ImapSession) keep G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr(ImapCommand) command = imap_command_new (self, IMAP_COMMAND_PLAIN, "LOGOUT", TRUE);
  gint64 deadline_us = base_time_boottime_us () + (gint64) net_patience_ms (LOG_OUT_MS) * 1000;
  gboolean is_answered;

  imap_session_send_simple (self, command, IMAP_NEED_CONNECTION,
                            IMAP_REQUEST_ALONE_BEFORE | IMAP_REQUEST_LEAVES, "LOGOUT");
  is_answered = base_await (&command->is_done, deadline_us, cancellable, error);
  if (is_answered && command->error != NULL)
    {
      g_propagate_error (error, g_error_copy (command->error));
      is_answered = FALSE;
    }

  imap_session_close (self);
  return is_answered;
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
wake_cb (GCancellable *cancellable,
         gpointer      user_data)
{
  return G_SOURCE_REMOVE;
}

/**
 * imap_session_wait:
 * @done: set to %TRUE by a source of the worker's context
 * @deadline_us: a time of base_time_boottime_us (), or 0 for none
 * @cancellable: (nullable): a cancellable
 *
 * Turns the worker's context, with the session going on meanwhile: what a worker does that holds
 * IDLE. Ends when @done is set, the session is over, the deadline has passed or @cancellable fires.
 *
 * Thread: as base_await ().
 * Errors: what has ended the session; G_IO_ERROR_CANCELLED; G_IO_ERROR_TIMED_OUT.
 *
 * Returns: %TRUE when @done is set
 */
gboolean
imap_session_wait (ImapSession     *self,
                   const gboolean  *done,
                   gint64           deadline_us,
                   GCancellable    *cancellable,
                   GError         **error)
{
  g_autoptr(ImapSession) keep G_GNUC_UNUSED = g_object_ref (self);

  while (!*done && self->state != IMAP_STATE_CLOSED)
    {
      GMainContext *context = g_main_context_get_thread_default ();
      g_autoptr(GSource) ticks = NULL;
      g_autoptr(GSource) cancelled = NULL;
      gint64 left_us = deadline_us - base_time_boottime_us ();

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (deadline_us != 0 && left_us <= 0)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Timed out");
          return FALSE;
        }

      if (deadline_us != 0)
        {
          ticks = g_timeout_source_new ((guint) MIN (left_us / 1000 + 1, TICK_MS));
          g_source_set_callback (ticks, tick_cb, NULL, NULL);
          g_source_attach (ticks, context);
        }
      if (cancellable != NULL)
        {
          cancelled = g_cancellable_source_new (cancellable);
          g_source_set_callback (cancelled, G_SOURCE_FUNC (wake_cb), NULL, NULL);
          g_source_attach (cancelled, context);
        }

      g_assert (g_main_context_is_owner (context) && g_main_depth () == 0);
      g_main_context_iteration (context, TRUE);

      if (ticks != NULL)
        g_source_destroy (ticks);
      if (cancelled != NULL)
        g_source_destroy (cancelled);
    }

  if (*done)
    return TRUE;

  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

/**
 * imap_session_get_state:
 */
ImapState
imap_session_get_state (ImapSession *self)
{
  return self->state;
}

/**
 * imap_session_is_open:
 *
 * Returns: whether commands can be sent
 */
gboolean
imap_session_is_open (ImapSession *self)
{
  return self->state >= IMAP_STATE_GREETED && self->state < IMAP_STATE_LEAVING;
}

/**
 * imap_session_get_error:
 *
 * Returns: (transfer none) (nullable): what has ended the session
 */
const GError *
imap_session_get_error (ImapSession *self)
{
  return self->error;
}

/**
 * imap_session_has:
 *
 * Returns: whether the server offers something, and it is neither known to be broken nor was
 *   switched off by imap_session_latch_off ()
 */
gboolean
imap_session_has (ImapSession    *self,
                  ImapCapability  capability)
{
  return (self->capabilities & ~(self->latched_off | self->effects.off) &
          IMAP_CAPABILITY_BIT (capability)) != 0;
}

/**
 * imap_session_is_enabled:
 *
 * Returns: whether the server has said ENABLED
 */
gboolean
imap_session_is_enabled (ImapSession    *self,
                         ImapCapability  capability)
{
  return (self->enabled & IMAP_CAPABILITY_BIT (capability)) != 0;
}

/**
 * imap_session_get_capabilities:
 *
 * Returns: (transfer none) (array zero-terminated=1): what the server has said last
 */
const char *const *
imap_session_get_capabilities (ImapSession *self)
{
  return (const char *const *) self->capability_words;
}

/* imap_session_set_capabilities: what the server has said */
void
imap_session_set_capabilities (ImapSession       *self,
                               const char *const *words)
{
  g_strfreev (self->capability_words);
  self->capability_words = g_strdupv ((char **) words);
  self->capabilities = imap_capability_parse (words);
  self->n_capability_answers++;
  imap_session_apply_quirks (self);
  imap_session_update_names (self);
  imap_session_identify (self);
}

/* imap_session_forget_capabilities: what was said before STARTTLS does not count */
void
imap_session_forget_capabilities (ImapSession *self)
{
  static const char *const none[] = { NULL };

  imap_session_set_capabilities (self, none);
  self->n_capability_answers = 0;
}

/**
 * imap_session_is_compressed:
 *
 * Returns: whether COMPRESS is agreed on
 */
gboolean
imap_session_is_compressed (ImapSession *self)
{
  return self->connection != NULL && imap_connection_is_compressed (self->connection);
}

/**
 * imap_session_get_greeting:
 *
 * Returns: (transfer none) (nullable): the server's first words, valid UTF-8
 */
const char *
imap_session_get_greeting (ImapSession *self)
{
  return self->greeting;
}

/**
 * imap_session_get_alert:
 *
 * Returns: (transfer none) (nullable): the last text that the server wants people to read
 */
const char *
imap_session_get_alert (ImapSession *self)
{
  return self->alert;
}

/**
 * imap_session_get_server_id:
 *
 * Returns: (transfer none) (nullable): what the server says of itself
 */
const ImapId *
imap_session_get_server_id (ImapSession *self)
{
  return self->server_id != NULL ? self->server_id->id : NULL;
}

/**
 * imap_session_get_namespace:
 *
 * Returns: (transfer none) (nullable): where mailboxes can be created; there once the LIST that
 *   follows the sign-in is answered
 */
const ImapNamespace *
imap_session_get_namespace (ImapSession *self)
{
  return self->name_space != NULL ? self->name_space->name_space : NULL;
}

/**
 * imap_session_get_transport:
 *
 * Returns: (transfer none): the connection below, for what is to be known of its encryption
 */
NetTransport *
imap_session_get_transport (ImapSession *self)
{
  return self->transport;
}

/**
 * imap_session_get_selection:
 *
 * Returns: the number of the selection that the responses of this moment belong to, as in
 *   #ImapSelected; 0 for none. Never the same number twice.
 */
guint
imap_session_get_selection (ImapSession *self)
{
  return self->serial;
}

/**
 * imap_session_get_mailbox:
 *
 * Returns: (transfer none) (nullable): wire name of the mailbox of that selection
 */
const char *
imap_session_get_mailbox (ImapSession *self)
{
  return self->mailbox;
}

/**
 * imap_session_get_exists:
 *
 * Returns: how many messages the selected mailbox has now
 */
guint32
imap_session_get_exists (ImapSession *self)
{
  return imap_sequence_map_get_size (self->map);
}

/**
 * imap_session_is_numbered:
 *
 * Returns: whether message numbers can be told from UIDs, as far as these were said; if not, every
 *   EXPUNGE means that the mailbox has to be synchronised again
 */
gboolean
imap_session_is_numbered (ImapSession *self)
{
  return imap_sequence_map_is_trusted (self->map);
}

/**
 * imap_session_get_n_waiting:
 *
 * Returns: how many commands are queued or without their answer, abandoned ones too
 */
guint
imap_session_get_n_waiting (ImapSession *self)
{
  return self->connection != NULL ? imap_connection_get_n_waiting (self->connection) : 0;
}

/**
 * imap_session_get_bytes_read:
 *
 * Returns: how many bytes the wire has brought
 */
guint64
imap_session_get_bytes_read (ImapSession *self)
{
  return self->connection != NULL ? imap_connection_get_bytes_read (self->connection) : 0;
}

/**
 * imap_session_get_bytes_unpacked:
 *
 * Returns: how many bytes they were once unpacked: the same without COMPRESS
 */
guint64
imap_session_get_bytes_unpacked (ImapSession *self)
{
  return self->connection != NULL ? imap_connection_get_bytes_unpacked (self->connection) : 0;
}

/**
 * imap_session_get_link:
 * @out_link: (out caller-allocates): what the way to the server was measured to do so far
 */
void
imap_session_get_link (ImapSession *self,
                       ImapLink    *out_link)
{
  *out_link = self->connection != NULL ? *imap_connection_get_link (self->connection)
                                       : (ImapLink) { 0 };
}
