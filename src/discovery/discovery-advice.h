#pragma once

#include "discovery-lookup.h"
#include "discovery-test.h"

G_BEGIN_DECLS

/**
 * DiscoveryAdviceCode:
 * @DISCOVERY_ADVICE_NAME_NOT_FOUND: there is no such host
 * @DISCOVERY_ADVICE_OFFLINE: the name service does not answer: probably no network
 * @DISCOVERY_ADVICE_REFUSED: the machine is there, nothing listens at the port
 * @DISCOVERY_ADVICE_UNREACHABLE: no way to the machine
 * @DISCOVERY_ADVICE_FILTERED: no answer to the attempt to connect: a firewall, or a wrong port
 * @DISCOVERY_ADVICE_SILENT: connected, and then nothing came
 * @DISCOVERY_ADVICE_CLOSED: the server, or something between, hung up
 * @DISCOVERY_ADVICE_NOT_TLS: TLS was spoken to a port of plain text
 * @DISCOVERY_ADVICE_TLS_EXPECTED: plain text was spoken to a port of TLS
 * @DISCOVERY_ADVICE_NO_STARTTLS: the server offers no encryption at this port
 * @DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED: the settings ask for no encryption at all
 * @DISCOVERY_ADVICE_TLS_VERSION: the server is too old for a safe connection
 * @DISCOVERY_ADVICE_TLS_FAILED: the handshake failed for another reason
 * @DISCOVERY_ADVICE_CERTIFICATE_EXPIRED: its time is over, or the clock is wrong
 * @DISCOVERY_ADVICE_CERTIFICATE_NOT_YET_VALID: its time has not begun, or the clock is wrong
 * @DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST: it is made for other names
 * @DISCOVERY_ADVICE_CERTIFICATE_SELF_SIGNED: nobody but itself vouches for it
 * @DISCOVERY_ADVICE_CERTIFICATE_UNKNOWN_ISSUER: somebody unknown vouches for it
 * @DISCOVERY_ADVICE_CERTIFICATE_OTHER: revoked, broken algorithm, …
 * @DISCOVERY_ADVICE_CERTIFICATE_CHANGED: not the one that was pinned: an error, not a question
 * @DISCOVERY_ADVICE_SIGN_IN_REFUSED: wrong name or password
 * @DISCOVERY_ADVICE_APP_PASSWORD: this provider wants a password made for the app
 * @DISCOVERY_ADVICE_ENABLE_IMAP: IMAP has to be switched on at the provider first
 * @DISCOVERY_ADVICE_AUTH_CODE: this provider wants an authorization code for a password
 * @DISCOVERY_ADVICE_OAUTH_ONLY: this provider takes no passwords from mail programs
 * @DISCOVERY_ADVICE_BRIDGE: the provider's bridge has to run on this computer
 * @DISCOVERY_ADVICE_BRIDGE_PASSWORD: it is the bridge's password that is wanted
 * @DISCOVERY_ADVICE_WEB_SIGN_IN: the provider wants one sign-in in the browser first
 * @DISCOVERY_ADVICE_MECHANISM_NOT_OFFERED: no common way to sign in
 * @DISCOVERY_ADVICE_LIMITED: the account is locked or throttled, whatever the password
 * @DISCOVERY_ADVICE_TOO_MANY_CONNECTIONS: other programs use all that the server allows
 * @DISCOVERY_ADVICE_SHUTTING_DOWN: the server is going down
 * @DISCOVERY_ADVICE_BUSY: a temporary failure of the server
 * @DISCOVERY_ADVICE_PROTOCOL: what answers there is no mail server of this kind
 * @DISCOVERY_ADVICE_FOLDERS_REFUSED: signed in, but the server does not show the folders
 * @DISCOVERY_ADVICE_SENDER_REFUSED: the server does not send for this address
 * @DISCOVERY_ADVICE_SEND_NEEDS_SIGN_IN: sending needs a name and a password too
 * @DISCOVERY_ADVICE_CONFIRM_SERVER: a guessed server answers: is it the right one?
 * @DISCOVERY_ADVICE_OTHER: none of the others
 *
 * What a failure means, one code a sentence. The sentences themselves are for model and
 * pipitctl to write.
 */
