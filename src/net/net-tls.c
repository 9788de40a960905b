#include "net-tls-private.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base-await.h"
#include "base-text.h"
#include "base-time.h"
#include "net-error.h"
#include "net-gate-private.h"
#include "net-watch-private.h"

/* One TLS handshake: who is trusted, and what it means when it fails. */

#define MAX_CHAIN 10
#define MAX_QUOTED_CHARS 60

/* RFC 8446 sections 5.1, 6 and 4.1.3 */
#define RECORD_ALERT 0x15
#define RECORD_HANDSHAKE 0x16
#define ALERT_PROTOCOL_VERSION 70
#define HANDSHAKE_SERVER_HELLO 0x02
#define VERSION_TLS_1_2 0x0303

/* Whom to trust */

static GByteArray *
dup_der (GTlsCertificate *certificate)
{
  GByteArray *der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  return der;
}

static guint
import_chain (GTlsCertificate  *certificate,
              gnutls_x509_crt_t chain[MAX_CHAIN])
{
  guint count = 0;

  for (; certificate != NULL && count < MAX_CHAIN;
       certificate = g_tls_certificate_get_issuer (certificate))
    {
      g_autoptr(GByteArray) der = dup_der (certificate);
      gnutls_datum_t datum = { der->data, der->len };

      gnutls_x509_crt_init (&chain[count]);
      count++;
      if (gnutls_x509_crt_import (chain[count - 1], &datum, GNUTLS_X509_FMT_DER) != 0)
        break;
    }

  return count;
}

/* Verifies the server's chain against the anchors of @trust alone; the dates and the name of the
 * server's own certificate are looked at elsewhere. */
static gboolean
verify_with_anchors (GTlsCertificate *certificate,
                     NetTrust        *trust,
                     guint           *out_status)
{
  const char *pem = trust != NULL ? net_trust_get_anchors (trust) : NULL;
  gnutls_x509_crt_t chain[MAX_CHAIN];
  gnutls_x509_trust_list_t list;
  gnutls_datum_t datum;
  guint count;
  gboolean verified;

  if (pem == NULL)
    return FALSE;

  datum.data = (guchar *) pem;
  datum.size = (guint) strlen (pem);
  gnutls_x509_trust_list_init (&list, 0);
  gnutls_x509_trust_list_add_trust_mem (list, &datum, NULL, GNUTLS_X509_FMT_PEM, 0, 0);

  count = import_chain (certificate, chain);
  verified = gnutls_x509_trust_list_verify_crt (list, chain, count, 0, out_status, NULL) == 0;

  for (guint i = 0; i < count; i++)
    gnutls_x509_crt_deinit (chain[i]);
  gnutls_x509_trust_list_deinit (list, 1); /* with the anchors that it has read */

  return verified;
}

static GTlsCertificateFlags
flags_from_status (guint status)
{
  GTlsCertificateFlags flags = 0;

  /* one with an authority's name and not with its signature comes from somebody else */
  if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA |
                GNUTLS_CERT_SIGNATURE_FAILURE))
    flags |= G_TLS_CERTIFICATE_UNKNOWN_CA;
  if (status & GNUTLS_CERT_EXPIRED)
    flags |= G_TLS_CERTIFICATE_EXPIRED;
  if (status & GNUTLS_CERT_NOT_ACTIVATED)
    flags |= G_TLS_CERTIFICATE_NOT_ACTIVATED;
  if (status & GNUTLS_CERT_REVOKED)
    flags |= G_TLS_CERTIFICATE_REVOKED;
  if (status & GNUTLS_CERT_INSECURE_ALGORITHM)
    flags |= G_TLS_CERTIFICATE_INSECURE;
  if ((status & GNUTLS_CERT_INVALID) && flags == 0)
    flags |= G_TLS_CERTIFICATE_GENERIC_ERROR;

  return flags;
}

static NetCertificateProblems
problems_from_flags (GTlsCertificateFlags  flags,
                     NetCertificate       *leaf)
{
  NetCertificateProblems problems = NET_CERTIFICATE_FINE;

  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    problems |= net_certificate_is_self_issued (leaf) ? NET_CERTIFICATE_SELF_SIGNED
                                                      : NET_CERTIFICATE_UNKNOWN_ISSUER;
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    problems |= NET_CERTIFICATE_OTHER_HOST;
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    problems |= NET_CERTIFICATE_NOT_YET_VALID;
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    problems |= NET_CERTIFICATE_EXPIRED;
  if (flags & G_TLS_CERTIFICATE_REVOKED)
    problems |= NET_CERTIFICATE_REVOKED;
  if (flags & G_TLS_CERTIFICATE_INSECURE)
    problems |= NET_CERTIFICATE_INSECURE;
  if ((flags & G_TLS_CERTIFICATE_GENERIC_ERROR) && problems == NET_CERTIFICATE_FINE)
    problems |= NET_CERTIFICATE_OTHER;

  return problems;
}

