#include "net-certificate.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base-text.h"
#include "net-error.h"

/* A server's certificate as a person may be shown it. Everything is read out of it with GnuTLS
 * once, because GTlsCertificate promises only some of its flags and little of its contents.
 * Immutable; counted atomically. */

#define SHA256_BYTES 32
#define MAX_NAMES 200
#define MAX_TEXT_CHARS 500

struct _NetCertificate
{
  gatomicrefcount ref_count;
  GBytes *der;            /* (owned) */
  char *subject;          /* (owned) */
  char *issuer;           /* (owned) */
  char **names;           /* (owned) */
  char *sha256;           /* (owned) lower case hex */
  char *key;              /* (owned) such as "RSA 2048" */
  char *pem;              /* (owned) */
  gint64 not_before_unix;
  gint64 not_after_unix;
  gboolean self_issued;
  NetCertificateProblems problems;
};

G_DEFINE_BOXED_TYPE (NetCertificate, net_certificate, net_certificate_ref, net_certificate_unref)

static char *
take_datum (gnutls_datum_t *datum)
{
  char *text = base_text_quote ((const char *) datum->data, datum->size, MAX_TEXT_CHARS);

  gnutls_free (datum->data);
  return text;
}

static char *
read_subject (gnutls_x509_crt_t crt)
{
  gnutls_datum_t datum;

  if (gnutls_x509_crt_get_dn3 (crt, &datum, 0) != GNUTLS_E_SUCCESS)
    return g_strdup ("");

  return take_datum (&datum);
}

static char *
read_issuer (gnutls_x509_crt_t crt)
{
  gnutls_datum_t datum;

  if (gnutls_x509_crt_get_issuer_dn3 (crt, &datum, 0) != GNUTLS_E_SUCCESS)
    return g_strdup ("");

  return take_datum (&datum);
}

static char *
address_to_text (const guint8 *bytes,
                 gsize         size_bytes)
{
  g_autoptr(GInetAddress) address = NULL;

  if (size_bytes != 4 && size_bytes != 16)
    return NULL;

  address = g_inet_address_new_from_bytes (bytes, size_bytes == 4 ? G_SOCKET_FAMILY_IPV4
                                                                  : G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (address);
}

/* The names a certificate was made for: RFC 6125 has the common name count only where there is no
 * other, and it is shown only then. */
static char **
read_names (gnutls_x509_crt_t crt)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  char buffer[1024];
  gsize size;

  for (guint i = 0; i < MAX_NAMES; i++)
    {
      int type;

      size = sizeof buffer;
      type = gnutls_x509_crt_get_subject_alt_name (crt, i, buffer, &size, NULL);
      if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        break;
      if (type == GNUTLS_SAN_DNSNAME)
        g_ptr_array_add (names, base_text_quote (buffer, (gssize) size, MAX_TEXT_CHARS));
      else if (type == GNUTLS_SAN_IPADDRESS)
        {
          char *address = address_to_text ((const guint8 *) buffer, size);

          if (address != NULL)
            g_ptr_array_add (names, address);
        }
    }

  size = sizeof buffer;
  if (names->len == 0 &&
      gnutls_x509_crt_get_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, buffer, &size) == 0)
    g_ptr_array_add (names, base_text_quote (buffer, (gssize) size, MAX_TEXT_CHARS));

  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

static char *
read_key (gnutls_x509_crt_t crt)
{
  guint bits = 0;
  int algorithm = gnutls_x509_crt_get_pk_algorithm (crt, &bits);
  const char *name;

  name = algorithm >= 0 ? gnutls_pk_algorithm_get_name ((gnutls_pk_algorithm_t) algorithm) : NULL;
  return g_strdup_printf ("%s %u", name != NULL ? name : "unknown", bits);
}

static char *
to_hex (const guint8 *bytes,
        gsize         size_bytes)
{
  GString *hex = g_string_sized_new (size_bytes * 2);

  for (gsize i = 0; i < size_bytes; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);

  return g_string_free (hex, FALSE);
}

static char *
read_pem (gnutls_x509_crt_t crt)
{
  gnutls_datum_t datum;
  char *pem;

  if (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &datum) != GNUTLS_E_SUCCESS)
    return g_strdup ("");

  pem = g_strndup ((const char *) datum.data, datum.size);
  gnutls_free (datum.data);
  return pem;
}

