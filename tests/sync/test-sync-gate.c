#include "net-error.h"
#include "sync-gate.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define START (1000 * SECOND)

static SyncVerdict
fail (SyncGate *gate,
      NetError code,
      gint64 now_us)
{
  g_autoptr(GError) error = g_error_new_literal (NET_ERROR, code, "test");

  return sync_gate_failed (gate, error, -1, now_us, 500);
}

/* A session that had been signed in for so long. */
static SyncVerdict
lose (SyncGate *gate,
      NetError code,
      gint64 lived_us,
      gint64 now_us)
{
  g_autoptr(GError) error = g_error_new_literal (NET_ERROR, code, "test");

  sync_gate_signed_in (gate, now_us - lived_us);
  sync_gate_ended (gate, TRUE);
  return sync_gate_failed (gate, error, lived_us, now_us, 500);
}

static void
test_refused_password_latches (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  g_assert_true (sync_gate_may_connect (gate, START));
  g_assert_cmpint (fail (gate, NET_ERROR_SIGN_IN_REFUSED, START), ==, SYNC_VERDICT_ASK_PASSWORD);
  g_assert_false (sync_gate_may_connect (gate, START + 1000 * MINUTE));

  sync_gate_hurry (gate);
  g_assert_false (sync_gate_may_connect (gate, START + 1000 * MINUTE));

  sync_gate_secret_changed (gate);
  g_assert_true (sync_gate_may_connect (gate, START));
}

static void
test_refusal_beside_another_connection_is_a_limit (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  sync_gate_signed_in (gate, START);
  sync_gate_signed_in (gate, START);
  g_assert_cmpint (fail (gate, NET_ERROR_SIGN_IN_REFUSED, START + 100 * MINUTE), ==,
                   SYNC_VERDICT_FEWER);
  g_assert_cmpuint (sync_gate_get_max (gate), ==, 2);
  g_assert_false (sync_gate_is_latched (gate));
}

static void
test_refusal_soon_after_success_is_doubted_twice (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  sync_gate_signed_in (gate, START);
  sync_gate_ended (gate, TRUE);

  g_assert_cmpint (fail (gate, NET_ERROR_SIGN_IN_REFUSED, START + MINUTE), ==, SYNC_VERDICT_RETRY);
  g_assert_cmpuint (sync_gate_get_max (gate), ==, 1);
  g_assert_false (sync_gate_may_connect (gate, START + MINUTE + SECOND));
  g_assert_cmpint (fail (gate, NET_ERROR_SIGN_IN_REFUSED, START + 3 * MINUTE), ==,
                   SYNC_VERDICT_RETRY);
  g_assert_cmpint (fail (gate, NET_ERROR_SIGN_IN_REFUSED, START + 6 * MINUTE), ==,
                   SYNC_VERDICT_ASK_PASSWORD);
}

static void
test_refusal_long_after_success_is_true (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  sync_gate_signed_in (gate, START);
  sync_gate_ended (gate, TRUE);
  g_assert_cmpint (fail (gate, NET_ERROR_SIGN_IN_REFUSED, START + 60 * MINUTE), ==,
                   SYNC_VERDICT_ASK_PASSWORD);
}

static void
test_certificate_latches_until_trust_changes (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  g_assert_cmpint (fail (gate, NET_ERROR_CERTIFICATE, START), ==, SYNC_VERDICT_ASK_TRUST);
  sync_gate_secret_changed (gate);
  g_assert_false (sync_gate_may_connect (gate, START));
  sync_gate_trust_changed (gate);
  g_assert_true (sync_gate_may_connect (gate, START));
}

static void
test_delays_double_up_to_a_limit (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();
  gint64 now_us = START;
  gint64 last_us = 0;

  for (guint i = 0; i < 40; i++)
    {
      gint64 delay_us;

      g_assert_cmpint (fail (gate, NET_ERROR_CLOSED, now_us), ==, SYNC_VERDICT_RETRY);
      delay_us = sync_gate_get_retry_us (gate) - now_us;
      g_assert_cmpint (delay_us, >=, last_us);
      g_assert_cmpint (delay_us, <=, 15 * MINUTE);
      g_assert_false (sync_gate_may_connect (gate, now_us + delay_us - 1));
      g_assert_true (sync_gate_may_connect (gate, now_us + delay_us));
      last_us = delay_us;
      now_us += delay_us;
    }

  g_assert_cmpint (last_us, >=, 5 * MINUTE);

  /* a server that takes the password and goes is no better than one that is away */
  g_assert_cmpint (lose (gate, NET_ERROR_CLOSED, SECOND, now_us), ==, SYNC_VERDICT_RETRY);
  g_assert_cmpint (sync_gate_get_retry_us (gate) - now_us, >=, 5 * MINUTE);
}

static void
test_good_session_is_followed_by_the_next_at_once (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  for (guint i = 0; i < 10; i++)
    fail (gate, NET_ERROR_CLOSED, START);

  g_assert_cmpint (lose (gate, NET_ERROR_SHUTTING_DOWN, 5 * MINUTE, START), ==,
                   SYNC_VERDICT_RECONNECT);
  g_assert_cmpint (sync_gate_get_retry_us (gate) - START, <=, SECOND);
  /* and if that fails, it is as for the first time */
  g_assert_cmpint (fail (gate, NET_ERROR_REFUSED, START + SECOND), ==, SYNC_VERDICT_RETRY);
  g_assert_cmpint (sync_gate_get_retry_us (gate) - START, <=, 4 * SECOND);
}

