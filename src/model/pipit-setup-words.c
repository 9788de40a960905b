#include "pipit-config.h"

#include "pipit-setup-words.h"

#include "pipit-certificate-private.h"
#include "pipit-problem-private.h"
#include "pipit-remedy.h"

#include <glib/gi18n.h>

/* The sentences of the wizard and of the test: what discovery says in codes, in plain words. */

typedef struct
{
  DiscoveryAdviceCode code;
  PipitProblemKind kind;
  const char *title;       /* "%s" in it is the host */
  const char *explanation; /* "%s" in it is the provider's name, or "your provider" */
} Words;

static const Words words[] = {
  { DISCOVERY_ADVICE_NAME_NOT_FOUND, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("There is no server named %s."),
    N_("Look for a typing error in the name of the server. If the name is right, the server may be "
       "known to your own network only, or the connection to the Internet may be interrupted.") },
  { DISCOVERY_ADVICE_OFFLINE, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("This computer is not connected to a network."),
    N_("Connect to the Internet, then try again.") },
  { DISCOVERY_ADVICE_REFUSED, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("%s does not accept connections on this port."),
    N_("The port is probably wrong, or the server is being restarted. Mail is usually received on "
       "port 993 with TLS, and sent on port 465 with TLS or 587 with STARTTLS.") },
  { DISCOVERY_ADVICE_UNREACHABLE, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("%s cannot be reached from here."),
    N_("The network says that there is no way to this server. It may need a VPN, or the connection "
       "to the Internet may be interrupted.") },
  { DISCOVERY_ADVICE_FILTERED, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("%s does not answer."),
    N_("Nothing came back within the time. A firewall may block this port, or the port or the name "
       "of the server is wrong.") },
  { DISCOVERY_ADVICE_SILENT, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("%s took the connection and then said nothing."),
    N_("The server may be overloaded, or something else is listening on this port. Wait a minute "
       "and try again, or check the port and the security.") },
  { DISCOVERY_ADVICE_CLOSED, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("%s closed the connection."),
    N_("It ended the connection in the middle of the test. It may be restarting, or it may not "
       "want more connections from here for a while.") },
  { DISCOVERY_ADVICE_NOT_TLS, PIPIT_PROBLEM_SECURITY,
    N_("%s does not speak TLS on this port."),
    N_("The server answered in plain text where encryption from the first byte was asked for. With "
       "this port the right security is probably STARTTLS.") },
  { DISCOVERY_ADVICE_TLS_EXPECTED, PIPIT_PROBLEM_SECURITY,
    N_("%s expects TLS on this port."),
    N_("The server waits for encryption from the first byte. With this port the right security is "
       "probably TLS and not STARTTLS.") },
  { DISCOVERY_ADVICE_NO_STARTTLS, PIPIT_PROBLEM_SECURITY,
    N_("%s does not offer encryption on this port."),
    N_("Your password would travel in plain text, so it was not sent. Another port with TLS is "
       "probably the right one.") },
  { DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED, PIPIT_PROBLEM_SECURITY,
    N_("Nothing is sent to %s without encryption."),
    N_("With these settings your password and your mail would travel in plain text. Use TLS or "
       "STARTTLS.") },
  { DISCOVERY_ADVICE_TLS_VERSION, PIPIT_PROBLEM_SECURITY,
    N_("The encryption of %s is too old."),
    N_("The server offers only versions of TLS that are no longer safe. Only the people who run it "
       "can change that.") },
  { DISCOVERY_ADVICE_TLS_FAILED, PIPIT_PROBLEM_SECURITY,
    N_("No encrypted connection to %s could be made."),
    N_("The server and this computer could not agree on the encryption. Check the port and the "
       "security; the details say more.") },
  { DISCOVERY_ADVICE_CERTIFICATE_EXPIRED, PIPIT_PROBLEM_CERTIFICATE,
    N_("The certificate of %s has expired."),
    N_("The people who run the server have probably forgotten to renew it. Tell them, and try "
       "again later. If the clock of this computer is wrong, set it first.") },
  { DISCOVERY_ADVICE_CERTIFICATE_NOT_YET_VALID, PIPIT_PROBLEM_CERTIFICATE,
    N_("The certificate of %s is not valid yet."),
    N_("Probably the clock of this computer is wrong. Set it, then try again.") },
  { DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST, PIPIT_PROBLEM_CERTIFICATE,
    N_("The certificate of %s was made for another server."),
    N_("Often the provider gives its servers another name: look at the certificate, and use the "
       "name that stands in it if it belongs to your provider.") },
  { DISCOVERY_ADVICE_CERTIFICATE_SELF_SIGNED, PIPIT_PROBLEM_CERTIFICATE,
    N_("The server %s vouches for itself."),
    N_("Its certificate is self-signed, so nobody else confirms that it is the right server. That "
       "is usual with servers of one's own and with bridges on this computer. Trust it only when "
       "you know its fingerprint.") },
  { DISCOVERY_ADVICE_CERTIFICATE_UNKNOWN_ISSUER, PIPIT_PROBLEM_CERTIFICATE,
    N_("Nobody known vouches for %s."),
    N_("This computer does not know who issued the server's certificate. Trust it only when you "
       "have the fingerprint from the people who run the server.") },
  { DISCOVERY_ADVICE_CERTIFICATE_OTHER, PIPIT_PROBLEM_CERTIFICATE,
    N_("The certificate of %s is not trusted."),
    N_("Look at the certificate to see why.") },
  { DISCOVERY_ADVICE_CERTIFICATE_CHANGED, PIPIT_PROBLEM_CERTIFICATE_CHANGED,
    N_("%s shows another certificate than the one you trusted."),
    N_("The server may have got a new one, or somebody stands between you and it. Ask the people "
       "who run it for the fingerprint before you trust the new one.") },
  { DISCOVERY_ADVICE_SIGN_IN_REFUSED, PIPIT_PROBLEM_SIGN_IN,
    N_("The name or the password is wrong."),
    N_("Sign in at the web mail of %s once with the same name and password. If that works, an app "
       "password or another form of the name may be needed here.") },
  { DISCOVERY_ADVICE_APP_PASSWORD, PIPIT_PROBLEM_SIGN_IN,
    N_("An app password is probably needed."),
    N_("%s does not take the ordinary password from mail programs. Make an app password on its "
       "page, and enter it here in place of the password.") },
  { DISCOVERY_ADVICE_ENABLE_IMAP, PIPIT_PROBLEM_SIGN_IN,
    N_("The sign-in was refused: IMAP may be switched off."),
    N_("With %s, access by mail programs has to be switched on first, in the settings of its web "
       "mail. If it is on, the name or the password is wrong.") },
  { DISCOVERY_ADVICE_AUTH_CODE, PIPIT_PROBLEM_SIGN_IN,
    N_("An authorization code is needed."),
    N_("%s wants a code made for mail programs in place of the password. Its web mail makes one, in "
       "the settings for IMAP.") },
  { DISCOVERY_ADVICE_OAUTH_ONLY, PIPIT_PROBLEM_SIGN_IN,
    N_("This provider does not take passwords from mail programs."),
    N_("%s wants a sign-in in the browser, which this version of Pipit cannot do yet.") },
  { DISCOVERY_ADVICE_BRIDGE, PIPIT_PROBLEM_SIGN_IN,
    N_("The provider's bridge has to run on this computer."),
    N_("%s gives its mail to other programs through a bridge. Start it, and enter the password that "
       "the bridge shows, which is not your ordinary one.") },
  { DISCOVERY_ADVICE_BRIDGE_PASSWORD, PIPIT_PROBLEM_SIGN_IN,
    N_("The bridge did not take this password."),
    N_("The bridge of %s has a password of its own, which it shows in its window. It is not your "
       "ordinary one.") },
  { DISCOVERY_ADVICE_WEB_SIGN_IN, PIPIT_PROBLEM_SIGN_IN,
    N_("The server wants you to sign in by the web first."),
    N_("Open the web mail of %s, sign in there and confirm that it is you, then try again.") },
  { DISCOVERY_ADVICE_MECHANISM_NOT_OFFERED, PIPIT_PROBLEM_SIGN_IN,
    N_("%s offers no way to sign in with a password."),
    N_("With this port or security the server does not take passwords. Another port may do, or the "
       "account has to be allowed for mail programs first.") },
  { DISCOVERY_ADVICE_LIMITED, PIPIT_PROBLEM_LIMIT,
    N_("The server has locked the sign-in for a while."),
    N_("Usually that is after several wrong passwords. Wait a quarter of an hour before the next "
       "attempt; each earlier one may make it longer.") },
  { DISCOVERY_ADVICE_TOO_MANY_CONNECTIONS, PIPIT_PROBLEM_LIMIT,
    N_("The server has too many connections from you."),
    N_("Other programs or devices of yours are connected as well. Close one of them, or wait some "
       "minutes, then try again.") },
  { DISCOVERY_ADVICE_SHUTTING_DOWN, PIPIT_PROBLEM_LIMIT,
    N_("%s is being shut down."),
    N_("That is usually over in a few minutes. Try again then.") },
  { DISCOVERY_ADVICE_BUSY, PIPIT_PROBLEM_LIMIT,
    N_("%s cannot do this at the moment."),
    N_("The server says that it is a passing trouble of its own. Try again in a few minutes.") },
  { DISCOVERY_ADVICE_PROTOCOL, PIPIT_PROBLEM_OTHER,
    N_("What answers at %s is not a mail server of this kind."),
    N_("The answer could not be understood. Perhaps the servers for receiving and for sending were "
       "exchanged, or the port belongs to something else.") },
  { DISCOVERY_ADVICE_FOLDERS_REFUSED, PIPIT_PROBLEM_REFUSED,
    N_("The server does not show your folders."),
    N_("The sign-in worked, but %s refused to list the folders. The details say what it "
       "answered.") },
  { DISCOVERY_ADVICE_SENDER_REFUSED, PIPIT_PROBLEM_REFUSED,
    N_("The server does not let you send from this address."),
    N_("The sign-in worked, but the address is not one of those that %s lets you send from. Look "
       "for a typing error in the address.") },
  { DISCOVERY_ADVICE_SEND_NEEDS_SIGN_IN, PIPIT_PROBLEM_SIGN_IN,
    N_("Sending needs a sign-in as well."),
    N_("The server for sending wants a name and a password. Use the full address as the name.") },
  { DISCOVERY_ADVICE_CONFIRM_SERVER, PIPIT_PROBLEM_OTHER,
    N_("A server was found at %s. Is it yours?"),
    N_("Its name was guessed from your address, so your password was not sent. Confirm it if it "
       "belongs to your provider.") },
  { DISCOVERY_ADVICE_OTHER, PIPIT_PROBLEM_OTHER,
    N_("The connection to %s failed."),
    N_("The details say what happened.") },
};

