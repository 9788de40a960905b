#include "discovery-advice-private.h"

#include "discovery-error.h"
#include "imap-error.h"
#include "net-error.h"
#include "smtp-error.h"

#include <string.h>

/* From a class of failure, the step at which it happened and what is known of the provider, to
 * what it means and what to do about it. A pure function. */

typedef struct
{
  DiscoveryFailure *failure;
  DiscoveryResult *known;      /* (nullable) */
  DiscoveryProvider *provider; /* (nullable) */
  NetEndpoint *endpoint;
  NetPurpose purpose;
  NetStage stage;
  const GError *error;
} Case;

/* What it means */

static gboolean
server_says (const Case *c,
             const char *words)
{
  const char *text = discovery_failure_get_server_text (c->failure);
  g_autofree char *folded = g_ascii_strdown (text != NULL ? text : c->error->message, -1);

  return strstr (folded, words) != NULL;
}

static gboolean
needs (const Case *c,
       const char *need)
{
  g_autofree char *maybe = g_strconcat (need, "-maybe", NULL);

  return c->provider != NULL && (discovery_provider_has_need (c->provider, need) ||
                                 discovery_provider_has_need (c->provider, maybe));
}

static gboolean
surely_needs (const Case *c,
              const char *need)
{
  return c->provider != NULL && discovery_provider_has_need (c->provider, need);
}

static DiscoveryAdviceCode
advise_timed_out (const Case *c)
{
  if (c->stage == NET_STAGE_RESOLVE)
    return DISCOVERY_ADVICE_OFFLINE;

  return c->stage == NET_STAGE_CONNECT ? DISCOVERY_ADVICE_FILTERED : DISCOVERY_ADVICE_SILENT;
}

static DiscoveryAdviceCode
advise_certificate (const Case *c)
{
  static const struct
  {
    NetCertificateProblems problem;
    DiscoveryAdviceCode code;
  } order[] = {
    { NET_CERTIFICATE_CHANGED, DISCOVERY_ADVICE_CERTIFICATE_CHANGED },
    { NET_CERTIFICATE_REVOKED, DISCOVERY_ADVICE_CERTIFICATE_OTHER },
    { NET_CERTIFICATE_INSECURE, DISCOVERY_ADVICE_CERTIFICATE_OTHER },
    { NET_CERTIFICATE_EXPIRED, DISCOVERY_ADVICE_CERTIFICATE_EXPIRED },
    { NET_CERTIFICATE_NOT_YET_VALID, DISCOVERY_ADVICE_CERTIFICATE_NOT_YET_VALID },
    { NET_CERTIFICATE_OTHER_HOST, DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST },
    { NET_CERTIFICATE_SELF_SIGNED, DISCOVERY_ADVICE_CERTIFICATE_SELF_SIGNED },
    { NET_CERTIFICATE_UNKNOWN_ISSUER, DISCOVERY_ADVICE_CERTIFICATE_UNKNOWN_ISSUER },
  };
  NetCertificate *certificate = discovery_failure_get_certificate (c->failure);
  NetCertificateProblems problems =
    certificate != NULL ? net_certificate_get_problems (certificate) : NET_CERTIFICATE_OTHER;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if ((problems & order[i].problem) != 0)
      return order[i].code;

  return DISCOVERY_ADVICE_CERTIFICATE_OTHER;
}

/* What the server says comes first, then what the provider is known to want of everybody, then
 * what it may want. */
static DiscoveryAdviceCode
advise_sign_in (const Case *c)
{
  if (surely_needs (c, "oauth-only"))
    return DISCOVERY_ADVICE_OAUTH_ONLY;
  if (needs (c, "bridge"))
    return DISCOVERY_ADVICE_BRIDGE_PASSWORD;
  if (server_says (c, "application-specific") || server_says (c, "app password") ||
      server_says (c, "app-password"))
    return DISCOVERY_ADVICE_APP_PASSWORD;
  if (server_says (c, "web browser") || server_says (c, "webalert") ||
      server_says (c, "web login"))
    return DISCOVERY_ADVICE_WEB_SIGN_IN;
  if (server_says (c, "not enabled") || server_says (c, "is disabled"))
    return DISCOVERY_ADVICE_ENABLE_IMAP;
  if (needs (c, "auth-code"))
    return DISCOVERY_ADVICE_AUTH_CODE;
  if (surely_needs (c, "app-password"))
    return DISCOVERY_ADVICE_APP_PASSWORD;
  if (surely_needs (c, "enable-imap"))
    return DISCOVERY_ADVICE_ENABLE_IMAP;
  if (needs (c, "app-password"))
    return DISCOVERY_ADVICE_APP_PASSWORD;
  if (needs (c, "enable-imap"))
    return DISCOVERY_ADVICE_ENABLE_IMAP;

  return DISCOVERY_ADVICE_SIGN_IN_REFUSED;
}

