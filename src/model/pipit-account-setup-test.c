#include "pipit-config.h"

#include "pipit-account-setup-private.h"

#include "account-list.h"
#include "account-secrets.h"
#include "discovery-advice.h"
#include "pipit-certificate-private.h"
#include "pipit-engine-private.h"
#include "pipit-remedy.h"
#include "pipit-setup-step-private.h"
#include "pipit-setup-words.h"

#include <glib/gi18n.h>

/* The test of the two servers: rows beforehand, filled in as discovery reports its steps, and what
 * the buttons below a failure do. */

/* Which row shows which step. */
typedef struct
{
  PipitServer server;
  NetStage stage;
} StepKey;

static const NetStage stages[PIPIT_N_SERVERS][5] = {
  [PIPIT_SERVER_RECEIVING] = { NET_STAGE_RESOLVE, NET_STAGE_CONNECT, NET_STAGE_ENCRYPT,
                               NET_STAGE_SIGN_IN, NET_STAGE_FOLDERS },
  [PIPIT_SERVER_SENDING] = { NET_STAGE_RESOLVE, NET_STAGE_CONNECT, NET_STAGE_ENCRYPT,
                             NET_STAGE_SIGN_IN, NET_STAGE_SENDER },
};

static PipitServer
server_of (NetEndpoint *endpoint)
{
  return net_endpoint_get_purpose (endpoint) == NET_PURPOSE_SMTP ? PIPIT_SERVER_SENDING
                                                                 : PIPIT_SERVER_RECEIVING;
}

static PipitSetupStep *
insert_step (PipitAccountSetup *self,
             guint              position,
             NetStage           stage,
             NetEndpoint       *endpoint)
{
  g_autofree char *title = pipit_setup_words_for_stage (stage, endpoint);
  g_autoptr(PipitSetupStep) step = pipit_setup_step_new (server_of (endpoint), title);
  StepKey *key = g_new (StepKey, 1);

  key->server = server_of (endpoint);
  key->stage = stage;
  g_ptr_array_insert (self->step_keys, (int) position, key);
  g_list_store_insert (self->steps, position, step);

  return step; /* the list holds it */
}

static void
add_steps (PipitAccountSetup *self,
           guint              position,
           NetEndpoint       *endpoint)
{
  PipitServer server = server_of (endpoint);

  for (gsize i = 0; i < G_N_ELEMENTS (stages[server]); i++)
    if (stages[server][i] != NET_STAGE_ENCRYPT ||
        net_endpoint_get_security (endpoint) != NET_SECURITY_NONE)
      insert_step (self, position++, stages[server][i], endpoint);
}

/* The test goes on with another address of the same purpose: its rows begin anew. */
static void
restart_steps (PipitAccountSetup *self,
               NetEndpoint       *endpoint)
{
  PipitServer server = server_of (endpoint);
  guint position = 0;

  while (position < self->step_keys->len)
    {
      StepKey *key = g_ptr_array_index (self->step_keys, position);

      if (key->server == server)
        {
          g_ptr_array_remove_index (self->step_keys, position);
          g_list_store_remove (self->steps, position);
        }
      else if (server == PIPIT_SERVER_SENDING)
        position++;
      else
        break;
    }

  add_steps (self, server == PIPIT_SERVER_SENDING ? self->step_keys->len : 0, endpoint);
}

