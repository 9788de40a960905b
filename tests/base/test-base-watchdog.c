#include "base-watchdog.h"

#include <time.h>

static gboolean
block_cb (gpointer user_data)
{
  g_usleep (GPOINTER_TO_UINT (user_data) * 1000);
  return G_SOURCE_REMOVE;
}

static gboolean
work_cb (gpointer user_data)
{
  guint64 *sum = user_data;
  clock_t until = clock () + CLOCKS_PER_SEC / 5;

  while (clock () < until)
    *sum += g_str_hash ("work");

  return G_SOURCE_REMOVE;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* Turns the default context for a while, and blocks it once for @block_ms if that is not 0. */
static void
turn_for (guint time_ms,
          guint block_ms)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  if (block_ms != 0)
    g_idle_add (block_cb, GUINT_TO_POINTER (block_ms));
  g_timeout_add (time_ms, quit_cb, loop);
  g_main_loop_run (loop);
}

static void
test_sees_a_stall (void)
{
  g_autoptr(BaseWatchdog) watchdog = base_watchdog_new (NULL, 150);

  turn_for (300, 200);
  g_assert_cmpint (base_watchdog_get_longest_us (watchdog), >=, 200000);
  g_assert_cmpuint (base_watchdog_get_n_stalls (watchdog), >=, 1);
}

/* A thread that sleeps stalls without work. */
static void
test_tells_work_from_noise (void)
{
  g_autoptr(BaseWatchdog) watchdog = base_watchdog_new (NULL, 10000);
  guint64 sum = 0;

  turn_for (300, 200);
  g_assert_cmpint (base_watchdog_get_longest_us (watchdog), >=, 200000);
  g_assert_cmpint (base_watchdog_get_longest_cpu_us (watchdog), <, 100000);

  g_idle_add (work_cb, &sum);
  turn_for (300, 0);
  g_assert_cmpint (base_watchdog_get_longest_cpu_us (watchdog), >=, 150000);
}

static void
test_waiting_is_no_stall (void)
{
  g_autoptr(BaseWatchdog) watchdog = base_watchdog_new (NULL, 10000);

  turn_for (500, 0);
  g_assert_cmpint (base_watchdog_get_longest_us (watchdog), >, 0);
  g_assert_cmpint (base_watchdog_get_longest_us (watchdog), <, 400000);
  g_assert_cmpuint (base_watchdog_get_n_stalls (watchdog), ==, 0);
}

static void
test_leaves_the_context_as_it_was (void)
{
  GPollFunc before = g_main_context_get_poll_func (NULL);
  BaseWatchdog *watchdog = base_watchdog_new (NULL, 1000);

  g_assert_true (g_main_context_get_poll_func (NULL) != before);
  base_watchdog_free (watchdog);
  g_assert_true (g_main_context_get_poll_func (NULL) == before);
}

static void
test_environment_turns_it_on (void)
{
  BaseWatchdog *watchdog;

  g_unsetenv ("PIPIT_WATCHDOG_MS");
  g_assert_null (base_watchdog_new_from_environment ());
  g_setenv ("PIPIT_WATCHDOG_MS", "soon", TRUE);
  g_assert_null (base_watchdog_new_from_environment ());
  g_setenv ("PIPIT_WATCHDOG_MS", "40", TRUE);
  watchdog = base_watchdog_new_from_environment ();
  g_assert_nonnull (watchdog);
  base_watchdog_free (watchdog);
}

/* In a process of its own: what is written while the stall lasts, and after it. */
static void
test_tells_where_it_was (void)
{
  if (g_test_subprocess ())
    {
      BaseWatchdog *watchdog = base_watchdog_new (NULL, 50);

      turn_for (200, 400);
      base_watchdog_free (watchdog);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*g_main_loop_run*Stall of *Longest stall*");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/watchdog/stall", test_sees_a_stall);
  g_test_add_func ("/base/watchdog/work", test_tells_work_from_noise);
  g_test_add_func ("/base/watchdog/waiting", test_waiting_is_no_stall);
  g_test_add_func ("/base/watchdog/leaves-no-trace", test_leaves_the_context_as_it_was);
  g_test_add_func ("/base/watchdog/environment", test_environment_turns_it_on);
  g_test_add_func ("/base/watchdog/stack", test_tells_where_it_was);

  return g_test_run ();
}
