#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SYNC_ERROR (sync_error_quark ())

typedef enum
{
  SYNC_ERROR_FAILED,
} SyncError;

GQuark sync_error_quark (void);

G_END_DECLS
