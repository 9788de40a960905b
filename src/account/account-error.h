#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ACCOUNT_ERROR (account_error_quark ())

typedef enum
{
  ACCOUNT_ERROR_FAILED,
} AccountError;

GQuark account_error_quark (void);

G_END_DECLS
