#pragma once

#include "discovery-address.h"
#include "discovery-providers.h"

G_BEGIN_DECLS

/**
 * DiscoverySource:
 * @DISCOVERY_SOURCE_PROVIDER: the provider's row names it
 * @DISCOVERY_SOURCE_ALTERNATIVE: the row names it as unverified or retired: a password
 *   goes there only when the person chooses it
 * @DISCOVERY_SOURCE_GUESS: made up from the domain: to be confirmed by the person first
 * @DISCOVERY_SOURCE_PERSON: typed or confirmed by the person
 */
typedef enum
{
  DISCOVERY_SOURCE_PROVIDER,
  DISCOVERY_SOURCE_ALTERNATIVE,
  DISCOVERY_SOURCE_GUESS,
  DISCOVERY_SOURCE_PERSON,
} DiscoverySource;

const char *discovery_source_to_string (DiscoverySource source);

/**
 * DiscoveryKind:
 * @DISCOVERY_KIND_KNOWN: a known provider, with settings
 * @DISCOVERY_KIND_NO_IMAP: a known provider that has no IMAP
 * @DISCOVERY_KIND_POP_ONLY: a domain known to offer POP3 only
 * @DISCOVERY_KIND_UNKNOWN: nothing is known: the servers are guesses to confirm
 */
typedef enum
{
  DISCOVERY_KIND_KNOWN,
  DISCOVERY_KIND_NO_IMAP,
  DISCOVERY_KIND_POP_ONLY,
  DISCOVERY_KIND_UNKNOWN,
} DiscoveryKind;

const char *discovery_kind_to_string (DiscoveryKind kind);

/**
 * DiscoveryServer:
 * @endpoint: (not nullable): where
 * @source: who says so
 */
typedef struct
{
  NetEndpoint *endpoint; /* (owned) */
  DiscoverySource source;
} DiscoveryServer;

#define DISCOVERY_TYPE_RESULT (discovery_result_get_type ())

typedef struct _DiscoveryResult DiscoveryResult;

GType                  discovery_result_get_type           (void) G_GNUC_CONST;

DiscoveryResult       *discovery_lookup                    (DiscoveryProviders *providers,
                                                            DiscoveryAddress   *address);
DiscoveryResult       *discovery_lookup_mx                 (DiscoveryProviders *providers,
                                                            DiscoveryAddress   *address,
                                                            const char         *host);
DiscoveryResult       *discovery_result_ref                (DiscoveryResult    *self);
void                   discovery_result_unref              (DiscoveryResult    *self);

DiscoveryAddress      *discovery_result_get_address        (DiscoveryResult    *self);
DiscoveryKind          discovery_result_get_kind           (DiscoveryResult    *self);
DiscoveryProvider     *discovery_result_get_provider       (DiscoveryResult    *self);
guint                  discovery_result_get_n_servers      (DiscoveryResult    *self,
                                                            NetPurpose          purpose);
const DiscoveryServer *discovery_result_get_server         (DiscoveryResult    *self,
                                                            NetPurpose          purpose,
                                                            guint               position);
const char * const    *discovery_result_get_usernames      (DiscoveryResult    *self,
                                                            NetPurpose          purpose);
const char * const    *discovery_result_get_username_forms (DiscoveryResult    *self,
                                                            NetPurpose          purpose);
const char * const    *discovery_result_get_auth           (DiscoveryResult    *self);
gboolean               discovery_result_needs_confirmation (DiscoveryResult    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryResult, discovery_result_unref)

G_END_DECLS