/* GIO promises one flag of several only: dates and names are looked at here */
static NetCertificateProblems
own_problems (NetCertificate *leaf,
              NetEndpoint    *endpoint)
{
  NetCertificateProblems problems = NET_CERTIFICATE_FINE;
  gint64 now = base_time_now_unix ();

  if (now < net_certificate_get_not_before_unix (leaf))
    problems |= NET_CERTIFICATE_NOT_YET_VALID;
  if (now > net_certificate_get_not_after_unix (leaf))
    problems |= NET_CERTIFICATE_EXPIRED;
  if (!net_certificate_is_for_host (leaf, net_endpoint_get_host (endpoint)))
    problems |= NET_CERTIFICATE_OTHER_HOST;

  return problems;
}

/**
 * net_tls_judge:
 * @chain: the server's certificate with its issuers
 * @leaf: the same, without its issuers
 * @flags: what GIO found when it compared it with the system's authorities
 * @endpoint: where it came from
 * @trust: (nullable): whom to trust further
 *
 * Says what is the matter with a certificate. Where one is pinned, that alone counts: the pinned
 * one is fine, any other is %NET_CERTIFICATE_CHANGED.
 *
 * Returns: the problems; %NET_CERTIFICATE_FINE to accept it
 */
NetCertificateProblems
net_tls_judge (GTlsCertificate      *chain,
               NetCertificate       *leaf,
               GTlsCertificateFlags  flags,
               NetEndpoint          *endpoint,
               NetTrust             *trust)
{
  const char *pin = trust != NULL ? net_trust_get_pin (trust, endpoint) : NULL;
  NetCertificateProblems changed = NET_CERTIFICATE_FINE;
  guint status = 0;

  if (pin != NULL)
    {
      if (*pin != '\0' && g_str_equal (pin, net_certificate_get_sha256 (leaf)))
        return NET_CERTIFICATE_FINE;
      changed = NET_CERTIFICATE_CHANGED;
    }

  if (flags == 0)
    return changed;

  if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) && verify_with_anchors (chain, trust, &status))
    flags = flags_from_status (status) | (flags & G_TLS_CERTIFICATE_BAD_IDENTITY);

  return changed | problems_from_flags (flags, leaf) | own_problems (leaf, endpoint);
}

/* What a failure means */

static GError *
explain_text (const guint8 *head,
              gsize         head_size)
{
  const guint8 *end = memchr (head, '\n', head_size);
  g_autofree char *line = NULL;

  while (end != NULL && end > head && end[-1] == '\r')
    end--;
  line = base_text_quote ((const char *) head, end != NULL ? end - head : (gssize) head_size,
                          MAX_QUOTED_CHARS);
  return g_error_new (NET_ERROR, NET_ERROR_NOT_TLS, "The server speaks plain text, not TLS: “%s”",
                      line);
}

/* GnuTLS gives up after the five bytes of a record's head: the rest of what the server said is
 * worth showing, if it is there already */
static void
read_more_of_head (NetWire *wire)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (wire));
  guint8 bytes[MAX_QUOTED_CHARS];

  g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), bytes, sizeof bytes,
                                            NULL, NULL);
}

static gboolean
speaks_old_version (const guint8 *head,
                    gsize         head_size)
{
  if (head[0] == RECORD_ALERT)
    return head_size >= 7 && head[6] == ALERT_PROTOCOL_VERSION;

  return head_size >= 11 && head[5] == HANDSHAKE_SERVER_HELLO &&
         ((guint) head[9] << 8 | head[10]) < VERSION_TLS_1_2;
}

/**
 * net_tls_explain:
 * @head: the first bytes that came from the server
 * @head_size: how many
 * @ended: whether the server hung up, or the connection broke
 * @cause: what GIO said
 *
 * Gives a failed handshake its class. GIO has one answer, %G_TLS_ERROR_NOT_TLS, to a server that
 * speaks plain text, one that is too old and one that hung up; the bytes tell.
 *
 * Returns: (transfer full): an error of %NET_ERROR, or %G_IO_ERROR_CANCELLED
 */
