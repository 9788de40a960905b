#include "worker.h"

#include "base-time.h"

static void
apply (ImapSession        *session,
       const ImapResponse *response,
       guint32             uid,
       gpointer            user_data)
{
  Worker *self = user_data;

  self->n_applied++;
  if (self->applied->len > 100000)
    return;
  if (uid != 0)
    g_string_append_printf (self->applied, "%s %u;", response->name, uid);
  else
    g_string_append_printf (self->applied, "%s;", response->name);
}

void
worker_init (Worker *self)
{
  *self = (Worker) {
    .context = g_main_context_new (),
    .transcript = net_transcript_new (100000),
    .applied = g_string_new (NULL),
  };
  g_assert_true (g_main_context_acquire (self->context));
  g_main_context_push_thread_default (self->context);
}

void
worker_open (Worker      *self,
             NetEndpoint *endpoint,
             NetTrust    *trust)
{
  self->session = imap_session_new (endpoint, trust, self->transcript);
  imap_session_set_applier (self->session, apply, self);
}

void
worker_clear (Worker *self)
{
  if (self->session != NULL)
    {
      g_object_add_weak_pointer (G_OBJECT (self->session), (gpointer *) &self->session);
      g_object_unref (self->session);
      g_assert_null (self->session);
    }

  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);
  g_main_context_unref (self->context);
  if (g_test_initialized () && g_test_failed ())
    {
      g_autofree char *text = net_transcript_dup_text (self->transcript);

      g_test_message ("%s", text);
    }
  net_transcript_unref (self->transcript);
  g_string_free (self->applied, TRUE);
}

/* Lets the session go on by itself for a time */
void
worker_run_for (Worker *self,
                guint   ms)
{
  const gboolean never = FALSE;

  imap_session_wait (self->session, &never, base_time_boottime_us () + (gint64) ms * 1000, NULL,
                     NULL);
}

/* Awaits and forgets a command */
gboolean
worker_await (Worker       *self,
              ImapCommand  *command,
              GError      **error)
{
  gboolean ok = imap_command_await (command, NULL, error);

  imap_command_unref (command);
  return ok;
}

void
worker_assert (Worker      *self,
               ImapCommand *command)
{
  g_autoptr(GError) error = NULL;

  worker_await (self, command, &error);
  g_assert_no_error (error);
}
