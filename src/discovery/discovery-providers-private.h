#pragma once

#include "discovery-providers.h"

G_BEGIN_DECLS

const char * const *discovery_providers_get_guesses         (DiscoveryProviders *self,
                                                             NetPurpose          purpose);
const char * const *discovery_providers_get_guess_usernames (DiscoveryProviders *self);
const char * const *discovery_providers_get_guess_auth      (DiscoveryProviders *self);

G_END_DECLS
