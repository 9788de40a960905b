#include "pipit-config.h"

#include "pipit-account-setup-private.h"

#include "account-list.h"
#include "account-trust.h"
#include "base-secret.h"
#include "pipit-engine-private.h"
#include "pipit-setup-step.h"
#include "pipit-setup-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* The wizard's state: what the person typed, what was found for it, how the test goes. The test
 * itself is in pipit-account-setup-test.c, the keeping in pipit-account-setup-save.c. */

enum
{
  PROP_DISPLAY_NAME = 1,
  PROP_ADDRESS,
  PROP_PASSWORD,
  PROP_RECEIVING_HOST,
  PROP_RECEIVING_PORT,
  PROP_RECEIVING_SECURITY,
  PROP_RECEIVING_NAME,
  PROP_SENDING_HOST,
  PROP_SENDING_PORT,
  PROP_SENDING_SECURITY,
  PROP_SENDING_NAME,
  PROP_STATE,
  PROP_PROBLEM,
  PROP_PROVIDER_NAME,
  PROP_PROVIDER_NOTE,
  PROP_PROVIDER_LINK,
  PROP_SOURCE,
  N_PROPS,
};

#define N_SERVER_PROPS (PROP_SENDING_HOST - PROP_RECEIVING_HOST)

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PipitAccountSetup, pipit_account_setup, G_TYPE_OBJECT)