static const Words *
find_words (DiscoveryAdviceCode code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].code == code)
      return &words[i];

  return &words[G_N_ELEMENTS (words) - 1];
}

/* Puts a name in place of the only "%s" of a translated sentence, if there is one. */
static char *
fill_in (const char *sentence,
         const char *name)
{
  g_auto(GStrv) halves = g_strsplit (sentence, "%s", 2);

  return halves[1] != NULL ? g_strconcat (halves[0], name, halves[1], NULL) : g_strdup (sentence);
}

static const char *
security_words (NetSecurity security)
{
  switch (security)
    {
    case NET_SECURITY_TLS:
      return "TLS";
    case NET_SECURITY_STARTTLS:
      return "STARTTLS";
    case NET_SECURITY_NONE:
    default:
      /* Translators: the security of a connection, beside "TLS" and "STARTTLS" */
      return C_("security", "no encryption");
    }
}

static char *
label_for_endpoint (const DiscoveryRemedy *remedy,
                    NetEndpoint           *failed)
{
  const char *host = net_endpoint_get_host (remedy->endpoint);
  const char *security = security_words (net_endpoint_get_security (remedy->endpoint));
  guint port = net_endpoint_get_port (remedy->endpoint);

  if (failed != NULL && g_strcmp0 (host, net_endpoint_get_host (failed)) == 0)
    /* Translators: a button: "Try Port 993 with TLS" */
    return g_strdup_printf (_("Try Port %u with %s"), port, security);

  /* Translators: a button: "Try imap.example.org, Port 993 with TLS" */
  return g_strdup_printf (_("Try %s, Port %u with %s"), host, port, security);
}

