#include "discovery-provider-private.h"

#include "discovery-error.h"

#include <string.h>

/* One row of the table of providers. Immutable; the comment of discovery-providers.c says what
 * the keys mean. */

struct _DiscoveryProvider
{
  gatomicrefcount ref_count;
  char *id;              /* (owned) */
  char *name;            /* (owned) */
  GStrv domains;         /* (owned) exact and globs, as all lists never NULL */
  GStrv mx;              /* (owned) globs */
  GStrv servers[2];      /* (owned) by NetPurpose, `host:port:mode`, best first */
  GStrv alternatives[2]; /* (owned) by NetPurpose */
  GStrv usernames[2];    /* (owned) by NetPurpose, forms */
  GStrv own_usernames;   /* (owned) forms for people's own domains */
  GStrv auth;            /* (owned) */
  char *oauth;           /* (owned) (nullable) */
  GStrv needs;           /* (owned) */
  char *help;            /* (owned) (nullable) */
  DiscoveryStatus status;
  guint poll_minutes;
};

G_DEFINE_BOXED_TYPE (DiscoveryProvider, discovery_provider, discovery_provider_ref,
                     discovery_provider_unref)

/**
 * discovery_provider_ref:
 *
 * Returns: (transfer full): @self
 */
DiscoveryProvider *
discovery_provider_ref (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * discovery_provider_unref:
 * @self: (transfer full): a provider
 */
void
discovery_provider_unref (DiscoveryProvider *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  g_free (self->name);
  g_strfreev (self->domains);
  g_strfreev (self->mx);
  for (guint i = 0; i < 2; i++)
    {
      g_strfreev (self->servers[i]);
      g_strfreev (self->alternatives[i]);
      g_strfreev (self->usernames[i]);
    }
  g_strfreev (self->own_usernames);
  g_strfreev (self->auth);
  g_free (self->oauth);
  g_strfreev (self->needs);
  g_free (self->help);
  g_free (self);
}

static GStrv
read_list (GKeyFile   *key_file,
           const char *group,
           const char *key)
{
  GStrv list = g_key_file_get_string_list (key_file, group, key, NULL, NULL);

  return list != NULL ? list : g_new0 (char *, 1);
}

static gboolean
wrong_row (GError     **error,
           const char  *id,
           const char  *what)
{
  g_set_error (error, DISCOVERY_ERROR, DISCOVERY_ERROR_DATA, "Provider “%s”: %s", id, what);
  return FALSE;
}

static gboolean
check_endpoints (DiscoveryProvider  *self,
                 GStrv               list,
                 NetPurpose          purpose,
                 GError            **error)
{
  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autoptr(NetEndpoint) endpoint = NULL;
      g_autoptr(GError) local_error = NULL;

      endpoint = discovery_endpoint_expand (purpose, list[i], "example.org", &local_error);
      if (endpoint == NULL)
        return wrong_row (error, self->id, local_error->message);
    }

  return TRUE;
}

static gboolean
read_servers (DiscoveryProvider  *self,
              GKeyFile           *key_file,
              GError            **error)
{
  static const char * const keys[2][2] = { { "imap", "imap-alt" }, { "smtp", "smtp-alt" } };

  for (guint i = 0; i < 2; i++)
    {
      self->servers[i] = read_list (key_file, self->id, keys[i][0]);
      self->alternatives[i] = read_list (key_file, self->id, keys[i][1]);
      if (!check_endpoints (self, self->servers[i], i, error) ||
          !check_endpoints (self, self->alternatives[i], i, error))
        return FALSE;
    }

  return TRUE;
}

static void
read_usernames (DiscoveryProvider *self,
                GKeyFile          *key_file)
{
  self->usernames[NET_PURPOSE_IMAP] = read_list (key_file, self->id, "username");
  self->own_usernames = read_list (key_file, self->id, "own-domain-username");

  if (g_key_file_has_key (key_file, self->id, "smtp-username", NULL))
    self->usernames[NET_PURPOSE_SMTP] = read_list (key_file, self->id, "smtp-username");
  else
    self->usernames[NET_PURPOSE_SMTP] = g_strdupv (self->usernames[NET_PURPOSE_IMAP]);
}

static gboolean
read_status (DiscoveryProvider  *self,
             GKeyFile           *key_file,
             GError            **error)
{
  g_autofree char *text = g_key_file_get_string (key_file, self->id, "status", NULL);

  if (text == NULL)
    self->status = DISCOVERY_STATUS_FINE;
  else if (strcmp (text, "unverified") == 0)
    self->status = DISCOVERY_STATUS_UNVERIFIED;
  else if (strcmp (text, "no-imap") == 0)
    self->status = DISCOVERY_STATUS_NO_IMAP;
  else if (strcmp (text, "insecure") == 0)
    self->status = DISCOVERY_STATUS_INSECURE;
  else
    return wrong_row (error, self->id, "its status is unknown");

  if (self->status != DISCOVERY_STATUS_NO_IMAP &&
      (self->servers[NET_PURPOSE_IMAP][0] == NULL ||
       self->usernames[NET_PURPOSE_IMAP][0] == NULL))
    return wrong_row (error, self->id, "it has no server or no user name");

  return TRUE;
}