/* The row of a step. The greeting has one only when that is where it failed. */
static PipitSetupStep *
find_step (PipitAccountSetup *self,
           DiscoveryStep     *reported)
{
  NetEndpoint *endpoint = discovery_step_get_endpoint (reported);
  PipitServer server = server_of (endpoint);
  NetStage stage = discovery_step_get_stage (reported);
  guint after = 0;

  for (guint i = 0; i < self->step_keys->len; i++)
    {
      StepKey *key = g_ptr_array_index (self->step_keys, i);
      g_autoptr(PipitSetupStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      if (key->server == server && key->stage == stage)
        return step;
      if (key->server == server && pipit_setup_step_get_state (step) == PIPIT_STEP_DONE)
        after = i + 1;
    }

  if (discovery_step_get_state (reported) != NET_STAGE_FAILED)
    return NULL;

  return insert_step (self, after, stage, endpoint);
}

static gboolean
is_another_endpoint (PipitAccountSetup *self,
                     DiscoveryStep     *reported)
{
  PipitServer server = server_of (discovery_step_get_endpoint (reported));
  g_autoptr(NetEndpoint) shown = pipit_account_setup_dup_endpoint (self, server);

  return shown == NULL || !net_endpoint_equal (shown, discovery_step_get_endpoint (reported));
}

static void
on_step (DiscoveryTest     *test,
         DiscoveryStep     *reported,
         PipitAccountSetup *self)
{
  static const PipitStepState states[] = {
    [NET_STAGE_STARTED] = PIPIT_STEP_RUNNING,
    [NET_STAGE_DONE] = PIPIT_STEP_DONE,
    [NET_STAGE_FAILED] = PIPIT_STEP_FAILED,
  };
  const char *detail = NULL;
  PipitSetupStep *step;

  if (is_another_endpoint (self, reported))
    {
      NetEndpoint *endpoint = discovery_step_get_endpoint (reported);

      pipit_account_setup_set_server (self, server_of (endpoint), endpoint);
      restart_steps (self, endpoint);
    }

  /* a failure is told in plain words below the steps, and not in the log's */
  if (discovery_step_get_state (reported) != NET_STAGE_FAILED)
    detail = discovery_step_get_detail (reported);

  step = find_step (self, reported);
  if (step != NULL)
    pipit_setup_step_update (step, states[discovery_step_get_state (reported)], detail,
                             (guint) (discovery_step_get_elapsed_us (reported) / 1000));
}

/*
 * pipit_account_setup_clear_test:
 *
 * Lets go of the last test, which may still be ending.
 */
void
pipit_account_setup_clear_test (PipitAccountSetup *self)
{
  if (self->test != NULL)
    g_signal_handlers_disconnect_by_data (self->test, self);
  g_clear_object (&self->test);
}

static void
show_failure (PipitAccountSetup *self)
{
  g_autoptr(DiscoveryAdvice) advice = NULL;
  g_autoptr(PipitProblem) problem = NULL;

  advice = discovery_advise (discovery_test_get_failure (self->test), self->found);
  problem = pipit_setup_words_for_advice (
    advice, self->found != NULL ? discovery_result_get_provider (self->found) : NULL);
  pipit_account_setup_set_state (self, PIPIT_SETUP_FAILED, problem);
}

static void
test_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(PipitAccountSetup) self = user_data;
  DiscoveryTest *test = DISCOVERY_TEST (source_object);
  g_autoptr(GError) error = NULL;
  gboolean passed = discovery_test_run_finish (test, result, &error);

  /* stopped, and perhaps begun again since */
  if (test != self->test)
    return;

  g_clear_object (&self->cancellable);

  if (passed)
    pipit_account_setup_set_state (self, PIPIT_SETUP_PASSED, NULL);
  else if (discovery_test_get_failure (test) != NULL)
    show_failure (self);
  else
    pipit_account_setup_set_state (self, PIPIT_SETUP_EDITING, NULL);
}

/* A provider may have several addresses for one purpose, which are tried in turn; what the person
 * has typed is tried alone. */
static void
add_endpoints (PipitAccountSetup *self,
               DiscoveryTest     *test,
               PipitServer        server)
{
  NetPurpose purpose = server == PIPIT_SERVER_RECEIVING ? NET_PURPOSE_IMAP : NET_PURPOSE_SMTP;
  g_autoptr(NetEndpoint) shown = pipit_account_setup_dup_endpoint (self, server);

  discovery_test_add_endpoint (test, shown);

  if (self->servers[server].touched || self->found == NULL)
    return;

  for (guint i = 0; i < discovery_result_get_n_servers (self->found, purpose); i++)
    {
      const DiscoveryServer *known = discovery_result_get_server (self->found, purpose, i);

      if (known->source == DISCOVERY_SOURCE_PROVIDER &&
          !net_endpoint_equal (known->endpoint, shown))
        discovery_test_add_endpoint (test, known->endpoint);
    }
}

static void
run_test (PipitAccountSetup *self,
          BaseSecret        *secret)
{
  for (guint server = 0; server < PIPIT_N_SERVERS; server++)
    {
      add_endpoints (self, self->test, server);
      discovery_test_set_sign_in (self->test,
                                  server == PIPIT_SERVER_RECEIVING ? NET_PURPOSE_IMAP
                                                                   : NET_PURPOSE_SMTP,
                                  self->servers[server].name, secret);
    }

  discovery_test_set_sender (self->test, self->address);
  g_signal_connect (self->test, "step", G_CALLBACK (on_step), self);
  discovery_test_run_async (self->test, self->cancellable, test_cb, g_object_ref (self));
}

static void
kept_password_cb (GObject      *source_object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(PipitAccountSetup) self = user_data;
  g_autoptr(BaseSecret) secret = NULL;
  g_autoptr(GError) error = NULL;

  secret = account_secrets_lookup_finish (ACCOUNT_SECRETS (source_object), result, &error);

  if (self->test == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (secret == NULL)
    {
      g_debug ("No password for the test: %s", error->message);
      secret = base_secret_new ("");
    }

  run_test (self, secret);
}

/**
 * pipit_account_setup_test:
 *
 * Tests the servers step by step, in place of a test that is still under way. Progress is seen in
 * the steps, the outcome in the state. The settings must be complete, and confirmed where they
 * were guessed.
 */
void
pipit_account_setup_test (PipitAccountSetup *self)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));
  g_return_if_fail (pipit_account_setup_is_complete (self, NULL));
  g_return_if_fail (!pipit_account_setup_needs_confirmation (self));

  pipit_account_setup_stop (self);
  pipit_account_setup_clear_test (self);

  g_list_store_remove_all (self->steps);
  g_ptr_array_set_size (self->step_keys, 0);
  for (guint server = 0; server < PIPIT_N_SERVERS; server++)
    {
      g_autoptr(NetEndpoint) endpoint = pipit_account_setup_dup_endpoint (self, server);

      add_steps (self, self->step_keys->len, endpoint);
    }

  self->test = discovery_test_new (self->trust);
  self->cancellable = g_cancellable_new ();
  pipit_account_setup_set_state (self, PIPIT_SETUP_TESTING, NULL);

  if (*self->password == '\0' && self->account != NULL)
    {
      AccountSettings *settings = account_list_find (pipit_engine_get_account_list (self->engine),
                                                     pipit_account_get_id (self->account));

      account_secrets_lookup_async (pipit_engine_get_secrets (self->engine), settings,
                                    ACCOUNT_SERVICE_IMAP, self->cancellable, kept_password_cb,
                                    g_object_ref (self));
    }
  else
    {
      g_autoptr(BaseSecret) secret = base_secret_new (self->password);

      run_test (self, secret);
    }
}

