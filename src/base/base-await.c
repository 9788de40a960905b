#include "base-await.h"

#include "base-time.h"

/* What lets a worker's job be straight code: these functions turn the context that the
 * calling thread owns until something has happened. They are for workers' jobs only, never
 * for the main thread and never from inside a source's callback. */

static void
assert_may_await (void)
{
  GMainContext *context = g_main_context_get_thread_default ();

  g_assert (context != NULL);
  g_assert (g_main_context_is_owner (context));
  g_assert (g_main_depth () == 0);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  return G_SOURCE_REMOVE;
}

/**
 * base_await:
 * @done: set to %TRUE by a source of the calling thread's default context
 * @deadline_us: a time of base_time_boottime_us (), or 0 for none
 * @cancellable: (nullable): ends the wait, not what is waited for
 *
 * Turns the thread's default context until @done is set. @done must stay valid for as long as
 * whatever sets it is under way, which after an error is longer than this call.
 *
 * The deadline is one of CLOCK_BOOTTIME, so that a suspended machine does not extend it; it is
 * looked at once a second, since the kernel's poll does not count the time asleep.
 *
 * Thread: a worker at depth 0 of its own context; anything else is a programming error.
 * Errors: G_IO_ERROR_CANCELLED, G_IO_ERROR_TIMED_OUT.
 *
 * Returns: %TRUE when @done is set, even if the deadline has passed as well
 */
gboolean
base_await (const gboolean  *done,
            gint64           deadline_us,
            GCancellable    *cancellable,
            GError         **error)
{
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr(GSource) ticks = NULL;
  g_autoptr(GSource) cancelled = NULL;
  gboolean in_time = TRUE;

  assert_may_await ();

  if (deadline_us != 0)
    {
      gint64 left_ms = (deadline_us - base_time_boottime_us ()) / 1000;

      ticks = g_timeout_source_new ((guint) CLAMP (left_ms + 1, 1, 1000));
      g_source_set_callback (ticks, wake_cb, NULL, NULL);
      g_source_attach (ticks, context);
    }

  if (cancellable != NULL)
    {
      cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (cancelled, G_SOURCE_FUNC (cancelled_cb), NULL, NULL);
      g_source_attach (cancelled, context);
    }

  while (!*done && in_time && !g_cancellable_is_cancelled (cancellable))
    {
      g_main_context_iteration (context, TRUE);
      in_time = deadline_us == 0 || base_time_boottime_us () < deadline_us;
    }

  if (ticks != NULL)
    g_source_destroy (ticks);
  if (cancelled != NULL)
    g_source_destroy (cancelled);

  if (*done)
    return TRUE;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Timed out");
  return FALSE;
}

/**
 * base_await_result_cb:
 * @user_data: a `GAsyncResult **`, %NULL until now
 *
 * The GAsyncReadyCallback to give to an asynchronous call that base_await_result () waits for.
 */
void
base_await_result_cb (GObject      *source_object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  GAsyncResult **out_result = user_data;

  g_assert (*out_result == NULL);
  *out_result = g_object_ref (result);
}

/**
 * base_await_result:
 * @result: where base_await_result_cb () puts the result
 *
 * Turns the thread's default context until an asynchronous call of GIO has called back. To stop
 * it early, cancel the cancellable that was given to the call itself: its callback is
 * always waited for, so that @result may live on the stack.
 *
 * Thread: as base_await ().
 *
 * Returns: (transfer none): the result, which the caller releases with *@result
 */
GAsyncResult *
base_await_result (GAsyncResult **result)
{
  assert_may_await ();

  while (*result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  return *result;
}
