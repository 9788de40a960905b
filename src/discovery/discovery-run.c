#include "discovery-test-private.h"

#include "discovery-error.h"
#include "imap-session.h"
#include "smtp-session.h"

/* The worker's side of a test: first the server for reading, then the one for sending, each read
 * from top to bottom. Where a provider names several servers the next is tried when one cannot be
 * reached; from the moment on at which a password is sent there is no second try. */

#define COMMAND_TIMEOUT_MS 30000

/* One connection to one server. */
typedef struct
{
  DiscoveryRun *run;           /* (unowned) */
  DiscoveryRunServer *server;  /* (unowned) */
  const DiscoveryTarget *target; /* (unowned) */
  NetStage stage;              /* the last that began */
  NetStageState state;         /* and how it stands */
  gboolean has_begun;          /* whether any step has */
  NetCertificate *certificate; /* (owned) (nullable) the one that was not trusted */
} Attempt;

/**
 * discovery_run_new:
 *
 * Returns: (transfer full): a run without servers
 */
DiscoveryRun *
discovery_run_new (NetTrust *trust)
{
  DiscoveryRun *run = g_new0 (DiscoveryRun, 1);

  g_atomic_ref_count_init (&run->ref_count);
  run->trust = net_trust_ref (trust);
  run->transcript = net_transcript_new (64 * 1024);
  for (guint i = 0; i < 2; i++)
    run->servers[i].targets = g_array_new (FALSE, FALSE, sizeof (DiscoveryTarget));

  return run;
}

DiscoveryRun *
discovery_run_ref (DiscoveryRun *run)
{
  g_atomic_ref_count_inc (&run->ref_count);
  return run;
}

static void
clear_server (DiscoveryRunServer *server)
{
  for (guint i = 0; i < server->targets->len; i++)
    net_endpoint_unref (g_array_index (server->targets, DiscoveryTarget, i).endpoint);

  g_array_unref (server->targets);
  g_free (server->username);
  g_clear_pointer (&server->secret, base_secret_unref);
  g_clear_pointer (&server->reached, net_endpoint_unref);
  g_strfreev (server->capabilities);
  g_free (server->name);
  g_strfreev (server->quirks);
}

void
discovery_run_unref (DiscoveryRun *run)
{
  if (!g_atomic_ref_count_dec (&run->ref_count))
    return;

  clear_server (&run->servers[NET_PURPOSE_IMAP]);
  clear_server (&run->servers[NET_PURPOSE_SMTP]);
  g_free (run->sender);
  net_trust_unref (run->trust);
  net_transcript_unref (run->transcript);
  g_clear_pointer (&run->context, g_main_context_unref);
  g_clear_pointer (&run->failure, discovery_failure_unref);
  g_strfreev (run->folders);
  for (guint i = 0; i < ACCOUNT_N_FOLDER_ROLES; i++)
    g_free (run->special_use[i]);
  g_free (run);
}

/* Reporting */

typedef struct
{
  DiscoveryTest *test; /* (unowned) alive: the run's task holds it until all reports are through */
  DiscoveryStep *step; /* (owned) */
} Report;

static gboolean
report_cb (gpointer user_data)
{
  Report *report = user_data;

  discovery_test_report (report->test, report->step);
  return G_SOURCE_REMOVE;
}

static void
report_free (gpointer data)
{
  Report *report = data;

  discovery_step_unref (report->step);
  g_free (report);
}

