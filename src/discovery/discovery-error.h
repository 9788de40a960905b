#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DISCOVERY_ERROR (discovery_error_quark ())

typedef enum
{
  DISCOVERY_ERROR_FAILED,
} DiscoveryError;

GQuark discovery_error_quark (void);

G_END_DECLS
