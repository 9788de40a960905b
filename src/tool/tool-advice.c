#include "tool-advice.h"

#include <string.h>

/* Advice in plain English, for the terminal. “%s” stands for the server. */

static const char * const sentences[] = {
  [DISCOVERY_ADVICE_NAME_NOT_FOUND] = "There is no server with the name %s. Look for a typing error.",
  [DISCOVERY_ADVICE_OFFLINE] = "The name service does not answer. Is this computer connected to the network?",
  [DISCOVERY_ADVICE_REFUSED] = "%s is there, but nothing listens at this port. Port or server are wrong, or the server is being restarted.",
  [DISCOVERY_ADVICE_UNREACHABLE] = "There is no way from here to %s. Is this computer connected to the network?",
  [DISCOVERY_ADVICE_FILTERED] = "%s does not answer. A firewall may be in the way, or the port is wrong.",
  [DISCOVERY_ADVICE_SILENT] = "%s accepted the connection and then said nothing. The port or the kind of encryption may be wrong, or the server is in trouble.",
  [DISCOVERY_ADVICE_CLOSED] = "%s, or something between, ended the connection.",
  [DISCOVERY_ADVICE_NOT_TLS] = "%s speaks no TLS at this port. It may be the port for STARTTLS.",
  [DISCOVERY_ADVICE_TLS_EXPECTED] = "%s expects TLS from the first byte at this port.",
  [DISCOVERY_ADVICE_NO_STARTTLS] = "%s offers no encryption at this port, so nothing secret was sent.",
  [DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED] = "These settings ask for no encryption, so nothing was sent to %s.",
  [DISCOVERY_ADVICE_TLS_VERSION] = "%s knows only versions of TLS that are no longer safe.",
  [DISCOVERY_ADVICE_TLS_FAILED] = "No encrypted connection to %s could be made.",
  [DISCOVERY_ADVICE_CERTIFICATE_EXPIRED] = "The certificate of %s has expired. Or is this computer's clock wrong?",
  [DISCOVERY_ADVICE_CERTIFICATE_NOT_YET_VALID] = "The certificate of %s is not valid yet. Is this computer's clock wrong?",
  [DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST] = "The certificate was made for other servers than %s. The name of the server may be wrong.",
  [DISCOVERY_ADVICE_CERTIFICATE_SELF_SIGNED] = "The certificate of %s is vouched for by nobody but itself. That is usual for a server of one's own, and never for a provider.",
  [DISCOVERY_ADVICE_CERTIFICATE_UNKNOWN_ISSUER] = "The certificate of %s is vouched for by somebody whom this computer does not know.",
  [DISCOVERY_ADVICE_CERTIFICATE_OTHER] = "The certificate of %s is not trusted.",
  [DISCOVERY_ADVICE_CERTIFICATE_CHANGED] = "%s shows another certificate than the one that was pinned. Ask those who run the server before trusting it.",
  [DISCOVERY_ADVICE_SIGN_IN_REFUSED] = "%s refused the user name or the password.",
  [DISCOVERY_ADVICE_APP_PASSWORD] = "This provider wants a password made for mail programs (an app password), not the ordinary one.",
  [DISCOVERY_ADVICE_ENABLE_IMAP] = "With this provider IMAP has to be switched on first, in its web mail.",
  [DISCOVERY_ADVICE_AUTH_CODE] = "This provider wants an authorization code, made in its web mail, in place of the password.",
  [DISCOVERY_ADVICE_OAUTH_ONLY] = "This provider takes no passwords from mail programs, only a sign-in in the browser.",
  [DISCOVERY_ADVICE_BRIDGE] = "This provider is read through a bridge that has to run on this computer. Start it and try again.",
  [DISCOVERY_ADVICE_BRIDGE_PASSWORD] = "The bridge wants the password that it shows itself, not the ordinary one.",
  [DISCOVERY_ADVICE_WEB_SIGN_IN] = "The provider wants you to sign in with the browser once, to confirm that it is you.",
  [DISCOVERY_ADVICE_MECHANISM_NOT_OFFERED] = "%s offers no way of signing in that Pipit knows.",
  [DISCOVERY_ADVICE_LIMITED] = "%s has locked or slowed down this account for now. Wait a while; trying again soon makes it last longer.",
  [DISCOVERY_ADVICE_TOO_MANY_CONNECTIONS] = "Other programs already use all the connections that %s allows.",
  [DISCOVERY_ADVICE_SHUTTING_DOWN] = "%s is being shut down. Try again later.",
  [DISCOVERY_ADVICE_BUSY] = "%s cannot do it at the moment. Try again later.",
  [DISCOVERY_ADVICE_PROTOCOL] = "What answers at %s is not the kind of server that was expected. Port or server are probably wrong.",
  [DISCOVERY_ADVICE_FOLDERS_REFUSED] = "The sign-in worked, but %s does not show the folders.",
  [DISCOVERY_ADVICE_SENDER_REFUSED] = "%s does not send mail from this address.",
  [DISCOVERY_ADVICE_SEND_NEEDS_SIGN_IN] = "%s wants a sign-in for sending too, usually with the whole address as the name.",
  [DISCOVERY_ADVICE_CONFIRM_SERVER] = "%s was guessed and answers. No password was sent to it.",
  [DISCOVERY_ADVICE_OTHER] = "It failed for a reason that Pipit cannot explain.",
};
G_STATIC_ASSERT (G_N_ELEMENTS (sentences) == DISCOVERY_N_ADVICE_CODES);