static DiscoveryAdviceCode
advise_mechanism (const Case *c)
{
  if (surely_needs (c, "oauth-only"))
    return DISCOVERY_ADVICE_OAUTH_ONLY;

  return DISCOVERY_ADVICE_MECHANISM_NOT_OFFERED;
}

static DiscoveryAdviceCode
advise_net (const Case *c)
{
  switch ((NetError) c->error->code)
    {
    case NET_ERROR_NAME_NOT_FOUND:
      return DISCOVERY_ADVICE_NAME_NOT_FOUND;
    case NET_ERROR_NAME_LOOKUP:
      return DISCOVERY_ADVICE_OFFLINE;
    case NET_ERROR_REFUSED:
      return needs (c, "bridge") ? DISCOVERY_ADVICE_BRIDGE : DISCOVERY_ADVICE_REFUSED;
    case NET_ERROR_TIMED_OUT:
      return advise_timed_out (c);
    case NET_ERROR_UNREACHABLE:
      return DISCOVERY_ADVICE_UNREACHABLE;
    case NET_ERROR_CLOSED:
      return DISCOVERY_ADVICE_CLOSED;
    case NET_ERROR_NOT_TLS:
      return DISCOVERY_ADVICE_NOT_TLS;
    case NET_ERROR_TLS_EXPECTED:
      return DISCOVERY_ADVICE_TLS_EXPECTED;
    case NET_ERROR_TLS_VERSION:
      return DISCOVERY_ADVICE_TLS_VERSION;
    case NET_ERROR_TLS_FAILED:
      return DISCOVERY_ADVICE_TLS_FAILED;
    case NET_ERROR_STARTTLS_NOT_OFFERED:
      return DISCOVERY_ADVICE_NO_STARTTLS;
    case NET_ERROR_PLAIN_NOT_ALLOWED:
      return DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED;
    case NET_ERROR_CERTIFICATE:
      return advise_certificate (c);
    case NET_ERROR_CERTIFICATE_CHANGED:
      return DISCOVERY_ADVICE_CERTIFICATE_CHANGED;
    case NET_ERROR_SIGN_IN_REFUSED:
      return advise_sign_in (c);
    case NET_ERROR_MECHANISM_NOT_OFFERED:
      return advise_mechanism (c);
    case NET_ERROR_ACCOUNT_LIMITED:
      return server_says (c, "web") ? DISCOVERY_ADVICE_WEB_SIGN_IN : DISCOVERY_ADVICE_LIMITED;
    case NET_ERROR_TOO_MANY_CONNECTIONS:
      return DISCOVERY_ADVICE_TOO_MANY_CONNECTIONS;
    case NET_ERROR_SHUTTING_DOWN:
      return DISCOVERY_ADVICE_SHUTTING_DOWN;
    case NET_ERROR_BUSY:
      return DISCOVERY_ADVICE_BUSY;
    case NET_ERROR_PROTOCOL:
      return DISCOVERY_ADVICE_PROTOCOL;
    case NET_ERROR_INVALID:
    case NET_ERROR_FAILED:
    default:
      return DISCOVERY_ADVICE_OTHER;
    }
}

/* RFC 4954 section 6: 530 is "Authentication required". */
static gboolean
wants_sign_in (const Case *c)
{
  return server_says (c, "530 ") || server_says (c, "authentication required") ||
         server_says (c, "must authenticate");
}

static DiscoveryAdviceCode
advise_code (const Case *c)
{
  if (g_error_matches (c->error, DISCOVERY_ERROR, DISCOVERY_ERROR_UNCONFIRMED))
    return DISCOVERY_ADVICE_CONFIRM_SERVER;

  if (g_error_matches (c->error, SMTP_ERROR, SMTP_ERROR_TEMPORARY) ||
      g_error_matches (c->error, IMAP_ERROR, IMAP_ERROR_TRY_LATER))
    return DISCOVERY_ADVICE_BUSY;

  if (c->stage == NET_STAGE_SENDER && c->error->domain == SMTP_ERROR)
    return wants_sign_in (c) ? DISCOVERY_ADVICE_SEND_NEEDS_SIGN_IN
                             : DISCOVERY_ADVICE_SENDER_REFUSED;
  if (c->stage == NET_STAGE_FOLDERS && c->error->domain == IMAP_ERROR)
    return DISCOVERY_ADVICE_FOLDERS_REFUSED;
  if (c->error->domain == IMAP_ERROR || c->error->domain == SMTP_ERROR)
    return DISCOVERY_ADVICE_PROTOCOL;

  return c->error->domain == NET_ERROR ? advise_net (c) : DISCOVERY_ADVICE_OTHER;
}