static PipitRemedy *
remedy_in_words (const DiscoveryRemedy *remedy,
                 DiscoveryAdvice       *advice)
{
  NetEndpoint *failed = discovery_failure_get_endpoint (discovery_advice_get_failure (advice));
  g_autofree char *label = NULL;
  g_autofree char *value = NULL;

  switch (remedy->kind)
    {
    case DISCOVERY_REMEDY_EDIT:
      return pipit_remedy_new (PIPIT_REMEDY_EDIT_SETTINGS, _("Change the Settings…"), NULL);

    case DISCOVERY_REMEDY_EDIT_PASSWORD:
      return pipit_remedy_new (PIPIT_REMEDY_ENTER_PASSWORD, _("Enter the Password Again"), NULL);

    case DISCOVERY_REMEDY_USE_ENDPOINT:
      label = label_for_endpoint (remedy, failed);
      value = net_endpoint_to_string (remedy->endpoint);
      return pipit_remedy_new (PIPIT_REMEDY_USE_SERVER, label, value);

    case DISCOVERY_REMEDY_USE_USERNAME:
      /* Translators: a button: "Use “mara” as the Name" */
      label = g_strdup_printf (_("Use “%s” as the Name"), remedy->text);
      return pipit_remedy_new (PIPIT_REMEDY_USE_NAME, label, remedy->text);

    case DISCOVERY_REMEDY_VIEW_CERTIFICATE:
      return pipit_remedy_new (PIPIT_REMEDY_VIEW_CERTIFICATE, _("View the Certificate…"), NULL);

    case DISCOVERY_REMEDY_OPEN_LINK:
      return pipit_remedy_new (PIPIT_REMEDY_OPEN_LINK, _("Open the Provider's Instructions"),
                               remedy->text);

    case DISCOVERY_REMEDY_CONFIRM:
    case DISCOVERY_REMEDY_TRY_AGAIN:
    default:
      return pipit_remedy_new (PIPIT_REMEDY_TRY_AGAIN, _("Try Again"), NULL);
    }
}

