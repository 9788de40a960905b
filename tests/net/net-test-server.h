#pragma once

#include <gio/gio.h>

/* A server for tests, on loopback and a free port. Each connection runs a script, a plain function,
 * on a thread of its own with blocking calls. */

typedef struct _NetTestCertificate NetTestCertificate;
typedef struct _NetTestServer NetTestServer;
typedef struct _NetTestPeer NetTestPeer;

/* How a certificate is made; zero is a good one for localhost, 127.0.0.1 and ::1 */
typedef struct
{
  const NetTestCertificate *issuer; /* (nullable) itself */
  gboolean is_authority;
  const char *host; /* (nullable) */
  gint64 begins_in_s;
  gint64 ends_in_s; /* 0: a year */
} NetTestCertificateSpec;

NetTestCertificate *net_test_certificate_new     (const NetTestCertificateSpec *spec);
void                net_test_certificate_free    (NetTestCertificate           *self);
const char         *net_test_certificate_get_pem (NetTestCertificate           *self);

typedef void (*NetTestScript) (NetTestPeer *peer,
                               gpointer     user_data);

NetTestServer      *net_test_server_new          (NetTestScript                 script,
                                                  gpointer                      user_data);
NetTestServer      *net_test_server_new_at       (const char                   *address,
                                                  guint16                       port,
                                                  NetTestScript                 script,
                                                  gpointer                      user_data);
void                net_test_server_free         (NetTestServer                *self);
guint16             net_test_server_get_port     (NetTestServer                *self);
guint               net_test_server_count        (NetTestServer                *self);

/* In a script. What fails because the other side hung up is silent: reading gives NULL */
gboolean            net_test_peer_write          (NetTestPeer                  *self,
                                                  const char                   *text);
gboolean            net_test_peer_write_bytes    (NetTestPeer                  *self,
                                                  const void                   *bytes,
                                                  gsize                         size_bytes);
char               *net_test_peer_read_line      (NetTestPeer                  *self);
gssize              net_test_peer_read           (NetTestPeer                  *self,
                                                  void                         *bytes,
                                                  gsize                         size_bytes);
gboolean            net_test_peer_start_tls      (NetTestPeer                  *self,
                                                  const NetTestCertificate     *certificate,
                                                  const char                   *priority);
void                net_test_peer_wait_for_end   (NetTestPeer                  *self);
void                net_test_peer_reset          (NetTestPeer                  *self);

guint16             net_test_free_port           (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTestServer, net_test_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTestCertificate, net_test_certificate_free)
