#include "smtp-reply-private.h"

/* What a server answered (RFC 5321 section 4.2). Immutable; counted atomically. */

struct _SmtpReply
{
  gatomicrefcount ref_count;
  guint code;
  char *enhanced; /* (owned) (nullable) such as "5.1.1" */
  char **lines;   /* (owned) without codes, valid UTF-8 */
};

G_DEFINE_BOXED_TYPE (SmtpReply, smtp_reply, smtp_reply_ref, smtp_reply_unref)

/* Takes the strings out of @lines */
SmtpReply *
smtp_reply_new (guint        code,
                const char  *enhanced,
                GPtrArray   *lines)
{
  SmtpReply *self = g_new0 (SmtpReply, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->code = code;
  self->enhanced = g_strdup (enhanced);
  g_ptr_array_add (lines, NULL);
  self->lines = (char **) g_ptr_array_steal (lines, NULL);

  return self;
}

/**
 * smtp_reply_ref:
 *
 * Returns: (transfer full): @self
 */
SmtpReply *
smtp_reply_ref (SmtpReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * smtp_reply_unref:
 * @self: (transfer full): a reply
 */
void
smtp_reply_unref (SmtpReply *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->enhanced);
  g_strfreev (self->lines);
  g_free (self);
}

/**
 * smtp_reply_get_code:
 *
 * Returns: the three digits, 200 to 599
 */
guint
smtp_reply_get_code (SmtpReply *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->code;
}

/**
 * smtp_reply_get_enhanced:
 *
 * Returns: (transfer none) (nullable): the enhanced status code of RFC 3463, such as "5.1.1"
 */
const char *
smtp_reply_get_enhanced (SmtpReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->enhanced;
}

/**
 * smtp_reply_get_lines:
 *
 * Returns: (transfer none): the text of each line, without codes, fit to be shown
 */
const char * const *
smtp_reply_get_lines (SmtpReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->lines;
}

/**
 * smtp_reply_dup_text:
 *
 * Returns: (transfer full): code, enhanced code and text in one line
 */
char *
smtp_reply_dup_text (SmtpReply *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_strjoinv (" ", self->lines);
  return g_strdup_printf ("%u%s%s%s%s", self->code, self->enhanced != NULL ? " " : "",
                          self->enhanced != NULL ? self->enhanced : "", *text != '\0' ? " " : "",
                          text);
}

/**
 * smtp_reply_is_positive:
 *
 * Returns: %TRUE for 2yz
 */
gboolean
smtp_reply_is_positive (SmtpReply *self)
{
  return smtp_reply_get_code (self) / 100 == 2;
}

/**
 * smtp_reply_is_intermediate:
 *
 * Returns: %TRUE for 3yz
 */
gboolean
smtp_reply_is_intermediate (SmtpReply *self)
{
  return smtp_reply_get_code (self) / 100 == 3;
}

/**
 * smtp_reply_is_temporary:
 *
 * Returns: %TRUE for 4yz: the same may be accepted later
 */
gboolean
smtp_reply_is_temporary (SmtpReply *self)
{
  return smtp_reply_get_code (self) / 100 == 4;
}

/**
 * smtp_reply_is_permanent:
 *
 * Returns: %TRUE for 5yz: refused for good
 */
gboolean
smtp_reply_is_permanent (SmtpReply *self)
{
  return smtp_reply_get_code (self) / 100 == 5;
}
