#pragma once

#include "discovery-provider.h"

#include <gio/gio.h>

G_BEGIN_DECLS

DiscoveryProvider  *discovery_provider_read             (GKeyFile           *key_file,
                                                         const char         *id,
                                                         GError            **error);

const char * const *discovery_provider_get_servers      (DiscoveryProvider  *self,
                                                         NetPurpose          purpose);
const char * const *discovery_provider_get_alternatives (DiscoveryProvider  *self,
                                                         NetPurpose          purpose);
const char * const *discovery_provider_get_usernames    (DiscoveryProvider  *self,
                                                         NetPurpose          purpose,
                                                         gboolean            own_domain);

NetEndpoint        *discovery_endpoint_expand           (NetPurpose          purpose,
                                                         const char         *text,
                                                         const char         *domain,
                                                         GError            **error);

G_END_DECLS