GError *
net_tls_explain (const guint8 *head,
                 gsize         head_size,
                 gboolean      ended,
                 const GError *cause)
{
  g_autoptr(GError) classified = net_error_from_gio (cause, "Encrypting");

  if (classified->domain != NET_ERROR || classified->code == NET_ERROR_TIMED_OUT)
    return g_steal_pointer (&classified);

  if (head_size == 0)
    return g_error_new (NET_ERROR, NET_ERROR_CLOSED,
                        "The server closed the connection instead of beginning TLS: %s",
                        cause->message);

  if (!net_error_is_tls_record (head, head_size))
    return explain_text (head, head_size);

  if (speaks_old_version (head, head_size))
    return g_error_new (NET_ERROR, NET_ERROR_TLS_VERSION,
                        "The server has no TLS 1.2 or newer: %s", cause->message);

  if (ended)
    return g_error_new (NET_ERROR, NET_ERROR_CLOSED,
                        "The connection ended in the middle of the handshake: %s", cause->message);

  if (classified->code == NET_ERROR_NOT_TLS || classified->code == NET_ERROR_FAILED)
    classified->code = NET_ERROR_TLS_FAILED;

  return g_steal_pointer (&classified);
}

static GError *
explain_failure (NetWire      *wire,
                 const GError *cause)
{
  gboolean ended = net_wire_has_ended (wire);
  const guint8 *head;
  gsize head_size;

  head = net_wire_peek_head (wire, &head_size);
  if (head_size > 0 && !net_error_is_tls_record (head, head_size))
    {
      read_more_of_head (wire);
      head = net_wire_peek_head (wire, &head_size);
    }

  return net_tls_explain (head, head_size, ended, cause);
}

/* The handshake */

typedef struct
{
  NetEndpoint *endpoint;
  NetTrust *trust; /* (nullable) */
  NetCertificate *rejected; /* (owned) (nullable) */
} Judgement;

static NetCertificate *
read_leaf (GTlsCertificate *chain)
{
  g_autoptr(GByteArray) der = dup_der (chain);

  return net_certificate_new_from_der (der->data, der->len, NULL);
}

static gboolean
judge (Judgement            *judgement,
       GTlsCertificate      *chain,
       GTlsCertificateFlags  flags)
{
  g_autoptr(NetCertificate) leaf = read_leaf (chain);
  NetCertificateProblems problems;

  g_clear_pointer (&judgement->rejected, net_certificate_unref);
  if (leaf == NULL)
    return FALSE;

  problems = net_tls_judge (chain, leaf, flags, judgement->endpoint, judgement->trust);
  if (problems == NET_CERTIFICATE_FINE)
    return TRUE;

  judgement->rejected = net_certificate_with_problems (leaf, problems);
  return FALSE;
}

/* Emitted while the handshake is under way: it only compares with what was loaded before */
static gboolean
on_accept_certificate (GTlsConnection       *stream,
                       GTlsCertificate      *chain,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  return judge (user_data, chain, flags);
}

