#include "account-error.h"
#include "discovery-test.h"
#include "tool-advice.h"
#include "tool-commands.h"
#include "tool-latch.h"
#include "tool-limit.h"
#include "tool-output.h"

/* pipitctl doctor: the wizard's test for an account, at any time. */

typedef struct
{
  ToolContext *context; /* (unowned) */
  gboolean transcript;
  int timeout_s;
} Doctor;

static const char *
state_name (NetStageState state)
{
  switch (state)
    {
    case NET_STAGE_STARTED:
      return "started";
    case NET_STAGE_DONE:
      return "done";
    case NET_STAGE_FAILED:
    default:
      return "failed";
    }
}

static void
on_step (DiscoveryTest *test,
         DiscoveryStep *step,
         gpointer       user_data)
{
  NetEndpoint *endpoint = discovery_step_get_endpoint (step);
  g_autofree char *detail = tool_output_quote (discovery_step_get_detail (step));

  if (discovery_step_get_state (step) == NET_STAGE_STARTED)
    return;

  tool_output_line ("  %-4s  %-8s  %-6s  %6" G_GINT64_FORMAT " ms  %s",
                    net_purpose_to_string (net_endpoint_get_purpose (endpoint)),
                    net_stage_to_string (discovery_step_get_stage (step)),
                    state_name (discovery_step_get_state (step)),
                    discovery_step_get_elapsed_us (step) / 1000, detail);
}

static void
add_step (JsonBuilder   *builder,
          DiscoveryStep *step)
{
  NetEndpoint *endpoint = discovery_step_get_endpoint (step);
  g_autofree char *endpoint_text = net_endpoint_to_string (endpoint);

  json_builder_begin_object (builder);
  tool_json_string (builder, "purpose", net_purpose_to_string (net_endpoint_get_purpose (endpoint)));
  tool_json_string (builder, "endpoint", endpoint_text);
  tool_json_string (builder, "stage", net_stage_to_string (discovery_step_get_stage (step)));
  tool_json_string (builder, "state", state_name (discovery_step_get_state (step)));
  tool_json_int (builder, "elapsed_us", discovery_step_get_elapsed_us (step));
  tool_json_string (builder, "detail", discovery_step_get_detail (step));
  json_builder_end_object (builder);
}

static void
add_folders (JsonBuilder   *builder,
             DiscoveryTest *test)
{
  static const char * const names[ACCOUNT_N_FOLDER_ROLES] = {
    "archive", "drafts", "junk", "sent", "trash",
  };

  tool_json_strings (builder, "folders", discovery_test_get_folders (test));
  json_builder_set_member_name (builder, "special_use");
  json_builder_begin_object (builder);
  for (guint i = 0; i < ACCOUNT_N_FOLDER_ROLES; i++)
    tool_json_string (builder, names[i], discovery_test_get_special_use (test, i));
  json_builder_end_object (builder);
}

static void
add_report (Doctor          *doctor,
            JsonBuilder     *builder,
            AccountSettings *settings,
            DiscoveryTest   *test,
            GPtrArray       *latches,
            const ToolLimits *limits,
            DiscoveryAdvice *advice,
            const GError    *error)
{
  g_autofree char *transcript = doctor->transcript ? discovery_test_dup_transcript (test) : NULL;
  GPtrArray *steps = discovery_test_get_steps (test);

  json_builder_begin_object (builder);
  tool_json_string (builder, "account", account_settings_get_address (settings));
  tool_json_string (builder, "uuid", account_settings_get_uuid (settings));
  tool_json_boolean (builder, "passed", error == NULL);

  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < steps->len; i++)
    if (discovery_step_get_state (steps->pdata[i]) != NET_STAGE_STARTED)
      add_step (builder, steps->pdata[i]);
  json_builder_end_array (builder);

  tool_json_strings (builder, "imap_capabilities",
                     discovery_test_get_capabilities (test, NET_PURPOSE_IMAP));
  tool_json_strings (builder, "smtp_mechanisms",
                     discovery_test_get_capabilities (test, NET_PURPOSE_SMTP));
  tool_json_string (builder, "server", discovery_test_get_server_name (test));
  tool_json_strings (builder, "quirks", discovery_test_get_quirks (test));
  tool_latch_add (builder, latches, discovery_test_get_server_name (test));
  tool_limits_add (limits, builder);
  add_folders (builder, test);

  json_builder_set_member_name (builder, "failure");
  if (advice != NULL)
    tool_advice_add (builder, advice);
  else
    json_builder_add_null_value (builder);

  if (transcript != NULL)
    tool_json_string (builder, "transcript", transcript);
  json_builder_end_object (builder);
}

static gboolean
set_sign_in (Doctor           *doctor,
             DiscoveryTest    *test,
             AccountSettings  *settings,
             NetPurpose        purpose,
             const char       *username,
             GError          **error)
{
  AccountSecrets *secrets = tool_context_get_secrets (doctor->context, error);
  g_autoptr(BaseSecret) secret = NULL;

  if (username == NULL)
    return TRUE;
  if (secrets == NULL)
    return FALSE;

  secret = account_secrets_lookup (secrets, settings,
                                   purpose == NET_PURPOSE_IMAP ? ACCOUNT_SERVICE_IMAP
                                                               : ACCOUNT_SERVICE_SMTP,
                                   error);
  if (secret == NULL)
    return FALSE;

  discovery_test_set_sign_in (test, purpose, username, secret);
  return TRUE;
}

