#include "pipit-config.h"

#include "pipit-problem-private.h"

#include "net-error.h"

#include <glib/gi18n-lib.h>

/* How one class of failure is told about an account that has worked before. */
typedef struct
{
  NetError code;
  PipitProblemKind kind;
  const char *title;       /* with one %s for the host */
  const char *explanation;
} Words;

static const Words words[] = {
  { NET_ERROR_NAME_NOT_FOUND, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("The server “%s” cannot be found"),
    N_("There may be no connection to the internet, or the provider has changed the server’s name. It is tried again by itself.") },
  { NET_ERROR_NAME_LOOKUP, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("The address of “%s” cannot be looked up"),
    N_("The name service of this network does not answer. It is tried again by itself.") },
  { NET_ERROR_REFUSED, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("“%s” does not accept connections at present"),
    N_("The mail server may be down for maintenance. It is tried again by itself.") },
  { NET_ERROR_TIMED_OUT, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("“%s” does not answer"),
    N_("The server, or something on the way to it, is silent. It is tried again by itself.") },
  { NET_ERROR_UNREACHABLE, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("“%s” cannot be reached"),
    N_("There is no way to the server from this network. It is tried again by itself.") },
  { NET_ERROR_CLOSED, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("“%s” has ended the connection"),
    N_("It is tried again by itself.") },
  { NET_ERROR_NOT_TLS, PIPIT_PROBLEM_SECURITY,
    N_("“%s” does not encrypt on this port"),
    N_("Something between this computer and the server may be in the way. Nothing is sent without encryption.") },
  { NET_ERROR_TLS_EXPECTED, PIPIT_PROBLEM_SECURITY,
    N_("“%s” wants another kind of encryption"),
    N_("The account’s settings have to be changed.") },
  { NET_ERROR_TLS_VERSION, PIPIT_PROBLEM_SECURITY,
    N_("“%s” has only outdated encryption"),
    N_("Ask the provider for a server with TLS 1.2 or newer.") },
  { NET_ERROR_TLS_FAILED, PIPIT_PROBLEM_SECURITY,
    N_("No encrypted connection to “%s”"),
    N_("The server and this computer could not agree on encryption.") },
  { NET_ERROR_STARTTLS_NOT_OFFERED, PIPIT_PROBLEM_SECURITY,
    N_("“%s” no longer offers encryption"),
    N_("Something between this computer and the server may be in the way. Nothing is sent without encryption.") },
  { NET_ERROR_PLAIN_NOT_ALLOWED, PIPIT_PROBLEM_SECURITY,
    N_("The connection to “%s” would not be encrypted"),
    N_("Nothing was sent. The account’s settings have to be changed.") },
  { NET_ERROR_CERTIFICATE, PIPIT_PROBLEM_CERTIFICATE,
    N_("The certificate of “%s” is not trusted"),
    N_("It cannot be told whether this is the right server. Look at the certificate before anything is sent to it.") },
  { NET_ERROR_CERTIFICATE_CHANGED, PIPIT_PROBLEM_CERTIFICATE_CHANGED,
    N_("The certificate of “%s” has changed"),
    N_("It is not the one that you trusted. If the provider has not announced a new one, somebody may be in between.") },
  { NET_ERROR_SIGN_IN_REFUSED, PIPIT_PROBLEM_SIGN_IN,
    N_("“%s” does not accept the password"),
    N_("It may have been changed, or the provider wants an app password. Nothing is tried again until you enter it.") },
  { NET_ERROR_MECHANISM_NOT_OFFERED, PIPIT_PROBLEM_SIGN_IN,
    N_("“%s” offers no way to sign in that Pipit knows"),
    N_("The provider may want a sign-in in the browser.") },
  { NET_ERROR_ACCOUNT_LIMITED, PIPIT_PROBLEM_LIMIT,
    N_("“%s” has locked the account for a while"),
    N_("This is not about the password. It is tried again later.") },
  { NET_ERROR_TOO_MANY_CONNECTIONS, PIPIT_PROBLEM_LIMIT,
    N_("“%s” allows no more connections"),
    N_("Other programs or devices use them. It is tried again later with fewer.") },
  { NET_ERROR_SHUTTING_DOWN, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("“%s” is being restarted"),
    N_("It is tried again by itself.") },
  { NET_ERROR_BUSY, PIPIT_PROBLEM_NOT_REACHABLE,
    N_("“%s” is busy"),
    N_("It is tried again by itself.") },
  { NET_ERROR_PROTOCOL, PIPIT_PROBLEM_OTHER,
    N_("“%s” said something that Pipit does not understand"),
    N_("It is tried again by itself.") },
};

/**
 * pipit_problem_new_from_error:
 * @error: what a floor below has reported
 * @host: the server's name
 * @server: which of the account's servers it is
 * @certificate: (nullable): the one that was not trusted
 *
 * Puts a failure of an account that worked before into words. The wizard has words of its own.
 *
 * Returns: (transfer full): the problem
 */
PipitProblem *
pipit_problem_new_from_error (const GError     *error,
                              const char       *host,
                              PipitServer       server,
                              PipitCertificate *certificate)
{
  for (gsize i = 0; error->domain == NET_ERROR && i < G_N_ELEMENTS (words); i++)
    if (error->code == (int) words[i].code)
      {
        /* the table's formats have exactly one %s each, for the host */
        #pragma GCC diagnostic push
        #pragma GCC diagnostic ignored "-Wformat-nonliteral"
        g_autofree char *title = g_strdup_printf (_(words[i].title), host);
        #pragma GCC diagnostic pop

        return pipit_problem_new (words[i].kind, title, _(words[i].explanation), error->message,
                                  server, certificate, NULL);
      }

  return pipit_problem_new (PIPIT_PROBLEM_OTHER, _("Something went wrong"),
                            _("It is tried again by itself."), error->message,
                            server, certificate, NULL);
}
