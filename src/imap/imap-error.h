#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define IMAP_ERROR (imap_error_quark ())

typedef enum
{
  IMAP_ERROR_FAILED,
} ImapError;

GQuark imap_error_quark (void);

G_END_DECLS
