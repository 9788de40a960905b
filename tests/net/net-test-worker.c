#include "net-test-worker.h"

#include "base-time.h"

#define PATIENCE_US (20 * G_USEC_PER_SEC)

static GMainContext *worker_context;

void
net_test_worker_begin (void)
{
  worker_context = g_main_context_new ();
  g_assert_true (g_main_context_acquire (worker_context));
  g_main_context_push_thread_default (worker_context);
}

void
net_test_worker_end (void)
{
  while (g_main_context_iteration (worker_context, FALSE))
    continue;

  g_main_context_pop_thread_default (worker_context);
  g_main_context_release (worker_context);
  g_clear_pointer (&worker_context, g_main_context_unref);
}

typedef struct
{
  GCancellable *cancellable;
  guint delay_ms;
} Cancelling;

static gpointer
cancel_later (gpointer data)
{
  Cancelling *self = data;

  g_usleep (self->delay_ms * 1000);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_free (self);

  return NULL;
}

void
net_test_cancel_in (GCancellable *cancellable,
                    guint         delay_ms)
{
  Cancelling *self = g_new0 (Cancelling, 1);

  self->cancellable = g_object_ref (cancellable);
  self->delay_ms = delay_ms;
  g_thread_unref (g_thread_new ("canceller", cancel_later, self));
}

static void
on_stage (NetStage      stage,
          NetStageState state,
          const char   *detail,
          gint64        elapsed_us,
          gpointer      user_data)
{
  static const char marks[] = { '+', '=', '!' };
  GString *record = user_data;

  g_assert_cmpint (elapsed_us, >=, 0);
  g_test_message ("%s%c %s", net_stage_to_string (stage), marks[state], detail);
  g_string_append_printf (record, "%s%s%c", record->len > 0 ? " " : "",
                          net_stage_to_string (stage), marks[state]);
}

void
net_test_record_stages (NetTransport *transport,
                        GString      *record)
{
  net_transport_set_stage_func (transport, on_stage, record, NULL);
}

gboolean
net_test_write (NetTransport  *transport,
                const void    *bytes,
                gsize          size_bytes,
                GError       **error)
{
  gint64 deadline_us = base_time_boottime_us () + PATIENCE_US;
  const guint8 *rest = bytes;

  while (size_bytes > 0)
    {
      g_autoptr(GError) cause = NULL;
      gssize size;

      size = g_pollable_output_stream_write_nonblocking (net_transport_get_output (transport), rest,
                                                         size_bytes, NULL, &cause);
      if (size > 0)
        {
          rest += size;
          size_bytes -= (gsize) size;
        }
      else if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      else if (!net_transport_await_io (transport, G_IO_OUT, deadline_us, NULL, error))
        return FALSE;
    }

  return TRUE;
}

/* Byte by byte, so that nothing behind the line is taken */
char *
net_test_read_line (NetTransport  *transport,
                    GError       **error)
{
  gint64 deadline_us = base_time_boottime_us () + PATIENCE_US;
  g_autoptr(GString) line = g_string_new (NULL);

  while (TRUE)
    {
      g_autoptr(GError) cause = NULL;
      char c = '\0';
      gssize size;

      size = g_pollable_input_stream_read_nonblocking (net_transport_get_input (transport), &c, 1,
                                                       NULL, &cause);
      if (size == 0 || (size == 1 && c == '\n'))
        return g_strdup (line->str);
      if (size == 1 && c != '\r')
        g_string_append_c (line, c);
      if (size == 1)
        continue;

      if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return NULL;
        }
      if (!net_transport_await_io (transport, G_IO_IN, deadline_us, NULL, error))
        return NULL;
    }
}
