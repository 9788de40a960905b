#include "account-identity.h"

/* Who a message is from: a name, an address, a signature. Immutable. */

struct _AccountIdentity
{
  gatomicrefcount ref_count;
  char *id;        /* (owned) stays the same when name or address change */
  char *name;      /* (owned) may be empty */
  char *address;   /* (owned) */
  char *signature; /* (owned) may be empty */
};

G_DEFINE_BOXED_TYPE (AccountIdentity, account_identity, account_identity_ref,
                     account_identity_unref)

/**
 * account_identity_new:
 * @id: (nullable): the id of an identity that is being changed, or %NULL for a new one
 * @name: (nullable): the person's name as others see it
 * @address: the e-mail address
 * @signature: (nullable): plain text, appended to what is written
 *
 * Returns: (transfer full): an identity
 */
AccountIdentity *
account_identity_new (const char *id,
                      const char *name,
                      const char *address,
                      const char *signature)
{
  AccountIdentity *self;

  g_return_val_if_fail (address != NULL, NULL);

  self = g_new0 (AccountIdentity, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  self->name = g_strdup (name != NULL ? name : "");
  self->address = g_strdup (address);
  self->signature = g_strdup (signature != NULL ? signature : "");

  return self;
}

/**
 * account_identity_ref:
 *
 * Returns: (transfer full): @self
 */
AccountIdentity *
account_identity_ref (AccountIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * account_identity_unref:
 * @self: (transfer full): an identity
 */
void
account_identity_unref (AccountIdentity *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  g_free (self->name);
  g_free (self->address);
  g_free (self->signature);
  g_free (self);
}

/**
 * account_identity_get_id:
 *
 * Returns: the identity's permanent id
 */
const char *
account_identity_get_id (AccountIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * account_identity_get_name:
 *
 * Returns: the person's name, or an empty string
 */
const char *
account_identity_get_name (AccountIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * account_identity_get_address:
 *
 * Returns: the e-mail address
 */
const char *
account_identity_get_address (AccountIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * account_identity_get_signature:
 *
 * Returns: plain text, or an empty string
 */
const char *
account_identity_get_signature (AccountIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->signature;
}
