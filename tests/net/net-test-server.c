#include "net-test-server.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define YEAR_S (365 * 24 * 60 * 60)
#define PEER_PATIENCE_MS 20000 /* no script outlives a test that went wrong */

/* Certificates */

struct _NetTestCertificate
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  char *pem;
};

static void
check (int status)
{
  if (status < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (status));
}

static void
add_names (gnutls_x509_crt_t  crt,
           const char        *host)
{
  static const guint8 loopback[] = { 127, 0, 0, 1 };

  if (host != NULL)
    {
      check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, host,
                                                   (guint) strlen (host), GNUTLS_FSAN_SET));
      return;
    }

  check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                               GNUTLS_FSAN_SET));
  check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, loopback, 4,
                                               GNUTLS_FSAN_APPEND));
  check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, &in6addr_loopback, 16,
                                               GNUTLS_FSAN_APPEND));
}

NetTestCertificate *
net_test_certificate_new (const NetTestCertificateSpec *spec)
{
  static guint32 serial = 1;
  NetTestCertificate *self = g_new0 (NetTestCertificate, 1);
  const char *name = spec->is_authority ? "Test Authority" : "Test Server";
  gnutls_datum_t pem;
  guint32 number = g_htonl (g_atomic_int_add (&serial, 1));

  check (gnutls_x509_privkey_init (&self->key));
  check (gnutls_x509_privkey_generate (self->key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  check (gnutls_x509_crt_init (&self->crt));
  check (gnutls_x509_crt_set_version (self->crt, 3));
  check (gnutls_x509_crt_set_serial (self->crt, &number, sizeof number));
  check (gnutls_x509_crt_set_activation_time (self->crt, time (NULL) - 60 + spec->begins_in_s));
  check (gnutls_x509_crt_set_expiration_time (self->crt, time (NULL) + (spec->ends_in_s != 0
                                                                        ? spec->ends_in_s
                                                                        : YEAR_S)));
  check (gnutls_x509_crt_set_dn_by_oid (self->crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                        (guint) strlen (name)));
  check (gnutls_x509_crt_set_key (self->crt, self->key));
  check (gnutls_x509_crt_set_basic_constraints (self->crt, spec->is_authority, -1));
  if (!spec->is_authority)
    add_names (self->crt, spec->host);
  check (gnutls_x509_crt_sign2 (self->crt, spec->issuer != NULL ? spec->issuer->crt : self->crt,
                                spec->issuer != NULL ? spec->issuer->key : self->key,
                                GNUTLS_DIG_SHA256, 0));

  check (gnutls_x509_crt_export2 (self->crt, GNUTLS_X509_FMT_PEM, &pem));
  self->pem = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);

  return self;
}

void
net_test_certificate_free (NetTestCertificate *self)
{
  gnutls_x509_crt_deinit (self->crt);
  gnutls_x509_privkey_deinit (self->key);
  g_free (self->pem);
  g_free (self);
}

const char *
net_test_certificate_get_pem (NetTestCertificate *self)
{
  return self->pem;
}

/* The server */

struct _NetTestServer
{
  int fd;
  guint16 port;
  NetTestScript script;
  gpointer user_data;
  GThread *thread;
  GMutex lock;
  GPtrArray *peers; /* (owned) NetTestPeer */
  guint n_peers;
  gboolean stopping;
};

struct _NetTestPeer
{
  NetTestServer *server;
  GThread *thread;
  int fd;
  gnutls_session_t session; /* (nullable) */
  gnutls_certificate_credentials_t credentials;
  GByteArray *buffer;
};

static gpointer
run_peer (gpointer data)
{
  NetTestPeer *self = data;

  self->server->script (self, self->server->user_data);

  if (self->session != NULL)
    {
      gnutls_bye (self->session, GNUTLS_SHUT_WR);
      gnutls_deinit (self->session);
      gnutls_certificate_free_credentials (self->credentials);
    }
  shutdown (self->fd, SHUT_RDWR);

  return NULL;
}

static gpointer
run_server (gpointer data)
{
  NetTestServer *self = data;

  while (TRUE)
    {
      int fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC);
      struct timeval patience = { PEER_PATIENCE_MS / 1000, 0 };
      NetTestPeer *peer;

      if (fd < 0)
        return NULL;

      setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      peer = g_new0 (NetTestPeer, 1);
      peer->server = self;
      peer->fd = fd;
      peer->buffer = g_byte_array_new ();

      g_mutex_lock (&self->lock);
      if (self->stopping)
        shutdown (fd, SHUT_RDWR);
      self->n_peers++;
      g_ptr_array_add (self->peers, peer);
      peer->thread = g_thread_new ("test-peer", run_peer, peer);
      g_mutex_unlock (&self->lock);
    }
}