static void
notify (PipitAccountSetup *self,
        guint              prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
notify_server (PipitAccountSetup *self,
               PipitServer        server)
{
  for (guint i = 0; i < N_SERVER_PROPS; i++)
    notify (self, PROP_RECEIVING_HOST + server * N_SERVER_PROPS + i);
}

/*
 * pipit_account_setup_set_server:
 * @endpoint: where the server is
 *
 * Shows an endpoint that was found or chosen. Does not count as typed by the person.
 */
void
pipit_account_setup_set_server (PipitAccountSetup *self,
                                PipitServer        server,
                                NetEndpoint       *endpoint)
{
  PipitSetupServer *shown = &self->servers[server];

  g_free (shown->host);
  shown->host = g_strdup (net_endpoint_get_host (endpoint));
  shown->port = net_endpoint_get_port (endpoint);
  shown->security = (PipitSecurity) net_endpoint_get_security (endpoint);
  notify_server (self, server);
}

/*
 * pipit_account_setup_set_name:
 * @name: to sign in with at the server
 */
void
pipit_account_setup_set_name (PipitAccountSetup *self,
                              PipitServer        server,
                              const char        *name)
{
  g_free (self->servers[server].name);
  self->servers[server].name = g_strdup (name);
  notify_server (self, server);
}

static void
clear_server (PipitAccountSetup *self,
              PipitServer        server)
{
  PipitSetupServer *shown = &self->servers[server];

  g_clear_pointer (&shown->host, g_free);
  g_clear_pointer (&shown->name, g_free);
  shown->port = server == PIPIT_SERVER_RECEIVING ? 993 : 465;
  shown->security = PIPIT_SECURITY_TLS;
  notify_server (self, server);
}

static void
fill_server (PipitAccountSetup *self,
             PipitServer        server)
{
  NetPurpose purpose = server == PIPIT_SERVER_RECEIVING ? NET_PURPOSE_IMAP : NET_PURPOSE_SMTP;
  const char *const *names;

  if (self->servers[server].touched)
    return;

  if (self->found == NULL || discovery_result_get_n_servers (self->found, purpose) == 0)
    {
      clear_server (self, server);
      return;
    }

  names = discovery_result_get_usernames (self->found, purpose);
  pipit_account_setup_set_server (self, server,
                                  discovery_result_get_server (self->found, purpose, 0)->endpoint);
  if (names != NULL && names[0] != NULL)
    pipit_account_setup_set_name (self, server, names[0]);
}

static void
look_up (PipitAccountSetup *self)
{
  g_autoptr(DiscoveryAddress) address = NULL;

  g_clear_pointer (&self->found, discovery_result_unref);
  g_clear_pointer (&self->provider_note, g_free);
  g_clear_pointer (&self->source, g_free);
  self->confirmed = FALSE;

  address = discovery_address_parse (self->address, NULL);
  if (address != NULL && strchr (discovery_address_get_domain (address), '.') != NULL)
    {
      self->found = discovery_lookup (discovery_providers_get_default (), address);
      self->provider_note = pipit_setup_words_for_provider (self->found);
      self->source = pipit_setup_words_for_source (self->found);
    }

  fill_server (self, PIPIT_SERVER_RECEIVING);
  fill_server (self, PIPIT_SERVER_SENDING);
  for (guint i = PROP_PROVIDER_NAME; i <= PROP_SOURCE; i++)
    notify (self, i);
}

static void
set_text (PipitAccountSetup *self,
          char             **text,
          const GValue      *value,
          guint              prop_id)
{
  const char *new_text = g_value_get_string (value);

  if (g_strcmp0 (*text, new_text) == 0)
    return;

  g_free (*text);
  *text = g_strdup (new_text != NULL ? new_text : "");
  notify (self, prop_id);
}

static void
set_password (PipitAccountSetup *self,
              const GValue      *value)
{
  const char *password = g_value_get_string (value);

  if (g_strcmp0 (self->password, password) == 0)
    return;

  base_secret_free (self->password);
  self->password = g_strdup (password != NULL ? password : "");
  notify (self, PROP_PASSWORD);
}

static void
set_address (PipitAccountSetup *self,
             const GValue      *value)
{
  const char *address = g_value_get_string (value);

  if (g_strcmp0 (self->address, address) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (address != NULL ? address : "");
  notify (self, PROP_ADDRESS);
  look_up (self);
}

/* The port that goes with a security, when the person changes the security and the port is still
 * the usual one of another. */
static guint
usual_port (PipitServer   server,
            PipitSecurity security)
{
  if (server == PIPIT_SERVER_RECEIVING)
    return security == PIPIT_SECURITY_TLS ? 993 : 143;

  return security == PIPIT_SECURITY_TLS ? 465 : 587;
}

static void
set_security (PipitAccountSetup *self,
              PipitServer        server,
              PipitSecurity      security)
{
  PipitSetupServer *shown = &self->servers[server];

  if (shown->security == security)
    return;

  if (shown->port == usual_port (server, shown->security))
    shown->port = usual_port (server, security);
  shown->security = security;
  shown->touched = TRUE;
  notify_server (self, server);
}

static void
set_server_property (PipitAccountSetup *self,
                     guint              prop_id,
                     const GValue      *value)
{
  PipitServer server = (prop_id - PROP_RECEIVING_HOST) / N_SERVER_PROPS;
  PipitSetupServer *shown = &self->servers[server];

  switch (PROP_RECEIVING_HOST + (prop_id - PROP_RECEIVING_HOST) % N_SERVER_PROPS)
    {
    case PROP_RECEIVING_HOST:
      shown->touched |= g_strcmp0 (shown->host, g_value_get_string (value)) != 0;
      set_text (self, &shown->host, value, prop_id);
      break;
    case PROP_RECEIVING_PORT:
      if (shown->port == g_value_get_uint (value))
        break;
      shown->touched = TRUE;
      shown->port = g_value_get_uint (value);
      notify (self, prop_id);
      break;
    case PROP_RECEIVING_SECURITY:
      set_security (self, server, g_value_get_enum (value));
      break;
    case PROP_RECEIVING_NAME:
    default:
      shown->touched |= g_strcmp0 (shown->name, g_value_get_string (value)) != 0;
      set_text (self, &shown->name, value, prop_id);
      break;
    }
}

static void
pipit_account_setup_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  PipitAccountSetup *self = PIPIT_ACCOUNT_SETUP (object);

  switch (prop_id)
    {
    case PROP_DISPLAY_NAME:
      set_text (self, &self->display_name, value, prop_id);
      break;
    case PROP_ADDRESS:
      set_address (self, value);
      break;
    case PROP_PASSWORD:
      set_password (self, value);
      break;
    default:
      if (prop_id >= PROP_RECEIVING_HOST && prop_id <= PROP_SENDING_NAME)
        set_server_property (self, prop_id, value);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
get_server_property (PipitAccountSetup *self,
                     guint              prop_id,
                     GValue            *value)
{
  PipitSetupServer *shown = &self->servers[(prop_id - PROP_RECEIVING_HOST) / N_SERVER_PROPS];

  switch (PROP_RECEIVING_HOST + (prop_id - PROP_RECEIVING_HOST) % N_SERVER_PROPS)
    {
    case PROP_RECEIVING_HOST:
      g_value_set_string (value, shown->host != NULL ? shown->host : "");
      break;
    case PROP_RECEIVING_PORT:
      g_value_set_uint (value, shown->port);
      break;
    case PROP_RECEIVING_SECURITY:
      g_value_set_enum (value, shown->security);
      break;
    case PROP_RECEIVING_NAME:
    default:
      g_value_set_string (value, shown->name != NULL ? shown->name : "");
      break;
    }
}

static void
pipit_account_setup_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  PipitAccountSetup *self = PIPIT_ACCOUNT_SETUP (object);

  switch (prop_id)
    {
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_PASSWORD:
      g_value_set_string (value, self->password);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_PROBLEM:
      g_value_set_object (value, self->problem);
      break;
    case PROP_PROVIDER_NAME:
      g_value_set_string (value, pipit_account_setup_get_provider_name (self));
      break;
    case PROP_PROVIDER_NOTE:
      g_value_set_string (value, self->provider_note);
      break;
    case PROP_PROVIDER_LINK:
      g_value_set_string (value, pipit_account_setup_get_provider_link (self));
      break;
    case PROP_SOURCE:
      g_value_set_string (value, self->source);
      break;
    default:
      if (prop_id >= PROP_RECEIVING_HOST && prop_id <= PROP_SENDING_NAME)
        get_server_property (self, prop_id, value);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_account_setup_dispose (GObject *object)
{
  PipitAccountSetup *self = PIPIT_ACCOUNT_SETUP (object);

  pipit_account_setup_stop (self);
  pipit_account_setup_clear_test (self);
  g_clear_object (&self->account);
  g_clear_object (&self->problem);
  for (guint i = 0; i < PIPIT_N_SERVERS; i++)
    g_clear_object (&self->trusted[i]);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_account_setup_parent_class)->dispose (object);
}

static void
pipit_account_setup_finalize (GObject *object)
{
  PipitAccountSetup *self = PIPIT_ACCOUNT_SETUP (object);

  g_free (self->display_name);
  g_free (self->address);
  base_secret_free (self->password);
  g_free (self->provider_note);
  g_free (self->source);
  g_clear_pointer (&self->found, discovery_result_unref);
  g_clear_pointer (&self->trust, net_trust_unref);
  g_clear_object (&self->steps);
  g_clear_pointer (&self->step_keys, g_ptr_array_unref);
  for (guint i = 0; i < PIPIT_N_SERVERS; i++)
    {
      g_free (self->servers[i].host);
      g_free (self->servers[i].name);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->role_paths); i++)
    g_free (self->role_paths[i]);

  G_OBJECT_CLASS (pipit_account_setup_parent_class)->finalize (object);
}

static void
install_server_properties (guint       first,
                           const char *host,
                           const char *port,
                           const char *security,
                           const char *name,
                           guint       usual)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[first] = g_param_spec_string (host, NULL, NULL, "", flags);
  properties[first + 1] = g_param_spec_uint (port, NULL, NULL, 0, G_MAXUINT16, usual, flags);
  properties[first + 2] = g_param_spec_enum (security, NULL, NULL, PIPIT_TYPE_SECURITY,
                                             PIPIT_SECURITY_TLS, flags);
  properties[first + 3] = g_param_spec_string (name, NULL, NULL, "", flags);
}

static void
pipit_account_setup_class_init (PipitAccountSetupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags in_out = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags out = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = pipit_account_setup_set_property;
  object_class->get_property = pipit_account_setup_get_property;
  object_class->dispose = pipit_account_setup_dispose;
  object_class->finalize = pipit_account_setup_finalize;

  properties[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, "", in_out);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, "", in_out);
  properties[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, "", in_out);
  install_server_properties (PROP_RECEIVING_HOST, "receiving-host", "receiving-port",
                             "receiving-security", "receiving-name", 993);
  install_server_properties (PROP_SENDING_HOST, "sending-host", "sending-port",
                             "sending-security", "sending-name", 465);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PIPIT_TYPE_SETUP_STATE,
                                              PIPIT_SETUP_EDITING, out);
  properties[PROP_PROBLEM] = g_param_spec_object ("problem", NULL, NULL, PIPIT_TYPE_PROBLEM, out);
  properties[PROP_PROVIDER_NAME] = g_param_spec_string ("provider-name", NULL, NULL, NULL, out);
  properties[PROP_PROVIDER_NOTE] = g_param_spec_string ("provider-note", NULL, NULL, NULL, out);
  properties[PROP_PROVIDER_LINK] = g_param_spec_string ("provider-link", NULL, NULL, NULL, out);
  properties[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, out);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pipit_account_setup_init (PipitAccountSetup *self)
{
  self->display_name = g_strdup ("");
  self->address = g_strdup ("");
  self->password = g_strdup ("");
  self->steps = g_list_store_new (PIPIT_TYPE_SETUP_STEP);
  self->step_keys = g_ptr_array_new_with_free_func (g_free);
  self->keep_days = 365;
  self->keep_password = PIPIT_KEEP_KEYRING;
  clear_server (self, PIPIT_SERVER_RECEIVING);
  clear_server (self, PIPIT_SERVER_SENDING);
}

