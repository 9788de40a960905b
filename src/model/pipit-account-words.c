#include "pipit-config.h"

#include "pipit-account-words.h"

#include "pipit-certificate-private.h"
#include "pipit-date.h"
#include "pipit-problem-private.h"

#include "net-certificate.h"
#include "net-endpoint.h"

#include <glib/gi18n-lib.h>

/* A few new messages come and go too fast for a sentence about them. */
#define MESSAGES_WORTH_A_SENTENCE 50
#define BYTES_WORTH_A_SENTENCE (1000 * 1000)

/**
 * pipit_account_words_state:
 * @status: where the account stands
 * @settings: its settings
 *
 * Returns: the same in a person's classes
 */
PipitState
pipit_account_words_state (const SyncStatus *status,
                           AccountSettings  *settings)
{
  switch (status->state)
    {
    case SYNC_STATE_STOPPED:
      return account_settings_is_paused (settings) ? PIPIT_STATE_PAUSED : PIPIT_STATE_IDLE;
    case SYNC_STATE_OFFLINE:
    case SYNC_STATE_FAILED:
      return PIPIT_STATE_OFFLINE;
    case SYNC_STATE_CONNECTING:
    case SYNC_STATE_SIGNING_IN:
    case SYNC_STATE_SYNCING:
      return PIPIT_STATE_BUSY;
    case SYNC_STATE_PASSWORD_NEEDED:
    case SYNC_STATE_SIGN_IN_REFUSED:
    case SYNC_STATE_CERTIFICATE:
      return PIPIT_STATE_PROBLEM;
    case SYNC_STATE_UP_TO_DATE:
    default:
      return PIPIT_STATE_IDLE;
    }
}

static char *
with_waiting (const char *sentence,
              guint       n_waiting)
{
  if (n_waiting == 0)
    return g_strdup (sentence);

  /* Translators: a state ("Offline"), and how many changes of the person's are still to be sent */
  return g_strdup_printf (ngettext ("%s · %u change waiting", "%s · %u changes waiting",
                                    n_waiting), sentence, n_waiting);
}

static char *
failed_sentence (const SyncStatus *status)
{
  g_autoptr(GDateTime) retry = NULL;
  g_autofree char *when = NULL;

  if (status->retry_unix == 0)
    return g_strdup (_("Not reachable"));

  retry = g_date_time_new_from_unix_local (status->retry_unix);
  when = pipit_date_format_time (retry);

  /* Translators: with a time of day */
  return g_strdup_printf (_("Not reachable, next try %s"), when);
}

static char *
downloading_sentence (const SyncStatus *status)
{
  g_autofree char *done = g_format_size (status->download_done_bytes);
  g_autofree char *total = g_format_size (status->download_total_bytes);

  /* Translators: sizes such as 3.2 MB */
  return g_strdup_printf (_("Downloading %s of %s"), done, total);
}

/**
 * pipit_account_words_status:
 * @status: where the account stands
 * @settings: its settings
 *
 * Returns: (transfer full) (nullable): a sentence, or %NULL when there is nothing to say
 */
char *
pipit_account_words_status (const SyncStatus *status,
                            AccountSettings  *settings)
{
  guint n_waiting = status->n_operations_waiting + status->n_outbox_waiting;
  g_autofree char *sentence = NULL;

  switch (status->state)
    {
    case SYNC_STATE_STOPPED:
      return account_settings_is_paused (settings) ? with_waiting (_("Paused"), n_waiting) : NULL;
    case SYNC_STATE_OFFLINE:
      return with_waiting (_("Offline"), n_waiting);
    case SYNC_STATE_FAILED:
      sentence = failed_sentence (status);
      return with_waiting (sentence, n_waiting);
    case SYNC_STATE_CONNECTING:
      return status->checked_unix == 0 ? g_strdup (_("Connecting")) : NULL;
    case SYNC_STATE_SIGNING_IN:
      return status->checked_unix == 0 ? g_strdup (_("Signing in")) : NULL;
    case SYNC_STATE_SYNCING:
      if (status->n_total < MESSAGES_WORTH_A_SENTENCE || status->n_done >= status->n_total)
        return NULL;
      /* Translators: numbers of messages */
      return g_strdup_printf (_("Receiving %'u of %'u"),
                              (guint) status->n_done, (guint) status->n_total);
    case SYNC_STATE_PASSWORD_NEEDED:
      return with_waiting (_("Password needed"), n_waiting);
    case SYNC_STATE_SIGN_IN_REFUSED:
      return with_waiting (_("Sign-in refused"), n_waiting);
    case SYNC_STATE_CERTIFICATE:
      return with_waiting (_("Certificate not trusted"), n_waiting);
    case SYNC_STATE_UP_TO_DATE:
    default:
      if (status->download_total_bytes >= BYTES_WORTH_A_SENTENCE)
        return downloading_sentence (status);
      if (status->n_outbox_failed > 0)
        return g_strdup_printf (ngettext ("%u message could not be sent",
                                          "%u messages could not be sent",
                                          status->n_outbox_failed), status->n_outbox_failed);
      if (status->n_operations_refused > 0)
        return g_strdup_printf (ngettext ("%u change was refused", "%u changes were refused",
                                          status->n_operations_refused),
                                status->n_operations_refused);
      return NULL;
    }
}

/**
 * pipit_account_words_problem:
 * @status: where the account stands
 * @settings: its settings
 *
 * Returns: (transfer full) (nullable): what is wrong, %NULL when nothing is
 */
PipitProblem *
pipit_account_words_problem (const SyncStatus *status,
                             AccountSettings  *settings)
{
  NetEndpoint *endpoint = status->for_smtp ? account_settings_get_smtp (settings)
                                           : account_settings_get_imap (settings);
  PipitServer server = status->for_smtp ? PIPIT_SERVER_SENDING : PIPIT_SERVER_RECEIVING;
  const char *host = endpoint != NULL ? net_endpoint_get_host (endpoint) : "";
  g_autoptr(PipitCertificate) certificate = NULL;
  g_autofree char *title = NULL;

  if (status->certificate != NULL)
    certificate = pipit_certificate_new (status->certificate, host);

  switch (status->state)
    {
    case SYNC_STATE_PASSWORD_NEEDED:
      title = g_strdup_printf (_("The password for %s is needed"),
                               account_settings_get_address (settings));
      return pipit_problem_new (PIPIT_PROBLEM_PASSWORD_MISSING, title,
                                _("It is not kept on this computer. Without it no mail is received or sent."),
                                NULL, server, NULL, NULL);
    case SYNC_STATE_SIGN_IN_REFUSED:
    case SYNC_STATE_CERTIFICATE:
    case SYNC_STATE_FAILED:
      return status->error != NULL
        ? pipit_problem_new_from_error (status->error, host, server, certificate) : NULL;
    case SYNC_STATE_STOPPED:
    case SYNC_STATE_OFFLINE:
    case SYNC_STATE_CONNECTING:
    case SYNC_STATE_SIGNING_IN:
    case SYNC_STATE_SYNCING:
    case SYNC_STATE_UP_TO_DATE:
    default:
      return NULL;
    }
}
