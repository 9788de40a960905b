#include "imap-session-private.h"

#include <string.h>

/* Commands that a server has refused in one form and may take in another. The second form costs a
 * round trip, and nothing once it is known: if it works where the first did not, that is the proof,
 * and the first is not tried with this server again. */

/* More hits than that are too many for those that cannot have many */
#define NARROW_MESSAGES 2000

/* imap_session_get_narrow_size: how many messages a SEARCH may look at; 0 for all */
guint32
imap_session_get_narrow_size (ImapSession *self,
                              ImapCommand *command)
{
  gboolean is_narrow = imap_session_has_quirk (self, IMAP_QUIRK_NARROW_SEARCH) ||
                       (command->n_retries > 0 && command->search_text == NULL);

  return is_narrow && imap_session_get_exists (self) > NARROW_MESSAGES ? NARROW_MESSAGES : 0;
}

/* imap_session_get_header_mode: how header fields can be asked for. mail.ru calls the space behind
 * HEADER.FIELDS bad; whoever refuses that as well gives the whole header. */
ImapHeaderMode
imap_session_get_header_mode (ImapSession *self,
                              ImapCommand *command)
{
  ImapHeaderMode mode = IMAP_HEADER_FIELDS;

  if (imap_session_has_quirk (self, IMAP_QUIRK_NO_HEADER_FIELDS))
    mode = IMAP_HEADER_WHOLE;
  else if (imap_session_has_quirk (self, IMAP_QUIRK_TIGHT_HEADER_FIELDS))
    mode = IMAP_HEADER_TIGHT;

  return MIN (mode + command->n_retries, IMAP_HEADER_WHOLE);
}

/* imap_session_names_charset: whether a SEARCH has to say in which charset its text is, and the
 * server is not known to refuse that */
gboolean
imap_session_names_charset (ImapSession *self,
                            ImapCommand *command)
{
  return command->search_text != NULL && !g_str_is_ascii (command->search_text) &&
         command->n_retries == 0 && !imap_session_has_utf8 (self) && !imap_session_has_quirk (self, IMAP_QUIRK_NO_SEARCH_CHARSET);
}

static gboolean
is_bad (ImapCommand *command)
{
  return g_error_matches (command->error, IMAP_ERROR, IMAP_ERROR_BAD);
}

static gboolean
is_refused (ImapCommand *command)
{
  return is_bad (command) || g_error_matches (command->error, IMAP_ERROR, IMAP_ERROR_NO);
}

/* Proton Bridge answers the extended LIST with BAD, Strato with OK and nothing: the plain one works
 * everywhere */
static gboolean
may_retry_list (ImapCommand *command)
{
  gboolean is_empty = command->lists == NULL || command->lists->len == 0;

  return command->is_extended && (command->error != NULL || is_empty);
}

/* A server that does not like what a mailbox is to be for gets one without. Another refusal, of a
 * name that is there already above all, is the answer. */
static gboolean
may_retry_create (ImapCommand *command)
{
  return command->is_extended && command->error != NULL && command->tagged != NULL &&
         (command->tagged->status->code == IMAP_CODE_USEATTR || is_bad (command));
}

static gboolean
may_retry_fetch (ImapSession *self,
                 ImapCommand *command)
{
  return command->query.header_fields != NULL && command->n_fetched == 0 && is_bad (command) &&
         imap_session_get_header_mode (self, command) < IMAP_HEADER_WHOLE;
}

/* Yahoo and others fail with a CHARSET, Outlook with many hits */
static gboolean
may_retry_search (ImapSession *self,
                  ImapCommand *command)
{
  if (command->n_retries > 0 || !is_refused (command))
    return FALSE;

  return imap_session_names_charset (self, command) ||
         (command->search_text == NULL && !command->is_narrow &&
          imap_session_get_exists (self) > NARROW_MESSAGES);
}

