#include "discovery-providers-private.h"

#include "discovery-error.h"
#include "discovery-provider-private.h"
#include "discovery-resources.h"

#include <string.h>

/* The table of providers, compiled in from data/providers.ini: a key file, each group a provider
 * with a stable id. Lists end each item with “;”, best first.
 *
 *   name                    display name
 *   domains                 address domains; `*` and `?` make a glob. An exact match comes before
 *                           all globs, and of these the longest; a domain stands in one row only
 *   mx                      globs over the MX host, for people's own domains; the longest wins
 *   imap, smtp              `host:port:tls|starttls|none`; `{domain}` may stand in a host
 *   imap-alt, smtp-alt      named by somebody, unverified or retired: a password goes there only
 *                           when the person chooses it
 *   username, smtp-username `email`, `localpart`, `localpart%domain`, `localpart@x.y`,
 *                           `localpart.domain`, `ask`
 *   own-domain-username     the same, when the row was found by MX
 *   auth                    `password`, `oauth2`, `cram-md5`, `ntlm`, `gssapi`
 *   oauth                   which group `@oauth …` has the addresses
 *   needs                   `app-password`, `enable-imap`, …; with `-maybe`: tell on failure
 *   poll-min-minutes        the provider asks for polling no more often
 *   help                    address of instructions
 *   status                  nothing, `unverified`, `no-imap` or `insecure`
 *   sources, agree, seen    who says so; not read here
 *
 * Groups that begin with “@” are no providers: `@meta`, `@guess` (what to try for a domain that
 * nobody knows), `@pop-only` (domains without IMAP), `@oauth …` (kept for signing in with the
 * browser). */

#define RESOURCE_PATH "/io/github/pipitmail/Pipit/discovery/providers.ini"

typedef struct
{
  GPatternSpec *pattern;       /* (owned) */
  gsize length;                /* of the pattern's text: the longest match wins */
  DiscoveryProvider *provider; /* (unowned) */
} Glob;

struct _DiscoveryProviders
{
  GObject parent_instance;

  GPtrArray *rows;        /* (owned) of DiscoveryProvider */
  GHashTable *by_id;      /* (owned) id -> DiscoveryProvider, both the rows' */
  GHashTable *by_domain;  /* (owned) domain -> DiscoveryProvider, both the rows' */
  GArray *domain_globs;   /* (owned) of Glob */
  GArray *mx_globs;       /* (owned) of Glob */
  GHashTable *pop_only;   /* (owned) set of domains */
  GStrv guesses[2];       /* (owned) by NetPurpose */
  GStrv guess_usernames;  /* (owned) */
  GStrv guess_auth;       /* (owned) */
};

G_DEFINE_FINAL_TYPE (DiscoveryProviders, discovery_providers, G_TYPE_OBJECT)

static void
clear_glob (gpointer data)
{
  Glob *glob = data;

  g_pattern_spec_free (glob->pattern);
}

static void
discovery_providers_finalize (GObject *object)
{
  DiscoveryProviders *self = DISCOVERY_PROVIDERS (object);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_domain);
  g_hash_table_unref (self->pop_only);
  g_array_unref (self->domain_globs);
  g_array_unref (self->mx_globs);
  g_strfreev (self->guesses[NET_PURPOSE_IMAP]);
  g_strfreev (self->guesses[NET_PURPOSE_SMTP]);
  g_strfreev (self->guess_usernames);
  g_strfreev (self->guess_auth);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (discovery_providers_parent_class)->finalize (object);
}

static void
discovery_providers_class_init (DiscoveryProvidersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = discovery_providers_finalize;
}

static GArray *
new_globs (void)
{
  GArray *globs = g_array_new (FALSE, FALSE, sizeof (Glob));

  g_array_set_clear_func (globs, clear_glob);
  return globs;
}

static void
discovery_providers_init (DiscoveryProviders *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) discovery_provider_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_domain = g_hash_table_new (g_str_hash, g_str_equal);
  self->pop_only = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->domain_globs = new_globs ();
  self->mx_globs = new_globs ();
}

