#include "net-transcript.h"

#include <stdarg.h>
#include <string.h>

#include "base-text.h"

/* What was said on a connection, for the person who looks for the fault: bounded, with times, and
 * without secrets. Two walls stand before a secret: who sends it says so, and a secret that is
 * known is cut out wherever it turns up, such as in a server's echo. Any thread may write. */

#define MAX_LINE_CHARS 500
#define MAX_LINE_BYTES 8192 /* what lies behind is not even looked at */
#define MIN_HIDDEN_BYTES 4 /* shorter ones occur by chance; the first wall alone stands for them */
#define MIN_TRANSCRIPT_BYTES 1024

struct _NetTranscript
{
  gatomicrefcount ref_count;
  GMutex lock;
  GQueue lines;       /* (owned) char *, oldest first */
  gsize size_bytes;   /* of all lines */
  gsize max_bytes;
  guint dropped;      /* lines that made place for newer ones */
  GPtrArray *secrets; /* (owned) BaseSecret: themselves and their base64 */
};

G_DEFINE_BOXED_TYPE (NetTranscript, net_transcript, net_transcript_ref, net_transcript_unref)

/**
 * net_transcript_new:
 * @max_bytes: how much to keep; older lines make place for newer ones
 *
 * Returns: (transfer full): an empty transcript
 */
NetTranscript *
net_transcript_new (gsize max_bytes)
{
  NetTranscript *self = g_new0 (NetTranscript, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_queue_init (&self->lines);
  self->max_bytes = MAX (max_bytes, MIN_TRANSCRIPT_BYTES);
  self->secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) base_secret_unref);

  return self;
}

/**
 * net_transcript_ref:
 *
 * Returns: (transfer full): @self
 */
NetTranscript *
net_transcript_ref (NetTranscript *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * net_transcript_unref:
 * @self: (transfer full): a transcript
 */
void
net_transcript_unref (NetTranscript *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_queue_clear_full (&self->lines, g_free);
  g_ptr_array_unref (self->secrets);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * net_transcript_hide:
 * @secret: a secret
 *
 * Has @secret and its base64 cut out of whatever is added from now on.
 */
void
net_transcript_hide (NetTranscript *self,
                     BaseSecret    *secret)
{
  const char *text;
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_if_fail (self != NULL && secret != NULL);

  text = base_secret_peek (secret);
  if (strlen (text) < MIN_HIDDEN_BYTES)
    return;

  locker = g_mutex_locker_new (&self->lock);
  g_ptr_array_add (self->secrets, base_secret_ref (secret));
  g_ptr_array_add (self->secrets,
                   base_secret_new_take (g_base64_encode ((const guchar *) text, strlen (text))));
}

static char *
cut_out (char       *text,
         const char *secret)
{
  GString *clean;
  const char *rest = text;
  const char *found = strstr (text, secret);

  if (found == NULL)
    return text;

  clean = g_string_new (NULL);
  for (; found != NULL; found = strstr (rest, secret))
    {
      g_string_append_len (clean, rest, found - rest);
      g_string_append (clean, "•••");
      rest = found + strlen (secret);
    }
  g_string_append (clean, rest);

  base_secret_free (text);
  return g_string_free (clean, FALSE);
}

static const char *
direction_mark (NetDirection direction)
{
  switch (direction)
    {
    case NET_DIRECTION_SENT:
      return "C:";
    case NET_DIRECTION_RECEIVED:
      return "S:";
    case NET_DIRECTION_NOTE:
    default:
      return "--";
    }
}

static void
add_line (NetTranscript *self,
          NetDirection   direction,
          const char    *text)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%H:%M:%S");
  char *line = g_strdup_printf ("%s.%03d %s %s\n", stamp, g_date_time_get_microsecond (now) / 1000,
                                direction_mark (direction), text);

  self->size_bytes += strlen (line);
  g_queue_push_tail (&self->lines, line);

  while (self->size_bytes > self->max_bytes && self->lines.length > 1)
    {
      g_autofree char *oldest = g_queue_pop_head (&self->lines);

      self->size_bytes -= strlen (oldest);
      self->dropped++;
    }
}

/**
 * net_transcript_add:
 * @direction: who said it
 * @bytes: a line, of any encoding, with or without its end
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Adds a line. What cannot be shown is replaced, what is longer than a line of a log is cut. Not
 * for bodies of messages, and not for what contains a secret.
 */
void
net_transcript_add (NetTranscript *self,
                    NetDirection   direction,
                    const char    *bytes,
                    gssize         size_bytes)
{
  gsize size;
  char *text;
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_if_fail (self != NULL && (bytes != NULL || size_bytes == 0));

  size = size_bytes < 0 ? strnlen (bytes, MAX_LINE_BYTES) : (gsize) size_bytes;
  size = MIN (size, MAX_LINE_BYTES);
  while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
    size--;

  locker = g_mutex_locker_new (&self->lock);

  /* secrets are cut out before the line is: half of one would be left otherwise */
  text = base_text_quote (bytes, (gssize) size, size + 1);
  for (guint i = 0; i < self->secrets->len; i++)
    text = cut_out (text, base_secret_peek (self->secrets->pdata[i]));

  {
    g_autofree char *line = base_text_quote (text, -1, MAX_LINE_CHARS);

    add_line (self, direction, line);
  }
  g_free (text);
}

/**
 * net_transcript_add_secret:
 * @direction: who said it
 * @shown_before: what of the line may be shown, such as "AUTH PLAIN"
 *
 * Adds a line whose rest is a secret: the secret itself is not given to this function at all.
 */
void
net_transcript_add_secret (NetTranscript *self,
                           NetDirection   direction,
                           const char    *shown_before)
{
  g_autofree char *text = NULL;

  g_return_if_fail (self != NULL && shown_before != NULL);

  text = g_strdup_printf ("%s%s•••", shown_before, *shown_before != '\0' ? " " : "");
  net_transcript_add (self, direction, text, -1);
}

/**
 * net_transcript_note:
 * @format: a message in English
 * @...: its parameters
 *
 * Adds a remark of our own.
 */
void
net_transcript_note (NetTranscript *self,
                     const char    *format,
                     ...)
{
  g_autofree char *text = NULL;
  va_list args;

  g_return_if_fail (self != NULL && format != NULL);

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  net_transcript_add (self, NET_DIRECTION_NOTE, text, -1);
}

/**
 * net_transcript_dup_text:
 *
 * Returns: (transfer full): all lines that are kept, each with its time in UTC and `C:` for what we
 *   sent, `S:` for what the server sent, `--` for remarks
 */
char *
net_transcript_dup_text (NetTranscript *self)
{
  GString *text;
  g_autoptr(GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  text = g_string_new (NULL);
  if (self->dropped > 0)
    g_string_append_printf (text, "(%u older lines are not kept)\n", self->dropped);
  for (GList *l = self->lines.head; l != NULL; l = l->next)
    g_string_append (text, l->data);

  return g_string_free (text, FALSE);
}
