#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_CHANGE (pipit_change_get_type ())
G_DECLARE_FINAL_TYPE (PipitChange, pipit_change, PIPIT, CHANGE, GObject)

/* Something that the person did to messages, and how far it has come. Immutable. */
const char    *pipit_change_get_title     (PipitChange *self); /* "3 messages moved to Archive" */
const char    *pipit_change_get_status    (PipitChange *self);
PipitStepState pipit_change_get_state     (PipitChange *self);
gint64         pipit_change_get_date_unix (PipitChange *self);

G_END_DECLS