static void
add_glob (GArray            *globs,
          const char        *text,
          DiscoveryProvider *provider)
{
  Glob glob = { g_pattern_spec_new (text), strlen (text), provider };

  g_array_append_val (globs, glob);
}

static gboolean
add_domains (DiscoveryProviders  *self,
             DiscoveryProvider   *provider,
             GError             **error)
{
  const char * const *domains = discovery_provider_get_domains (provider);
  const char * const *mx = discovery_provider_get_mx (provider);

  for (guint i = 0; domains[i] != NULL; i++)
    {
      if (strpbrk (domains[i], "*?") != NULL)
        add_glob (self->domain_globs, domains[i], provider);
      else if (!g_hash_table_insert (self->by_domain, (char *) domains[i], provider))
        {
          g_set_error (error, DISCOVERY_ERROR, DISCOVERY_ERROR_DATA,
                       "The domain “%s” stands in two rows", domains[i]);
          return FALSE;
        }
    }

  for (guint i = 0; mx[i] != NULL; i++)
    add_glob (self->mx_globs, mx[i], provider);

  return TRUE;
}

static gboolean
add_row (DiscoveryProviders  *self,
         GKeyFile            *key_file,
         const char          *group,
         GError             **error)
{
  DiscoveryProvider *provider = discovery_provider_read (key_file, group, error);

  if (provider == NULL)
    return FALSE;

  g_ptr_array_add (self->rows, provider);
  g_hash_table_insert (self->by_id, (char *) discovery_provider_get_id (provider), provider);
  return add_domains (self, provider, error);
}

static gboolean
read_guesses (DiscoveryProviders  *self,
              GKeyFile            *key_file,
              GError             **error)
{
  g_auto(GStrv) pop_only = NULL;

  self->guesses[NET_PURPOSE_IMAP] = g_key_file_get_string_list (key_file, "@guess", "imap", NULL,
                                                                error);
  if (self->guesses[NET_PURPOSE_IMAP] == NULL)
    return FALSE;

  self->guesses[NET_PURPOSE_SMTP] = g_key_file_get_string_list (key_file, "@guess", "smtp", NULL,
                                                                error);
  if (self->guesses[NET_PURPOSE_SMTP] == NULL)
    return FALSE;

  self->guess_usernames = g_key_file_get_string_list (key_file, "@guess", "username", NULL, error);
  if (self->guess_usernames == NULL)
    return FALSE;

  self->guess_auth = g_key_file_get_string_list (key_file, "@guess", "auth", NULL, error);
  if (self->guess_auth == NULL)
    return FALSE;

  pop_only = g_key_file_get_string_list (key_file, "@pop-only", "domains", NULL, error);
  for (guint i = 0; pop_only != NULL && pop_only[i] != NULL; i++)
    g_hash_table_add (self->pop_only, g_strdup (pop_only[i]));

  return pop_only != NULL;
}

/**
 * discovery_providers_new:
 * @key_file: a table of providers
 *
 * Reads a table. Nothing in it is passed over: what cannot be read is an error.
 *
 * Thread: any; the object may then be read from all.
 * Errors: DISCOVERY_ERROR_DATA, G_KEY_FILE_ERROR.
 *
 * Returns: (transfer full): the table
 */
DiscoveryProviders *
discovery_providers_new (GBytes  *key_file,
                         GError **error)
{
  g_autoptr(DiscoveryProviders) self = NULL;
  g_autoptr(GKeyFile) table = g_key_file_new ();
  g_auto(GStrv) groups = NULL;

  g_return_val_if_fail (key_file != NULL, NULL);

  self = g_object_new (DISCOVERY_TYPE_PROVIDERS, NULL);

  if (!g_key_file_load_from_bytes (table, key_file, G_KEY_FILE_NONE, error) ||
      !read_guesses (self, table, error))
    return NULL;

  groups = g_key_file_get_groups (table, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (groups[i][0] != '@' && !add_row (self, table, groups[i], error))
      return NULL;

  return g_steal_pointer (&self);
}

static gpointer
load_default (gpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) key_file = NULL;
  DiscoveryProviders *self = NULL;

  key_file = g_resource_lookup_data (discovery_get_resource (), RESOURCE_PATH,
                                     G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (key_file != NULL)
    self = discovery_providers_new (key_file, &error);

  /* It is part of the program, and a test reads it: it cannot be anything but right. */
  if (self == NULL)
    g_error ("The table of providers cannot be read: %s", error->message);

  return self;
}

/**
 * discovery_providers_get_default:
 *
 * Thread: any.
 *
 * Returns: (transfer none): the table that is compiled in
 */
DiscoveryProviders *
discovery_providers_get_default (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_default, NULL);
}

