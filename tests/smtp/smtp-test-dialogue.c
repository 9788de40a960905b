#include "smtp-test-dialogue.h"

#include <string.h>

#include "net-test-worker.h"

static gboolean
hear (Dialogue    *self,
      NetTestPeer *peer,
      const char  *expected)
{
  g_autofree char *line = net_test_peer_read_line (peer);

  if (g_strcmp0 (line, expected) == 0)
    return TRUE;

  self->mismatch = g_strdup_printf ("expected \"%s\", heard \"%s\"", expected, line);
  return FALSE;
}

static gboolean
hear_data (Dialogue    *self,
           NetTestPeer *peer)
{
  while (TRUE)
    {
      g_autofree char *line = net_test_peer_read_line (peer);

      if (line == NULL)
        return FALSE;
      if (g_str_equal (line, "."))
        {
          g_atomic_int_set (&self->dot_seen, 1);
          return TRUE;
        }
      g_string_append_printf (self->data, "%s\r\n", line);
    }
}

static gboolean
hear_some (Dialogue    *self,
           NetTestPeer *peer)
{
  g_autofree char *line = net_test_peer_read_line (peer);

  return line != NULL;
}

static gboolean
hear_the_end (Dialogue    *self,
              NetTestPeer *peer)
{
  char *line;

  while ((line = net_test_peer_read_line (peer)) != NULL)
    {
      if (g_str_equal (line, "."))
        g_atomic_int_set (&self->dot_seen, 1);
      g_string_append_printf (self->heard_at_end, "%s\n", line);
      g_free (line);
    }

  return FALSE;
}

static gboolean
say (NetTestPeer *peer,
     const char  *text)
{
  g_autofree char *line = g_strconcat (text, "\r\n", NULL);

  return net_test_peer_write (peer, line);
}

static gboolean
do_line (Dialogue    *self,
         NetTestPeer *peer,
         const char  *line)
{
  if (g_str_has_prefix (line, "S: "))
    return say (peer, line + 3);
  if (g_str_has_prefix (line, "C: "))
    return hear (self, peer, line + 3);
  if (g_str_has_prefix (line, "raw "))
    return net_test_peer_write (peer, line + 4);
  if (g_str_equal (line, "data"))
    return hear_data (self, peer);
  if (g_str_equal (line, "some"))
    return hear_some (self, peer);
  if (g_str_equal (line, "tls"))
    return net_test_peer_start_tls (peer, self->certificate, NULL);
  if (g_str_equal (line, "wait"))
    return hear_the_end (self, peer);
  if (g_str_equal (line, "sleep"))
    {
      g_usleep (300 * 1000);
      return TRUE;
    }
  if (g_str_equal (line, "cancel"))
    {
      g_cancellable_cancel (self->cancellable);
      return TRUE;
    }
  if (g_str_equal (line, "reset"))
    {
      net_test_peer_reset (peer);
      return FALSE;
    }

  g_error ("No such line: %s", line);
}

static void
run_dialogue (NetTestPeer *peer,
              gpointer     user_data)
{
  Dialogue *self = user_data;

  for (guint i = 0; self->lines[i] != NULL; i++)
    if (!do_line (self, peer, self->lines[i]))
      return;
}

void
dialogue_begin (Dialogue           *self,
                const char * const *lines,
                NetSecurity         security,
                NetTrust           *trust)
{
  NetTestCertificate *certificate = self->certificate;
  g_autoptr(NetEndpoint) endpoint = NULL;

  *self = (Dialogue) { .lines = lines, .certificate = certificate };
  self->data = g_string_new (NULL);
  self->heard_at_end = g_string_new (NULL);
  self->stages = g_string_new (NULL);
  self->transcript = net_transcript_new (100000);
  self->cancellable = g_cancellable_new ();
  self->server = net_test_server_new (run_dialogue, self);

  endpoint = net_endpoint_new (NET_PURPOSE_SMTP, "localhost",
                               net_test_server_get_port (self->server), security);
  self->session = smtp_session_new (endpoint, trust, self->transcript);
  net_test_record_stages (smtp_session_get_transport (self->session), self->stages);
}

/* Ends the conversation; what the server heard can be looked at afterwards */
void
dialogue_end (Dialogue *self)
{
  smtp_session_close (self->session);
  g_clear_pointer (&self->server, net_test_server_free);
  g_assert_cmpstr (self->mismatch, ==, NULL);
}

void
dialogue_clear (Dialogue *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->server, net_test_server_free);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->transcript, net_transcript_unref);
  g_string_free (self->data, TRUE);
  g_string_free (self->heard_at_end, TRUE);
  g_string_free (self->stages, TRUE);
  g_clear_pointer (&self->mismatch, g_free);
}
