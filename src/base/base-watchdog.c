#include "base-watchdog.h"

#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* Measures how long a main context goes without looking for events: what a person feels as a
 * window that hangs. The context's poll function is wrapped, so that the time from one poll's
 * return to the next poll is known exactly and nothing wakes the loop. A thread looks whether such
 * a turn is taking too long and has the watched thread write down where it is.
 *
 * Of each turn the time on the clock and the processor time of the watched thread are known: where
 * other programs keep the processors busy the first is noise, and the second is our work.
 *
 * A tool for development and tests, off unless asked for: see
 * base_watchdog_new_from_environment (). */

#define MAX_FRAMES 48
#define STACK_SIGNAL (SIGRTMIN + 8) /* WebKit uses some of the ordinary ones */

struct _BaseWatchdog
{
  GMainContext *context;  /* (owned) */
  GPollFunc poll;         /* the context's own */
  pthread_t watched;
  GThread *thread;        /* (owned) */
  gint64 threshold_us;
  gint64 started_us;

  GMutex mutex;
  GCond stopped_cond;
  gboolean stopped;       /* guarded by mutex, like all below */
  gint64 busy_since_us;   /* 0 while in poll, and before the first one */
  gint64 busy_since_cpu_us;
  gboolean has_stack;     /* of the present turn */
  gint64 longest_us;
  gint64 longest_cpu_us;
  guint n_stalls;
};

/* A poll function and a signal's handler get no user data. */
static BaseWatchdog *the_watchdog;
static void *stack_frames[MAX_FRAMES];
static int n_stack_frames; /* atomic */

/* Of the calling thread. */
static gint64
get_cpu_us (void)
{
  struct timespec used = { 0 };

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);

  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void
begin_turn (BaseWatchdog *self)
{
  g_mutex_lock (&self->mutex);
  self->busy_since_us = g_get_monotonic_time ();
  self->busy_since_cpu_us = get_cpu_us ();
  self->has_stack = FALSE;
  g_mutex_unlock (&self->mutex);
}

static void
end_turn (BaseWatchdog *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 now_cpu_us = get_cpu_us ();
  gint64 turn_us = 0;
  gint64 turn_cpu_us = 0;

  g_mutex_lock (&self->mutex);
  if (self->busy_since_us != 0)
    {
      turn_us = now_us - self->busy_since_us;
      turn_cpu_us = now_cpu_us - self->busy_since_cpu_us;
    }
  self->busy_since_us = 0;
  self->longest_us = MAX (self->longest_us, turn_us);
  self->longest_cpu_us = MAX (self->longest_cpu_us, turn_cpu_us);
  if (turn_us >= self->threshold_us)
    self->n_stalls++;
  g_mutex_unlock (&self->mutex);

  if (turn_us >= self->threshold_us)
    g_message ("Stall of %.1f ms, %.1f ms of it processor time, %.1f s after the start",
               turn_us / 1e3, turn_cpu_us / 1e3, (now_us - self->started_us) / 1e6);
}

static gint
watched_poll (GPollFD *fds,
              guint    n_fds,
              gint     timeout_ms)
{
  BaseWatchdog *self = the_watchdog;
  gint n_ready;

  end_turn (self);
  n_ready = self->poll (fds, n_fds, timeout_ms);
  begin_turn (self);

  return n_ready;
}

static void
on_stack_signal (int number)
{
  int saved_errno = errno;

  g_atomic_int_set (&n_stack_frames, backtrace (stack_frames, MAX_FRAMES));
  errno = saved_errno;
}

/* Asks the watched thread for its stack, and writes it with what the symbol tables know.
 * `addr2line -e PROGRAM +OFFSET` names the static functions. */
static void
write_stack (BaseWatchdog *self)
{
  gint64 deadline_us = g_get_monotonic_time () + G_USEC_PER_SEC / 10;
  int n_frames;

  g_atomic_int_set (&n_stack_frames, 0);
  if (pthread_kill (self->watched, STACK_SIGNAL) != 0)
    return;

  while ((n_frames = g_atomic_int_get (&n_stack_frames)) == 0 &&
         g_get_monotonic_time () < deadline_us)
    g_usleep (1000);

  if (n_frames > 0)
    backtrace_symbols_fd (stack_frames, n_frames, STDERR_FILENO);
}