static char *
fill_in (const char *sentence,
         const char *server)
{
  const char *place = strstr (sentence, "%s");

  if (place == NULL)
    return g_strdup (sentence);

  return g_strdup_printf ("%.*s%s%s", (int) (place - sentence), sentence, server, place + 2);
}

/**
 * tool_advice_describe:
 *
 * Returns: (transfer full): what the failure means
 */
char *
tool_advice_describe (DiscoveryAdvice *advice)
{
  NetEndpoint *endpoint = discovery_failure_get_endpoint (discovery_advice_get_failure (advice));
  g_autofree char *server = g_strdup_printf ("%s (port %u)", net_endpoint_get_host (endpoint),
                                             net_endpoint_get_port (endpoint));

  return fill_in (sentences[discovery_advice_get_code (advice)], server);
}

static const char *
option_for (NetEndpoint *endpoint)
{
  return net_endpoint_get_purpose (endpoint) == NET_PURPOSE_IMAP ? "--imap" : "--smtp";
}

static char *
describe_remedy (const DiscoveryRemedy *remedy)
{
  g_autofree char *endpoint = NULL;

  switch (remedy->kind)
    {
    case DISCOVERY_REMEDY_TRY_AGAIN:
      return g_strdup ("Try again.");
    case DISCOVERY_REMEDY_EDIT:
      return g_strdup ("Correct the settings.");
    case DISCOVERY_REMEDY_EDIT_PASSWORD:
      return g_strdup ("Check the password.");
    case DISCOVERY_REMEDY_USE_ENDPOINT:
      endpoint = net_endpoint_to_string (remedy->endpoint);
      return g_strdup_printf ("Try %s %s%s.", option_for (remedy->endpoint), endpoint,
                              remedy->source == DISCOVERY_SOURCE_ALTERNATIVE
                                ? " (named by somebody, unverified)"
                                : "");
    case DISCOVERY_REMEDY_USE_USERNAME:
      return g_strdup_printf ("Try the user name %s.", remedy->text);
    case DISCOVERY_REMEDY_VIEW_CERTIFICATE:
      return g_strdup ("Compare the fingerprint with that of the server; if it is right, pin the "
                       "certificate.");
    case DISCOVERY_REMEDY_OPEN_LINK:
      return g_strdup_printf ("Read %s", remedy->text);
    case DISCOVERY_REMEDY_CONFIRM:
    default:
      return g_strdup ("If this is your server, name it in the settings.");
    }
}

static void
print_certificate (NetCertificate *certificate)
{
  g_autofree char *subject = tool_output_quote (net_certificate_get_subject (certificate));
  g_autofree char *issuer = tool_output_quote (net_certificate_get_issuer (certificate));
  g_autofree char *sha256 = net_certificate_dup_sha256_shown (certificate);
  g_autofree char *names = g_strjoinv (", ", (char **) net_certificate_get_names (certificate));
  g_autofree char *quoted_names = tool_output_quote (names);
  g_autofree char *problems = net_certificate_describe_problems (certificate);
  g_autoptr(GDateTime) from = NULL;
  g_autoptr(GDateTime) until = NULL;

  from = g_date_time_new_from_unix_utc (net_certificate_get_not_before_unix (certificate));
  until = g_date_time_new_from_unix_utc (net_certificate_get_not_after_unix (certificate));

  tool_output_line ("  Certificate of %s", subject);
  tool_output_line ("    issued by   %s", issuer);
  tool_output_line ("    for         %s", quoted_names);
  if (from != NULL && until != NULL)
    {
      g_autofree char *from_text = g_date_time_format_iso8601 (from);
      g_autofree char *until_text = g_date_time_format_iso8601 (until);

      tool_output_line ("    valid       %s to %s", from_text, until_text);
    }
  tool_output_line ("    SHA-256     %s", sha256);
  tool_output_line ("    problems    %s", problems);
}