/* What to do */

/* The ports of RFC 8314, and their elders, at the very host that was named. */
static void
add_standard_ports (DiscoveryAdvice *advice,
                    const Case      *c,
                    gboolean         tls,
                    gboolean         starttls)
{
  static const guint16 ports[2][2] = { { 993, 143 }, { 465, 587 } };
  const char *host = net_endpoint_get_host (c->endpoint);
  g_autoptr(NetEndpoint) with_tls = NULL;
  g_autoptr(NetEndpoint) with_starttls = NULL;

  with_tls = net_endpoint_new (c->purpose, host, ports[c->purpose][0], NET_SECURITY_TLS);
  with_starttls = net_endpoint_new (c->purpose, host, ports[c->purpose][1],
                                    NET_SECURITY_STARTTLS);

  if (tls && with_tls != NULL)
    discovery_advice_add_endpoint (advice, with_tls, DISCOVERY_SOURCE_PERSON);
  if (starttls && with_starttls != NULL)
    discovery_advice_add_endpoint (advice, with_starttls, DISCOVERY_SOURCE_PERSON);
}

static void
add_same_port (DiscoveryAdvice *advice,
               const Case      *c,
               NetSecurity      security)
{
  g_autoptr(NetEndpoint) endpoint = NULL;

  endpoint = net_endpoint_new (c->purpose, net_endpoint_get_host (c->endpoint),
                               net_endpoint_get_port (c->endpoint), security);
  if (endpoint != NULL)
    discovery_advice_add_endpoint (advice, endpoint, DISCOVERY_SOURCE_PERSON);
}

/* What the provider's row names besides. */
static void
add_known_servers (DiscoveryAdvice *advice,
                   const Case      *c)
{
  guint n = c->provider != NULL ? discovery_result_get_n_servers (c->known, c->purpose) : 0;

  for (guint i = 0; i < n; i++)
    {
      const DiscoveryServer *server = discovery_result_get_server (c->known, c->purpose, i);

      if (net_endpoint_get_security (server->endpoint) != NET_SECURITY_NONE)
        discovery_advice_add_endpoint (advice, server->endpoint, server->source);
    }
}

static void
add_endpoints (DiscoveryAdvice     *advice,
               const Case          *c,
               DiscoveryAdviceCode  code)
{
  switch (code)
    {
    case DISCOVERY_ADVICE_NOT_TLS:
      add_same_port (advice, c, NET_SECURITY_STARTTLS);
      add_standard_ports (advice, c, TRUE, FALSE);
      add_known_servers (advice, c);
      break;

    case DISCOVERY_ADVICE_TLS_EXPECTED:
      add_same_port (advice, c, NET_SECURITY_TLS);
      add_known_servers (advice, c);
      break;

    case DISCOVERY_ADVICE_NO_STARTTLS:
    case DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED:
      add_standard_ports (advice, c, TRUE, code == DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED);
      add_known_servers (advice, c);
      break;

    case DISCOVERY_ADVICE_NAME_NOT_FOUND:
    case DISCOVERY_ADVICE_UNREACHABLE:
    case DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST:
      add_known_servers (advice, c);
      break;

    case DISCOVERY_ADVICE_REFUSED:
    case DISCOVERY_ADVICE_FILTERED:
    case DISCOVERY_ADVICE_SILENT:
    case DISCOVERY_ADVICE_CLOSED:
    case DISCOVERY_ADVICE_TLS_FAILED:
    case DISCOVERY_ADVICE_PROTOCOL:
      add_known_servers (advice, c);
      add_standard_ports (advice, c, TRUE, TRUE);
      break;

    default:
      break;
    }
}