/**
 * pipit_account_setup_stop:
 *
 * Ends a test that is under way; the page is left as it is, to be edited.
 */
void
pipit_account_setup_stop (PipitAccountSetup *self)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));

  if (self->cancellable == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  pipit_account_setup_clear_test (self);
  pipit_account_setup_set_state (self, PIPIT_SETUP_EDITING, NULL);
}

/**
 * pipit_account_setup_get_steps:
 *
 * Returns: (transfer none): a list of #PipitSetupStep, those for receiving first
 */
GListModel *
pipit_account_setup_get_steps (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return G_LIST_MODEL (self->steps);
}

/**
 * pipit_account_setup_dup_transcript:
 *
 * Returns: (transfer full): what was said between this computer and the servers, without secrets
 */
char *
pipit_account_setup_dup_transcript (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return self->test != NULL ? discovery_test_dup_transcript (self->test) : g_strdup ("");
}

/**
 * pipit_account_setup_apply_remedy:
 * @remedy: one of the problem's
 *
 * Does what a button says, and tests again. The kinds that need the person (password, settings,
 * certificate, link) are the page's to do.
 */
void
pipit_account_setup_apply_remedy (PipitAccountSetup *self,
                                  PipitRemedy       *remedy)
{
  PipitServer server;
  const char *value;

  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));
  g_return_if_fail (PIPIT_IS_REMEDY (remedy));

  server = self->problem != NULL ? pipit_problem_get_server (self->problem)
                                 : PIPIT_SERVER_RECEIVING;
  value = pipit_remedy_get_value (remedy);

  switch (pipit_remedy_get_kind (remedy))
    {
    case PIPIT_REMEDY_USE_SERVER:
      {
        NetPurpose purpose = server == PIPIT_SERVER_RECEIVING ? NET_PURPOSE_IMAP
                                                              : NET_PURPOSE_SMTP;
        g_autoptr(GError) error = NULL;
        g_autoptr(NetEndpoint) endpoint = net_endpoint_parse (purpose, value, &error);

        if (endpoint == NULL)
          {
            g_warning ("A remedy names no server: %s", error->message);
            return;
          }

        pipit_account_setup_set_server (self, server, endpoint);
        self->servers[server].touched = TRUE;
        break;
      }

    case PIPIT_REMEDY_USE_NAME:
      /* both servers of an account share the name, unless the person has made them differ */
      if (g_strcmp0 (self->servers[0].name, self->servers[1].name) == 0)
        pipit_account_setup_set_name (self, !server, value);
      pipit_account_setup_set_name (self, server, value);
      break;

    case PIPIT_REMEDY_TRY_AGAIN:
      break;

    case PIPIT_REMEDY_ENTER_PASSWORD:
    case PIPIT_REMEDY_EDIT_SETTINGS:
    case PIPIT_REMEDY_VIEW_CERTIFICATE:
    case PIPIT_REMEDY_OPEN_LINK:
    default:
      return;
    }

  pipit_account_setup_test (self);
}

/**
 * pipit_account_setup_trust:
 * @server: whose certificate it is
 * @certificate: that the person has looked at
 *
 * Trusts this one certificate for this server, and tests again. It is pinned when the account is
 * saved.
 */
void
pipit_account_setup_trust (PipitAccountSetup *self,
                           PipitServer        server,
                           PipitCertificate  *certificate)
{
  g_autoptr(NetEndpoint) endpoint = NULL;
  NetTrust *trust;

  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));
  g_return_if_fail (PIPIT_IS_CERTIFICATE (certificate));

  endpoint = pipit_account_setup_dup_endpoint (self, server);
  g_return_if_fail (endpoint != NULL);

  trust = net_trust_with_pin (
    self->trust, net_endpoint_get_purpose (endpoint), net_endpoint_get_host (endpoint),
    net_endpoint_get_port (endpoint),
    net_certificate_get_sha256 (pipit_certificate_get_net (certificate)));
  net_trust_unref (self->trust);
  self->trust = trust;
  g_set_object (&self->trusted[server], certificate);

  pipit_account_setup_test (self);
}
