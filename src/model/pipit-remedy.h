#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_REMEDY (pipit_remedy_get_type ())
G_DECLARE_FINAL_TYPE (PipitRemedy, pipit_remedy, PIPIT, REMEDY, GObject)

PipitRemedy     *pipit_remedy_new       (PipitRemedyKind  kind,
                                         const char      *label,
                                         const char      *value);

PipitRemedyKind  pipit_remedy_get_kind  (PipitRemedy     *self);
const char      *pipit_remedy_get_label (PipitRemedy     *self); /* the button's text */
const char      *pipit_remedy_get_value (PipitRemedy     *self); /* (nullable) link, name, or host:port:security */

G_END_DECLS