/**
 * pipit_account_setup_new:
 * @engine: an engine that is open
 *
 * Returns: (transfer full): the setup of a new account
 */
PipitAccountSetup *
pipit_account_setup_new (PipitEngine *engine)
{
  PipitAccountSetup *self;

  g_return_val_if_fail (PIPIT_IS_ENGINE (engine), NULL);

  self = g_object_new (PIPIT_TYPE_ACCOUNT_SETUP, NULL);
  self->engine = g_object_ref (engine);
  self->trust = net_trust_ref (account_trust_get_net_trust (pipit_engine_get_trust (engine)));

  return self;
}

static int
days_of_offline (AccountOffline offline)
{
  switch (offline)
    {
    case ACCOUNT_OFFLINE_HEADERS:
      return 0;
    case ACCOUNT_OFFLINE_MONTH:
      return 30;
    case ACCOUNT_OFFLINE_YEAR:
      return 365;
    case ACCOUNT_OFFLINE_ALL:
    default:
      return -1;
    }
}

/**
 * pipit_account_setup_new_for_account:
 * @account: an account of the engine
 *
 * Returns: (transfer full): the setup of an account that is there, with its settings filled in. An
 *   empty password stands for the one that is kept.
 */
PipitAccountSetup *
pipit_account_setup_new_for_account (PipitAccount *account)
{
  PipitAccountSetup *self;
  PipitEngine *engine;
  AccountSettings *settings;

  g_return_val_if_fail (PIPIT_IS_ACCOUNT (account), NULL);

  engine = pipit_account_get_engine (account);
  self = pipit_account_setup_new (engine);
  self->account = g_object_ref (account);

  settings = account_list_find (pipit_engine_get_account_list (engine),
                                pipit_account_get_id (account));
  if (settings == NULL)
    return self;

  g_object_set (self, "display-name",
                account_identity_get_name (account_settings_get_identity (settings, 0)),
                "address", account_settings_get_address (settings), NULL);
  pipit_account_setup_set_server (self, PIPIT_SERVER_RECEIVING,
                                  account_settings_get_imap (settings));
  pipit_account_setup_set_name (self, PIPIT_SERVER_RECEIVING,
                                account_settings_get_imap_username (settings));
  pipit_account_setup_set_server (self, PIPIT_SERVER_SENDING,
                                  account_settings_get_smtp (settings));
  pipit_account_setup_set_name (self, PIPIT_SERVER_SENDING,
                                account_settings_get_smtp_username (settings));
  self->servers[PIPIT_SERVER_RECEIVING].touched = TRUE;
  self->servers[PIPIT_SERVER_SENDING].touched = TRUE;
  self->confirmed = TRUE;
  self->keep_days = days_of_offline (account_settings_get_offline (settings));
  if (account_settings_get_password_source (settings) == ACCOUNT_PASSWORD_SESSION)
    self->keep_password = PIPIT_KEEP_SESSION;

  return self;
}

