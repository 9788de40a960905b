#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WEB_ERROR (web_error_quark ())

/**
 * WebError:
 * @WEB_ERROR_ADDRESS: nothing is fetched from there: not HTTPS, or a machine of this network
 * @WEB_ERROR_STATUS: the server has answered, and has not got it
 * @WEB_ERROR_TOO_LARGE: more than anybody would look at
 * @WEB_ERROR_REDIRECTS: sent from one address to the next without an end
 * @WEB_ERROR_TIMED_OUT: not there in time
 *
 * Other failures are those of GIO and TLS; a cancelled call is %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  WEB_ERROR_ADDRESS,
  WEB_ERROR_STATUS,
  WEB_ERROR_TOO_LARGE,
  WEB_ERROR_REDIRECTS,
  WEB_ERROR_TIMED_OUT,
} WebError;

GQuark web_error_quark (void);

G_END_DECLS
