#include "pipit-identity.h"

#include "pipit-account.h"
#include "pipit-address.h"

/**
 * PipitIdentity:
 *
 * A name and address that a person writes under, with an account that sends for it. Immutable.
 */
struct _PipitIdentity
{
  GObject parent_instance;

  GWeakRef account;
  char *name;      /* (owned) */
  char *address;   /* (owned) */
  char *signature; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PipitIdentity, pipit_identity, G_TYPE_OBJECT)

static void
pipit_identity_finalize (GObject *object)
{
  PipitIdentity *self = PIPIT_IDENTITY (object);

  g_weak_ref_clear (&self->account);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->signature, g_free);

  G_OBJECT_CLASS (pipit_identity_parent_class)->finalize (object);
}

static void
pipit_identity_class_init (PipitIdentityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_identity_finalize;
}

static void
pipit_identity_init (PipitIdentity *self)
{
  g_weak_ref_init (&self->account, NULL);
}

/**
 * pipit_identity_new:
 * @account: the account that sends for it
 * @name: (nullable): the display name
 * @address: the address
 * @signature: (nullable): plain text below what is written
 *
 * Returns: (transfer full): an identity
 */
PipitIdentity *
pipit_identity_new (PipitAccount *account,
                    const char   *name,
                    const char   *address,
                    const char   *signature)
{
  PipitIdentity *self = g_object_new (PIPIT_TYPE_IDENTITY, NULL);

  g_weak_ref_set (&self->account, account);
  self->name = g_strdup (name != NULL ? name : "");
  self->address = g_strdup (address);
  self->signature = g_strdup (signature);

  return self;
}

/**
 * pipit_identity_get_account:
 *
 * Returns: (transfer none) (nullable): the account; %NULL after it was removed. The engine holds
 *   it while it is not.
 */
PipitAccount *
pipit_identity_get_account (PipitIdentity *self)
{
  g_autoptr(PipitAccount) account = NULL;

  g_return_val_if_fail (PIPIT_IS_IDENTITY (self), NULL);

  account = g_weak_ref_get (&self->account);

  return account;
}

/**
 * pipit_identity_get_name:
 *
 * Returns: (transfer none): the display name, maybe empty
 */
const char *
pipit_identity_get_name (PipitIdentity *self)
{
  g_return_val_if_fail (PIPIT_IS_IDENTITY (self), NULL);

  return self->name;
}

/**
 * pipit_identity_get_address:
 *
 * Returns: (transfer none): the address
 */
const char *
pipit_identity_get_address (PipitIdentity *self)
{
  g_return_val_if_fail (PIPIT_IS_IDENTITY (self), NULL);

  return self->address;
}

/**
 * pipit_identity_get_signature:
 *
 * Returns: (transfer none) (nullable): plain text
 */
const char *
pipit_identity_get_signature (PipitIdentity *self)
{
  g_return_val_if_fail (PIPIT_IS_IDENTITY (self), NULL);

  return self->signature;
}

/**
 * pipit_identity_dup_full:
 *
 * Returns: (transfer full): name and address, as in a From field
 */
char *
pipit_identity_dup_full (PipitIdentity *self)
{
  g_autoptr(PipitAddress) address = NULL;

  g_return_val_if_fail (PIPIT_IS_IDENTITY (self), NULL);

  address = pipit_address_new (self->name, self->address);

  return pipit_address_dup_full (address);
}
