#include "discovery-test-private.h"

#include <string.h>

/* Where and why a test stopped: a value. */

struct _DiscoveryFailure
{
  gatomicrefcount ref_count;
  NetEndpoint *endpoint;       /* (owned) */
  char *username;              /* (owned) (nullable) */
  NetStage stage;
  GError *error;               /* (owned) */
  char *server_text;           /* (owned) (nullable) */
  NetCertificate *certificate; /* (owned) (nullable) */
};

G_DEFINE_BOXED_TYPE (DiscoveryFailure, discovery_failure, discovery_failure_ref,
                     discovery_failure_unref)

/* What a server said is quoted in the error's message; people want to read it by itself. Before a
 * connection there is none that could say anything: what is quoted then are names. */
static char *
extract_server_text (NetStage      stage,
                     const GError *error)
{
  const char *open = strstr (error->message, "“");
  const char *close = g_strrstr (error->message, "”");

  if (stage <= NET_STAGE_CONNECT || open == NULL || close == NULL || close <= open)
    return NULL;

  open += strlen ("“");
  return g_strndup (open, (gsize) (close - open));
}

DiscoveryFailure *
discovery_failure_new (NetEndpoint    *endpoint,
                       const char     *username,
                       NetStage        stage,
                       const GError   *error,
                       NetCertificate *certificate)
{
  DiscoveryFailure *self = g_new0 (DiscoveryFailure, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->endpoint = net_endpoint_ref (endpoint);
  self->username = g_strdup (username);
  self->stage = stage;
  self->error = g_error_copy (error);
  self->server_text = extract_server_text (stage, error);
  self->certificate = certificate != NULL ? net_certificate_ref (certificate) : NULL;

  return self;
}

/**
 * discovery_failure_ref:
 *
 * Returns: (transfer full): @self
 */
DiscoveryFailure *
discovery_failure_ref (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * discovery_failure_unref:
 * @self: (transfer full): a failure
 */
void
discovery_failure_unref (DiscoveryFailure *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  net_endpoint_unref (self->endpoint);
  g_free (self->username);
  g_error_free (self->error);
  g_free (self->server_text);
  g_clear_pointer (&self->certificate, net_certificate_unref);
  g_free (self);
}

/**
 * discovery_failure_get_endpoint:
 *
 * Returns: (transfer none): the server at which it failed
 */
NetEndpoint *
discovery_failure_get_endpoint (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->endpoint;
}

/**
 * discovery_failure_get_username:
 *
 * Returns: (nullable): the name that was, or would have been, signed in with
 */
const char *
discovery_failure_get_username (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->username;
}

/**
 * discovery_failure_get_stage:
 *
 * Returns: the step that failed
 */
NetStage
discovery_failure_get_stage (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NET_STAGE_RESOLVE);

  return self->stage;
}

/**
 * discovery_failure_get_error:
 *
 * Returns: (transfer none): the error itself
 */
const GError *
discovery_failure_get_error (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->error;
}

/**
 * discovery_failure_get_class:
 *
 * Returns: the stable name of the error's class, as of net_error_class_name ()
 */
const char *
discovery_failure_get_class (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return net_error_class_name (self->error);
}

/**
 * discovery_failure_get_server_text:
 *
 * Returns: (nullable): what the server itself said to it, made fit to be shown
 */
const char *
discovery_failure_get_server_text (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->server_text;
}

/**
 * discovery_failure_get_certificate:
 *
 * Returns: (nullable) (transfer none): the certificate that was not trusted
 */
NetCertificate *
discovery_failure_get_certificate (DiscoveryFailure *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->certificate;
}
