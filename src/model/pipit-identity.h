#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_IDENTITY (pipit_identity_get_type ())
G_DECLARE_FINAL_TYPE (PipitIdentity, pipit_identity, PIPIT, IDENTITY, GObject)

PipitIdentity *pipit_identity_new           (PipitAccount  *account,
                                             const char    *name,
                                             const char    *address,
                                             const char    *signature);

PipitAccount  *pipit_identity_get_account   (PipitIdentity *self);
const char    *pipit_identity_get_name      (PipitIdentity *self);
const char    *pipit_identity_get_address   (PipitIdentity *self);
const char    *pipit_identity_get_signature (PipitIdentity *self); /* (nullable) plain text */
char          *pipit_identity_dup_full      (PipitIdentity *self); /* "Mara Lind <mara@lind.example>" */

G_END_DECLS