static gpointer
watch (gpointer user_data)
{
  BaseWatchdog *self = user_data;

  g_mutex_lock (&self->mutex);
  while (!self->stopped)
    {
      gint64 now_us = g_get_monotonic_time ();

      if (self->busy_since_us != 0 && !self->has_stack &&
          now_us - self->busy_since_us >= self->threshold_us)
        {
          self->has_stack = TRUE;
          g_mutex_unlock (&self->mutex);
          write_stack (self);
          g_mutex_lock (&self->mutex);
          continue;
        }

      g_cond_wait_until (&self->stopped_cond, &self->mutex, now_us + self->threshold_us / 4);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static void
catch_stack_signal (void)
{
  struct sigaction action = { 0 };
  void *frame;

  /* the first call loads a library, which a signal's handler must not */
  backtrace (&frame, 1);

  action.sa_handler = on_stack_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset (&action.sa_mask);
  sigaction (STACK_SIGNAL, &action, NULL);
}

/**
 * base_watchdog_new:
 * @context: (nullable): what to watch; %NULL is the global default context
 * @threshold_ms: a turn of at least this long is a stall, in milliseconds
 *
 * Starts to watch. Each stall is a message in the log, and the watched thread's stack on standard
 * error while it lasts. The time before the context first polls is not counted.
 *
 * Thread: the one that turns @context. One watchdog in a process at a time.
 *
 * Returns: (transfer full): free with base_watchdog_free ()
 */
BaseWatchdog *
base_watchdog_new (GMainContext *context,
                   guint         threshold_ms)
{
  BaseWatchdog *self;

  g_return_val_if_fail (the_watchdog == NULL, NULL);
  g_return_val_if_fail (threshold_ms > 0, NULL);

  self = g_new0 (BaseWatchdog, 1);
  self->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  self->poll = g_main_context_get_poll_func (self->context);
  self->watched = pthread_self ();
  self->threshold_us = (gint64) threshold_ms * 1000;
  self->started_us = g_get_monotonic_time ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->stopped_cond);

  the_watchdog = self;
  catch_stack_signal ();
  g_main_context_set_poll_func (self->context, watched_poll);
  self->thread = g_thread_new ("watchdog", watch, self);

  return self;
}

/**
 * base_watchdog_new_from_environment:
 *
 * Starts to watch the global default context if PIPIT_WATCHDOG_MS is set to the threshold in
 * milliseconds.
 *
 * Thread: main.
 *
 * Returns: (transfer full) (nullable): %NULL if it is not set, or not to a number above 0
 */
BaseWatchdog *
base_watchdog_new_from_environment (void)
{
  const char *value = g_getenv ("PIPIT_WATCHDOG_MS");
  guint64 threshold_ms;

  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT, &threshold_ms, NULL))
    return NULL;

  return base_watchdog_new (NULL, (guint) threshold_ms);
}

/**
 * base_watchdog_free:
 *
 * Ends the watch, after a message that tells the longest turn on the clock, and the most processor
 * time of one turn, which may be another.
 *
 * Thread: the one that turns the context.
 */
void
base_watchdog_free (BaseWatchdog *self)
{
  g_message ("Longest stall of the main thread: %.1f ms, most processor time %.1f ms; "
             "%u of %.0f ms or more",
             base_watchdog_get_longest_us (self) / 1e3,
             base_watchdog_get_longest_cpu_us (self) / 1e3, base_watchdog_get_n_stalls (self),
             self->threshold_us / 1e3);

  g_main_context_set_poll_func (self->context, self->poll);

  g_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  g_cond_signal (&self->stopped_cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  the_watchdog = NULL;

  g_cond_clear (&self->stopped_cond);
  g_mutex_clear (&self->mutex);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * base_watchdog_get_longest_us:
 *
 * Thread: any.
 *
 * Returns: the longest turn so far, stall or not, in microseconds
 */
gint64
base_watchdog_get_longest_us (BaseWatchdog *self)
{
  gint64 longest_us;

  g_mutex_lock (&self->mutex);
  longest_us = self->longest_us;
  g_mutex_unlock (&self->mutex);

  return longest_us;
}

/**
 * base_watchdog_get_longest_cpu_us:
 *
 * Thread: any.
 *
 * Returns: the most processor time that the watched thread has used in one turn, in microseconds
 */
gint64
base_watchdog_get_longest_cpu_us (BaseWatchdog *self)
{
  gint64 longest_cpu_us;

  g_mutex_lock (&self->mutex);
  longest_cpu_us = self->longest_cpu_us;
  g_mutex_unlock (&self->mutex);

  return longest_cpu_us;
}

/**
 * base_watchdog_get_n_stalls:
 *
 * Thread: any.
 *
 * Returns: how many turns took the threshold or longer
 */
guint
base_watchdog_get_n_stalls (BaseWatchdog *self)
{
  guint n_stalls;

  g_mutex_lock (&self->mutex);
  n_stalls = self->n_stalls;
  g_mutex_unlock (&self->mutex);

  return n_stalls;
}
