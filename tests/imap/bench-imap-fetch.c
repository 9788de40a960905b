#include <stdlib.h>
#include <sys/resource.h>

#include "imap-session.h"
#include "worker.h"

/* The header fields of a whole mailbox from a real server over TLS, in windows of which two are on
 * their way: what the protocol's floor alone costs. Prints, and never fails on time. */

#define WINDOW_UIDS 2000

static guint64 n_header_bytes;
static guint n_messages;

static void
count (ImapSession        *session,
       const ImapResponse *response,
       guint32             uid,
       gpointer            user_data)
{
  if (response->type != IMAP_RESPONSE_FETCH || response->fetch->n_sections == 0)
    return;

  n_messages++;
  n_header_bytes += response->fetch->sections[0].size_bytes;
}

static ImapCommand *
send_window (Worker  *worker,
             guint32 *highest)
{
  static const ImapFetchQuery query = {
    .items = IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE,
    .header_fields = "From Sender Reply-To To Cc Bcc Subject Date Message-ID In-Reply-To References "
                     "List-Id List-Unsubscribe List-Unsubscribe-Post Content-Type "
                     "Authentication-Results Auto-Submitted",
  };
  guint32 lowest = *highest > WINDOW_UIDS ? *highest - WINDOW_UIDS + 1 : 1;
  g_autoptr(ImapUidSet) uids = NULL;

  if (*highest == 0)
    return NULL;

  uids = imap_uid_set_new_range (lowest, *highest);
  *highest = lowest - 1;
  return imap_session_uid_fetch (worker->session, uids, &query, NULL, NULL);
}

static double
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
fetch_everything (Worker  *worker,
                  guint32  uid_next)
{
  guint32 highest = uid_next - 1;
  ImapCommand *current = send_window (worker, &highest);

  while (current != NULL)
    {
      ImapCommand *following = send_window (worker, &highest);

      worker_assert (worker, current);
      current = following;
    }
}

static void
open_mailbox (Worker       *worker,
              ImapCommand **out_select)
{
  g_autofree char *pem = NULL;
  g_autoptr(NetTrust) plain = net_trust_new ();
  g_autoptr(NetTrust) trust = NULL;
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(BaseSecret) secret = base_secret_new (g_getenv ("PIPIT_TEST_PASSWORD_BOB"));
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (g_getenv ("PIPIT_TEST_CA"), &pem, NULL, NULL));
  trust = net_trust_with_anchors (plain, pem, &error);
  g_assert_no_error (error);
  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "localhost",
                               (guint16) atoi (g_getenv ("PIPIT_TEST_IMAPS_PORT")),
                               NET_SECURITY_TLS);
  worker_init (worker);
  worker_open (worker, endpoint, trust);
  imap_session_set_applier (worker->session, count, NULL);
  imap_session_connect (worker->session, NULL, &error);
  g_assert_no_error (error);
  imap_session_sign_in (worker->session, "bob", secret, NULL, &error);
  g_assert_no_error (error);
  *out_select = imap_session_select (worker->session, "INBOX", TRUE);
  g_assert_true (imap_command_await (*out_select, NULL, NULL));
}

int
main (void)
{
  g_autoptr(ImapCommand) select = NULL;
  Worker worker;

  open_mailbox (&worker, &select);
  for (guint round = 0; round < 3; round++)
    {
      gint64 begin_us = g_get_monotonic_time ();
      double begin_cpu_us = cpu_us ();
      double elapsed_us;

      n_messages = 0;
      n_header_bytes = 0;
      fetch_everything (&worker, imap_command_get_selected (select)->uid_next);
      elapsed_us = (double) (g_get_monotonic_time () - begin_us);
      g_print ("%u messages, %.1f MB of header fields: %.2f s; client %.2f µs of CPU each\n",
               n_messages, (double) n_header_bytes / 1e6, elapsed_us / 1e6,
               (cpu_us () - begin_cpu_us) / MAX (n_messages, 1));
    }

  worker_clear (&worker);
  return 0;
}