static NetCertificate *
read_certificate (gnutls_x509_crt_t crt)
{
  NetCertificate *self = g_new0 (NetCertificate, 1);
  guint8 digest[SHA256_BYTES];
  gsize digest_size = sizeof digest;
  gnutls_datum_t der;

  g_atomic_ref_count_init (&self->ref_count);
  self->subject = read_subject (crt);
  self->issuer = read_issuer (crt);
  self->names = read_names (crt);
  self->key = read_key (crt);
  self->pem = read_pem (crt);
  self->not_before_unix = (gint64) gnutls_x509_crt_get_activation_time (crt);
  self->not_after_unix = (gint64) gnutls_x509_crt_get_expiration_time (crt);
  self->self_issued = gnutls_x509_crt_check_issuer (crt, crt) != 0;

  /* neither fails for a certificate that was imported; an empty digest would equal no pin */
  if (gnutls_x509_crt_get_fingerprint (crt, GNUTLS_DIG_SHA256, digest, &digest_size) != 0)
    digest_size = 0;
  self->sha256 = to_hex (digest, digest_size);

  if (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der) == GNUTLS_E_SUCCESS)
    {
      self->der = g_bytes_new (der.data, der.size);
      gnutls_free (der.data);
    }
  else
    self->der = g_bytes_new_static ("", 0);

  return self;
}

static NetCertificate *
import (const void            *bytes,
        gsize                  size_bytes,
        gnutls_x509_crt_fmt_t  format,
        GError               **error)
{
  gnutls_datum_t datum = { (guchar *) bytes, (guint) MIN (size_bytes, G_MAXUINT) };
  gnutls_x509_crt_t crt;
  NetCertificate *self = NULL;
  int status;

  gnutls_x509_crt_init (&crt);
  status = gnutls_x509_crt_import (crt, &datum, format);
  if (status == GNUTLS_E_SUCCESS)
    self = read_certificate (crt);
  else
    g_set_error (error, NET_ERROR, NET_ERROR_INVALID, "Not a certificate: %s",
                 gnutls_strerror (status));
  gnutls_x509_crt_deinit (crt);

  return self;
}

/**
 * net_certificate_new_from_der:
 * @der: a certificate, DER
 * @size_bytes: its size
 *
 * Errors: NET_ERROR_INVALID.
 *
 * Returns: (transfer full): the certificate, with no problems known
 */
NetCertificate *
net_certificate_new_from_der (const guint8  *der,
                              gsize          size_bytes,
                              GError       **error)
{
  return import (der, size_bytes, GNUTLS_X509_FMT_DER, error);
}

/**
 * net_certificate_new_from_pem:
 * @pem: a certificate, PEM; the first when there are more
 *
 * Errors: NET_ERROR_INVALID.
 *
 * Returns: (transfer full): the certificate, with no problems known
 */
NetCertificate *
net_certificate_new_from_pem (const char  *pem,
                              GError     **error)
{
  g_return_val_if_fail (pem != NULL, NULL);

  return import (pem, strlen (pem), GNUTLS_X509_FMT_PEM, error);
}

/**
 * net_certificate_with_problems:
 * @problems: why it was not trusted
 *
 * Returns: (transfer full): the same certificate with other problems
 */
NetCertificate *
net_certificate_with_problems (NetCertificate         *self,
                               NetCertificateProblems  problems)
{
  NetCertificate *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (NetCertificate, 1);
  g_atomic_ref_count_init (&copy->ref_count);
  copy->der = g_bytes_ref (self->der);
  copy->subject = g_strdup (self->subject);
  copy->issuer = g_strdup (self->issuer);
  copy->names = g_strdupv (self->names);
  copy->sha256 = g_strdup (self->sha256);
  copy->key = g_strdup (self->key);
  copy->pem = g_strdup (self->pem);
  copy->not_before_unix = self->not_before_unix;
  copy->not_after_unix = self->not_after_unix;
  copy->self_issued = self->self_issued;
  copy->problems = problems;

  return copy;
}

/**
 * net_certificate_ref:
 *
 * Returns: (transfer full): @self
 */
