#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MIME_ERROR (mime_error_quark ())

/**
 * MimeError:
 * @MIME_ERROR_FAILED: something else
 * @MIME_ERROR_INCOMPLETE: a message to be built lacks what it needs, a sender for one
 * @MIME_ERROR_ADDRESS: an address that cannot be written into a message
 */
typedef enum
{
  MIME_ERROR_FAILED,
  MIME_ERROR_INCOMPLETE,
  MIME_ERROR_ADDRESS,
} MimeError;

GQuark mime_error_quark (void);

G_END_DECLS