static void
on_stage (NetStage       stage,
          NetStageState  state,
          const char    *detail,
          gint64         elapsed_us,
          gpointer       user_data)
{
  Attempt *attempt = user_data;
  g_autoptr(GSource) source = g_idle_source_new ();
  Report *report = g_new0 (Report, 1);

  attempt->stage = stage;
  attempt->state = state;
  attempt->has_begun = TRUE;

  report->test = attempt->run->test;
  report->step = discovery_step_new (attempt->target->endpoint, stage, state, detail, elapsed_us);

  /* The order among themselves, and before the end of the task, is that of equal priorities. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, report_cb, report, report_free);
  g_source_attach (source, attempt->run->context);
}

/* What comes after the last step that was reached. */
static NetStage
next_stage (Attempt *attempt)
{
  NetEndpoint *endpoint = attempt->target->endpoint;

  switch (attempt->stage)
    {
    case NET_STAGE_RESOLVE:
      return NET_STAGE_CONNECT;
    case NET_STAGE_CONNECT:
      return net_endpoint_get_security (endpoint) == NET_SECURITY_TLS ? NET_STAGE_ENCRYPT
                                                                      : NET_STAGE_GREETING;
    case NET_STAGE_ENCRYPT:
      return net_endpoint_get_security (endpoint) == NET_SECURITY_TLS ? NET_STAGE_GREETING
                                                                      : NET_STAGE_SIGN_IN;
    case NET_STAGE_GREETING:
      return net_endpoint_get_security (endpoint) == NET_SECURITY_STARTTLS ? NET_STAGE_ENCRYPT
                                                                           : NET_STAGE_SIGN_IN;
    case NET_STAGE_SIGN_IN:
    case NET_STAGE_FOLDERS:
    case NET_STAGE_SENDER:
    default:
      return net_endpoint_get_purpose (endpoint) == NET_PURPOSE_IMAP ? NET_STAGE_FOLDERS
                                                                     : NET_STAGE_SENDER;
    }
}

/* Every failure is the failure of a step. Whoever noticed the error may have left the step as it
 * was, or have failed between two of them. */
static void
report_failure (Attempt      *attempt,
                const GError *error)
{
  if (attempt->state == NET_STAGE_FAILED)
    return;

  if (attempt->state == NET_STAGE_DONE && attempt->has_begun)
    on_stage (next_stage (attempt), NET_STAGE_STARTED, NULL, 0, attempt);
  on_stage (attempt->stage, NET_STAGE_FAILED, error->message, 0, attempt);
}

/* Both kinds of sessions */

static NetTimeouts
timeouts_for (DiscoveryRun *run)
{
  NetTimeouts timeouts = net_timeouts_default;

  if (run->timeout_ms == 0)
    return timeouts;

  timeouts.resolve_ms = MIN (timeouts.resolve_ms, run->timeout_ms);
  timeouts.connect_ms = MIN (timeouts.connect_ms, run->timeout_ms);
  timeouts.encrypt_ms = MIN (timeouts.encrypt_ms, run->timeout_ms);
  timeouts.greeting_ms = MIN (timeouts.greeting_ms, run->timeout_ms);
  timeouts.quiet_ms = MIN (timeouts.quiet_ms, run->timeout_ms / 2);
  return timeouts;
}

static guint
command_timeout_for (DiscoveryRun *run)
{
  return run->timeout_ms == 0 ? COMMAND_TIMEOUT_MS : MIN (run->timeout_ms, COMMAND_TIMEOUT_MS);
}

static void
keep_rejected (Attempt      *attempt,
               NetTransport *transport)
{
  NetCertificate *rejected = net_transport_get_rejected_certificate (transport);

  if (rejected != NULL && attempt->certificate == NULL)
    attempt->certificate = net_certificate_ref (rejected);
}

/* Before the sign-in: a guess goes no further. */
static gboolean
may_sign_in (Attempt  *attempt,
             GError  **error)
{
  if (!attempt->target->is_guess)
    return TRUE;

  attempt->stage = NET_STAGE_SIGN_IN;
  attempt->state = NET_STAGE_FAILED;
  g_set_error_literal (error, DISCOVERY_ERROR, DISCOVERY_ERROR_UNCONFIRMED,
                       "A server answers there, and was guessed: no password was sent");
  return FALSE;
}

/* IMAP */

static const struct
{
  guint attribute;
  AccountFolderRole role;
} special_uses[] = {
  { IMAP_MAILBOX_ARCHIVE, ACCOUNT_FOLDER_ARCHIVE },
  { IMAP_MAILBOX_DRAFTS, ACCOUNT_FOLDER_DRAFTS },
  { IMAP_MAILBOX_JUNK, ACCOUNT_FOLDER_JUNK },
  { IMAP_MAILBOX_SENT, ACCOUNT_FOLDER_SENT },
  { IMAP_MAILBOX_TRASH, ACCOUNT_FOLDER_TRASH },
};

static void
keep_folders (DiscoveryRun *run,
              GPtrArray    *entries)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < entries->len; i++)
    {
      const ImapListEntry *entry = entries->pdata[i];
      char *name;

      if ((entry->attributes & (IMAP_MAILBOX_NOSELECT | IMAP_MAILBOX_NONEXISTENT)) != 0)
        continue;

      name = imap_mailbox_name_decode (entry->mailbox);
      g_ptr_array_add (folders, name);

      for (guint j = 0; j < G_N_ELEMENTS (special_uses); j++)
        if ((entry->attributes & special_uses[j].attribute) != 0 &&
            run->special_use[special_uses[j].role] == NULL)
          run->special_use[special_uses[j].role] = g_strdup (name);
    }

  g_ptr_array_add (folders, NULL);
  g_clear_pointer (&run->folders, g_strfreev);
  run->folders = (GStrv) g_ptr_array_free (g_steal_pointer (&folders), FALSE);
}

