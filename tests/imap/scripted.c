#include "scripted.h"

void
scripted_begin (Scripted          *self,
                const char *const *script)
{
  static const NetTimeouts timeouts = { 5000, 5000, 5000, 5000, 500 };
  g_autoptr(NetEndpoint) endpoint = NULL;

  self->server = script_server_new (script);
  worker_init (&self->worker);
  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "127.0.0.1",
                               script_server_get_port (self->server), NET_SECURITY_NONE);
  worker_open (&self->worker, endpoint, NULL);
  imap_session_set_timeouts (self->worker.session, &timeouts, 5000);
}

void
scripted_connect (Scripted *self)
{
  g_autoptr(GError) error = NULL;

  imap_session_connect (self->worker.session, NULL, &error);
  g_assert_no_error (error);
}

void
scripted_sign_in (Scripted *self)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("sesame");
  g_autoptr(GError) error = NULL;

  imap_session_sign_in (self->worker.session, "me", secret, NULL, &error);
  g_assert_no_error (error);
}

void
scripted_select (Scripted *self)
{
  worker_assert (&self->worker, imap_session_select (self->worker.session, "a", FALSE));
}

/* A script that begins with SCRIPTED_HELLO and SCRIPTED_SELECT, up to there */
void
scripted_open (Scripted          *self,
               const char *const *script)
{
  scripted_begin (self, script);
  scripted_connect (self);
  scripted_select (self);
  g_string_truncate (self->worker.applied, 0);
}

/* Awaits a command that the test has given up; why it failed, if it did */
GError *
scripted_try (Scripted    *self,
              ImapCommand *command)
{
  GError *error = NULL;

  g_assert_cmpint (worker_await (&self->worker, command, &error), ==, error == NULL);
  return error;
}

void
scripted_finish (Scripted *self)
{
  worker_clear (&self->worker);
  script_server_finish (self->server);
}

ImapUidSet *
scripted_uids (const char *text)
{
  ImapUidSet *uids = imap_uid_set_parse (text, -1);

  g_assert_nonnull (uids);
  return uids;
}

/* What the applier has heard since the last time */
const char *
scripted_applied (Scripted *self)
{
  static char *last;

  g_free (last);
  last = g_strdup (self->worker.applied->str);
  g_string_truncate (self->worker.applied, 0);
  return last;
}
