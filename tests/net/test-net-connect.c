/* Up to the TCP connection, the first byte, and plain text where it must not be. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base-time.h"
#include "net-test-resolver.h"
#include "net-test-server.h"
#include "net-test-worker.h"

static const NetTimeouts impatient = {
  .resolve_ms = 300,
  .connect_ms = 300,
  .encrypt_ms = 300,
  .greeting_ms = 600,
  .quiet_ms = 300,
};

static NetTransport *
new_transport (const char  *host,
               guint16      port,
               NetSecurity  security,
               GString     *record)
{
  g_autoptr(NetEndpoint) endpoint = net_endpoint_new (NET_PURPOSE_IMAP, host, port, security);
  NetTransport *transport = net_transport_new (endpoint, NULL, NULL);

  net_transport_set_timeouts (transport, &impatient);
  if (record != NULL)
    net_test_record_stages (transport, record);

  return transport;
}

static void
greet_and_wait (NetTestPeer *peer,
                gpointer     user_data)
{
  net_test_peer_write (peer, user_data != NULL ? user_data : "* OK ready\r\n");
  net_test_peer_wait_for_end (peer);
}

static void
be_silent (NetTestPeer *peer,
           gpointer     user_data)
{
  net_test_peer_wait_for_end (peer);
}

/* A socket that listens and whose queue is full: connecting to it is never answered */
typedef struct
{
  int listener;
  int fillers[4];
  guint16 port;
} Deaf;

static void
deaf_begin (Deaf       *self,
            const char *address,
            guint16     port)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = g_htons (port) };
  socklen_t size = sizeof name;

  inet_pton (AF_INET, address, &name.sin_addr);
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *) &name, sizeof name), ==, 0);
  g_assert_cmpint (listen (self->listener, 0), ==, 0);
  getsockname (self->listener, (struct sockaddr *) &name, &size);
  self->port = g_ntohs (name.sin_port);

  for (guint i = 0; i < G_N_ELEMENTS (self->fillers); i++)
    {
      self->fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      connect (self->fillers[i], (struct sockaddr *) &name, sizeof name);
    }
  g_usleep (50 * 1000);
}

static void
deaf_end (Deaf *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->fillers); i++)
    close (self->fillers[i]);
  close (self->listener);
}

