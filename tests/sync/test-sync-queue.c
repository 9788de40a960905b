#include "sync-queue.h"

#define ANY (SYNC_PRIORITY_HOUSEKEEPING + 1)

static SyncJobOutcome
run_nothing (SyncJob *job,
             SyncWorker *worker,
             GError **error)
{
  return SYNC_JOB_DONE;
}

static SyncJob *
push (SyncQueue *queue,
      const char *name,
      SyncPriority priority,
      gint64 lane,
      SyncJobFlags flags)
{
  SyncJob *job = sync_job_new (name, priority, lane, flags, run_nothing, NULL, NULL);

  sync_queue_push (queue, sync_job_ref (job));
  return job;
}

static void
assert_next (SyncQueue *queue,
             const char *name)
{
  gint64 next_us;
  g_autoptr(SyncJob) job = sync_queue_take (queue, 1000, TRUE, ANY, &next_us);

  if (name == NULL)
    g_assert_null (job);
  else
    {
      g_assert_nonnull (job);
      g_assert_cmpstr (job->name, ==, name);
      sync_queue_release (queue, job);
    }
}

static void
test_person_comes_first (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) prefetch G_GNUC_UNUSED =
    push (queue, "prefetch", SYNC_PRIORITY_PREFETCH, 0, 0);
  g_autoptr(SyncJob) folder G_GNUC_UNUSED = push (queue, "folder", SYNC_PRIORITY_FOLDER, 7, 0);
  g_autoptr(SyncJob) second G_GNUC_UNUSED = push (queue, "second", SYNC_PRIORITY_FOLDER, 8, 0);
  g_autoptr(SyncJob) person G_GNUC_UNUSED = push (queue, "person", SYNC_PRIORITY_PERSON, 0, 0);

  g_assert_true (sync_queue_has_runnable (queue, 1000, SYNC_PRIORITY_CHANGE));
  assert_next (queue, "person");
  g_assert_false (sync_queue_has_runnable (queue, 1000, SYNC_PRIORITY_CHANGE));
  assert_next (queue, "folder");
  assert_next (queue, "second");
  assert_next (queue, "prefetch");
  assert_next (queue, NULL);
}

static void
test_background_is_left_to_others (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) prefetch G_GNUC_UNUSED = push (queue, "prefetch", SYNC_PRIORITY_PREFETCH, 0, 0);
  gint64 next_us;

  g_assert_null (sync_queue_take (queue, 1000, TRUE, SYNC_PRIORITY_PREFETCH, &next_us));
  g_assert_cmpint (next_us, ==, 0);
  assert_next (queue, "prefetch");
}

static void
test_lane_is_taken_once (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) first = push (queue, "first", SYNC_PRIORITY_FOLDER, 7, 0);
  g_autoptr(SyncJob) second G_GNUC_UNUSED = push (queue, "second", SYNC_PRIORITY_FOLDER, 7, 0);
  g_autoptr(SyncJob) other G_GNUC_UNUSED = push (queue, "other", SYNC_PRIORITY_PREFETCH, 0, 0);
  g_autoptr(SyncJob) taken = NULL;
  gint64 next_us;

  taken = sync_queue_take (queue, 1000, TRUE, ANY, &next_us);
  g_assert_true (taken == first);
  assert_next (queue, "other");
  assert_next (queue, NULL);
  sync_queue_release (queue, taken);
  assert_next (queue, "second");
}

static void
test_time_has_to_come (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) late = sync_job_new ("late", SYNC_PRIORITY_PERSON, 0, 0, run_nothing, NULL,
                                          NULL);
  g_autoptr(SyncJob) taken = NULL;
  gint64 next_us;

  late->not_before_us = 5000;
  sync_queue_push (queue, sync_job_ref (late));

  g_assert_null (sync_queue_take (queue, 4999, TRUE, ANY, &next_us));
  g_assert_cmpint (next_us, ==, 5000);
  g_assert_false (sync_queue_has_flags (queue, 4999, 0));
  g_assert_true (sync_queue_has_flags (queue, 5000, 0));
  taken = sync_queue_take (queue, 5000, TRUE, ANY, &next_us);
  g_assert_true (taken == late);
}