NetCertificate *
net_certificate_ref (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * net_certificate_unref:
 * @self: (transfer full): a certificate
 */
void
net_certificate_unref (NetCertificate *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_bytes_unref (self->der);
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_free (self->sha256);
  g_free (self->key);
  g_free (self->pem);
  g_free (self);
}

/**
 * net_certificate_get_subject:
 *
 * Returns: (transfer none): whom it names, as RFC 4514 writes it; may be empty
 */
const char *
net_certificate_get_subject (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->subject;
}

/**
 * net_certificate_get_issuer:
 *
 * Returns: (transfer none): who issued it, as RFC 4514 writes it
 */
const char *
net_certificate_get_issuer (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->issuer;
}

/**
 * net_certificate_get_names:
 *
 * Returns: (transfer none): the hosts it is for: DNS names, with wildcards, and IP addresses
 */
const char * const *
net_certificate_get_names (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->names;
}

/**
 * net_certificate_get_not_before_unix:
 *
 * Returns: when its time begins, in seconds since 1970
 */
gint64
net_certificate_get_not_before_unix (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->not_before_unix;
}

/**
 * net_certificate_get_not_after_unix:
 *
 * Returns: when its time ends, in seconds since 1970
 */
gint64
net_certificate_get_not_after_unix (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->not_after_unix;
}

/**
 * net_certificate_get_sha256:
 *
 * Returns: (transfer none): SHA-256 of the whole certificate, lower case hex: what is pinned
 */
const char *
net_certificate_get_sha256 (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sha256;
}

/**
 * net_certificate_dup_sha256_shown:
 *
 * Returns: (transfer full): the same as people compare it: upper case pairs with colons
 */
char *
net_certificate_dup_sha256_shown (NetCertificate *self)
{
  GString *shown;

  g_return_val_if_fail (self != NULL, NULL);

  shown = g_string_new (NULL);
  for (gsize i = 0; self->sha256[i] != '\0'; i++)
    {
      if (i > 0 && i % 2 == 0)
        g_string_append_c (shown, ':');
      g_string_append_c (shown, g_ascii_toupper (self->sha256[i]));
    }

  return g_string_free (shown, FALSE);
}

/**
 * net_certificate_get_key:
 *
 * Returns: (transfer none): algorithm and size of its public key, such as "RSA 2048"
 */
const char *
net_certificate_get_key (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * net_certificate_get_pem:
 *
 * Returns: (transfer none): the certificate itself, PEM
 */
const char *
net_certificate_get_pem (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pem;
}

/**
 * net_certificate_is_self_issued:
 *
 * Returns: %TRUE if it names itself as its issuer
 */
gboolean
net_certificate_is_self_issued (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->self_issued;
}

/**
 * net_certificate_is_for_host:
 * @host: a DNS name in ASCII form, or an IP address
 *
 * Returns: %TRUE if it was made for @host, as RFC 6125 compares names
 */
gboolean
net_certificate_is_for_host (NetCertificate *self,
                             const char     *host)
{
  gnutls_datum_t datum;
  gnutls_x509_crt_t crt;
  gboolean matches;

  g_return_val_if_fail (self != NULL && host != NULL, FALSE);

  datum.data = (guchar *) self->pem;
  datum.size = (guint) strlen (self->pem);

  gnutls_x509_crt_init (&crt);
  matches = gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS &&
            gnutls_x509_crt_check_hostname (crt, host) != 0;
  gnutls_x509_crt_deinit (crt);

  return matches;
}

/**
 * net_certificate_get_problems:
 *
 * Returns: why it was not trusted; %NET_CERTIFICATE_FINE if it was
 */
NetCertificateProblems
net_certificate_get_problems (NetCertificate *self)
{
  g_return_val_if_fail (self != NULL, NET_CERTIFICATE_OTHER);

  return self->problems;
}

static const struct
{
  NetCertificateProblems problem;
  const char *name;
  const char *sentence;
} problem_table[] = {
  { NET_CERTIFICATE_CHANGED, "changed", "not the one that was pinned" },
  { NET_CERTIFICATE_EXPIRED, "expired", "expired" },
  { NET_CERTIFICATE_NOT_YET_VALID, "not-yet-valid", "not valid yet" },
  { NET_CERTIFICATE_OTHER_HOST, "other-host", "made for another host" },
  { NET_CERTIFICATE_UNKNOWN_ISSUER, "unknown-issuer", "issued by an unknown authority" },
  { NET_CERTIFICATE_SELF_SIGNED, "self-signed", "issued by itself" },
  { NET_CERTIFICATE_REVOKED, "revoked", "revoked by its issuer" },
  { NET_CERTIFICATE_INSECURE, "insecure", "signed with a broken algorithm" },
  { NET_CERTIFICATE_OTHER, "other", "refused" },
};

/**
 * net_certificate_describe_problems:
 *
 * Returns: (transfer full): the problems in English, for the log; "fine" if there are none
 */
char *
net_certificate_describe_problems (NetCertificate *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (problem_table); i++)
    if (self->problems & problem_table[i].problem)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", problem_table[i].sentence);

  if (text->len == 0)
    g_string_append (text, "fine");

  return g_string_free (text, FALSE);
}

/**
 * net_certificate_dup_problem_names:
 * @problems: problems
 *
 * Returns: (transfer full): the stable names of the problems in kebab case
 */
char **
net_certificate_dup_problem_names (NetCertificateProblems problems)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (problem_table); i++)
    if (problems & problem_table[i].problem)
      g_ptr_array_add (names, g_strdup (problem_table[i].name));

  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}