/* What a test is about has changed, or its outcome is known: the one place that sets the state. */
void
pipit_account_setup_set_state (PipitAccountSetup *self,
                               PipitSetupState    state,
                               PipitProblem      *problem)
{
  g_object_freeze_notify (G_OBJECT (self));

  if (g_set_object (&self->problem, problem))
    notify (self, PROP_PROBLEM);
  if (self->state != state)
    {
      self->state = state;
      notify (self, PROP_STATE);
    }

  g_object_thaw_notify (G_OBJECT (self));
}

/*
 * pipit_account_setup_dup_endpoint:
 *
 * Returns: (transfer full) (nullable): where a server is, as the page has it
 */
NetEndpoint *
pipit_account_setup_dup_endpoint (PipitAccountSetup *self,
                                  PipitServer        server)
{
  PipitSetupServer *shown = &self->servers[server];
  NetEndpoint *endpoint;

  if (shown->host == NULL || *shown->host == '\0' || shown->port == 0)
    return NULL;

  endpoint = net_endpoint_new (server == PIPIT_SERVER_RECEIVING ? NET_PURPOSE_IMAP
                                                                : NET_PURPOSE_SMTP,
                               shown->host, (guint16) shown->port, (NetSecurity) shown->security);

  /* only the person can choose that, with the warning before their eyes */
  if (shown->security == PIPIT_SECURITY_NONE && shown->touched)
    {
      NetEndpoint *plain = net_endpoint_allow_plain (endpoint);

      net_endpoint_unref (endpoint);
      return plain;
    }

  return endpoint;
}

/**
 * pipit_account_setup_get_engine:
 *
 * Returns: (transfer none): the engine that the account is set up in
 */