static void
assert_fails (NetTransport *transport,
              GQuark        domain,
              int           code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (net_transport_open (transport, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, domain, code);
}

static void
test_open (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (greet_and_wait, NULL);
  g_autoptr(GString) record = g_string_new (NULL);
  g_autoptr(NetTransport) transport = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;

  transport = new_transport ("127.0.0.1", net_test_server_get_port (server), NET_SECURITY_NONE,
                             record);
  g_assert_true (net_transport_open (transport, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (net_transport_await_greeting (transport, NULL, &error));
  line = net_test_read_line (transport, &error);

  g_assert_cmpstr (line, ==, "* OK ready");
  g_assert_cmpstr (record->str, ==, "resolve+ resolve= connect+ connect=");
  g_assert_false (net_transport_is_encrypted (transport));
  g_assert_null (net_transport_get_tls_version (transport));
  g_assert_true (net_transport_is_open (transport));

  net_transport_close (transport);
  g_assert_false (net_transport_is_open (transport));
  g_assert_null (net_transport_get_input (transport));
}

static void
test_socket_is_kept_alive (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (greet_and_wait, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_NONE, NULL);
  int seen = 0;

  g_assert_true (net_transport_open (transport, NULL, NULL));

  /* the youngest socket of this process that is connected to the server */
  for (int fd = 3; fd < 256; fd++)
    {
      struct sockaddr_in name = { 0 };
      socklen_t size = sizeof name;
      int keepalive = 0;
      int idle = 0;

      if (getpeername (fd, (struct sockaddr *) &name, &size) != 0 || name.sin_family != AF_INET ||
          g_ntohs (name.sin_port) != net_test_server_get_port (server))
        continue;

      size = sizeof keepalive;
      getsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive, &size);
      size = sizeof idle;
      getsockopt (fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, &size);
      g_assert_cmpint (keepalive, ==, 1);
      g_assert_cmpint (idle, <=, 300);
      seen++;
    }
  g_assert_cmpint (seen, ==, 1);
}

static void
test_refused (void)
{
  g_autoptr(GString) record = g_string_new (NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_free_port (),
                                                     NET_SECURITY_TLS, record);

  assert_fails (transport, NET_ERROR, NET_ERROR_REFUSED);
  g_assert_cmpstr (record->str, ==, "resolve+ resolve= connect+ connect!");
}

static void
test_name_not_found (void)
{
  g_autoptr(GString) record = g_string_new (NULL);
  g_autoptr(NetTransport) transport = new_transport ("nowhere.test", 993, NET_SECURITY_TLS, record);

  net_test_resolver_push (NULL, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  assert_fails (transport, NET_ERROR, NET_ERROR_NAME_NOT_FOUND);
  net_test_resolver_pop ();
  g_assert_cmpstr (record->str, ==, "resolve+ resolve!");
}

static void
test_name_service_fails (void)
{
  g_autoptr(NetTransport) transport = new_transport ("nowhere.test", 993, NET_SECURITY_TLS, NULL);

  net_test_resolver_push (NULL, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE);
  assert_fails (transport, NET_ERROR, NET_ERROR_NAME_LOOKUP);
  net_test_resolver_pop ();
}

static void
test_silent_name_service (void)
{
  g_autoptr(GString) record = g_string_new (NULL);
  g_autoptr(NetTransport) transport = new_transport ("silent.test", 993, NET_SECURITY_TLS, record);

  net_test_resolver_push (NULL, 0, 0);
  assert_fails (transport, NET_ERROR, NET_ERROR_TIMED_OUT);
  net_test_resolver_pop ();
  g_assert_cmpstr (record->str, ==, "resolve+ resolve!");
}

static void
test_silent_machine (void)
{
  g_autoptr(GString) record = g_string_new (NULL);
  g_autoptr(NetTransport) transport = NULL;
  Deaf deaf;

  deaf_begin (&deaf, "127.0.0.1", 0);
  transport = new_transport ("127.0.0.1", deaf.port, NET_SECURITY_TLS, record);
  assert_fails (transport, NET_ERROR, NET_ERROR_TIMED_OUT);
  deaf_end (&deaf);
  g_assert_cmpstr (record->str, ==, "resolve+ resolve= connect+ connect!");
}

static void
test_unusable_host (void)
{
  g_autoptr(NetTransport) transport = new_transport ("", 993, NET_SECURITY_TLS, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_false (net_transport_open (transport, NULL, &error));
  g_assert_true (error->domain == NET_ERROR);
}

static void
test_next_address_after_refusal (void)
{
  static const char * const addresses[] = { "127.0.0.3", "127.0.0.1", NULL };
  g_autoptr(NetTestServer) server = net_test_server_new (greet_and_wait, NULL);
  g_autoptr(NetTransport) transport = new_transport ("two.test", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);
  g_autofree char *address = NULL;
  g_autoptr(GError) error = NULL;

  net_test_resolver_push (addresses, 0, 0);
  net_transport_open (transport, NULL, &error);
  net_test_resolver_pop ();

  g_assert_no_error (error);
  address = g_inet_address_to_string (
    g_inet_socket_address_get_address (net_transport_get_remote_address (transport)));
  g_assert_cmpstr (address, ==, "127.0.0.1");
}

/* RFC 8305: an address that does not answer costs a quarter of a second, not its whole deadline */
static void
test_next_address_beside_silence (void)
{
  static const char * const addresses[] = { "127.0.0.2", "127.0.0.1", NULL };
  static const NetTimeouts patient = { 5000, 20000, 5000, 5000, 5000 };
  g_autoptr(NetTestServer) server = net_test_server_new (greet_and_wait, NULL);
  g_autoptr(NetTransport) transport = new_transport ("two.test", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);
  g_autoptr(GError) error = NULL;
  gint64 began_us;
  Deaf deaf;

  deaf_begin (&deaf, "127.0.0.2", net_test_server_get_port (server));
  net_test_resolver_push (addresses, 0, 0);
  net_transport_set_timeouts (transport, &patient);

  began_us = base_time_boottime_us ();
  net_transport_open (transport, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (base_time_boottime_us () - began_us, >=, 200 * 1000);
  g_assert_cmpint (base_time_boottime_us () - began_us, <, 10 * G_USEC_PER_SEC);

  net_test_resolver_pop ();
  deaf_end (&deaf);
}

/* One that says no and one that says nothing: the answer is worth more than the silence */
static void
test_refusal_tells_more_than_silence (void)
{
  static const char * const addresses[] = { "127.0.0.2", "127.0.0.3", NULL };
  g_autoptr(NetTransport) transport = NULL;
  Deaf deaf;

  deaf_begin (&deaf, "127.0.0.2", 0);
  transport = new_transport ("two.test", deaf.port, NET_SECURITY_TLS, NULL);
  net_test_resolver_push (addresses, 0, 0);
  assert_fails (transport, NET_ERROR, NET_ERROR_REFUSED);
  net_test_resolver_pop ();
  deaf_end (&deaf);
}

static void
test_plain_text_stays_at_home (void)
{
  static const char * const elsewhere[] = { "127.0.0.1", "192.0.2.1", NULL };
  g_autoptr(GString) record = g_string_new (NULL);
  g_autoptr(NetTransport) transport = new_transport ("mail.test", 143, NET_SECURITY_NONE, record);

  net_test_resolver_push (elsewhere, 0, 0);
  assert_fails (transport, NET_ERROR, NET_ERROR_PLAIN_NOT_ALLOWED);
  net_test_resolver_pop ();
  g_assert_cmpstr (record->str, ==, "resolve+ resolve!");
}

static void
test_plain_text_by_choice (void)
{
  static const char * const home[] = { "127.0.0.1", NULL };
  g_autoptr(NetTestServer) server = net_test_server_new (greet_and_wait, NULL);
  g_autoptr(NetEndpoint) endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "mail.test",
                                                      net_test_server_get_port (server),
                                                      NET_SECURITY_NONE);
  g_autoptr(NetEndpoint) allowed = net_endpoint_allow_plain (endpoint);
  g_autoptr(NetTransport) transport = net_transport_new (allowed, NULL, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (net_transport_may_send_secret (transport));
  net_test_resolver_push (home, 0, 0);
  net_transport_open (transport, NULL, &error);
  net_test_resolver_pop ();
  g_assert_no_error (error);
  g_assert_true (net_transport_may_send_secret (transport));
}

static void
test_no_secret_before_starttls (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (greet_and_wait, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);

  g_assert_true (net_transport_open (transport, NULL, NULL));
  g_assert_false (net_transport_may_send_secret (transport));
}

/* The greeting */

static void
assert_greeting_fails (NetTestScript script,
                       gpointer      user_data,
                       NetError      code)
{
  g_autoptr(NetTestServer) server = net_test_server_new (script, user_data);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (net_transport_open (transport, NULL, NULL));
  g_assert_false (net_transport_await_greeting (transport, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, NET_ERROR, (int) code);
}

static void
hang_up (NetTestPeer *peer,
         gpointer     user_data)
{
}

static void
reset (NetTestPeer *peer,
       gpointer     user_data)
{
  net_test_peer_reset (peer);
}

static void
greet_late (NetTestPeer *peer,
            gpointer     user_data)
{
  g_usleep (450 * 1000);
  greet_and_wait (peer, NULL);
}

static void
greet_with_alert (NetTestPeer *peer,
                  gpointer     user_data)
{
  net_test_peer_write_bytes (peer, "\x15\x03\x01\x00\x02\x02\x0a", 7);
}

static void
test_silent_greeting (void)
{
  assert_greeting_fails (be_silent, NULL, NET_ERROR_TIMED_OUT);
}

static void
test_hang_up_at_greeting (void)
{
  assert_greeting_fails (hang_up, NULL, NET_ERROR_CLOSED);
}

static void
test_alert_at_greeting (void)
{
  assert_greeting_fails (greet_with_alert, NULL, NET_ERROR_TLS_EXPECTED);
}

/* A reset may come before or after the connection is seen as made: both are the same to a person */
static void
test_reset_at_greeting (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (reset, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;

  if (net_transport_open (transport, NULL, &error) &&
      net_transport_await_greeting (transport, NULL, &error))
    {
      GError *cause = NULL;

      line = net_test_read_line (transport, &cause);
      g_assert_nonnull (cause);
      net_error_take_gio (&error, cause, NULL);
    }
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
}

static void
test_slow_greeting (void)
{
  static const NetTimeouts patient = { 5000, 5000, 5000, 15000, 150 };
  g_autoptr(NetTestServer) server = net_test_server_new (greet_late, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;

  net_transport_set_timeouts (transport, &patient);
  g_assert_true (net_transport_open (transport, NULL, NULL));
  net_transport_await_greeting (transport, NULL, &error);
  g_assert_no_error (error);
  line = net_test_read_line (transport, &error);
  g_assert_cmpstr (line, ==, "* OK ready");
}

/* Cancelling */

static void
assert_cancelled_soon (NetTransport *transport)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  gint64 began_us = base_time_boottime_us ();

  net_transport_set_timeouts (transport, &net_timeouts_default);
  net_test_cancel_in (cancellable, 100);
  if (net_transport_open (transport, cancellable, &error))
    net_transport_await_greeting (transport, cancellable, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (base_time_boottime_us () - began_us, <, 3 * G_USEC_PER_SEC);
}

static void
test_cancel_resolving (void)
{
  g_autoptr(NetTransport) transport = new_transport ("silent.test", 993, NET_SECURITY_TLS, NULL);

  net_test_resolver_push (NULL, 0, 0);
  assert_cancelled_soon (transport);
  net_test_resolver_pop ();
}

static void
test_cancel_connecting (void)
{
  g_autoptr(NetTransport) transport = NULL;
  Deaf deaf;

  deaf_begin (&deaf, "127.0.0.1", 0);
  transport = new_transport ("127.0.0.1", deaf.port, NET_SECURITY_TLS, NULL);
  assert_cancelled_soon (transport);
  deaf_end (&deaf);
}

static void
test_cancel_encrypting (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (be_silent, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_TLS, NULL);

  assert_cancelled_soon (transport);
}

static void
test_cancel_greeting (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (be_silent, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_STARTTLS, NULL);

  assert_cancelled_soon (transport);
}

static void
test_cancelled_before (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (be_silent, NULL);
  g_autoptr(NetTransport) transport = new_transport ("127.0.0.1", net_test_server_get_port (server),
                                                     NET_SECURITY_TLS, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (net_transport_open (transport, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  net_test_worker_begin ();

  g_test_add_func ("/net/connect/open", test_open);
  g_test_add_func ("/net/connect/kept-alive", test_socket_is_kept_alive);
  g_test_add_func ("/net/connect/refused", test_refused);
  g_test_add_func ("/net/connect/name-not-found", test_name_not_found);
  g_test_add_func ("/net/connect/name-service-fails", test_name_service_fails);
  g_test_add_func ("/net/connect/silent-name-service", test_silent_name_service);
  g_test_add_func ("/net/connect/silent-machine", test_silent_machine);
  g_test_add_func ("/net/connect/unusable-host", test_unusable_host);
  g_test_add_func ("/net/connect/next-address-after-refusal", test_next_address_after_refusal);
  g_test_add_func ("/net/connect/next-address-beside-silence", test_next_address_beside_silence);
  g_test_add_func ("/net/connect/refusal-tells-more", test_refusal_tells_more_than_silence);
  g_test_add_func ("/net/connect/plain-text-stays-at-home", test_plain_text_stays_at_home);
  g_test_add_func ("/net/connect/plain-text-by-choice", test_plain_text_by_choice);
  g_test_add_func ("/net/connect/no-secret-before-starttls", test_no_secret_before_starttls);
  g_test_add_func ("/net/greeting/silent", test_silent_greeting);
  g_test_add_func ("/net/greeting/hang-up", test_hang_up_at_greeting);
  g_test_add_func ("/net/greeting/alert", test_alert_at_greeting);
  g_test_add_func ("/net/greeting/reset", test_reset_at_greeting);
  g_test_add_func ("/net/greeting/slow", test_slow_greeting);
  g_test_add_func ("/net/cancel/resolving", test_cancel_resolving);
  g_test_add_func ("/net/cancel/connecting", test_cancel_connecting);
  g_test_add_func ("/net/cancel/encrypting", test_cancel_encrypting);
  g_test_add_func ("/net/cancel/greeting", test_cancel_greeting);
  g_test_add_func ("/net/cancel/before", test_cancelled_before);

  status = g_test_run ();
  net_test_worker_end ();

  return status;
}
