#include "imap-session-private.h"

#include <string.h>

/* Putting messages into mailboxes: APPEND, several at once, and in place of another. */

static void
add_date (ImapRequest *request,
          gint64       internal_date_unix)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec" };
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (internal_date_unix);

  if (date == NULL || internal_date_unix == 0)
    return;

  imap_request_add_format (request, " \"%2d-%s-%04d %02d:%02d:%02d +0000\"",
                           g_date_time_get_day_of_month (date),
                           months[g_date_time_get_month (date) - 1], g_date_time_get_year (date),
                           g_date_time_get_hour (date), g_date_time_get_minute (date),
                           g_date_time_get_second (date));
}

/* Yahoo refuses a message that does not end with a line end */
static GBytes *
with_line_end (GBytes *message)
{
  gsize size;
  const char *bytes = g_bytes_get_data (message, &size);
  char *copy;

  if (size >= 2 && memcmp (bytes + size - 2, "\r\n", 2) == 0)
    return g_bytes_ref (message);

  copy = g_malloc (size + 2);
  if (size > 0)
    memcpy (copy, bytes, size);
  memcpy (copy + size, "\r\n", 2);
  return g_bytes_new_take (copy, size + 2);
}

/* What of a message's header is not ASCII: it is one for UTF8=ACCEPT */
static gboolean
has_utf8_header (GBytes *message)
{
  gsize size;
  const char *bytes = g_bytes_get_data (message, &size);
  const char *end = size > 0 ? memmem (bytes, size, "\r\n\r\n", 4) : NULL;

  for (const char *p = bytes; p < (end != NULL ? end : bytes + size); p++)
    if ((guchar) *p >= 0x80)
      return TRUE;

  return FALSE;
}

/* (\Seen) "date" {size} and the bytes. RFC 6855 section 4 wants what has a header in UTF-8 marked;
 * RFC 3516 section 4.4 lets NULs through. */
static void
add_message (ImapSession       *self,
             ImapRequest       *request,
             const ImapMessage *message)
{
  g_autoptr(GBytes) bytes = with_line_end (message->bytes);
  g_autoptr(GString) flags = g_string_new (" ");
  gboolean has_nul = memchr (g_bytes_get_data (bytes, NULL), '\0', g_bytes_get_size (bytes)) != NULL;

  imap_session_append_flags (flags, message->flags, message->keywords);
  imap_request_add (request, flags->str);
  add_date (request, message->internal_date_unix);

  if (request->has_utf8 && has_utf8_header (bytes))
    {
      imap_request_add (request, " UTF8 (");
      imap_request_add_literal8 (request, bytes);
      imap_request_add (request, ")");
      return;
    }

  imap_request_add (request, " ");
  if (has_nul)
    imap_request_add_literal8 (request, bytes);
  else
    imap_request_add_literal (request, bytes);
}

/* What cannot be appended is not tried: a literal that the server does not want has to be sent to its
 * end, or costs the connection. */
static gboolean
check_message (ImapSession       *self,
               ImapCommand       *command,
               const ImapMessage *message)
{
  gsize size;
  const char *bytes = g_bytes_get_data (message->bytes, &size);
  guint64 limit = imap_session_get_append_limit (self);
  g_autofree char *text = NULL;

  if (size > 0 && memchr (bytes, '\0', size) != NULL &&
      !imap_session_has (self, IMAP_CAPABILITY_BINARY))
    {
      imap_session_refuse (command, IMAP_ERROR_NOT_SUPPORTED, "The message contains NUL bytes");
      return FALSE;
    }
  if (limit == 0 || size <= limit)
    return TRUE;

  text = g_strdup_printf ("The message has %" G_GSIZE_FORMAT " bytes, and the server takes %"
                          G_GUINT64_FORMAT, size, limit);
  imap_session_refuse (command, IMAP_ERROR_TOO_BIG, text);
  return FALSE;
}

/**
 * imap_session_get_append_limit:
 *
 * Returns: how large a message may be that is appended, in bytes (RFC 7889); 0 if that is not known
 */
guint64
imap_session_get_append_limit (ImapSession *self)
{
  guint64 limit;

  if (!imap_session_has (self, IMAP_CAPABILITY_APPENDLIMIT))
    return 0;

  for (guint i = 0; self->capability_words[i] != NULL; i++)
    if (g_ascii_strncasecmp (self->capability_words[i], "APPENDLIMIT=", 12) == 0 &&
        g_ascii_string_to_unsigned (self->capability_words[i] + 12, 10, 0, G_MAXUINT64, &limit,
                                    NULL))
      return limit;

  return 0;
}

/**
 * imap_session_append:
 * @mailbox: wire name
 * @messages: (array length=n_messages): what to append; used during the call only
 * @n_messages: at least one
 *
 * APPEND. Several messages go in one command where the server has MULTIAPPEND (RFC 3502), all of
 * them or none; elsewhere in one command each, one behind the other, and the first refusal is the
 * command's error. What is larger than the server's limit is not sent at all. Once a literal has
 * begun it is finished, cancelled or not.
 *
 * Results: imap_command_get_appended (), of a single message. Errors: IMAP_ERROR_TRY_CREATE,
 * IMAP_ERROR_OVER_QUOTA, IMAP_ERROR_TOO_BIG, IMAP_ERROR_NOT_SUPPORTED for NUL bytes where the server
 * lacks BINARY.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_append (ImapSession       *self,
                     const char        *mailbox,
                     const ImapMessage *messages,
                     guint              n_messages)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_APPEND, "APPEND", FALSE);
  ImapRequest *request = NULL;

  g_return_val_if_fail (n_messages > 0, command);

  if (!imap_session_check (self, command, IMAP_NEED_SIGN_IN))
    return command;
  for (guint i = 0; i < n_messages; i++)
    if (!check_message (self, command, &messages[i]))
      return command;

  for (guint i = 0; i < n_messages; i++)
    {
      if (request != NULL && !imap_session_has (self, IMAP_CAPABILITY_MULTIAPPEND))
        imap_session_send (self, g_steal_pointer (&request));
      if (request == NULL)
        {
          request = imap_session_begin (self, command, 0, "APPEND ");
          imap_request_add_mailbox (request, mailbox);
        }
      add_message (self, request, &messages[i]);
    }

  imap_session_send (self, request);
  return command;
}

/**
 * imap_session_uid_replace:
 * @uid: the message of the selected mailbox that goes
 * @mailbox: wire name of where the new one is put, the same in most cases
 * @message: what comes in its place; used during the call only
 *
 * UID REPLACE, RFC 8508: the new message is there and the old one gone in one step, so that a draft
 * is never there twice, or not at all.
 *
 * Results: imap_command_get_appended (); the old message goes as EXPUNGE or VANISHED. Errors:
 * IMAP_ERROR_NOT_SUPPORTED without the capability; then as APPEND.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_replace (ImapSession       *self,
                          guint32            uid,
                          const char        *mailbox,
                          const ImapMessage *message)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_APPEND, "UID REPLACE", FALSE);
  ImapRequest *request;

  if (!imap_session_check (self, command, IMAP_NEED_CERTAINTY) ||
      !imap_session_check_capability (self, command, IMAP_CAPABILITY_REPLACE) ||
      !check_message (self, command, message))
    return command;

  request = imap_session_begin (self, command, 0, "UID REPLACE ");
  imap_request_add_format (request, "%u ", uid);
  imap_request_add_mailbox (request, mailbox);
  add_message (self, request, message);
  imap_session_send (self, request);
  return command;
}
