#include "discovery-lookup.h"

#include "discovery-provider-private.h"
#include "discovery-providers-private.h"

#include <string.h>

/* From an address to settings, without the network: the table of providers, or guesses that are
 * marked as such and that the person has to confirm before a password goes anywhere. */

struct _DiscoveryResult
{
  gatomicrefcount ref_count;
  DiscoveryAddress *address;   /* (owned) */
  DiscoveryProvider *provider; /* (owned) (nullable) */
  DiscoveryKind kind;
  GArray *servers[2];          /* (owned) of DiscoveryServer, by NetPurpose, best first */
  GStrv username_forms[2];     /* (owned) by NetPurpose */
  GStrv usernames[2];          /* (owned) by NetPurpose: the forms filled in, without `ask` */
  GStrv auth;                  /* (owned) */
};

G_DEFINE_BOXED_TYPE (DiscoveryResult, discovery_result, discovery_result_ref,
                     discovery_result_unref)

/**
 * discovery_source_to_string:
 *
 * Returns: a stable name for programs
 */
const char *
discovery_source_to_string (DiscoverySource source)
{
  static const char * const names[] = { "provider", "alternative", "guess", "person" };

  g_return_val_if_fail (source < G_N_ELEMENTS (names), NULL);

  return names[source];
}

/**
 * discovery_kind_to_string:
 *
 * Returns: a stable name for programs
 */
const char *
discovery_kind_to_string (DiscoveryKind kind)
{
  static const char * const names[] = { "known", "no-imap", "pop-only", "unknown" };

  g_return_val_if_fail (kind < G_N_ELEMENTS (names), NULL);

  return names[kind];
}

/**
 * discovery_result_ref:
 *
 * Returns: (transfer full): @self
 */
DiscoveryResult *
discovery_result_ref (DiscoveryResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * discovery_result_unref:
 * @self: (transfer full): what was found
 */
void
discovery_result_unref (DiscoveryResult *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  discovery_address_unref (self->address);
  g_clear_pointer (&self->provider, discovery_provider_unref);
  for (guint i = 0; i < 2; i++)
    {
      g_array_unref (self->servers[i]);
      g_strfreev (self->username_forms[i]);
      g_strfreev (self->usernames[i]);
    }
  g_strfreev (self->auth);
  g_free (self);
}

static void
clear_server (gpointer data)
{
  DiscoveryServer *server = data;

  net_endpoint_unref (server->endpoint);
}

static DiscoveryResult *
result_new (DiscoveryAddress  *address,
            DiscoveryProvider *provider)
{
  DiscoveryResult *self = g_new0 (DiscoveryResult, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->address = discovery_address_ref (address);
  self->provider = provider != NULL ? discovery_provider_ref (provider) : NULL;
  for (guint i = 0; i < 2; i++)
    {
      self->servers[i] = g_array_new (FALSE, FALSE, sizeof (DiscoveryServer));
      g_array_set_clear_func (self->servers[i], clear_server);
    }

  return self;
}

static void
add_servers (DiscoveryResult    *self,
             NetPurpose          purpose,
             const char * const *texts,
             DiscoverySource     source)
{
  const char *domain = discovery_address_get_domain (self->address);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      DiscoveryServer server = { NULL, source };

      server.endpoint = discovery_endpoint_expand (purpose, texts[i], domain, NULL);
      if (server.endpoint != NULL)
        g_array_append_val (self->servers[purpose], server);
    }
}

/* alice+shop@… is delivered to alice@…, and it is alice who signs in. The name as it was typed is
 * tried first, since some people's accounts do have a plus in them. */
static void
add_without_tag (DiscoveryResult *self,
                 GPtrArray       *usernames,
                 const char      *form)
{
  const char *local_part = discovery_address_get_local_part (self->address);
  const char *plus = strchr (local_part, '+');
  g_autoptr(DiscoveryAddress) untagged = NULL;
  g_autofree char *email = NULL;
  char *username;

  if (plus == NULL || plus == local_part || local_part[0] == '"')
    return;

  email = g_strdup_printf ("%.*s@%s", (int) (plus - local_part), local_part,
                           discovery_address_get_domain (self->address));
  untagged = discovery_address_parse (email, NULL);
  username = untagged != NULL ? discovery_address_expand (untagged, form) : NULL;
  if (username != NULL)
    g_ptr_array_add (usernames, username);
}

static void
set_usernames (DiscoveryResult    *self,
               NetPurpose          purpose,
               const char * const *forms)
{
  g_autoptr(GPtrArray) usernames = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; forms[i] != NULL; i++)
    {
      char *username = discovery_address_expand (self->address, forms[i]);

      if (username != NULL)
        g_ptr_array_add (usernames, username);
    }

  for (guint i = 0; forms[i] != NULL; i++)
    add_without_tag (self, usernames, forms[i]);

  g_ptr_array_add (usernames, NULL);
  self->username_forms[purpose] = g_strdupv ((char **) forms);
  self->usernames[purpose] = (GStrv) g_ptr_array_free (g_steal_pointer (&usernames), FALSE);
}