static gboolean
read_poll_minutes (DiscoveryProvider  *self,
                   GKeyFile           *key_file,
                   GError            **error)
{
  g_autofree char *text = g_key_file_get_string (key_file, self->id, "poll-min-minutes", NULL);
  guint64 minutes = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, 24 * 60, &minutes, NULL))
    return wrong_row (error, self->id, "its time between polls is no number of minutes");

  self->poll_minutes = (guint) minutes;
  return TRUE;
}

/* Reads one row; a row that makes no sense is an error of the table. */
DiscoveryProvider *
discovery_provider_read (GKeyFile    *key_file,
                         const char  *id,
                         GError     **error)
{
  g_autoptr(DiscoveryProvider) self = g_new0 (DiscoveryProvider, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = g_strdup (id);
  self->name = g_key_file_get_string (key_file, id, "name", NULL);
  self->domains = read_list (key_file, id, "domains");
  self->mx = read_list (key_file, id, "mx");
  self->auth = read_list (key_file, id, "auth");
  self->oauth = g_key_file_get_string (key_file, id, "oauth", NULL);
  self->needs = read_list (key_file, id, "needs");
  self->help = g_key_file_get_string (key_file, id, "help", NULL);
  read_usernames (self, key_file);

  if (self->name == NULL)
    {
      wrong_row (error, id, "it has no name");
      return NULL;
    }

  if (!read_servers (self, key_file, error) ||
      !read_status (self, key_file, error) ||
      !read_poll_minutes (self, key_file, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Reads `host:port:mode`, in whose host `{domain}` may stand. */
NetEndpoint *
discovery_endpoint_expand (NetPurpose   purpose,
                           const char  *text,
                           const char  *domain,
                           GError     **error)
{
  g_autoptr(GString) expanded = g_string_new (text);

  g_string_replace (expanded, "{domain}", domain, 0);
  return net_endpoint_parse (purpose, expanded->str, error);
}

/* The servers as they stand in the row, best first. */
const char * const *
discovery_provider_get_servers (DiscoveryProvider *self,
                                NetPurpose         purpose)
{
  return (const char * const *) self->servers[purpose];
}

/* Servers that somebody names: unverified or retired. */
const char * const *
discovery_provider_get_alternatives (DiscoveryProvider *self,
                                     NetPurpose         purpose)
{
  return (const char * const *) self->alternatives[purpose];
}

/* The forms of user names, best first; @own_domain: the row was found by MX. */
const char * const *
discovery_provider_get_usernames (DiscoveryProvider *self,
                                  NetPurpose         purpose,
                                  gboolean           own_domain)
{
  if (own_domain && self->own_usernames[0] != NULL)
    return (const char * const *) self->own_usernames;

  return (const char * const *) self->usernames[purpose];
}

/**
 * discovery_provider_get_id:
 *
 * Returns: the row's permanent id
 */
const char *
discovery_provider_get_id (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * discovery_provider_get_name:
 *
 * Returns: the name that people know
 */
const char *
discovery_provider_get_name (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * discovery_provider_get_domains:
 *
 * Returns: (array zero-terminated=1): domains of addresses, and globs over them
 */
const char * const *
discovery_provider_get_domains (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->domains;
}

/**
 * discovery_provider_get_mx:
 *
 * Returns: (array zero-terminated=1): globs over the names of MX hosts
 */
const char * const *
discovery_provider_get_mx (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->mx;
}

/**
 * discovery_provider_get_status:
 *
 * Returns: how good the row is
 */
DiscoveryStatus
discovery_provider_get_status (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, DISCOVERY_STATUS_FINE);

  return self->status;
}

/**
 * discovery_provider_get_auth:
 *
 * Returns: (array zero-terminated=1): ways to sign in, best first: `password`, `oauth2`, …
 */
const char * const *
discovery_provider_get_auth (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->auth;
}

/**
 * discovery_provider_get_oauth:
 *
 * Returns: (nullable): the name of the group with the provider's OAuth 2.0 addresses
 */
const char *
discovery_provider_get_oauth (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->oauth;
}

/**
 * discovery_provider_get_needs:
 *
 * Returns: (array zero-terminated=1): what has to be done before it can work: `app-password`,
 *   `enable-imap`, `bridge`, …; with `-maybe`: to be told only when signing in fails
 */
const char * const *
discovery_provider_get_needs (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->needs;
}

/**
 * discovery_provider_has_need:
 * @need: one of those
 *
 * Returns: whether the provider has exactly this need
 */
gboolean
discovery_provider_has_need (DiscoveryProvider *self,
                             const char        *need)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (need != NULL, FALSE);

  return g_strv_contains ((const char * const *) self->needs, need);
}

/**
 * discovery_provider_get_help:
 *
 * Returns: (nullable): the address of the provider's own instructions
 */
const char *
discovery_provider_get_help (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->help;
}

/**
 * discovery_provider_get_poll_minutes:
 *
 * Returns: the shortest time between two polls that the provider asks for in minutes, or 0
 */
guint
discovery_provider_get_poll_minutes (DiscoveryProvider *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->poll_minutes;
}
