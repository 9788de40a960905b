/* What is said when a picture is fetched, and what is taken: servers that send on, that never end, that
 * are not whom they should be. */

#include "net-test-resolver.h"
#include "net-test-server.h"
#include "web-fetcher-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HOST       "pictures.example"
#define MAX_BYTES  200000
#define TIMEOUT_MS 1500

static NetTestCertificate *authority;
static NetTestCertificate *good;
static NetTestCertificate *stranger;
static GTlsDatabase *trust;
static char *trust_path;

typedef struct
{
  const NetTestCertificate *certificate;
  NetTestServer *server;
  WebFetcher *fetcher;
  GMutex lock;
  GPtrArray *requests; /* of char *: heads as they came */
} Fixture;

static char *
read_head (NetTestPeer *peer)
{
  g_autoptr(GString) head = g_string_new (NULL);

  while (TRUE)
    {
      g_autofree char *line = net_test_peer_read_line (peer);

      if (line == NULL)
        return NULL;
      if (*g_strchomp (line) == '\0')
        return g_string_free (g_steal_pointer (&head), FALSE);
      g_string_append_printf (head, "%s\n", line);
    }
}

static void
send_picture (NetTestPeer *peer)
{
  net_test_peer_write (peer, "HTTP/1.1 200 OK\r\nSet-Cookie: who=you\r\nContent-Length: 7\r\n\r\npicture");
}

static void
send_endless (NetTestPeer *peer)
{
  static const char piece[10000];

  net_test_peer_write (peer, "HTTP/1.1 200 OK\r\n\r\n");
  while (net_test_peer_write_bytes (peer, piece, sizeof piece))
    ;
}