static DiscoveryResult *
result_of_provider (DiscoveryAddress  *address,
                    DiscoveryProvider *provider,
                    gboolean           own_domain)
{
  DiscoveryResult *self = result_new (address, provider);

  self->kind = discovery_provider_get_status (provider) == DISCOVERY_STATUS_NO_IMAP
                 ? DISCOVERY_KIND_NO_IMAP
                 : DISCOVERY_KIND_KNOWN;
  self->auth = g_strdupv ((char **) discovery_provider_get_auth (provider));

  for (NetPurpose purpose = NET_PURPOSE_IMAP; purpose <= NET_PURPOSE_SMTP; purpose++)
    {
      add_servers (self, purpose, discovery_provider_get_servers (provider, purpose),
                   DISCOVERY_SOURCE_PROVIDER);
      add_servers (self, purpose, discovery_provider_get_alternatives (provider, purpose),
                   DISCOVERY_SOURCE_ALTERNATIVE);
      set_usernames (self, purpose,
                     discovery_provider_get_usernames (provider, purpose, own_domain));
    }

  return self;
}

static DiscoveryResult *
result_of_guessing (DiscoveryProviders *providers,
                    DiscoveryAddress   *address)
{
  DiscoveryResult *self = result_new (address, NULL);

  self->kind = DISCOVERY_KIND_UNKNOWN;
  self->auth = g_strdupv ((char **) discovery_providers_get_guess_auth (providers));

  for (NetPurpose purpose = NET_PURPOSE_IMAP; purpose <= NET_PURPOSE_SMTP; purpose++)
    {
      add_servers (self, purpose, discovery_providers_get_guesses (providers, purpose),
                   DISCOVERY_SOURCE_GUESS);
      set_usernames (self, purpose, discovery_providers_get_guess_usernames (providers));
    }

  return self;
}

/**
 * discovery_lookup:
 * @providers: the table
 * @address: whose settings
 *
 * Looks up the settings for an address. Does no I/O. For a domain that nobody knows there are
 * guesses, marked as %DISCOVERY_SOURCE_GUESS; no password may go to one of them before the person
 * has confirmed it.
 *
 * Returns: (transfer full): what was found
 */
DiscoveryResult *
discovery_lookup (DiscoveryProviders *providers,
                  DiscoveryAddress   *address)
{
  const char *domain;
  DiscoveryProvider *provider;
  DiscoveryResult *self;

  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  domain = discovery_address_get_domain (address);
  provider = discovery_providers_match_domain (providers, domain);
  if (provider != NULL)
    return result_of_provider (address, provider, FALSE);

  self = result_of_guessing (providers, address);
  if (discovery_providers_is_pop_only (providers, domain))
    self->kind = DISCOVERY_KIND_POP_ONLY;

  return self;
}

