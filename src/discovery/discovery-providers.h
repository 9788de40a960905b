#pragma once

#include "discovery-provider.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define DISCOVERY_TYPE_PROVIDERS (discovery_providers_get_type ())

G_DECLARE_FINAL_TYPE (DiscoveryProviders, discovery_providers, DISCOVERY, PROVIDERS, GObject)

DiscoveryProviders *discovery_providers_get_default  (void);
DiscoveryProviders *discovery_providers_new          (GBytes              *key_file,
                                                      GError             **error);

guint               discovery_providers_get_n        (DiscoveryProviders  *self);
DiscoveryProvider  *discovery_providers_get          (DiscoveryProviders  *self,
                                                      guint                position);
DiscoveryProvider  *discovery_providers_find         (DiscoveryProviders  *self,
                                                      const char          *id);
DiscoveryProvider  *discovery_providers_match_domain (DiscoveryProviders  *self,
                                                      const char          *domain);
DiscoveryProvider  *discovery_providers_match_mx     (DiscoveryProviders  *self,
                                                      const char          *host);
gboolean            discovery_providers_is_pop_only  (DiscoveryProviders  *self,
                                                      const char          *domain);

G_END_DECLS
