#include "discovery-advice-private.h"

/* What a failed test means and what can be done, in codes and parameters: a value. The rules are
 * in discovery-advise.c. */

struct _DiscoveryAdvice
{
  gatomicrefcount ref_count;
  DiscoveryFailure *failure; /* (owned) */
  DiscoveryAdviceCode code;
  GArray *remedies;          /* (owned) of DiscoveryRemedy, the best first */
};

G_DEFINE_BOXED_TYPE (DiscoveryAdvice, discovery_advice, discovery_advice_ref,
                     discovery_advice_unref)

static const char * const code_names[] = {
  "name-not-found",
  "offline",
  "refused",
  "unreachable",
  "filtered",
  "silent",
  "closed",
  "not-tls",
  "tls-expected",
  "no-starttls",
  "plain-not-allowed",
  "tls-version",
  "tls-failed",
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-other-host",
  "certificate-self-signed",
  "certificate-unknown-issuer",
  "certificate-other",
  "certificate-changed",
  "sign-in-refused",
  "app-password",
  "enable-imap",
  "auth-code",
  "oauth-only",
  "bridge",
  "bridge-password",
  "web-sign-in",
  "mechanism-not-offered",
  "limited",
  "too-many-connections",
  "shutting-down",
  "busy",
  "protocol",
  "folders-refused",
  "sender-refused",
  "send-needs-sign-in",
  "confirm-server",
  "other",
};
G_STATIC_ASSERT (G_N_ELEMENTS (code_names) == DISCOVERY_N_ADVICE_CODES);

static const char * const remedy_names[] = {
  "try-again",
  "edit",
  "edit-password",
  "use-endpoint",
  "use-username",
  "view-certificate",
  "open-link",
  "confirm",
};
G_STATIC_ASSERT (G_N_ELEMENTS (remedy_names) == DISCOVERY_REMEDY_CONFIRM + 1);

/**
 * discovery_advice_code_to_string:
 *
 * Returns: a stable name for programs
 */
const char *
discovery_advice_code_to_string (DiscoveryAdviceCode code)
{
  g_return_val_if_fail (code < DISCOVERY_N_ADVICE_CODES, NULL);

  return code_names[code];
}

/**
 * discovery_remedy_kind_to_string:
 *
 * Returns: a stable name for programs
 */
const char *
discovery_remedy_kind_to_string (DiscoveryRemedyKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (remedy_names), NULL);

  return remedy_names[kind];
}

static void
clear_remedy (gpointer data)
{
  DiscoveryRemedy *remedy = data;

  g_clear_pointer (&remedy->endpoint, net_endpoint_unref);
  g_free (remedy->text);
}

DiscoveryAdvice *
discovery_advice_new (DiscoveryFailure *failure)
{
  DiscoveryAdvice *self = g_new0 (DiscoveryAdvice, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->failure = discovery_failure_ref (failure);
  self->code = DISCOVERY_ADVICE_OTHER;
  self->remedies = g_array_new (FALSE, FALSE, sizeof (DiscoveryRemedy));
  g_array_set_clear_func (self->remedies, clear_remedy);

  return self;
}

/**
 * discovery_advice_ref:
 *
 * Returns: (transfer full): @self
 */
DiscoveryAdvice *
discovery_advice_ref (DiscoveryAdvice *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * discovery_advice_unref:
 * @self: (transfer full): advice
 */
void
discovery_advice_unref (DiscoveryAdvice *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  discovery_failure_unref (self->failure);
  g_array_unref (self->remedies);
  g_free (self);
}

void
discovery_advice_set_code (DiscoveryAdvice     *self,
                           DiscoveryAdviceCode  code)
{
  self->code = code;
}

/* Adds a remedy unless the same is there already. */
void
discovery_advice_add (DiscoveryAdvice     *self,
                      DiscoveryRemedyKind  kind,
                      const char          *text)
{
  DiscoveryRemedy remedy = { kind, NULL, DISCOVERY_SOURCE_PERSON, NULL };

  for (guint i = 0; i < self->remedies->len; i++)
    {
      const DiscoveryRemedy *other = &g_array_index (self->remedies, DiscoveryRemedy, i);

      if (other->kind == kind && g_strcmp0 (other->text, text) == 0)
        return;
    }

  remedy.text = g_strdup (text);
  g_array_append_val (self->remedies, remedy);
}

/* Adds another server to try, unless it is there already or is the one that failed. */
void
discovery_advice_add_endpoint (DiscoveryAdvice *self,
                               NetEndpoint     *endpoint,
                               DiscoverySource  source)
{
  DiscoveryRemedy remedy = { DISCOVERY_REMEDY_USE_ENDPOINT, NULL, source, NULL };

  if (net_endpoint_equal (endpoint, discovery_failure_get_endpoint (self->failure)))
    return;

  for (guint i = 0; i < self->remedies->len; i++)
    {
      const DiscoveryRemedy *other = &g_array_index (self->remedies, DiscoveryRemedy, i);

      if (other->endpoint != NULL && net_endpoint_equal (other->endpoint, endpoint))
        return;
    }

  remedy.endpoint = net_endpoint_ref (endpoint);
  g_array_append_val (self->remedies, remedy);
}

/**
 * discovery_advice_get_code:
 *
 * Returns: what the failure means
 */
DiscoveryAdviceCode
discovery_advice_get_code (DiscoveryAdvice *self)
{
  g_return_val_if_fail (self != NULL, DISCOVERY_ADVICE_OTHER);

  return self->code;
}

/**
 * discovery_advice_get_failure:
 *
 * Returns: (transfer none): the failure, with the parameters for a sentence: host, port, step,
 *   what the server said
 */
DiscoveryFailure *
discovery_advice_get_failure (DiscoveryAdvice *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->failure;
}

/**
 * discovery_advice_get_n_remedies:
 *
 * Returns: how many remedies there are
 */
guint
discovery_advice_get_n_remedies (DiscoveryAdvice *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->remedies->len;
}

/**
 * discovery_advice_get_remedy:
 *
 * Returns: (nullable) (transfer none): the remedy at @position, the best first
 */
const DiscoveryRemedy *
discovery_advice_get_remedy (DiscoveryAdvice *self,
                             guint            position)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (position >= self->remedies->len)
    return NULL;

  return &g_array_index (self->remedies, DiscoveryRemedy, position);
}
