/*
 * Pictures that lie on the network. HTML that may show them has a number in the place of each address:
 * what the number stands for is known here and not in the web view, which stays behind its walls.
 */
#include "pipit-body-struct-private.h"

#include "pipit-engine-private.h"
#include "pipit-message.h"

#include "mime-html.h"
#include "web-fetcher.h"

#include <string.h>

/* A letter that has more of them shows the first. */
#define MAX_PICTURES 1000

typedef struct
{
  GPtrArray *pictures;   /* of char * */
  GHashTable *numbers;   /* of char *, borrowed from it, to number + 1 */
} Numbering;

/* What stands in the place of an address; NULL to leave nothing there. */
static char *
number (const char *address,
        gpointer    user_data)
{
  Numbering *self = user_data;
  guint known;
  char *copy;

  if (g_ascii_strncasecmp (address, "cid:", 4) == 0)
    return g_strdup (address);

  known = GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, address));
  if (known == 0 && self->pictures->len == MAX_PICTURES)
    return NULL;
  if (known == 0)
    {
      copy = g_strdup (address);
      g_ptr_array_add (self->pictures, copy);
      known = self->pictures->len;
      g_hash_table_insert (self->numbers, copy, GUINT_TO_POINTER (known));
    }

  return g_strdup_printf (PIPIT_PICTURE_SCHEME ":%u", known - 1);
}

/* Finds what the HTML would bring from the network. Runs on a thread of the pool. */
void
pipit_body_find_pictures (PipitBody *self)
{
  g_autoptr(GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_free);
  Numbering numbering = { pictures, numbers };
  g_autofree char *html = mime_html_rewrite_images (self->html, -1, number, &numbering,
                                                    &self->n_remote);

  self->fingerprint = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->html, -1);
  if (html == NULL || self->n_remote == 0)
    return;

  self->html_with_pictures = g_steal_pointer (&html);
  self->pictures = g_steal_pointer (&pictures);
}

/**
 * pipit_body_get_n_remote:
 *
 * Returns: how many pictures its HTML would bring from the network, if it could
 */
guint
pipit_body_get_n_remote (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), 0);

  return self->n_remote;
}

/**
 * pipit_body_get_html_with_pictures:
 *
 * Returns: (transfer none) (nullable): its HTML, not to be trusted, with pipit-remote:NUMBER in the
 *   place of each address of a picture: see pipit_body_load_picture_async(). %NULL if it has none
 */
const char *
pipit_body_get_html_with_pictures (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->html_with_pictures;
}

/**
 * pipit_body_get_fingerprint:
 *
 * Returns: (transfer none) (nullable): of the HTML, by which what a person has allowed is found again
 */
const char *
pipit_body_get_fingerprint (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->fingerprint;
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = web_fetcher_fetch_finish (result, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/**
 * pipit_body_load_picture_async:
 * @address: pipit-remote:NUMBER, not to be trusted
 * @cancellable: (nullable): stops it
 *
 * Brings a picture from the network. Only when the person has allowed it: whoever wrote the message
 * learns from it that it is read.
 */
void
pipit_body_load_picture_async (PipitBody           *self,
                               const char          *address,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  const gsize start = strlen (PIPIT_PICTURE_SCHEME ":");
  WebFetcher *fetcher;
  guint64 which;

  g_return_if_fail (PIPIT_IS_BODY (self));

  g_task_set_source_tag (task, pipit_body_load_picture_async);
  fetcher = pipit_engine_get_fetcher (pipit_message_get_engine (self->message));
  if (self->pictures == NULL || !g_str_has_prefix (address, PIPIT_PICTURE_SCHEME ":") ||
      !g_ascii_string_to_unsigned (address + start, 10, 0, G_MAXUINT, &which, NULL) ||
      which >= self->pictures->len || fetcher == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "Not in this message");
      return;
    }

  web_fetcher_fetch_async (fetcher, g_ptr_array_index (self->pictures, which), cancellable,
                           fetched_cb, g_steal_pointer (&task));
}

/**
 * pipit_body_load_picture_finish:
 *
 * Returns: (transfer full) (nullable): what lies there, of which nobody has said that it is a picture
 */
GBytes *
pipit_body_load_picture_finish (PipitBody     *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
