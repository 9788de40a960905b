#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NET_ERROR (net_error_quark ())

typedef enum
{
  NET_ERROR_FAILED,
} NetError;

GQuark net_error_quark (void);

G_END_DECLS