PipitEngine *
pipit_account_setup_get_engine (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return self->engine;
}

/**
 * pipit_account_setup_get_account:
 *
 * Returns: (transfer none) (nullable): the account that is being changed, or that was saved
 */
PipitAccount *
pipit_account_setup_get_account (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return self->account;
}

/**
 * pipit_account_setup_get_state:
 *
 * Returns: what is going on
 */
PipitSetupState
pipit_account_setup_get_state (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), PIPIT_SETUP_EDITING);

  return self->state;
}

/**
 * pipit_account_setup_get_problem:
 *
 * Returns: (transfer none) (nullable): why the test stopped
 */
PipitProblem *
pipit_account_setup_get_problem (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return self->problem;
}

static DiscoveryProvider *
get_provider (PipitAccountSetup *self)
{
  return self->found != NULL ? discovery_result_get_provider (self->found) : NULL;
}

/**
 * pipit_account_setup_get_provider_name:
 *
 * Returns: (transfer none) (nullable): the provider that the address belongs to, if it is known
 */
const char *
pipit_account_setup_get_provider_name (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return get_provider (self) != NULL ? discovery_provider_get_name (get_provider (self)) : NULL;
}

/**
 * pipit_account_setup_get_provider_note:
 *
 * Returns: (transfer none) (nullable): what the provider wants, translated
 */
const char *
pipit_account_setup_get_provider_note (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return self->provider_note;
}

/**
 * pipit_account_setup_get_provider_link:
 *
 * Returns: (transfer none) (nullable): the provider's own instructions
 */
const char *
pipit_account_setup_get_provider_link (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return get_provider (self) != NULL ? discovery_provider_get_help (get_provider (self)) : NULL;
}

/**
 * pipit_account_setup_get_source:
 *
 * Returns: (transfer none) (nullable): where the settings come from, translated
 */
const char *
pipit_account_setup_get_source (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  return self->source;
}

/**
 * pipit_account_setup_has_servers:
 *
 * Returns: whether the page has somewhere to connect to. A provider without IMAP has not.
 */
gboolean
pipit_account_setup_has_servers (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), FALSE);

  return self->servers[PIPIT_SERVER_RECEIVING].host != NULL &&
         *self->servers[PIPIT_SERVER_RECEIVING].host != '\0' &&
         self->servers[PIPIT_SERVER_SENDING].host != NULL &&
         *self->servers[PIPIT_SERVER_SENDING].host != '\0';
}

/**
 * pipit_account_setup_needs_confirmation:
 *
 * A password goes to no host that was only guessed: the page shows the settings first, and calls
 * pipit_account_setup_confirm () when the person has pressed on with them before the eyes.
 *
 * Returns: whether the settings are a guess that nobody has confirmed
 */
gboolean
pipit_account_setup_needs_confirmation (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), FALSE);

  if (self->confirmed || self->found == NULL || !discovery_result_needs_confirmation (self->found))
    return FALSE;

  return !self->servers[PIPIT_SERVER_RECEIVING].touched ||
         !self->servers[PIPIT_SERVER_SENDING].touched;
}

/**
 * pipit_account_setup_confirm:
 *
 * The person has seen the settings and wants them.
 */
void
pipit_account_setup_confirm (PipitAccountSetup *self)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));

  self->confirmed = TRUE;
}

/**
 * pipit_account_setup_is_complete:
 * @out_property: (out) (optional) (transfer none): the property that is missing or wrong
 *
 * Returns: whether there is enough to test
 */
gboolean
pipit_account_setup_is_complete (PipitAccountSetup  *self,
                                 const char        **out_property)
{
  g_autoptr(DiscoveryAddress) address = NULL;
  const char *missing = NULL;

  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), FALSE);

  address = discovery_address_parse (self->address, NULL);

  if (address == NULL)
    missing = "address";
  else if (*self->password == '\0' && self->account == NULL)
    missing = "password";
  else if (self->servers[PIPIT_SERVER_RECEIVING].host == NULL ||
           *self->servers[PIPIT_SERVER_RECEIVING].host == '\0')
    missing = "receiving-host";
  else if (self->servers[PIPIT_SERVER_RECEIVING].port == 0)
    missing = "receiving-port";
  else if (self->servers[PIPIT_SERVER_SENDING].host == NULL ||
           *self->servers[PIPIT_SERVER_SENDING].host == '\0')
    missing = "sending-host";
  else if (self->servers[PIPIT_SERVER_SENDING].port == 0)
    missing = "sending-port";

  if (out_property != NULL)
    *out_property = missing;

  return missing == NULL;
}