/**
 * discovery_providers_get_n:
 *
 * Returns: how many providers there are
 */
guint
discovery_providers_get_n (DiscoveryProviders *self)
{
  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (self), 0);

  return self->rows->len;
}

/**
 * discovery_providers_get:
 *
 * Returns: (nullable) (transfer none): the provider at @position
 */
DiscoveryProvider *
discovery_providers_get (DiscoveryProviders *self,
                         guint               position)
{
  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (self), NULL);

  return position < self->rows->len ? self->rows->pdata[position] : NULL;
}

/**
 * discovery_providers_find:
 *
 * Returns: (nullable) (transfer none): the provider with this id
 */
DiscoveryProvider *
discovery_providers_find (DiscoveryProviders *self,
                          const char         *id)
{
  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (self->by_id, id);
}

static DiscoveryProvider *
match_longest (GArray     *globs,
               const char *text)
{
  DiscoveryProvider *best = NULL;
  gsize best_length = 0;

  for (guint i = 0; i < globs->len; i++)
    {
      const Glob *glob = &g_array_index (globs, Glob, i);

      if (glob->length > best_length && g_pattern_spec_match_string (glob->pattern, text))
        {
          best = glob->provider;
          best_length = glob->length;
        }
    }

  return best;
}

/**
 * discovery_providers_match_domain:
 * @domain: the domain of an address, ASCII, in any letter case
 *
 * Returns: (nullable) (transfer none): the provider whose domain it is: an exact match first, then
 *   the longest glob
 */
DiscoveryProvider *
discovery_providers_match_domain (DiscoveryProviders *self,
                                  const char         *domain)
{
  g_autofree char *lower = NULL;
  DiscoveryProvider *provider;

  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (self), NULL);
  g_return_val_if_fail (domain != NULL, NULL);

  lower = g_ascii_strdown (domain, -1);
  provider = g_hash_table_lookup (self->by_domain, lower);

  return provider != NULL ? provider : match_longest (self->domain_globs, lower);
}

/**
 * discovery_providers_match_mx:
 * @host: the name of a host that takes a domain's mail
 *
 * Returns: (nullable) (transfer none): the provider that runs it: the longest glob
 */
DiscoveryProvider *
discovery_providers_match_mx (DiscoveryProviders *self,
                              const char         *host)
{
  g_autofree char *lower = NULL;

  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  lower = g_ascii_strdown (host, -1);
  if (g_str_has_suffix (lower, "."))
    lower[strlen (lower) - 1] = '\0';

  return match_longest (self->mx_globs, lower);
}

/**
 * discovery_providers_is_pop_only:
 * @domain: the domain of an address, ASCII, in any letter case
 *
 * Returns: whether the domain is known to offer no IMAP
 */
gboolean
discovery_providers_is_pop_only (DiscoveryProviders *self,
                                 const char         *domain)
{
  g_autofree char *lower = NULL;

  g_return_val_if_fail (DISCOVERY_IS_PROVIDERS (self), FALSE);
  g_return_val_if_fail (domain != NULL, FALSE);

  lower = g_ascii_strdown (domain, -1);
  return g_hash_table_contains (self->pop_only, lower);
}

const char * const *
discovery_providers_get_guesses (DiscoveryProviders *self,
                                 NetPurpose          purpose)
{
  return (const char * const *) self->guesses[purpose];
}

const char * const *
discovery_providers_get_guess_usernames (DiscoveryProviders *self)
{
  return (const char * const *) self->guess_usernames;
}

const char * const *
discovery_providers_get_guess_auth (DiscoveryProviders *self)
{
  return (const char * const *) self->guess_auth;
}