/*
 * pipit_setup_words_for_advice:
 * @advice: what discovery makes of a failure
 * @provider: (nullable): the provider, when it is known
 *
 * Returns: (transfer full): the failure in words, with its remedies
 */
PipitProblem *
pipit_setup_words_for_advice (DiscoveryAdvice   *advice,
                              DiscoveryProvider *provider)
{
  DiscoveryFailure *failure = discovery_advice_get_failure (advice);
  NetEndpoint *endpoint = discovery_failure_get_endpoint (failure);
  NetStage stage = discovery_failure_get_stage (failure);
  gboolean answered = stage >= NET_STAGE_GREETING ||
                      (stage == NET_STAGE_ENCRYPT && endpoint != NULL &&
                       net_endpoint_get_security (endpoint) == NET_SECURITY_STARTTLS);
  NetCertificate *rejected = discovery_failure_get_certificate (failure);
  const char *host = endpoint != NULL ? net_endpoint_get_host (endpoint) : "";
  const Words *found = find_words (discovery_advice_get_code (advice));
  g_autofree char *title = fill_in (_(found->title), host);
  g_autofree char *explanation = fill_in (_(found->explanation),
                                          provider != NULL ? discovery_provider_get_name (provider)
                                                           : _("your provider"));
  g_autoptr(GListStore) remedies = g_list_store_new (PIPIT_TYPE_REMEDY);
  g_autoptr(PipitCertificate) certificate = NULL;
  PipitServer server = PIPIT_SERVER_RECEIVING;

  if (endpoint != NULL && net_endpoint_get_purpose (endpoint) == NET_PURPOSE_SMTP)
    server = PIPIT_SERVER_SENDING;
  if (rejected != NULL)
    certificate = pipit_certificate_new (rejected, host);

  for (guint i = 0; i < discovery_advice_get_n_remedies (advice); i++)
    {
      g_autoptr(PipitRemedy) remedy = remedy_in_words (discovery_advice_get_remedy (advice, i),
                                                       advice);

      g_list_store_append (remedies, remedy);
    }

  return pipit_problem_new (found->kind, title, explanation,
                            /* before its greeting the quoted text is not the server's */
                            answered ? discovery_failure_get_server_text (failure) : NULL, server, certificate,
                            G_LIST_MODEL (remedies));
}

