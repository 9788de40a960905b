#pragma once

#include "net-endpoint.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * DiscoveryStatus:
 * @DISCOVERY_STATUS_FINE: several sources agree
 * @DISCOVERY_STATUS_UNVERIFIED: one source says so
 * @DISCOVERY_STATUS_NO_IMAP: this provider has no IMAP, to be said kindly
 * @DISCOVERY_STATUS_INSECURE: no encrypted IMAP is known: warn and ask
 */
typedef enum
{
  DISCOVERY_STATUS_FINE,
  DISCOVERY_STATUS_UNVERIFIED,
  DISCOVERY_STATUS_NO_IMAP,
  DISCOVERY_STATUS_INSECURE,
} DiscoveryStatus;

#define DISCOVERY_TYPE_PROVIDER (discovery_provider_get_type ())

typedef struct _DiscoveryProvider DiscoveryProvider;

GType               discovery_provider_get_type         (void) G_GNUC_CONST;

DiscoveryProvider  *discovery_provider_ref              (DiscoveryProvider *self);
void                discovery_provider_unref            (DiscoveryProvider *self);

const char         *discovery_provider_get_id           (DiscoveryProvider *self);
const char         *discovery_provider_get_name         (DiscoveryProvider *self);
const char * const *discovery_provider_get_domains      (DiscoveryProvider *self);
const char * const *discovery_provider_get_mx           (DiscoveryProvider *self);
DiscoveryStatus     discovery_provider_get_status       (DiscoveryProvider *self);
const char * const *discovery_provider_get_auth         (DiscoveryProvider *self);
const char         *discovery_provider_get_oauth        (DiscoveryProvider *self);
const char * const *discovery_provider_get_needs        (DiscoveryProvider *self);
gboolean            discovery_provider_has_need         (DiscoveryProvider *self,
                                                         const char        *need);
const char         *discovery_provider_get_help         (DiscoveryProvider *self);
guint               discovery_provider_get_poll_minutes (DiscoveryProvider *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryProvider, discovery_provider_unref)

G_END_DECLS