/* Coremail: SELECT is unsafe until the client has said who it is, in more than a word */
static gboolean
may_retry_select (ImapSession *self,
                  ImapCommand *command)
{
  g_autofree char *text = NULL;

  if (command->n_retries > 0 || command->tagged == NULL || command->error == NULL)
    return FALSE;

  text = g_ascii_strdown (imap_command_get_text (command), -1);
  return strstr (text, "unsafe login") != NULL;
}

static gboolean
may_retry (ImapSession *self,
           ImapCommand *command)
{
  if (command->is_abandoned || command->is_done)
    return FALSE;

  switch (command->kind)
    {
    case IMAP_COMMAND_CREATE:
      return may_retry_create (command);
    case IMAP_COMMAND_FETCH:
      return may_retry_fetch (self, command);
    case IMAP_COMMAND_LIST:
      return may_retry_list (command);
    case IMAP_COMMAND_SEARCH:
      return may_retry_search (self, command);
    case IMAP_COMMAND_SELECT:
      return may_retry_select (self, command);
    default:
      return FALSE;
    }
}

static void
send_again (ImapSession *self,
            ImapCommand *command)
{
  switch (command->kind)
    {
    case IMAP_COMMAND_CREATE:
      imap_session_send_create (self, command);
      break;
    case IMAP_COMMAND_FETCH:
      imap_session_send_fetch (self, command);
      break;
    case IMAP_COMMAND_LIST:
      imap_session_send_list (self, command);
      break;
    case IMAP_COMMAND_SEARCH:
      imap_session_send_search (self, command);
      break;
    case IMAP_COMMAND_SELECT:
    default:
      imap_session_send_id (self, TRUE);
      imap_session_send_selecting (self, command);
      break;
    }
}

/* What the second form's success says of the first */
static void
learn (ImapSession *self,
       ImapCommand *command)
{
  switch (command->kind)
    {
    case IMAP_COMMAND_FETCH:
      imap_session_latch_quirk (self,
                                imap_session_get_header_mode (self, command) == IMAP_HEADER_WHOLE
                                ? IMAP_QUIRK_NO_HEADER_FIELDS : IMAP_QUIRK_TIGHT_HEADER_FIELDS,
                                command->refusal);
      break;
    case IMAP_COMMAND_LIST:
      imap_session_latch_off (self, IMAP_CAPABILITY_LIST_EXTENDED, command->refusal);
      break;
    case IMAP_COMMAND_SEARCH:
      imap_session_latch_quirk (self,
                                command->search_text != NULL ? IMAP_QUIRK_NO_SEARCH_CHARSET
                                                             : IMAP_QUIRK_NARROW_SEARCH,
                                command->refusal);
      break;
    case IMAP_COMMAND_SELECT:
      imap_session_latch_quirk (self, IMAP_QUIRK_FULL_ID, command->refusal);
      break;
    default:
      break;
    }
}

static gboolean
has_result (ImapCommand *command)
{
  return command->kind != IMAP_COMMAND_LIST ||
         (command->lists != NULL && command->lists->len > 0);
}

/* imap_session_retry: a command has all its answers. Whether it was sent once more, in a form that
 * the server may like better. */
gboolean
imap_session_retry (ImapSession *self,
                    ImapCommand *command)
{
  if (!may_retry (self, command))
    {
      if (command->n_retries > 0 && command->error == NULL && has_result (command))
        learn (self, command);
      return FALSE;
    }

  if (command->refusal == NULL)
    command->refusal = command->error != NULL
                       ? g_strdup (command->error->message)
                       : g_strdup_printf ("OK to %s, which brought nothing", command->name);
  if (command->kind == IMAP_COMMAND_SELECT)
    imap_session_finish_select (self, command);

  command->n_retries++;
  g_clear_error (&command->error);
  g_clear_pointer (&command->tagged, imap_response_unref);
  send_again (self, command);
  return TRUE;
}