static gboolean
list_folders (Attempt       *attempt,
              ImapSession   *session,
              GCancellable  *cancellable,
              GError       **error)
{
  NetTransport *transport = imap_session_get_transport (session);
  g_autoptr(ImapCommand) list = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *detail = NULL;

  net_transport_begin_stage (transport, NET_STAGE_FOLDERS);
  list = imap_session_list (session, "*", 0);
  if (!imap_command_await (list, cancellable, &local_error))
    {
      net_transport_end_stage (transport, NET_STAGE_FOLDERS, NULL, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  keep_folders (attempt->run, imap_command_get_lists (list));
  detail = g_strdup_printf ("%u folders", g_strv_length (attempt->run->folders));
  net_transport_end_stage (transport, NET_STAGE_FOLDERS, detail, NULL);
  return TRUE;
}

static gboolean
use_imap (Attempt       *attempt,
          ImapSession   *session,
          GCancellable  *cancellable,
          GError       **error)
{
  DiscoveryRunServer *server = attempt->server;

  if (!imap_session_connect (session, cancellable, error))
    return FALSE;

  server->capabilities = g_strdupv ((char **) imap_session_get_capabilities (session));
  if (!may_sign_in (attempt, error))
    return FALSE;
  if (server->username == NULL)
    return TRUE;

  if (!imap_session_sign_in (session, server->username, server->secret, cancellable, error))
    return FALSE;

  g_strfreev (server->capabilities);
  server->capabilities = g_strdupv ((char **) imap_session_get_capabilities (session));
  if (!list_folders (attempt, session, cancellable, error))
    return FALSE;

  /* its answer to ID came with that */
  server->name = g_strdup (imap_session_get_server_name (session));
  server->quirks = imap_session_list_quirk_rows (session);
  return TRUE;
}

static gboolean
try_imap (Attempt       *attempt,
          GCancellable  *cancellable,
          GError       **error)
{
  DiscoveryRun *run = attempt->run;
  NetTimeouts timeouts = timeouts_for (run);
  g_autoptr(ImapSession) session = NULL;
  gboolean passed;

  session = imap_session_new (attempt->target->endpoint, run->trust, run->transcript);
  imap_session_set_timeouts (session, &timeouts, command_timeout_for (run));
  imap_session_set_stage_func (session, on_stage, attempt, NULL);

  passed = use_imap (attempt, session, cancellable, error);
  keep_rejected (attempt, imap_session_get_transport (session));

  /* The good-bye is politeness: what is known is known. */
  if (passed)
    imap_session_log_out (session, cancellable, NULL);
  imap_session_set_stage_func (session, NULL, NULL, NULL);
  imap_session_close (session);

  return passed;
}

/* SMTP */

static gboolean
use_smtp (Attempt       *attempt,
          SmtpSession   *session,
          GCancellable  *cancellable,
          GError       **error)
{
  DiscoveryRunServer *server = attempt->server;

  if (!smtp_session_connect (session, cancellable, error))
    return FALSE;

  server->capabilities = g_strdupv ((char **) smtp_session_get_mechanisms (session));
  if (!may_sign_in (attempt, error))
    return FALSE;

  if (server->username != NULL &&
      !smtp_session_sign_in (session, server->username, server->secret, cancellable, error))
    return FALSE;

  return attempt->run->sender == NULL ||
         smtp_session_check_sender (session, attempt->run->sender, cancellable, error);
}

static gboolean
try_smtp (Attempt       *attempt,
          GCancellable  *cancellable,
          GError       **error)
{
  DiscoveryRun *run = attempt->run;
  NetTimeouts timeouts = timeouts_for (run);
  SmtpTimeouts smtp_timeouts = { command_timeout_for (run), command_timeout_for (run) };
  g_autoptr(SmtpSession) session = NULL;
  NetTransport *transport;
  gboolean passed;

  session = smtp_session_new (attempt->target->endpoint, run->trust, run->transcript);
  smtp_session_set_timeouts (session, &smtp_timeouts);
  transport = smtp_session_get_transport (session);
  net_transport_set_timeouts (transport, &timeouts);
  net_transport_set_stage_func (transport, on_stage, attempt, NULL);

  passed = use_smtp (attempt, session, cancellable, error);
  keep_rejected (attempt, transport);

  if (passed)
    smtp_session_quit (session, cancellable);
  net_transport_set_stage_func (transport, NULL, NULL, NULL);
  smtp_session_close (session);

  return passed;
}

/* One purpose */

/* Whether another server could do better: nothing secret has been sent yet, and it is not this
 * computer that has no network. */
static gboolean
may_try_next (Attempt      *attempt,
              const GError *error)
{
  if (error->domain != NET_ERROR || attempt->stage >= NET_STAGE_SIGN_IN)
    return FALSE;

  switch ((NetError) error->code)
    {
    case NET_ERROR_CERTIFICATE:
    case NET_ERROR_CERTIFICATE_CHANGED:
    case NET_ERROR_NAME_LOOKUP:
    case NET_ERROR_SIGN_IN_REFUSED:
    case NET_ERROR_ACCOUNT_LIMITED:
    case NET_ERROR_TOO_MANY_CONNECTIONS:
      return FALSE;

    default:
      return TRUE;
    }
}

/* Of several servers that failed, the one that came furthest says most, and of equals the first. */
static void
keep_failure (Attempt      *attempt,
              const GError *error)
{
  DiscoveryRun *run = attempt->run;

  if (run->failure != NULL && discovery_failure_get_stage (run->failure) >= attempt->stage)
    return;

  g_clear_pointer (&run->failure, discovery_failure_unref);
  run->failure = discovery_failure_new (attempt->target->endpoint, attempt->server->username,
                                        attempt->stage, error, attempt->certificate);
}

/* Tries one server. Returns whether all steps passed; @out_try_next: whether another one may. */
static gboolean
run_target (DiscoveryRun           *run,
            NetPurpose              purpose,
            const DiscoveryTarget  *target,
            gboolean               *out_try_next,
            GCancellable           *cancellable,
            GError                **error)
{
  Attempt attempt = {
    run, &run->servers[purpose], target, NET_STAGE_RESOLVE, NET_STAGE_DONE, FALSE, NULL,
  };
  g_autoptr(GError) local_error = NULL;
  gboolean passed;

  g_clear_pointer (&attempt.server->capabilities, g_strfreev);
  g_clear_pointer (&attempt.server->name, g_free);
  g_clear_pointer (&attempt.server->quirks, g_strfreev);
  passed = purpose == NET_PURPOSE_IMAP ? try_imap (&attempt, cancellable, &local_error)
                                       : try_smtp (&attempt, cancellable, &local_error);

  *out_try_next = FALSE;
  if (passed || g_error_matches (local_error, DISCOVERY_ERROR, DISCOVERY_ERROR_UNCONFIRMED))
    attempt.server->reached = net_endpoint_ref (target->endpoint);

  if (!passed && !g_cancellable_is_cancelled (cancellable))
    {
      report_failure (&attempt, local_error);
      keep_failure (&attempt, local_error);
      *out_try_next = may_try_next (&attempt, local_error);
    }

  g_clear_pointer (&attempt.certificate, net_certificate_unref);
  if (!passed)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return passed;
}

static gboolean
run_purpose (DiscoveryRun  *run,
             NetPurpose     purpose,
             GCancellable  *cancellable,
             GError       **error)
{
  GArray *targets = run->servers[purpose].targets;

  for (guint i = 0; i < targets->len; i++)
    {
      const DiscoveryTarget *target = &g_array_index (targets, DiscoveryTarget, i);
      g_autoptr(GError) local_error = NULL;
      gboolean try_next;

      if (run_target (run, purpose, target, &try_next, cancellable, &local_error))
        {
          /* those before it do not matter any more */
          g_clear_pointer (&run->failure, discovery_failure_unref);
          return TRUE;
        }

      if (!try_next || i + 1 == targets->len)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return TRUE;
}

/* A guess that answers is no reason not to look at the other server as well: the person then
 * confirms both at once. */
static gboolean
run_smtp_after_guess (DiscoveryRun  *run,
                      GError        *imap_error,
                      GCancellable  *cancellable,
                      GError       **error)
{
  DiscoveryFailure *imap_failure = g_steal_pointer (&run->failure);
  g_autoptr(GError) smtp_error = NULL;

  if (run_purpose (run, NET_PURPOSE_SMTP, cancellable, &smtp_error) ||
      g_error_matches (smtp_error, DISCOVERY_ERROR, DISCOVERY_ERROR_UNCONFIRMED))
    {
      g_clear_pointer (&run->failure, discovery_failure_unref);
      run->failure = imap_failure;
      g_propagate_error (error, imap_error);
      return FALSE;
    }

  discovery_failure_unref (imap_failure);
  g_error_free (imap_error);
  g_propagate_error (error, g_steal_pointer (&smtp_error));
  return FALSE;
}

/* Runs a test. Awaits. Returns whether all steps passed; else run->failure says where it stopped,
 * unless it was cancelled. */
gboolean
discovery_run_work (DiscoveryRun  *run,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(GError) imap_error = NULL;

  for (guint i = 0; i < 2; i++)
    if (run->servers[i].secret != NULL)
      net_transcript_hide (run->transcript, run->servers[i].secret);

  if (run_purpose (run, NET_PURPOSE_IMAP, cancellable, &imap_error))
    return run_purpose (run, NET_PURPOSE_SMTP, cancellable, error);

  if (g_error_matches (imap_error, DISCOVERY_ERROR, DISCOVERY_ERROR_UNCONFIRMED))
    return run_smtp_after_guess (run, g_steal_pointer (&imap_error), cancellable, error);

  g_propagate_error (error, g_steal_pointer (&imap_error));
  return FALSE;
}
