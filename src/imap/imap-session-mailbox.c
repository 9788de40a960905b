#include "imap-session-private.h"

#include <string.h>

/* Commands on mailboxes. All names are wire names. */

static const struct
{
  guint item;
  const char *name;
  ImapCapability needs; /* IMAP_CAPABILITY_LAST: nothing */
} status_items[] = {
  { IMAP_MAILBOX_STATUS_MESSAGES, "MESSAGES", IMAP_CAPABILITY_LAST },
  { IMAP_MAILBOX_STATUS_RECENT, "RECENT", IMAP_CAPABILITY_LAST },
  { IMAP_MAILBOX_STATUS_UNSEEN, "UNSEEN", IMAP_CAPABILITY_LAST },
  { IMAP_MAILBOX_STATUS_UIDNEXT, "UIDNEXT", IMAP_CAPABILITY_LAST },
  { IMAP_MAILBOX_STATUS_UIDVALIDITY, "UIDVALIDITY", IMAP_CAPABILITY_LAST },
  { IMAP_MAILBOX_STATUS_HIGHESTMODSEQ, "HIGHESTMODSEQ", IMAP_CAPABILITY_CONDSTORE },
  { IMAP_MAILBOX_STATUS_SIZE, "SIZE", IMAP_CAPABILITY_STATUS_SIZE },
  { IMAP_MAILBOX_STATUS_MAILBOXID, "MAILBOXID", IMAP_CAPABILITY_OBJECTID },
  { IMAP_MAILBOX_STATUS_APPENDLIMIT, "APPENDLIMIT", IMAP_CAPABILITY_APPENDLIMIT },
};

/* (MESSAGES UIDNEXT …): what of it the server knows */
static void
add_status_items (ImapSession *self,
                  ImapRequest *request,
                  guint        items)
{
  const char *separator = "(";

  for (guint i = 0; i < G_N_ELEMENTS (status_items); i++)
    {
      if (!(items & status_items[i].item) ||
          (status_items[i].item == IMAP_MAILBOX_STATUS_MAILBOXID &&
           imap_session_has_quirk (self, IMAP_QUIRK_NO_STATUS_MAILBOXID)) ||
          (status_items[i].needs != IMAP_CAPABILITY_LAST &&
           !imap_session_has (self, status_items[i].needs)))
        continue;

      imap_request_add_format (request, "%s%s", separator, status_items[i].name);
      separator = " ";
    }

  imap_request_add (request, *separator == '(' ? "(MESSAGES)" : ")");
}

/* imap_session_send_list: sends a LIST, extended as far as the server knows that and it has not
 * been refused. Dovecot leaves out what is not asked for. */
void
imap_session_send_list (ImapSession *self,
                        ImapCommand *command)
{
  ImapRequest *request = imap_session_begin (self, command, 0, "LIST \"\" ");

  imap_request_add_mailbox (request, command->mailbox);
  command->is_extended = command->n_retries == 0 &&
                         imap_session_has (self, IMAP_CAPABILITY_LIST_EXTENDED);
  if (command->is_extended)
    {
      imap_request_add (request, " RETURN (SUBSCRIBED CHILDREN");
      if (imap_session_has (self, IMAP_CAPABILITY_SPECIAL_USE))
        imap_request_add (request, " SPECIAL-USE");
      if (imap_session_has (self, IMAP_CAPABILITY_LIST_STATUS) && command->status_items != 0)
        {
          imap_request_add (request, " STATUS ");
          add_status_items (self, request, command->status_items);
        }
      imap_request_add (request, ")");
    }

  imap_session_send (self, request);
}

/**
 * imap_session_list:
 * @pattern: mailbox pattern, "*" for all
 * @status_items_wanted: mask of #ImapMailboxStatusItems to have with it where the server can
 *   (LIST-STATUS); what is missing afterwards is to be asked for with imap_session_status ()
 *
 * LIST "" pattern, with special uses, subscriptions and STATUS where offered (RFC 5258, RFC 6154,
 * RFC 5819). If the server does not take that after all, the plain LIST is sent by itself.
 *
 * Results: imap_command_get_lists (), imap_command_get_statuses ().
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_list (ImapSession *self,
                   const char  *pattern,
                   guint        status_items_wanted)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_LIST, "LIST", TRUE);

  command->mailbox = g_strdup (pattern);
  command->status_items = status_items_wanted;
  if (imap_session_check (self, command, IMAP_NEED_SIGN_IN))
    imap_session_send_list (self, command);

  return command;
}

/**
 * imap_session_status:
 * @mailbox: wire name; not the selected one
 * @items: mask of #ImapMailboxStatusItems; what the server does not know is left out
 *
 * STATUS. Results: imap_command_get_statuses ().
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_status (ImapSession *self,
                     const char  *mailbox,
                     guint        items)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_STATUS, "STATUS", TRUE);
  ImapRequest *request;

  command->mailbox = g_strdup (mailbox);
  if (!imap_session_check (self, command, IMAP_NEED_SIGN_IN))
    return command;

  request = imap_session_begin (self, command, 0, "STATUS ");
  imap_request_add_mailbox (request, mailbox);
  imap_request_add (request, " ");
  add_status_items (self, request, items);
  imap_session_send (self, request);
  return command;
}

/* A command that takes one or two mailboxes and changes something */
static ImapCommand *
send_with_names (ImapSession *self,
                 const char  *name,
                 const char  *mailbox,
                 const char  *new_mailbox)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, name, FALSE);
  ImapRequest *request;

  if (!imap_session_check (self, command, IMAP_NEED_SIGN_IN))
    return command;

  request = imap_session_begin (self, command, 0, name);
  imap_request_add (request, " ");
  imap_request_add_mailbox (request, mailbox);
  if (new_mailbox != NULL)
    {
      imap_request_add (request, " ");
      imap_request_add_mailbox (request, new_mailbox);
    }
  imap_session_send (self, request);
  return command;
}

