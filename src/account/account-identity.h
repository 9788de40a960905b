#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define ACCOUNT_TYPE_IDENTITY (account_identity_get_type ())

typedef struct _AccountIdentity AccountIdentity;

GType            account_identity_get_type      (void) G_GNUC_CONST;

AccountIdentity *account_identity_new           (const char      *id,
                                                 const char      *name,
                                                 const char      *address,
                                                 const char      *signature);
AccountIdentity *account_identity_ref           (AccountIdentity *self);
void             account_identity_unref         (AccountIdentity *self);

const char      *account_identity_get_id        (AccountIdentity *self);
const char      *account_identity_get_name      (AccountIdentity *self);
const char      *account_identity_get_address   (AccountIdentity *self);
const char      *account_identity_get_signature (AccountIdentity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AccountIdentity, account_identity_unref)

G_END_DECLS