/* Names are offered and not tried: each wrong one may count towards a lock. */
static void
add_usernames (DiscoveryAdvice *advice,
               const Case      *c)
{
  const char *failed = discovery_failure_get_username (c->failure);
  const char * const *usernames =
    c->known != NULL ? discovery_result_get_usernames (c->known, c->purpose) : NULL;
  const char *at = failed != NULL ? strrchr (failed, '@') : NULL;

  for (guint i = 0; usernames != NULL && usernames[i] != NULL; i++)
    if (g_strcmp0 (usernames[i], failed) != 0)
      discovery_advice_add (advice, DISCOVERY_REMEDY_USE_USERNAME, usernames[i]);

  if (c->provider == NULL && at != NULL && at > failed)
    {
      g_autofree char *local_part = g_strndup (failed, (gsize) (at - failed));

      discovery_advice_add (advice, DISCOVERY_REMEDY_USE_USERNAME, local_part);
    }
}

static void
add_link (DiscoveryAdvice *advice,
          const Case      *c)
{
  const char *help = c->provider != NULL ? discovery_provider_get_help (c->provider) : NULL;

  if (help != NULL)
    discovery_advice_add (advice, DISCOVERY_REMEDY_OPEN_LINK, help);
}

static void
add_general (DiscoveryAdvice     *advice,
             const Case          *c,
             DiscoveryAdviceCode  code)
{
  switch (code)
    {
    case DISCOVERY_ADVICE_CONFIRM_SERVER:
      discovery_advice_add (advice, DISCOVERY_REMEDY_CONFIRM, NULL);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT, NULL);
      break;

    case DISCOVERY_ADVICE_CERTIFICATE_EXPIRED:
    case DISCOVERY_ADVICE_CERTIFICATE_NOT_YET_VALID:
    case DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST:
    case DISCOVERY_ADVICE_CERTIFICATE_SELF_SIGNED:
    case DISCOVERY_ADVICE_CERTIFICATE_UNKNOWN_ISSUER:
    case DISCOVERY_ADVICE_CERTIFICATE_OTHER:
    case DISCOVERY_ADVICE_CERTIFICATE_CHANGED:
      if (discovery_failure_get_certificate (c->failure) != NULL)
        discovery_advice_add (advice, DISCOVERY_REMEDY_VIEW_CERTIFICATE, NULL);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT, NULL);
      discovery_advice_add (advice, DISCOVERY_REMEDY_TRY_AGAIN, NULL);
      break;

    case DISCOVERY_ADVICE_SIGN_IN_REFUSED:
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT_PASSWORD, NULL);
      add_usernames (advice, c);
      add_link (advice, c);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT, NULL);
      break;

    case DISCOVERY_ADVICE_APP_PASSWORD:
    case DISCOVERY_ADVICE_AUTH_CODE:
    case DISCOVERY_ADVICE_BRIDGE_PASSWORD:
      add_link (advice, c);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT_PASSWORD, NULL);
      add_usernames (advice, c);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT, NULL);
      break;

    case DISCOVERY_ADVICE_ENABLE_IMAP:
    case DISCOVERY_ADVICE_WEB_SIGN_IN:
    case DISCOVERY_ADVICE_LIMITED:
      add_link (advice, c);
      discovery_advice_add (advice, DISCOVERY_REMEDY_TRY_AGAIN, NULL);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT_PASSWORD, NULL);
      add_usernames (advice, c);
      break;

    case DISCOVERY_ADVICE_OAUTH_ONLY:
      add_link (advice, c);
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT, NULL);
      break;

    default:
      discovery_advice_add (advice, DISCOVERY_REMEDY_EDIT, NULL);
      discovery_advice_add (advice, DISCOVERY_REMEDY_TRY_AGAIN, NULL);
      add_link (advice, c);
      break;
    }
}

/**
 * discovery_advise:
 * @failure: where and why a test stopped
 * @known: (nullable): what the lookup of the address found
 *
 * Says what a failure means and what can be done about it. Does no I/O.
 *
 * Returns: (transfer full): the advice, with at least one remedy
 */
DiscoveryAdvice *
discovery_advise (DiscoveryFailure *failure,
                  DiscoveryResult  *known)
{
  DiscoveryAdvice *advice;
  DiscoveryAdviceCode code;
  Case c = { failure, known, NULL };

  g_return_val_if_fail (failure != NULL, NULL);

  c.provider = known != NULL ? discovery_result_get_provider (known) : NULL;
  c.endpoint = discovery_failure_get_endpoint (failure);
  c.purpose = net_endpoint_get_purpose (c.endpoint);
  c.stage = discovery_failure_get_stage (failure);
  c.error = discovery_failure_get_error (failure);

  advice = discovery_advice_new (failure);
  code = advise_code (&c);
  discovery_advice_set_code (advice, code);
  add_endpoints (advice, &c, code);
  add_general (advice, &c, code);

  return advice;
}
