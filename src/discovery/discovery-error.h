#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DISCOVERY_ERROR (discovery_error_quark ())

/**
 * DiscoveryError:
 * @DISCOVERY_ERROR_ADDRESS: what was typed is no e-mail address
 * @DISCOVERY_ERROR_DATA: the table of providers cannot be read
 * @DISCOVERY_ERROR_UNCONFIRMED: a guessed server answers; the person has to say that it is theirs
 *   before a password goes there
 */
typedef enum
{
  DISCOVERY_ERROR_ADDRESS,
  DISCOVERY_ERROR_DATA,
  DISCOVERY_ERROR_UNCONFIRMED,
} DiscoveryError;

GQuark discovery_error_quark (void);

G_END_DECLS