static const struct
{
  guint attribute;
  const char *name;
} special_uses[] = {
  { IMAP_MAILBOX_ARCHIVE, "\\Archive" }, { IMAP_MAILBOX_DRAFTS, "\\Drafts" },
  { IMAP_MAILBOX_JUNK, "\\Junk" },       { IMAP_MAILBOX_SENT, "\\Sent" },
  { IMAP_MAILBOX_TRASH, "\\Trash" },
};

/* imap_session_send_create: CREATE, with what it is for where the server takes that and has not
 * refused it */
void
imap_session_send_create (ImapSession *self,
                          ImapCommand *command)
{
  ImapRequest *request = imap_session_begin (self, command, 0, "CREATE ");

  imap_request_add_mailbox (request, command->mailbox);
  command->is_extended = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (special_uses); i++)
    if (special_uses[i].attribute == command->special_use && command->n_retries == 0 &&
        imap_session_has (self, IMAP_CAPABILITY_CREATE_SPECIAL_USE))
      {
        imap_request_add_format (request, " (USE (%s))", special_uses[i].name);
        command->is_extended = TRUE;
      }
  imap_session_send (self, request);
}

/**
 * imap_session_create:
 * @mailbox: wire name
 * @special_use: what it is for, one of #ImapMailboxAttributes; 0 for nothing
 *
 * CREATE. A repetition is answered with IMAP_ERROR_ALREADY_EXISTS by servers that say so. With
 * CREATE-SPECIAL-USE (RFC 6154 section 3) other programs learn what the mailbox is for; where the
 * server does not take that ([USEATTR]), the mailbox is created without.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_create (ImapSession *self,
                     const char  *mailbox,
                     guint        special_use)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_CREATE, "CREATE", FALSE);

  command->mailbox = g_strdup (mailbox);
  command->special_use = special_use;
  if (imap_session_check (self, command, IMAP_NEED_SIGN_IN))
    imap_session_send_create (self, command);

  return command;
}

/**
 * imap_session_rename:
 * @mailbox: wire name
 * @new_mailbox: what it is to be
 *
 * RENAME; the mailboxes below go with it.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_rename (ImapSession *self,
                     const char  *mailbox,
                     const char  *new_mailbox)
{
  return send_with_names (self, "RENAME", mailbox, new_mailbox);
}

/**
 * imap_session_delete:
 * @mailbox: wire name
 *
 * DELETE, with all messages. UW cannot delete what is selected: it is let go of before.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_delete (ImapSession *self,
                     const char  *mailbox)
{
  if (self->mailbox != NULL && imap_mailbox_name_equal (self->mailbox, mailbox))
    imap_command_unref (imap_session_unselect (self));

  return send_with_names (self, "DELETE", mailbox, NULL);
}

/**
 * imap_session_subscribe:
 * @mailbox: wire name
 * @subscribe: or else UNSUBSCRIBE
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_subscribe (ImapSession *self,
                        const char  *mailbox,
                        gboolean     subscribe)
{
  return send_with_names (self, subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE", mailbox, NULL);
}

static const struct
{
  guint flag;
  const char *name;
} flag_names[] = {
  { IMAP_FLAG_SEEN, "\\Seen" },
  { IMAP_FLAG_ANSWERED, "\\Answered" },
  { IMAP_FLAG_FLAGGED, "\\Flagged" },
  { IMAP_FLAG_DELETED, "\\Deleted" },
  { IMAP_FLAG_DRAFT, "\\Draft" },
};

static gboolean
is_keyword (const char *word)
{
  for (const char *p = word; *p != '\0'; p++)
    if (*p <= 0x20 || *p == 0x7f || strchr ("(){%*\"\\]", *p) != NULL)
      return FALSE;

  return *word != '\0';
}

/* imap_session_append_flags: (\Seen $Forwarded); what cannot be a keyword is left out */
void
imap_session_append_flags (GString           *text,
                           guint              flags,
                           const char *const *keywords)
{
  const char *separator = "";

  g_string_append_c (text, '(');
  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++)
    if (flags & flag_names[i].flag)
      {
        g_string_append_printf (text, "%s%s", separator, flag_names[i].name);
        separator = " ";
      }

  for (guint i = 0; keywords != NULL && keywords[i] != NULL; i++)
    if (is_keyword (keywords[i]))
      {
        g_string_append_printf (text, "%s%s", separator, keywords[i]);
        separator = " ";
      }
  g_string_append_c (text, ')');
}

/**
 * imap_session_get_quota_root:
 * @mailbox: wire name
 *
 * GETQUOTAROOT, RFC 9208; the QUOTA responses go to the applier.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_get_quota_root (ImapSession *self,
                             const char  *mailbox)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, "GETQUOTAROOT", TRUE);
  ImapRequest *request;

  if (!imap_session_check (self, command, IMAP_NEED_SIGN_IN) ||
      !imap_session_check_capability (self, command, IMAP_CAPABILITY_QUOTA))
    return command;

  request = imap_session_begin (self, command, 0, "GETQUOTAROOT ");
  imap_request_add_mailbox (request, mailbox);
  imap_session_send (self, request);
  return command;
}
