#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define STORE_ERROR (store_error_quark ())

typedef enum
{
  STORE_ERROR_FAILED,
} StoreError;

GQuark store_error_quark (void);

G_END_DECLS