static void
test_limited_account_is_left_alone_for_long (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();
  g_autoptr(GError) throttled = g_error_new_literal (
      NET_ERROR, NET_ERROR_ACCOUNT_LIMITED,
      "“Request is throttled. Suggested Backoff Time: 299961 milliseconds”");
  g_autoptr(GError) absurd = g_error_new_literal (
      NET_ERROR, NET_ERROR_ACCOUNT_LIMITED,
      "“Request is throttled. Suggested Backoff Time: 99999999999999999999 milliseconds”");
  gint64 now_us = START;

  g_assert_cmpint (fail (gate, NET_ERROR_ACCOUNT_LIMITED, now_us), ==, SYNC_VERDICT_RETRY);
  g_assert_cmpint (sync_gate_get_retry_us (gate) - now_us, >=, 45 * SECOND);
  g_assert_false (sync_gate_is_latched (gate));
  for (guint i = 0; i < 40; i++)
    {
      now_us = sync_gate_get_retry_us (gate);
      fail (gate, NET_ERROR_ACCOUNT_LIMITED, now_us);
    }
  g_assert_cmpint (sync_gate_get_retry_us (gate) - now_us, <=, 40 * MINUTE);

  sync_gate_hurry (gate);
  sync_gate_failed (gate, throttled, -1, START, 500);
  g_assert_cmpint (sync_gate_get_retry_us (gate) - START, >=, 299 * SECOND);
  sync_gate_hurry (gate);
  sync_gate_failed (gate, absurd, -1, START, 500);
  g_assert_cmpint (sync_gate_get_retry_us (gate) - START, <=, 40 * MINUTE);
}

static void
test_refusal_of_sending_latches_both (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  /* signed in long ago: the password may have changed since */
  sync_gate_signed_in (gate, START);
  g_assert_true (sync_gate_may_send (gate, FALSE));
  sync_gate_sending_refused (gate, FALSE, START + 60 * MINUTE);
  g_assert_false (sync_gate_may_send (gate, FALSE));
  g_assert_false (sync_gate_may_connect (gate, START + 1000 * MINUTE));

  sync_gate_secret_changed (gate);
  g_assert_true (sync_gate_may_send (gate, FALSE));
  g_assert_true (sync_gate_may_connect (gate, START));
}

static void
test_refusal_of_receiving_latches_both (void)
{
  g_autoptr(SyncGate) gate = sync_gate_new ();

  fail (gate, NET_ERROR_SIGN_IN_REFUSED, START);
  g_assert_false (sync_gate_may_send (gate, FALSE));
  g_assert_true (sync_gate_may_send (gate, TRUE));
}

static void
test_refusal_of_sending_alone_leaves_receiving (void)
{
  g_autoptr(SyncGate) own = sync_gate_new ();
  g_autoptr(SyncGate) same = sync_gate_new ();

  sync_gate_sending_refused (own, TRUE, START);
  g_assert_false (sync_gate_may_send (own, TRUE));
  g_assert_true (sync_gate_may_connect (own, START));
  sync_gate_secret_changed (own);
  g_assert_true (sync_gate_may_send (own, TRUE));

  /* just accepted there */
  sync_gate_signed_in (same, START);
  sync_gate_sending_refused (same, FALSE, START + MINUTE);
  g_assert_false (sync_gate_may_send (same, FALSE));
  g_assert_true (sync_gate_may_connect (same, START));
}

static void
test_jitter_spreads (void)
{
  g_autoptr(SyncGate) early = sync_gate_new ();
  g_autoptr(SyncGate) late = sync_gate_new ();
  g_autoptr(GError) error = g_error_new_literal (NET_ERROR, NET_ERROR_REFUSED, "test");

  sync_gate_failed (early, error, -1, START, 0);
  sync_gate_failed (late, error, -1, START, 1000);
  g_assert_cmpint (sync_gate_get_retry_us (late) - sync_gate_get_retry_us (early), >=, SECOND / 2);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync/gate/refused-password-latches", test_refused_password_latches);
  g_test_add_func ("/sync/gate/refusal-beside-another-connection-is-a-limit",
                   test_refusal_beside_another_connection_is_a_limit);
  g_test_add_func ("/sync/gate/refusal-soon-after-success-is-doubted-twice",
                   test_refusal_soon_after_success_is_doubted_twice);
  g_test_add_func ("/sync/gate/refusal-long-after-success-is-true",
                   test_refusal_long_after_success_is_true);
  g_test_add_func ("/sync/gate/certificate-latches-until-trust-changes",
                   test_certificate_latches_until_trust_changes);
  g_test_add_func ("/sync/gate/delays-double-up-to-a-limit", test_delays_double_up_to_a_limit);
  g_test_add_func ("/sync/gate/good-session-is-followed-by-the-next-at-once",
                   test_good_session_is_followed_by_the_next_at_once);
  g_test_add_func ("/sync/gate/limited-account-is-left-alone-for-long",
                   test_limited_account_is_left_alone_for_long);
  g_test_add_func ("/sync/gate/refusal-of-sending-latches-both",
                   test_refusal_of_sending_latches_both);
  g_test_add_func ("/sync/gate/refusal-of-sending-alone-leaves-receiving",
                   test_refusal_of_sending_alone_leaves_receiving);
  g_test_add_func ("/sync/gate/refusal-of-receiving-latches-both",
                   test_refusal_of_receiving_latches_both);
  g_test_add_func ("/sync/gate/jitter-spreads", test_jitter_spreads);

  return g_test_run ();
}