NetTestServer *
net_test_server_new_at (const char    *address,
                        guint16        port,
                        NetTestScript  script,
                        gpointer       user_data)
{
  NetTestServer *self = g_new0 (NetTestServer, 1);
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = g_htons (port) };
  socklen_t size = sizeof name;
  int on = 1;

  inet_pton (AF_INET, address, &name.sin_addr);
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (self->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (self->fd, (struct sockaddr *) &name, sizeof name) != 0 || listen (self->fd, 64) != 0)
    g_error ("Cannot listen at %s:%u: %s", address, (guint) port, g_strerror (errno));
  getsockname (self->fd, (struct sockaddr *) &name, &size);

  self->port = g_ntohs (name.sin_port);
  self->script = script;
  self->user_data = user_data;
  self->peers = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  self->thread = g_thread_new ("test-server", run_server, self);

  return self;
}

NetTestServer *
net_test_server_new (NetTestScript script,
                     gpointer      user_data)
{
  return net_test_server_new_at ("127.0.0.1", 0, script, user_data);
}

void
net_test_server_free (NetTestServer *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  for (guint i = 0; i < self->peers->len; i++)
    shutdown (((NetTestPeer *) self->peers->pdata[i])->fd, SHUT_RDWR);
  g_mutex_unlock (&self->lock);

  shutdown (self->fd, SHUT_RDWR);
  g_thread_join (self->thread);
  close (self->fd);

  for (guint i = 0; i < self->peers->len; i++)
    {
      NetTestPeer *peer = self->peers->pdata[i];

      g_thread_join (peer->thread);
      close (peer->fd);
      g_byte_array_unref (peer->buffer);
      g_free (peer);
    }

  g_ptr_array_unref (self->peers);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint16
net_test_server_get_port (NetTestServer *self)
{
  return self->port;
}

guint
net_test_server_count (NetTestServer *self)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = self->n_peers;
  g_mutex_unlock (&self->lock);

  return count;
}

/* Scripts */

gboolean
net_test_peer_write_bytes (NetTestPeer *self,
                           const void  *bytes,
                           gsize        size_bytes)
{
  const guint8 *rest = bytes;

  while (size_bytes > 0)
    {
      gssize size = self->session != NULL
                    ? gnutls_record_send (self->session, rest, size_bytes)
                    : send (self->fd, rest, size_bytes, MSG_NOSIGNAL);

      if (size <= 0)
        return FALSE;
      rest += size;
      size_bytes -= (gsize) size;
    }

  return TRUE;
}

gboolean
net_test_peer_write (NetTestPeer *self,
                     const char  *text)
{
  return net_test_peer_write_bytes (self, text, strlen (text));
}

gssize
net_test_peer_read (NetTestPeer *self,
                    void        *bytes,
                    gsize        size_bytes)
{
  if (self->session != NULL)
    return gnutls_record_recv (self->session, bytes, size_bytes);

  return recv (self->fd, bytes, size_bytes, 0);
}

char *
net_test_peer_read_line (NetTestPeer *self)
{
  while (TRUE)
    {
      /* an empty array has no data at all */
      const guint8 *end = self->buffer->len > 0
                            ? memchr (self->buffer->data, '\n', self->buffer->len)
                            : NULL;
      guint8 bytes[4096];
      gssize size;

      if (end != NULL)
        {
          gsize length = (gsize) (end - self->buffer->data);
          char *line = g_strndup ((const char *) self->buffer->data, length);

          g_byte_array_remove_range (self->buffer, 0, (guint) length + 1);
          if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
          return line;
        }

      size = net_test_peer_read (self, bytes, sizeof bytes);
      if (size <= 0)
        return NULL;
      g_byte_array_append (self->buffer, bytes, (guint) size);
    }
}

gboolean
net_test_peer_start_tls (NetTestPeer              *self,
                         const NetTestCertificate *certificate,
                         const char               *priority)
{
  gnutls_x509_crt_t chain[] = { certificate->crt };
  int status;

  check (gnutls_certificate_allocate_credentials (&self->credentials));
  check (gnutls_certificate_set_x509_key (self->credentials, chain, 1, certificate->key));
  check (gnutls_init (&self->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL));
  if (priority != NULL)
    check (gnutls_priority_set_direct (self->session, priority, NULL));
  else
    check (gnutls_set_default_priority (self->session));
  check (gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->credentials));
  gnutls_transport_set_int (self->session, self->fd);

  do
    status = gnutls_handshake (self->session);
  while (status < 0 && gnutls_error_is_fatal (status) == 0);

  return status == 0;
}

void
net_test_peer_wait_for_end (NetTestPeer *self)
{
  guint8 bytes[4096];

  while (net_test_peer_read (self, bytes, sizeof bytes) > 0)
    continue;
}

void
net_test_peer_reset (NetTestPeer *self)
{
  struct linger linger = { 1, 0 };
  struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

  /* the number of the socket stays taken until the server is freed; dissolving the association
   * sends the reset */
  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  connect (self->fd, &nowhere, sizeof nowhere);
}

/* A port at which nobody listens */
guint16
net_test_free_port (void)
{
  struct sockaddr_in name = { .sin_family = AF_INET };
  socklen_t size = sizeof name;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  name.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  if (bind (fd, (struct sockaddr *) &name, sizeof name) != 0)
    g_error ("Cannot bind: %s", g_strerror (errno));
  getsockname (fd, (struct sockaddr *) &name, &size);
  close (fd);

  return g_ntohs (name.sin_port);
}