static DiscoveryTest *
make_test (Doctor           *doctor,
           AccountSettings  *settings,
           GError          **error)
{
  AccountTrust *trust = tool_context_get_trust (doctor->context, error);
  NetEndpoint *smtp = account_settings_get_smtp (settings);
  g_autoptr(DiscoveryTest) test = NULL;

  if (trust == NULL)
    return NULL;

  test = discovery_test_new (account_trust_get_net_trust (trust));
  discovery_test_add_endpoint (test, account_settings_get_imap (settings));
  if (!set_sign_in (doctor, test, settings, NET_PURPOSE_IMAP,
                    account_settings_get_imap_username (settings), error))
    return NULL;

  if (smtp != NULL)
    {
      discovery_test_add_endpoint (test, smtp);
      discovery_test_set_sender (test, account_settings_get_address (settings));
      if (!set_sign_in (doctor, test, settings, NET_PURPOSE_SMTP,
                        account_settings_get_smtp_username (settings), error))
        return NULL;
    }

  if (doctor->timeout_s > 0)
    discovery_test_set_step_timeout (test, (guint) doctor->timeout_s * 1000);

  return g_steal_pointer (&test);
}

static DiscoveryAdvice *
advise (AccountSettings *settings,
        DiscoveryTest   *test)
{
  DiscoveryFailure *failure = discovery_test_get_failure (test);
  g_autoptr(DiscoveryAddress) address = NULL;
  g_autoptr(DiscoveryResult) known = NULL;

  if (failure == NULL)
    return NULL;

  address = discovery_address_parse (account_settings_get_address (settings), NULL);
  if (address != NULL)
    known = discovery_lookup (discovery_providers_get_default (), address);

  return discovery_advise (failure, known);
}

static void
print_outcome (Doctor          *doctor,
               DiscoveryTest   *test,
               GPtrArray       *latches,
               const ToolLimits *limits,
               DiscoveryAdvice *advice,
               const GError    *error)
{
  tool_latch_print (latches, discovery_test_get_server_name (test),
                    discovery_test_get_quirks (test));
  tool_limits_print (limits);
  if (advice != NULL)
    tool_advice_print (advice);
  else if (error != NULL)
    tool_output_error ("%s", error->message);
  else
    tool_output_line ("  All steps passed.");

  if (doctor->transcript)
    {
      g_autofree char *transcript = discovery_test_dup_transcript (test);

      tool_output_line ("%s", transcript);
    }
}

static ToolExit
examine (Doctor          *doctor,
         AccountSettings *settings,
         JsonBuilder     *builder)
{
  gboolean json = tool_context_is_json (doctor->context);
  g_autoptr(GError) error = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(DiscoveryTest) test = make_test (doctor, settings, &error);
  g_autoptr(DiscoveryAdvice) advice = NULL;
  g_autoptr(GPtrArray) latches = NULL;
  g_auto(ToolLimits) limits = { 0 };

  if (test == NULL)
    {
      tool_output_error ("%s: %s", account_settings_get_address (settings), error->message);
      if (json)
        {
          json_builder_begin_object (builder);
          tool_json_string (builder, "account", account_settings_get_address (settings));
          tool_json_boolean (builder, "passed", FALSE);
          json_builder_set_member_name (builder, "error");
          tool_json_error (builder, error);
          json_builder_end_object (builder);
        }
      return tool_exit_for_error (error);
    }

  if (!json)
    {
      tool_output_line ("%s", account_settings_get_address (settings));
      g_signal_connect (test, "step", G_CALLBACK (on_step), NULL);
    }

  discovery_test_run_async (test, tool_context_get_cancellable (doctor->context),
                            tool_context_result_cb, &result);
  discovery_test_run_finish (test, tool_context_wait (doctor->context, &result), &error);

  advice = advise (settings, test);
  latches = tool_latch_list (doctor->context, settings);
  tool_limits_look_up (&limits, doctor->context, settings);
  if (json)
    add_report (doctor, builder, settings, test, latches, &limits, advice, error);
  else
    print_outcome (doctor, test, latches, &limits, advice, error);

  return error != NULL ? tool_exit_for_error (error) : TOOL_EXIT_DONE;
}

/**
 * tool_doctor:
 *
 * Tests accounts. Ends with the code of the first that failed.
 */
ToolExit
tool_doctor (ToolContext *context,
             GStrv        arguments)
{
  Doctor doctor = { context, FALSE, 0 };
  const GOptionEntry entries[] = {
    { "transcript", 't', 0, G_OPTION_ARG_NONE, &doctor.transcript,
      "Print what was said on the wire, without secrets", NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &doctor.timeout_s,
      "How long a step may take at most", "SECONDS" },
    { NULL },
  };
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) accounts = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  ToolExit code = TOOL_EXIT_DONE;

  if (!tool_context_parse (context, arguments, "[ACCOUNT…]",
                           "Tests the servers of accounts step by step: find, connect, encrypt, "
                           "greet, sign in, list the\nfolders, and the same for sending. Says of a "
                           "failure what it means and what can be done.",
                           entries, 0, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  accounts = tool_context_find_accounts (context, rest, &error);
  if (accounts == NULL)
    return tool_context_fail (context, error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < accounts->len; i++)
    {
      ToolExit one = examine (&doctor, accounts->pdata[i], builder);

      if (code == TOOL_EXIT_DONE)
        code = one;
    }
  json_builder_end_array (builder);

  if (tool_context_is_json (context))
    tool_output_json (builder);

  return code;
}
