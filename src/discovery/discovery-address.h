#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DISCOVERY_TYPE_ADDRESS (discovery_address_get_type ())

typedef struct _DiscoveryAddress DiscoveryAddress;

GType             discovery_address_get_type       (void) G_GNUC_CONST;

DiscoveryAddress *discovery_address_parse          (const char        *text,
                                                    GError           **error);
DiscoveryAddress *discovery_address_ref            (DiscoveryAddress  *self);
void              discovery_address_unref          (DiscoveryAddress  *self);

const char       *discovery_address_get_email      (DiscoveryAddress  *self);
const char       *discovery_address_get_local_part (DiscoveryAddress  *self);
const char       *discovery_address_get_domain     (DiscoveryAddress  *self);
const char       *discovery_address_get_name       (DiscoveryAddress  *self);
char             *discovery_address_expand         (DiscoveryAddress  *self,
                                                    const char        *username_form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryAddress, discovery_address_unref)

G_END_DECLS
