#pragma once

#include "discovery-lookup.h"
#include "discovery-test.h"

G_BEGIN_DECLS

/**
 * DiscoveryAdviceCode:
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
  DISCOVERY_ADVICE_WEB_SIGN_IN,
  DISCOVERY_ADVICE_MECHANISM_NOT_OFFERED,
  DISCOVERY_ADVICE_LIMITED,
  DISCOVERY_ADVICE_TOO_MANY_CONNECTIONS,
  DISCOVERY_ADVICE_SHUTTING_DOWN,
  DISCOVERY_ADVICE_PROTOCOL,
  DISCOVERY_ADVICE_SENDER_REFUSED,
  DISCOVERY_ADVICE_SEND_NEEDS_SIGN_IN,
  DISCOVERY_ADVICE_CANCELLED,
  DISCOVERY_ADVICE_OTHER,
} DiscoveryAdviceCode;

const char *discovery_advice_code_to_string (DiscoveryAdviceCode code);

/**
 * DiscoveryRemedyKind:
 * @DISCOVERY_REMEDY_TRY_AGAIN: the same once more
 * @DISCOVERY_REMEDY_EDIT: let the person edit the settings
 * @DISCOVERY_REMEDY_EDIT_PASSWORD: let the person type the password again
 * @DISCOVERY_REMEDY_USE_ENDPOINT: test with the remedy's endpoint in place of the failed one
 * @DISCOVERY_REMEDY_USE_USERNAME: sign in with the remedy's name
 * @DISCOVERY_REMEDY_VIEW_CERTIFICATE: show the failure's certificate, and offer to pin it
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
} DiscoveryRemedyKind;

const char *discovery_remedy_kind_to_string (DiscoveryRemedyKind kind);

/**
 * DiscoveryRemedy:
 * @kind: what to do
 * @endpoint: (nullable): for USE_ENDPOINT
 * @source: for USE_ENDPOINT: who names it
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