typedef enum
{
  DISCOVERY_ADVICE_NAME_NOT_FOUND,
  DISCOVERY_ADVICE_OFFLINE,
  DISCOVERY_ADVICE_REFUSED,
  DISCOVERY_ADVICE_UNREACHABLE,
  DISCOVERY_ADVICE_FILTERED,
  DISCOVERY_ADVICE_SILENT,
  DISCOVERY_ADVICE_CLOSED,
  DISCOVERY_ADVICE_NOT_TLS,
  DISCOVERY_ADVICE_TLS_EXPECTED,
  DISCOVERY_ADVICE_NO_STARTTLS,
  DISCOVERY_ADVICE_PLAIN_NOT_ALLOWED,
  DISCOVERY_ADVICE_TLS_VERSION,
  DISCOVERY_ADVICE_TLS_FAILED,
  DISCOVERY_ADVICE_CERTIFICATE_EXPIRED,
  DISCOVERY_ADVICE_CERTIFICATE_NOT_YET_VALID,
  DISCOVERY_ADVICE_CERTIFICATE_OTHER_HOST,
  DISCOVERY_ADVICE_CERTIFICATE_SELF_SIGNED,
  DISCOVERY_ADVICE_CERTIFICATE_UNKNOWN_ISSUER,
  DISCOVERY_ADVICE_CERTIFICATE_OTHER,
  DISCOVERY_ADVICE_CERTIFICATE_CHANGED,
  DISCOVERY_ADVICE_SIGN_IN_REFUSED,
  DISCOVERY_ADVICE_APP_PASSWORD,
  DISCOVERY_ADVICE_ENABLE_IMAP,
  DISCOVERY_ADVICE_AUTH_CODE,
  DISCOVERY_ADVICE_OAUTH_ONLY,
  DISCOVERY_ADVICE_BRIDGE,
  DISCOVERY_ADVICE_BRIDGE_PASSWORD,
  DISCOVERY_ADVICE_WEB_SIGN_IN,
  DISCOVERY_ADVICE_MECHANISM_NOT_OFFERED,
  DISCOVERY_ADVICE_LIMITED,
  DISCOVERY_ADVICE_TOO_MANY_CONNECTIONS,
  DISCOVERY_ADVICE_SHUTTING_DOWN,
  DISCOVERY_ADVICE_BUSY,
  DISCOVERY_ADVICE_PROTOCOL,
  DISCOVERY_ADVICE_FOLDERS_REFUSED,
  DISCOVERY_ADVICE_SENDER_REFUSED,
  DISCOVERY_ADVICE_SEND_NEEDS_SIGN_IN,
  DISCOVERY_ADVICE_CONFIRM_SERVER,
  DISCOVERY_ADVICE_OTHER,
} DiscoveryAdviceCode;

#define DISCOVERY_N_ADVICE_CODES (DISCOVERY_ADVICE_OTHER + 1)

const char *discovery_advice_code_to_string (DiscoveryAdviceCode code);

/**
 * DiscoveryRemedyKind:
 * @DISCOVERY_REMEDY_TRY_AGAIN: the same once more
 * @DISCOVERY_REMEDY_EDIT: let the person edit the settings
 * @DISCOVERY_REMEDY_EDIT_PASSWORD: let the person type the password again
 * @DISCOVERY_REMEDY_USE_ENDPOINT: test with the remedy's endpoint in place of the failed one
 * @DISCOVERY_REMEDY_USE_USERNAME: sign in with the remedy's name
 * @DISCOVERY_REMEDY_VIEW_CERTIFICATE: show the failure's certificate, and offer to pin it unless
 *   it is a changed one
 * @DISCOVERY_REMEDY_CONFIRM: the person says that the guessed servers are theirs
 * @DISCOVERY_REMEDY_OPEN_LINK: open the remedy's address in the browser
 */
typedef enum
{
  DISCOVERY_REMEDY_TRY_AGAIN,
  DISCOVERY_REMEDY_EDIT,
  DISCOVERY_REMEDY_EDIT_PASSWORD,
  DISCOVERY_REMEDY_USE_ENDPOINT,
  DISCOVERY_REMEDY_USE_USERNAME,
  DISCOVERY_REMEDY_VIEW_CERTIFICATE,
  DISCOVERY_REMEDY_OPEN_LINK,
  DISCOVERY_REMEDY_CONFIRM,
} DiscoveryRemedyKind;

const char *discovery_remedy_kind_to_string (DiscoveryRemedyKind kind);

/**
 * DiscoveryRemedy:
 * @kind: what to do
 * @endpoint: (nullable): for USE_ENDPOINT
 * @source: for USE_ENDPOINT: who names it; %DISCOVERY_SOURCE_PERSON for another port of the
 *   very host that the failed endpoint names
 * @text: (nullable): the name for USE_USERNAME, the address for OPEN_LINK
 */
typedef struct
{
  DiscoveryRemedyKind kind;
  NetEndpoint *endpoint; /* (owned) */
  DiscoverySource source;
  char *text;            /* (owned) */
} DiscoveryRemedy;

#define DISCOVERY_TYPE_ADVICE (discovery_advice_get_type ())

typedef struct _DiscoveryAdvice DiscoveryAdvice;

GType                  discovery_advice_get_type       (void) G_GNUC_CONST;

DiscoveryAdvice       *discovery_advise                (DiscoveryFailure *failure,
                                                        DiscoveryResult  *known);
DiscoveryAdvice       *discovery_advice_ref            (DiscoveryAdvice  *self);
void                   discovery_advice_unref          (DiscoveryAdvice  *self);
DiscoveryAdviceCode    discovery_advice_get_code       (DiscoveryAdvice  *self);
DiscoveryFailure      *discovery_advice_get_failure    (DiscoveryAdvice  *self);
guint                  discovery_advice_get_n_remedies (DiscoveryAdvice  *self);
const DiscoveryRemedy *discovery_advice_get_remedy     (DiscoveryAdvice  *self,
                                                        guint             position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryAdvice, discovery_advice_unref)

G_END_DECLS