/**
 * tool_advice_print:
 *
 * Prints what a failure means and what can be done.
 */
void
tool_advice_print (DiscoveryAdvice *advice)
{
  DiscoveryFailure *failure = discovery_advice_get_failure (advice);
  NetCertificate *certificate = discovery_failure_get_certificate (failure);
  const char *server_text = discovery_failure_get_server_text (failure);
  g_autofree char *description = tool_advice_describe (advice);

  tool_output_line ("%s", description);
  if (server_text != NULL)
    {
      g_autofree char *quoted = tool_output_quote (server_text);

      tool_output_line ("  The server says: “%s”", quoted);
    }
  if (certificate != NULL)
    print_certificate (certificate);

  for (guint i = 0; i < discovery_advice_get_n_remedies (advice); i++)
    {
      g_autofree char *remedy = describe_remedy (discovery_advice_get_remedy (advice, i));

      tool_output_line ("  - %s", remedy);
    }
}

static void
add_remedy (JsonBuilder           *builder,
            const DiscoveryRemedy *remedy)
{
  g_autofree char *description = describe_remedy (remedy);

  json_builder_begin_object (builder);
  tool_json_string (builder, "kind", discovery_remedy_kind_to_string (remedy->kind));
  if (remedy->endpoint != NULL)
    {
      g_autofree char *endpoint = net_endpoint_to_string (remedy->endpoint);

      tool_json_string (builder, "endpoint", endpoint);
      tool_json_string (builder, "source", discovery_source_to_string (remedy->source));
    }
  if (remedy->text != NULL)
    tool_json_string (builder, "text", remedy->text);
  tool_json_string (builder, "description", description);
  json_builder_end_object (builder);
}

static void
add_certificate (JsonBuilder    *builder,
                 NetCertificate *certificate)
{
  g_auto(GStrv) problems =
    net_certificate_dup_problem_names (net_certificate_get_problems (certificate));

  json_builder_set_member_name (builder, "certificate");
  json_builder_begin_object (builder);
  tool_json_string (builder, "subject", net_certificate_get_subject (certificate));
  tool_json_string (builder, "issuer", net_certificate_get_issuer (certificate));
  tool_json_strings (builder, "names", net_certificate_get_names (certificate));
  tool_json_int (builder, "not_before_unix", net_certificate_get_not_before_unix (certificate));
  tool_json_int (builder, "not_after_unix", net_certificate_get_not_after_unix (certificate));
  tool_json_string (builder, "sha256", net_certificate_get_sha256 (certificate));
  tool_json_string (builder, "key", net_certificate_get_key (certificate));
  tool_json_strings (builder, "problems", (const char * const *) problems);
  tool_json_string (builder, "pem", net_certificate_get_pem (certificate));
  json_builder_end_object (builder);
}

/**
 * tool_advice_add:
 *
 * Adds a failure with its advice as an object.
 */
void
tool_advice_add (JsonBuilder     *builder,
                 DiscoveryAdvice *advice)
{
  DiscoveryFailure *failure = discovery_advice_get_failure (advice);
  NetEndpoint *endpoint = discovery_failure_get_endpoint (failure);
  NetCertificate *certificate = discovery_failure_get_certificate (failure);
  g_autofree char *endpoint_text = net_endpoint_to_string (endpoint);
  g_autofree char *description = tool_advice_describe (advice);
  DiscoveryAdviceCode code = discovery_advice_get_code (advice);

  json_builder_begin_object (builder);
  tool_json_string (builder, "purpose", net_purpose_to_string (net_endpoint_get_purpose (endpoint)));
  tool_json_string (builder, "endpoint", endpoint_text);
  tool_json_string (builder, "username", discovery_failure_get_username (failure));
  tool_json_string (builder, "stage", net_stage_to_string (discovery_failure_get_stage (failure)));
  tool_json_string (builder, "class", discovery_failure_get_class (failure));
  tool_json_string (builder, "message", discovery_failure_get_error (failure)->message);
  tool_json_string (builder, "server_text", discovery_failure_get_server_text (failure));
  tool_json_string (builder, "advice", discovery_advice_code_to_string (code));
  tool_json_string (builder, "description", description);
  if (certificate != NULL)
    add_certificate (builder, certificate);

  json_builder_set_member_name (builder, "remedies");
  json_builder_begin_array (builder);
  for (guint i = 0; i < discovery_advice_get_n_remedies (advice); i++)
    add_remedy (builder, discovery_advice_get_remedy (advice, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}
