#include "base-secret.h"

#include <string.h>

/* A password or token. Immutable and counted atomically, so that threads may share it; its bytes
 * are overwritten when the last reference goes. It has no conversion to a string for logs. */

struct _BaseSecret
{
  gatomicrefcount ref_count;
  char *text; /* (owned) wiped on free */
};

G_DEFINE_BOXED_TYPE (BaseSecret, base_secret, base_secret_ref, base_secret_unref)

/**
 * base_secret_wipe:
 * @bytes: (nullable): memory that held a secret
 * @size_bytes: its size
 *
 * Overwrites memory in a way that the compiler does not leave out.
 */
void
base_secret_wipe (gpointer bytes,
                  gsize    size_bytes)
{
  if (bytes != NULL)
    explicit_bzero (bytes, size_bytes);
}

/**
 * base_secret_free:
 * @text: (transfer full) (nullable): a string that holds a secret
 *
 * Wipes and frees a string.
 */
void
base_secret_free (char *text)
{
  if (text == NULL)
    return;

  base_secret_wipe (text, strlen (text));
  g_free (text);
}

/**
 * base_secret_new:
 * @text: the secret, UTF-8
 *
 * Returns: (transfer full): a copy of @text that wipes itself
 */
BaseSecret *
base_secret_new (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return base_secret_new_take (g_strdup (text));
}

/**
 * base_secret_new_take:
 * @text: (transfer full): the secret, UTF-8, from g_malloc ()
 *
 * Returns: (transfer full): a secret that owns @text
 */
BaseSecret *
base_secret_new_take (char *text)
{
  BaseSecret *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (BaseSecret, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->text = text;

  return self;
}

/**
 * base_secret_ref:
 *
 * Returns: (transfer full): @self
 */
BaseSecret *
base_secret_ref (BaseSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * base_secret_unref:
 * @self: (transfer full): a secret
 */
void
base_secret_unref (BaseSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  base_secret_free (self->text);
  g_free (self);
}

/**
 * base_secret_peek:
 *
 * Returns: (transfer none): the secret itself. Copies of it are the caller's to wipe.
 */
const char *
base_secret_peek (BaseSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}