static gboolean
is_version_new_enough (GTlsConnection *stream)
{
  return g_tls_connection_get_protocol_version (stream) >= G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

static GError *
rejection_error (NetCertificate *rejected)
{
  NetCertificateProblems problems = net_certificate_get_problems (rejected);
  g_autofree char *described = net_certificate_describe_problems (rejected);

  return g_error_new (NET_ERROR,
                      problems & NET_CERTIFICATE_CHANGED ? NET_ERROR_CERTIFICATE_CHANGED
                                                         : NET_ERROR_CERTIFICATE,
                      "The server's certificate is not trusted: %s", described);
}

static gboolean
run_handshake (GTlsConnection  *stream,
               guint            timeout_ms,
               GCancellable    *cancellable,
               GError         **cause)
{
  g_autoptr(GAsyncResult) result = NULL;
  NetWatch watch;

  /* the callback is waited for even after a cancellation: until it came, GIO's thread is still at
   * work on the stream */
  net_watch_begin (&watch, timeout_ms, cancellable);
  g_tls_connection_handshake_async (stream, G_PRIORITY_DEFAULT, watch.cancellable,
                                    base_await_result_cb, &result);
  base_await_result (&result);
  g_tls_connection_handshake_finish (stream, result, cause);
  net_watch_end (&watch, cause);

  return *cause == NULL;
}

static GTlsConnection *
new_stream (NetWire      *wire,
            NetEndpoint  *endpoint,
            GError      **error)
{
  g_autoptr(GSocketConnectable) identity = NULL;
  GIOStream *stream;
  GError *cause = NULL;

  identity = g_network_address_new (net_endpoint_get_host (endpoint),
                                    net_endpoint_get_port (endpoint));
  stream = g_tls_client_connection_new (G_IO_STREAM (wire), identity, &cause);
  if (stream == NULL)
    {
      net_error_take_gio (error, cause, "Setting up TLS");
      return NULL;
    }

  /* the protocols above say themselves where an answer ends, and many servers do not bother */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  return G_TLS_CONNECTION (stream);
}

static gboolean
finish_handshake (GTlsConnection  *stream,
                  Judgement       *judgement,
                  NetTlsOutcome   *outcome,
                  GError         **error)
{
  GTlsCertificate *chain = g_tls_connection_get_peer_certificate (stream);

  if (!is_version_new_enough (stream))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_TLS_VERSION,
                           "The server has no TLS 1.2 or newer");
      return FALSE;
    }

  /* a certificate of which the system thinks well came here unseen: it may be another one than the
   * pinned one */
  if (chain == NULL ||
      !judge (judgement, chain, g_tls_connection_get_peer_certificate_errors (stream)))
    {
      outcome->rejected = g_steal_pointer (&judgement->rejected);
      g_propagate_error (error, outcome->rejected != NULL
                         ? rejection_error (outcome->rejected)
                         : g_error_new_literal (NET_ERROR, NET_ERROR_TLS_FAILED,
                                                "The server has no certificate"));
      return FALSE;
    }

  outcome->certificate = read_leaf (chain);
  outcome->stream = g_object_ref (stream);
  return TRUE;
}

/**
 * net_tls_handshake:
 * @wire: a connected stream from which nothing of TLS has been read
 * @endpoint: whom it should lead to
 * @trust: (nullable): whom to trust beyond the system's authorities
 * @timeout_ms: how long the handshake may take, waiting for its turn not counted
 * @outcome: (out caller-allocates): what came of it, to be cleared with net_tls_outcome_clear ()
 *
 * Awaits a handshake as a client, with TLS 1.2 or newer and a certificate that is trusted.
 *
 * Errors: NET_ERROR_CERTIFICATE and NET_ERROR_CERTIFICATE_CHANGED, with the certificate in
 * @outcome; NET_ERROR_NOT_TLS, NET_ERROR_TLS_VERSION, NET_ERROR_TLS_FAILED, NET_ERROR_CLOSED,
 * NET_ERROR_TIMED_OUT.
 *
 * Returns: %TRUE on success
 */
gboolean
net_tls_handshake (NetWire        *wire,
                   NetEndpoint    *endpoint,
                   NetTrust       *trust,
                   guint           timeout_ms,
                   NetTlsOutcome  *outcome,
                   GCancellable   *cancellable,
                   GError        **error)
{
  Judgement judgement = { endpoint, trust, NULL };
  g_autoptr(GTlsConnection) stream = NULL;
  g_autoptr(GError) cause = NULL;
  gboolean success = FALSE;
  gulong handler;

  *outcome = (NetTlsOutcome) { 0 };

  stream = new_stream (wire, endpoint, error);
  if (stream == NULL || !net_gate_enter (0, cancellable, error))
    return FALSE;

  handler = g_signal_connect (stream, "accept-certificate", G_CALLBACK (on_accept_certificate),
                              &judgement);
  run_handshake (stream, timeout_ms, cancellable, &cause);
  g_signal_handler_disconnect (stream, handler);
  net_gate_leave ();

  if (cause == NULL)
    success = finish_handshake (stream, &judgement, outcome, error);
  else if (judgement.rejected != NULL &&
           !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      outcome->rejected = g_steal_pointer (&judgement.rejected);
      g_propagate_error (error, rejection_error (outcome->rejected));
    }
  else
    g_propagate_error (error, explain_failure (wire, cause));

  g_clear_pointer (&judgement.rejected, net_certificate_unref);
  return success;
}

/**
 * net_tls_outcome_clear:
 * @outcome: an outcome
 *
 * Releases what it holds.
 */
void
net_tls_outcome_clear (NetTlsOutcome *outcome)
{
  g_clear_object (&outcome->stream);
  g_clear_pointer (&outcome->certificate, net_certificate_unref);
  g_clear_pointer (&outcome->rejected, net_certificate_unref);
}