static const struct
{
  const char *need;
  const char *sentence;
} needs[] = {
  { "oauth-only", N_("It takes no password from mail programs, only a sign-in in the browser, "
                     "which this version cannot do yet.") },
  { "no-imap", N_("It does not offer IMAP, so that mail programs cannot read its mail.") },
  { "bridge", N_("Its bridge has to run on this computer; enter the bridge's password.") },
  { "bridge-password", N_("Enter the password that the bridge shows.") },
  { "app-password", N_("Enter an app password, made on its page: the ordinary one is refused.") },
  { "auth-code", N_("Enter the authorization code that its web mail makes for mail programs.") },
  { "enable-imap", N_("Switch IMAP on first, in the settings of its web mail.") },
  { "email-password-separate", N_("The mail has a password of its own.") },
  { "paid-plan", N_("IMAP belongs to its paid plans.") },
  { "admin-may-disable", N_("The administrators of your organization may have switched IMAP off.") },
};

/*
 * pipit_setup_words_for_provider:
 *
 * Returns: (transfer full) (nullable): what the provider wants, before a mistake can be made, or
 *   how one signs in there; %NULL when nothing is known of it
 */
char *
pipit_setup_words_for_provider (DiscoveryResult *result)
{
  DiscoveryProvider *provider = discovery_result_get_provider (result);
  g_autoptr(GString) text = g_string_new (NULL);
  const char *const *forms;

  switch (discovery_result_get_kind (result))
    {
    case DISCOVERY_KIND_POP_ONLY:
      return g_strdup (_("This provider is known to offer POP3 only. Pipit needs IMAP."));
    case DISCOVERY_KIND_NO_IMAP:
      return g_strdup (_(needs[1].sentence));
    case DISCOVERY_KIND_UNKNOWN:
    case DISCOVERY_KIND_KNOWN:
    default:
      break;
    }

  if (provider == NULL)
    return NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (needs); i++)
    if (discovery_provider_has_need (provider, needs[i].need))
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", _(needs[i].sentence));

  if (discovery_provider_get_status (provider) == DISCOVERY_STATUS_INSECURE)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                            _("No encrypted connection to it is known."));

  forms = discovery_result_get_username_forms (result, NET_PURPOSE_IMAP);
  if (text->len == 0 && forms != NULL && forms[0] != NULL)
    g_string_append (text, g_str_equal (forms[0], "localpart")
                             ? _("Signs in with the part before the @.")
                             : g_str_equal (forms[0], "email") ? _("Signs in with your full address.")
                                                               : _("Settings known."));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/*
 * pipit_setup_words_for_source:
 *
 * Returns: (transfer full) (nullable): where the settings come from
 */
char *
pipit_setup_words_for_source (DiscoveryResult *result)
{
  if (discovery_result_get_kind (result) == DISCOVERY_KIND_UNKNOWN)
    return g_strdup (_("Guessed from the address"));

  return g_strdup (_("From the list of providers that comes with Pipit"));
}

/*
 * pipit_setup_words_for_stage:
 *
 * Returns: (transfer full): the title of a step of the test
 */
char *
pipit_setup_words_for_stage (NetStage     stage,
                             NetEndpoint *endpoint)
{
  switch (stage)
    {
    case NET_STAGE_RESOLVE:
      /* Translators: a step of the test; %s is the name of a server */
      return g_strdup_printf (_("Find %s"), net_endpoint_get_host (endpoint));
    case NET_STAGE_CONNECT:
      return g_strdup_printf (_("Connect, port %u"), net_endpoint_get_port (endpoint));
    case NET_STAGE_ENCRYPT:
      return g_strdup (_("Encrypt"));
    case NET_STAGE_GREETING:
      return g_strdup (_("Greeting of the server"));
    case NET_STAGE_SIGN_IN:
      return g_strdup (_("Sign in"));
    case NET_STAGE_FOLDERS:
      return g_strdup (_("Read folders"));
    case NET_STAGE_SENDER:
    default:
      return g_strdup (_("Allow your address as sender"));
    }
}