static void
answer (NetTestPeer *peer,
        const char  *path)
{
  if (g_str_has_prefix (path, "/picture"))
    send_picture (peer);
  else if (g_str_has_prefix (path, "/moved"))
    net_test_peer_write (peer, "HTTP/1.1 302 Found\r\nLocation: /picture?moved\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_has_prefix (path, "/round"))
    net_test_peer_write (peer, "HTTP/1.1 301 Moved\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_has_prefix (path, "/inwards"))
    net_test_peer_write (peer, "HTTP/1.1 302 Found\r\nLocation: https://192.168.1.1/\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_has_prefix (path, "/plain"))
    net_test_peer_write (peer, "HTTP/1.1 302 Found\r\nLocation: http://pictures.example:8080/\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_has_prefix (path, "/large"))
    net_test_peer_write (peer, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nbegin");
  else if (g_str_has_prefix (path, "/endless"))
    send_endless (peer);
  else if (g_str_has_prefix (path, "/cut"))
    net_test_peer_write (peer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  else if (g_str_has_prefix (path, "/login"))
    net_test_peer_write (peer, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_has_prefix (path, "/rubbish"))
    net_test_peer_write (peer, "\x01\x02 what?\r\n\r\n");
  else
    net_test_peer_write (peer, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static void
speak_http (NetTestPeer *peer,
            gpointer     user_data)
{
  Fixture *self = user_data;
  char *head;

  if (!net_test_peer_start_tls (peer, self->certificate, NULL))
    return;

  while ((head = read_head (peer)) != NULL)
    {
      g_auto(GStrv) words = g_strsplit (head, " ", 3);
      gboolean ends = g_str_has_prefix (words[1], "/cut") || g_str_has_prefix (words[1], "/rubbish") ||
                      g_str_has_prefix (words[1], "/endless");

      g_mutex_lock (&self->lock);
      g_ptr_array_add (self->requests, head);
      g_mutex_unlock (&self->lock);
      if (g_str_has_prefix (words[1], "/silence"))
        net_test_peer_wait_for_end (peer);
      else
        answer (peer, words[1]);
      if (ends)
        return;
    }
}

static void
set_up (Fixture       *self,
        gconstpointer  user_data)
{
  static const char * const addresses[] = { "127.0.0.1", NULL };
  WebFetcherOptions options = { 0 };

  self->certificate = user_data != NULL ? *(NetTestCertificate * const *) user_data : good;
  g_mutex_init (&self->lock);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->server = net_test_server_new (speak_http, self);
  net_test_resolver_push (addresses, 0, 0);
  options.inwards = TRUE;
  options.trust = trust;
  options.timeout_ms = TIMEOUT_MS;
  options.max_bytes = MAX_BYTES;
  self->fetcher = web_fetcher_new_with (&options);
}

static void
tear_down (Fixture       *self,
           gconstpointer  user_data)
{
  web_fetcher_free (self->fetcher);
  net_test_server_free (self->server);
  net_test_resolver_pop ();
  g_ptr_array_unref (self->requests);
  g_mutex_clear (&self->lock);
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Of the server of this test, under a name */
static char *
address_of (Fixture    *self,
            const char *host,
            const char *path)
{
  return g_strdup_printf ("https://%s:%u%s", host, net_test_server_get_port (self->server), path);
}

static GBytes *
fetch (WebFetcher   *fetcher,
       const char   *address,
       GError      **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  web_fetcher_fetch_async (fetcher, address, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return web_fetcher_fetch_finish (result, error);
}

static void
assert_fetched (Fixture    *self,
                const char *path)
{
  g_autofree char *address = address_of (self, HOST, path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = fetch (self->fetcher, address, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "picture", 7);
}

static void
assert_fails (Fixture    *self,
              const char *path,
              int         code)
{
  g_autofree char *address = address_of (self, HOST, path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = fetch (self->fetcher, address, &error);

  g_assert_null (bytes);
  g_assert_error (error, WEB_ERROR, code);
}

/* Of libsoup or TLS, whichever */
static void
assert_fails_somehow (Fixture    *self,
                      const char *host,
                      const char *path)
{
  g_autofree char *address = address_of (self, host, path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = fetch (self->fetcher, address, &error);

  g_assert_null (bytes);
  g_assert_nonnull (error);
  g_test_message ("%s: %s", address, error->message);
}

static void
test_says_nothing_of_who_asks (Fixture       *self,
                               gconstpointer  user_data)
{
  static const char * const allowed[] = {
    "GET ", "Host: ", "User-Agent: Mozilla/5.0", "Accept: ", "Accept-Encoding: identity", "Connection: ",
  };

  assert_fetched (self, "/picture?1");
  assert_fetched (self, "/picture?2");

  g_assert_cmpuint (self->requests->len, ==, 2);
  for (guint i = 0; i < self->requests->len; i++)
    {
      g_auto(GStrv) lines = g_strsplit (self->requests->pdata[i], "\n", -1);

      for (guint line = 0; lines[line] != NULL && *lines[line] != '\0'; line++)
        {
          gboolean known = FALSE;

          for (gsize j = 0; j < G_N_ELEMENTS (allowed); j++)
            known = known || g_str_has_prefix (lines[line], allowed[j]);
          if (!known)
            g_error ("“%s” was said", lines[line]);
        }
    }
}

static void
test_is_fetched_once (Fixture       *self,
                      gconstpointer  user_data)
{
  assert_fetched (self, "/picture");
  assert_fetched (self, "/picture");
  g_assert_cmpuint (self->requests->len, ==, 1);
}

static void
test_redirections (Fixture       *self,
                   gconstpointer  user_data)
{
  assert_fetched (self, "/moved");
  g_assert_cmpuint (self->requests->len, ==, 2);
  assert_fails (self, "/round", WEB_ERROR_REDIRECTS);
  g_assert_cmpuint (self->requests->len, ==, 2 + 6);
  assert_fails (self, "/inwards", WEB_ERROR_ADDRESS);
  assert_fails (self, "/plain", WEB_ERROR_ADDRESS);
  g_assert_cmpuint (self->requests->len, ==, 2 + 6 + 2);
}

static void
test_limits (Fixture       *self,
             gconstpointer  user_data)
{
  assert_fails (self, "/large", WEB_ERROR_TOO_LARGE);
  assert_fails (self, "/endless", WEB_ERROR_TOO_LARGE);
  assert_fails (self, "/silence", WEB_ERROR_TIMED_OUT);
}

static void
test_other_answers (Fixture       *self,
                    gconstpointer  user_data)
{
  assert_fails (self, "/nothing", WEB_ERROR_STATUS);
  assert_fails (self, "/login", WEB_ERROR_STATUS);
  assert_fails_somehow (self, HOST, "/rubbish");
  assert_fails_somehow (self, HOST, "/cut");
}

static void
test_stranger (Fixture       *self,
               gconstpointer  user_data)
{
  assert_fails_somehow (self, HOST, "/picture");
  assert_fails_somehow (self, "other.example", "/picture");
  g_assert_cmpuint (self->requests->len, ==, 0);
}

static void
test_other_host (Fixture       *self,
                 gconstpointer  user_data)
{
  assert_fails_somehow (self, "other.example", "/picture");
  g_assert_cmpuint (self->requests->len, ==, 0);
}

static void
test_stopped (Fixture       *self,
              gconstpointer  user_data)
{
  g_autofree char *address = address_of (self, HOST, "/silence");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  web_fetcher_fetch_async (self->fetcher, address, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_null (web_fetcher_fetch_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Freeing ends what is under way, and comes back at once. */
static void
test_freed (void)
{
  Fixture self = { 0 };
  g_autofree char *address = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  set_up (&self, NULL);
  address = address_of (&self, HOST, "/silence");
  web_fetcher_fetch_async (self.fetcher, address, NULL, keep_result, &result);
  web_fetcher_free (self.fetcher);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (web_fetcher_fetch_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  self.fetcher = web_fetcher_new ();
  tear_down (&self, NULL);
}

/* A name of the public network that leads to this computer: nothing is said there. */
static void
count_connection (NetTestPeer *peer,
                  gpointer     user_data)
{
  char byte;

  if (net_test_peer_read (peer, &byte, 1) > 0)
    g_atomic_int_inc ((int *) user_data);
}

static void
test_name_that_leads_inwards (void)
{
  int n_spoken_to = 0;
  g_autoptr(NetTestServer) server = net_test_server_new (count_connection, &n_spoken_to);
  static const char * const inwards[] = { "127.0.0.1", NULL };
  g_autoptr(WebFetcher) fetcher = web_fetcher_new ();
  g_autofree char *address = g_strdup_printf ("https://rebound.example:%u/",
                                              net_test_server_get_port (server));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  net_test_resolver_push (inwards, 0, 0);
  bytes = fetch (fetcher, address, &error);
  net_test_resolver_pop ();
  g_assert_null (bytes);
  g_assert_error (error, WEB_ERROR, WEB_ERROR_ADDRESS);
  g_assert_cmpint (g_atomic_int_get (&n_spoken_to), ==, 0);
}

static void
make_certificates (void)
{
  g_autoptr(GError) error = NULL;
  int fd = g_file_open_tmp ("pipit-web-XXXXXX.pem", &trust_path, &error);

  g_assert_no_error (error);
  close (fd);
  authority = net_test_certificate_new (&(NetTestCertificateSpec) { .is_authority = TRUE });
  good = net_test_certificate_new (&(NetTestCertificateSpec) { .issuer = authority, .host = HOST });
  stranger = net_test_certificate_new (&(NetTestCertificateSpec) { .host = HOST });
  g_file_set_contents (trust_path, net_test_certificate_get_pem (authority), -1, &error);
  g_assert_no_error (error);
  trust = g_tls_file_database_new (trust_path, &error);
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  int status;

  /* whatever proxy this computer uses has no part in it */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, NULL);
  make_certificates ();

#define ADD(name, data, function) \
  g_test_add ("/web/fetcher/" name, Fixture, data, set_up, function, tear_down)
  ADD ("says-nothing-of-who-asks", NULL, test_says_nothing_of_who_asks);
  ADD ("is-fetched-once", NULL, test_is_fetched_once);
  ADD ("redirections", NULL, test_redirections);
  ADD ("limits", NULL, test_limits);
  ADD ("other-answers", NULL, test_other_answers);
  ADD ("stranger", &stranger, test_stranger);
  ADD ("other-host", NULL, test_other_host);
  ADD ("stopped", NULL, test_stopped);
#undef ADD
  g_test_add_func ("/web/fetcher/freed", test_freed);
  g_test_add_func ("/web/fetcher/name-that-leads-inwards", test_name_that_leads_inwards);

  status = g_test_run ();
  g_clear_object (&trust);
  g_unlink (trust_path);
  g_free (trust_path);
  net_test_certificate_free (stranger);
  net_test_certificate_free (good);
  net_test_certificate_free (authority);

  return status;
}