static void
test_without_session_only_what_needs_none (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) online G_GNUC_UNUSED = push (queue, "online", SYNC_PRIORITY_PERSON, 0,
                                    SYNC_JOB_NEEDS_SESSION);
  g_autoptr(SyncJob) outbox = push (queue, "outbox", SYNC_PRIORITY_CHANGE, SYNC_LANE_OUTBOX, 0);
  g_autoptr(SyncJob) taken = NULL;
  gint64 next_us;

  taken = sync_queue_take (queue, 1000, FALSE, ANY, &next_us);
  g_assert_true (taken == outbox);
  g_assert_null (sync_queue_take (queue, 1000, FALSE, ANY, &next_us));
  g_assert_cmpuint (sync_queue_get_length (queue), ==, 1);
}

static void
test_promoted_job_overtakes (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) first G_GNUC_UNUSED = push (queue, "folder", SYNC_PRIORITY_FOLDER, 7, 0);
  g_autoptr(SyncJob) second = push (queue, "folder", SYNC_PRIORITY_FOLDER, 8, 0);
  g_autoptr(SyncJob) taken = NULL;
  gint64 next_us;

  g_assert_true (sync_queue_find (queue, "folder", 8) == second);
  sync_queue_promote (queue, second, SYNC_PRIORITY_VISIBLE, 0);
  taken = sync_queue_take (queue, 1000, TRUE, ANY, &next_us);
  g_assert_true (taken == second);
}

static void
test_steals_by_flags (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) waited_for = push (queue, "a", SYNC_PRIORITY_FOLDER, 7, SYNC_JOB_FAIL_OFFLINE);
  g_autoptr(SyncJob) patient G_GNUC_UNUSED = push (queue, "b", SYNC_PRIORITY_FOLDER, 8, 0);
  g_autoptr(GPtrArray) stolen = sync_queue_steal (queue, SYNC_JOB_FAIL_OFFLINE);

  g_assert_cmpuint (stolen->len, ==, 1);
  g_assert_true (g_ptr_array_index (stolen, 0) == waited_for);
  g_assert_cmpuint (sync_queue_get_length (queue), ==, 1);
}

/* Two long jobs of people give way to each other as often as it takes for the later one to end. */
static void
test_equals_take_turns (void)
{
  g_autoptr(SyncQueue) queue = sync_queue_new ();
  g_autoptr(SyncJob) first = push (queue, "first", SYNC_PRIORITY_PERSON, 0, 0);
  g_autoptr(SyncJob) second = NULL;
  gint64 next_us;

  sync_job_unref (sync_queue_take (queue, 1000, TRUE, ANY, &next_us));
  g_assert_false (sync_queue_has_before (queue, 1000, first));

  second = push (queue, "second", SYNC_PRIORITY_PERSON, 0, 0);
  g_assert_true (sync_queue_has_before (queue, 1000, first));
  first->n_slices++;
  sync_queue_push (queue, sync_job_ref (first));
  sync_job_unref (sync_queue_take (queue, 1000, TRUE, ANY, &next_us));
  g_assert_false (sync_queue_has_before (queue, 1000, second));
  assert_next (queue, "first");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync/queue/person-comes-first", test_person_comes_first);
  g_test_add_func ("/sync/queue/background-is-left-to-others",
                   test_background_is_left_to_others);
  g_test_add_func ("/sync/queue/lane-is-taken-once", test_lane_is_taken_once);
  g_test_add_func ("/sync/queue/time-has-to-come", test_time_has_to_come);
  g_test_add_func ("/sync/queue/without-session-only-what-needs-none",
                   test_without_session_only_what_needs_none);
  g_test_add_func ("/sync/queue/promoted-job-overtakes", test_promoted_job_overtakes);
  g_test_add_func ("/sync/queue/equals-take-turns", test_equals_take_turns);
  g_test_add_func ("/sync/queue/steals-by-flags", test_steals_by_flags);

  return g_test_run ();
}