/**
 * discovery_lookup_mx:
 * @providers: the table
 * @address: an address at a domain of the person's own
 * @host: the name of a host that takes that domain's mail
 *
 * Returns: (transfer full) (nullable): the settings of the provider that runs @host, with the user
 *   names for people's own domains; %NULL if the provider is not known
 */
DiscoveryResult *
discovery_lookup_mx (DiscoveryProviders *providers,
                     DiscoveryAddress   *address,
                     const char         *host)
{
  DiscoveryProvider *provider;

  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (providers), NULL);
  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (host != NULL, NULL);

  provider = discovery_providers_match_mx (providers, host);
  return provider != NULL ? result_of_provider (address, provider, TRUE) : NULL;
}

/**
 * discovery_result_get_address:
 *
 * Returns: (transfer none): the address that was looked up
 */
DiscoveryAddress *
discovery_result_get_address (DiscoveryResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * discovery_result_get_kind:
 *
 * Returns: what was found
 */
DiscoveryKind
discovery_result_get_kind (DiscoveryResult *self)
{
  g_return_val_if_fail (self != NULL, DISCOVERY_KIND_UNKNOWN);

  return self->kind;
}

/**
 * discovery_result_get_provider:
 *
 * Returns: (nullable) (transfer none): the known provider
 */
DiscoveryProvider *
discovery_result_get_provider (DiscoveryResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->provider;
}

/**
 * discovery_result_get_n_servers:
 *
 * Returns: how many servers there are for @purpose
 */
guint
discovery_result_get_n_servers (DiscoveryResult *self,
                                NetPurpose       purpose)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (purpose <= NET_PURPOSE_SMTP, 0);

  return self->servers[purpose]->len;
}

/**
 * discovery_result_get_server:
 *
 * Returns: (nullable) (transfer none): the server at @position, best first
 */
const DiscoveryServer *
discovery_result_get_server (DiscoveryResult *self,
                             NetPurpose       purpose,
                             guint            position)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (purpose <= NET_PURPOSE_SMTP, NULL);

  if (position >= self->servers[purpose]->len)
    return NULL;

  return &g_array_index (self->servers[purpose], DiscoveryServer, position);
}

/**
 * discovery_result_get_usernames:
 *
 * Returns: (array zero-terminated=1): names to sign in with, best first; none if the person has to
 *   be asked
 */
const char * const *
discovery_result_get_usernames (DiscoveryResult *self,
                                NetPurpose       purpose)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (purpose <= NET_PURPOSE_SMTP, NULL);

  return (const char * const *) self->usernames[purpose];
}

/**
 * discovery_result_get_username_forms:
 *
 * Returns: (array zero-terminated=1): the forms that the names were made from, `ask` included
 */
const char * const *
discovery_result_get_username_forms (DiscoveryResult *self,
                                     NetPurpose       purpose)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (purpose <= NET_PURPOSE_SMTP, NULL);

  return (const char * const *) self->username_forms[purpose];
}

/**
 * discovery_result_get_auth:
 *
 * Returns: (array zero-terminated=1): ways to sign in, best first
 */
const char * const *
discovery_result_get_auth (DiscoveryResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->auth;
}

static gboolean
first_needs_confirmation (DiscoveryResult *self,
                          NetPurpose       purpose)
{
  const DiscoveryServer *server = discovery_result_get_server (self, purpose, 0);

  return server != NULL &&
         (server->source != DISCOVERY_SOURCE_PROVIDER ||
          net_endpoint_get_security (server->endpoint) == NET_SECURITY_NONE);
}

/**
 * discovery_result_needs_confirmation:
 *
 * Returns: whether the person has to confirm the best settings before a password may be sent
 *   to them: they are guessed, or not encrypted
 */
gboolean
discovery_result_needs_confirmation (DiscoveryResult *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->kind != DISCOVERY_KIND_KNOWN ||
         first_needs_confirmation (self, NET_PURPOSE_IMAP) ||
         first_needs_confirmation (self, NET_PURPOSE_SMTP);
}
