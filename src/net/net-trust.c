#include "net-trust.h"

#include <string.h>

/* Whom a connection trusts beyond the system's authorities: certificates that a person pinned for
 * one endpoint each, and anchors of their own. Immutable; counted atomically. */

struct _NetTrust
{
  gatomicrefcount ref_count;
  GHashTable *pins; /* (owned) "purpose host port" -> SHA-256, lower case hex */
  char *anchors;    /* (owned) (nullable) PEM, one certificate or more */
};

G_DEFINE_BOXED_TYPE (NetTrust, net_trust, net_trust_ref, net_trust_unref)

static char *
pin_key (NetPurpose  purpose,
         const char *host,
         guint16     port)
{
  return g_strdup_printf ("%s %s %u", net_purpose_to_string (purpose), host, (guint) port);
}

/**
 * net_trust_new:
 *
 * Returns: (transfer full): trust in the system's authorities and nobody else
 */
NetTrust *
net_trust_new (void)
{
  NetTrust *self = g_new0 (NetTrust, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

static NetTrust *
net_trust_copy (NetTrust *self)
{
  NetTrust *copy = net_trust_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  copy->anchors = g_strdup (self->anchors);

  g_hash_table_iter_init (&iter, self->pins);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy->pins, g_strdup (key), g_strdup (value));

  return copy;
}

/**
 * net_trust_with_pin:
 * @purpose: the pin's purpose
 * @host: the pin's host, as for net_endpoint_new ()
 * @port: the pin's port
 * @sha256: SHA-256 of the certificate in hex; colons and spaces in it do not matter
 *
 * Pins one certificate for one endpoint: this certificate and no other is trusted there,
 * whatever else is the matter with it.
 *
 * Returns: (transfer full): a new trust
 */
NetTrust *
net_trust_with_pin (NetTrust   *self,
                    NetPurpose  purpose,
                    const char *host,
                    guint16     port,
                    const char *sha256)
{
  g_autoptr(NetEndpoint) endpoint = NULL;
  NetTrust *copy;
  GString *hex;

  g_return_val_if_fail (self != NULL && host != NULL && sha256 != NULL, NULL);

  endpoint = net_endpoint_new (purpose, host, port, NET_SECURITY_TLS);
  hex = g_string_new (NULL);
  for (const char *p = sha256; *p != '\0'; p++)
    if (g_ascii_isxdigit (*p))
      g_string_append_c (hex, g_ascii_tolower (*p));

  copy = net_trust_copy (self);
  g_hash_table_replace (copy->pins, pin_key (purpose, net_endpoint_get_host (endpoint), port),
                        g_string_free (hex, FALSE));

  return copy;
}

/**
 * net_trust_with_anchors:
 * @pem: certificates of authorities, PEM
 *
 * Trusts further authorities for every endpoint.
 *
 * Errors: NET_ERROR_INVALID when there is no certificate in @pem.
 *
 * Returns: (transfer full): a new trust
 */
NetTrust *
net_trust_with_anchors (NetTrust    *self,
                        const char  *pem,
                        GError     **error)
{
  g_autoptr(NetCertificate) first = NULL;
  NetTrust *copy;
  char *anchors;

  g_return_val_if_fail (self != NULL && pem != NULL, NULL);

  first = net_certificate_new_from_pem (pem, error);
  if (first == NULL)
    return NULL;

  copy = net_trust_copy (self);
  anchors = copy->anchors != NULL ? g_strconcat (copy->anchors, "\n", pem, NULL) : g_strdup (pem);
  g_free (copy->anchors);
  copy->anchors = anchors;

  return copy;
}

/**
 * net_trust_ref:
 *
 * Returns: (transfer full): @self
 */
NetTrust *
net_trust_ref (NetTrust *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * net_trust_unref:
 * @self: (transfer full): a trust
 */
void
net_trust_unref (NetTrust *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_hash_table_unref (self->pins);
  g_free (self->anchors);
  g_free (self);
}

/**
 * net_trust_get_pin:
 * @endpoint: where a connection goes
 *
 * Returns: (transfer none) (nullable): SHA-256 of the certificate pinned for purpose, host and
 *   port of @endpoint, lower case hex
 */
const char *
net_trust_get_pin (NetTrust    *self,
                   NetEndpoint *endpoint)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (self != NULL && endpoint != NULL, NULL);

  key = pin_key (net_endpoint_get_purpose (endpoint), net_endpoint_get_host (endpoint),
                 net_endpoint_get_port (endpoint));
  return g_hash_table_lookup (self->pins, key);
}

/**
 * net_trust_get_anchors:
 *
 * Returns: (transfer none) (nullable): the further authorities, PEM
 */
const char *
net_trust_get_anchors (NetTrust *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->anchors;
}
