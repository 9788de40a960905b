#include "discovery-lookup.h"
#include "tool-commands.h"
#include "tool-output.h"

#include <string.h>

/* pipitctl discover: what is known of an address, without the network. */

static const char *
purpose_title (NetPurpose purpose)
{
  return purpose == NET_PURPOSE_IMAP ? "Reading (IMAP)" : "Sending (SMTP)";
}

static const char *
source_words (DiscoverySource source)
{
  switch (source)
    {
    case DISCOVERY_SOURCE_PROVIDER:
      return "";
    case DISCOVERY_SOURCE_ALTERNATIVE:
      return "   (named by somebody, unverified)";
    case DISCOVERY_SOURCE_GUESS:
      return "   (a guess, to be confirmed)";
    case DISCOVERY_SOURCE_PERSON:
    default:
      return "   (given by you)";
    }
}

static void
print_servers (DiscoveryResult *result,
               NetPurpose       purpose)
{
  const char * const *usernames = discovery_result_get_usernames (result, purpose);
  g_autofree char *names = g_strjoinv (", then ", (char **) usernames);

  tool_output_line ("%s", purpose_title (purpose));
  for (guint i = 0; i < discovery_result_get_n_servers (result, purpose); i++)
    {
      const DiscoveryServer *server = discovery_result_get_server (result, purpose, i);
      g_autofree char *text = net_endpoint_to_string (server->endpoint);

      tool_output_line ("  server     %s%s", text, source_words (server->source));
    }

  if (usernames[0] != NULL)
    tool_output_line ("  user name  %s", names);
}

static void
print_provider (DiscoveryProvider *provider)
{
  g_autofree char *needs = g_strjoinv (", ", (char **) discovery_provider_get_needs (provider));
  g_autofree char *auth = g_strjoinv (", ", (char **) discovery_provider_get_auth (provider));

  tool_output_line ("Provider: %s (%s)", discovery_provider_get_name (provider),
                    discovery_provider_get_id (provider));
  if (auth[0] != '\0')
    tool_output_line ("Sign-in: %s", auth);
  if (needs[0] != '\0')
    tool_output_line ("Needs: %s", needs);
  if (discovery_provider_get_poll_minutes (provider) > 0)
    tool_output_line ("Asks for polling no more often than every %u minutes",
                      discovery_provider_get_poll_minutes (provider));
  if (discovery_provider_get_status (provider) == DISCOVERY_STATUS_INSECURE)
    tool_output_line ("Warning: no encrypted connection is known for this provider.");
  if (discovery_provider_get_help (provider) != NULL)
    tool_output_line ("Instructions: %s", discovery_provider_get_help (provider));
}

static void
print_result (DiscoveryResult *result)
{
  DiscoveryProvider *provider = discovery_result_get_provider (result);
  DiscoveryKind kind = discovery_result_get_kind (result);

  tool_output_line ("%s", discovery_address_get_email (discovery_result_get_address (result)));
  if (provider != NULL)
    print_provider (provider);

  if (kind == DISCOVERY_KIND_NO_IMAP)
    tool_output_line ("This provider does not offer IMAP.");
  else if (kind == DISCOVERY_KIND_POP_ONLY)
    tool_output_line ("This provider is known to offer POP3 only.");
  else if (kind == DISCOVERY_KIND_UNKNOWN)
    tool_output_line ("Nothing is known of this domain. These are guesses: ask the provider, and "
                      "give its servers to “pipitctl account add” with --imap and --smtp.");

  print_servers (result, NET_PURPOSE_IMAP);
  print_servers (result, NET_PURPOSE_SMTP);
}

static void
add_servers (JsonBuilder     *builder,
             DiscoveryResult *result,
             NetPurpose       purpose)
{
  json_builder_set_member_name (builder, net_purpose_to_string (purpose));
  json_builder_begin_object (builder);

  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < discovery_result_get_n_servers (result, purpose); i++)
    {
      const DiscoveryServer *server = discovery_result_get_server (result, purpose, i);
      g_autofree char *text = net_endpoint_to_string (server->endpoint);

      json_builder_begin_object (builder);
      tool_json_string (builder, "endpoint", text);
      tool_json_string (builder, "source", discovery_source_to_string (server->source));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  tool_json_strings (builder, "usernames", discovery_result_get_usernames (result, purpose));
  json_builder_end_object (builder);
}

static void
add_provider (JsonBuilder       *builder,
              DiscoveryProvider *provider)
{
  static const char * const statuses[] = { "fine", "unverified", "no-imap", "insecure" };

  json_builder_set_member_name (builder, "provider");
  json_builder_begin_object (builder);
  tool_json_string (builder, "id", discovery_provider_get_id (provider));
  tool_json_string (builder, "name", discovery_provider_get_name (provider));
  tool_json_string (builder, "status", statuses[discovery_provider_get_status (provider)]);
  tool_json_strings (builder, "needs", discovery_provider_get_needs (provider));
  tool_json_int (builder, "poll_minutes", discovery_provider_get_poll_minutes (provider));
  tool_json_string (builder, "help", discovery_provider_get_help (provider));
  json_builder_end_object (builder);
}

static void
print_json (DiscoveryResult *result)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  DiscoveryProvider *provider = discovery_result_get_provider (result);

  json_builder_begin_object (builder);
  tool_json_string (builder, "address",
                    discovery_address_get_email (discovery_result_get_address (result)));
  tool_json_string (builder, "kind",
                    discovery_kind_to_string (discovery_result_get_kind (result)));
  tool_json_boolean (builder, "needs_confirmation", discovery_result_needs_confirmation (result));
  if (provider != NULL)
    add_provider (builder, provider);
  add_servers (builder, result, NET_PURPOSE_IMAP);
  add_servers (builder, result, NET_PURPOSE_SMTP);
  tool_json_strings (builder, "auth", discovery_result_get_auth (result));
  json_builder_end_object (builder);
  tool_output_json (builder);
}

/**
 * tool_discover:
 *
 * Returns: done when the settings are known, else failed
 */
ToolExit
tool_discover (ToolContext *context,
               GStrv        arguments)
{
  g_autoptr(DiscoveryAddress) address = NULL;
  g_autoptr(DiscoveryResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "ADDRESS",
                           "Shows what Pipit knows of the provider of an e-mail address: servers, "
                           "user names, and what\nhas to be done first. The network is not used.",
                           NULL, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  address = discovery_address_parse (rest[0], &error);
  if (address == NULL)
    {
      tool_context_fail (context, error);
      return TOOL_EXIT_USAGE;
    }

  result = discovery_lookup (discovery_providers_get_default (), address);
  if (tool_context_is_json (context))
    print_json (result);
  else
    print_result (result);

  return discovery_result_get_kind (result) == DISCOVERY_KIND_KNOWN ? TOOL_EXIT_DONE
                                                                    : TOOL_EXIT_FAILED;
}
