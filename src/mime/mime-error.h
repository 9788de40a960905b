#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MIME_ERROR (mime_error_quark ())

typedef enum
{
  MIME_ERROR_FAILED,
} MimeError;

GQuark mime_error_quark (void);

G_END_DECLS
