#include "imap-session-private.h"

#include <string.h>

/* NOTIFY, RFC 5465: one connection hears of all mailboxes. */

static const struct
{
  guint event;
  const char *name;
} event_names[] = {
  { IMAP_NOTIFY_FLAG_CHANGE, "FlagChange" },
  { IMAP_NOTIFY_MAILBOX_NAME, "MailboxName" },
  { IMAP_NOTIFY_SUBSCRIPTION_CHANGE, "SubscriptionChange" },
};

/**
 * imap_session_notify:
 * @events: mask of #ImapNotifyEvents, beside MessageNew and MessageExpunge
 * @query: (nullable): what FETCH is to bring, unasked, of each message that arrives in the selected
 *   mailbox; only used during the call
 *
 * NOTIFY SET STATUS: a STATUS response for every other personal mailbox now, and from then on at any
 * time STATUS where something has changed, LIST where a mailbox came, went, or has another name; all of
 * the selected mailbox as it happens, without IDLE too. It holds until the session ends, or until the
 * server says NOTIFICATIONOVERFLOW; and goes to the applier.
 *
 * Dovecot tells of flags and of names only while something waits for it, and of INBOX only while
 * INBOX is selected: hold IDLE there.
 *
 * Errors: IMAP_ERROR_NOT_SUPPORTED without the capability; IMAP_ERROR_NO, after which
 * imap_notify_get_supported () tells what to ask for.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_notify (ImapSession          *self,
                     guint                 events,
                     const ImapFetchQuery *query)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, "NOTIFY", TRUE);
  g_autoptr(GString) text = g_string_new ("NOTIFY SET STATUS (selected (MessageNew");
  g_autofree char *fetched = NULL;

  if (!imap_session_check_capability (self, command, IMAP_CAPABILITY_NOTIFY))
    return command;

  if (query != NULL)
    {
      command->query = *query;
      fetched = imap_session_dup_query (self, command);
      g_string_append (text, fetched);
      memset (&command->query, 0, sizeof command->query);
    }
  g_string_append (text, " MessageExpunge");
  if (events & IMAP_NOTIFY_FLAG_CHANGE)
    g_string_append (text, " FlagChange");

  g_string_append (text, ")) (personal (MessageNew MessageExpunge");
  for (guint i = 0; i < G_N_ELEMENTS (event_names); i++)
    if (events & event_names[i].event)
      g_string_append_printf (text, " %s", event_names[i].name);
  g_string_append (text, "))");

  return imap_session_send_simple (self, command, IMAP_NEED_SIGN_IN, IMAP_REQUEST_ALONE_BEFORE,
                                   text->str);
}

static gboolean
has_word (const char *text,
          const char *word)
{
  g_auto(GStrv) words = g_strsplit_set (text, " ()", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], word) == 0)
      return TRUE;

  return FALSE;
}

/**
 * imap_notify_get_supported:
 * @status: the refusal of a NOTIFY
 * @events: what was asked for
 *
 * Reads BADEVENT. It lists the events that the server supports (RFC 5465 section 5), among which
 * MessageNew has to be; Dovecot lists those that it does not.
 *
 * Returns: what may be asked for instead; @events when that is the same, or not known
 */
guint
imap_notify_get_supported (const ImapStatus *status,
                           guint             events)
{
  const char *said = status->code_text;
  guint supported = 0;

  if (g_strcmp0 (status->code_name, "BADEVENT") != 0 || said == NULL)
    return events;

  for (guint i = 0; i < G_N_ELEMENTS (event_names); i++)
    if (has_word (said, event_names[i].name) == has_word (said, "MessageNew"))
      supported |= event_names[i].event;

  return events & supported;
}
