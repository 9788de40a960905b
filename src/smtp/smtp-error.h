#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SMTP_ERROR (smtp_error_quark ())

typedef enum
{
  SMTP_ERROR_FAILED,
} SmtpError;

GQuark smtp_error_quark (void);

G_END_DECLS
