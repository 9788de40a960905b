#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

/* What this process does for others that find the profile in its hands. */
typedef struct _PipitService PipitService;

PipitService *pipit_service_new  (PipitEngine      *engine,
                                  GDBusConnection  *connection,
                                  const char       *object_path,
                                  GError          **error);
void          pipit_service_free (PipitService     *self);

G_END_DECLS
