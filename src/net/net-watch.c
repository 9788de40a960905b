#include "net-watch-private.h"

#include "base-time.h"

static gboolean
timer_cb (gpointer user_data)
{
  NetWatch *self = user_data;

  if (base_time_boottime_us () < self->deadline_us)
    return G_SOURCE_CONTINUE;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
outer_cancelled_cb (GCancellable *outer,
                    gpointer      user_data)
{
  NetWatch *self = user_data;

  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

/**
 * net_watch_begin:
 * @self: a structure on the caller's stack
 * @timeout_ms: how long the call may take, on CLOCK_BOOTTIME
 * @outer: (nullable): the caller's cancellable
 *
 * Begins to watch over a call of GIO that is given @self's cancellable. To be ended with
 * net_watch_end () after the call came back.
 *
 * Thread: the sources are those of the calling thread's default context.
 */
void
net_watch_begin (NetWatch     *self,
                 guint         timeout_ms,
                 GCancellable *outer)
{
  GMainContext *context = g_main_context_get_thread_default ();

  *self = (NetWatch) { 0 };
  self->cancellable = g_cancellable_new ();
  self->outer = outer;
  self->deadline_us = base_time_boottime_us () + (gint64) timeout_ms * 1000;

  /* at least once a second: the kernel's poll does not count the time asleep */
  self->timer = g_timeout_source_new (CLAMP (timeout_ms, 1, 1000));
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, context);

  if (outer != NULL)
    {
      self->outer_source = g_cancellable_source_new (outer);
      g_source_set_callback (self->outer_source, G_SOURCE_FUNC (outer_cancelled_cb), self, NULL);
      g_source_attach (self->outer_source, context);
    }
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/**
 * net_watch_end:
 * @cause: (inout): the error that the call came back with, if any
 *
 * Ends to watch, and says why the call was cancelled: a call that ran out of its time fails with
 * %G_IO_ERROR_TIMED_OUT, and not as if somebody had cancelled it.
 */
void
net_watch_end (NetWatch  *self,
               GError   **cause)
{
  clear_source (&self->timer);
  clear_source (&self->outer_source);
  g_clear_object (&self->cancellable);

  if (*cause == NULL)
    return;

  if (g_cancellable_is_cancelled (self->outer))
    {
      g_clear_error (cause);
      g_cancellable_set_error_if_cancelled (self->outer, cause);
    }
  else if (self->timed_out)
    {
      g_clear_error (cause);
      g_set_error_literal (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Timed out");
    }
}
