#include "imap-session-private.h"

#include "base-text.h"
#include "imap-classify-private.h"

/* What the connection tells the session. Untagged data is routed by its type: it counts for the
 * session, whatever seems to have asked for it; then it goes to the command that looks for it, if
 * there is one, and always to the applier. */

/* The oldest command of a kind on the wire: the one that the server is about to answer. Abandoned
 * ones too: what was meant for them is not for others. */
static ImapCommand *
find_oldest (ImapSession     *self,
             ImapCommandKind  kind)
{
  for (GList *l = imap_connection_peek_waiting (self->connection); l != NULL; l = l->next)
    {
      ImapRequest *request = l->data;

      if (request->command != NULL && request->command->kind == kind)
        return request->command;
    }

  return NULL;
}

static ImapCommand *
find_by_tag (ImapSession *self,
             const char  *tag)
{
  for (GList *l = imap_connection_peek_waiting (self->connection); l != NULL; l = l->next)
    {
      ImapRequest *request = l->data;

      if (g_strcmp0 (request->tag, tag) == 0)
        return request->command;
    }

  return NULL;
}

static void
forget_selection (ImapSession *self)
{
  self->serial = 0;
  self->is_switching = FALSE;
  g_clear_pointer (&self->mailbox, g_free);
  imap_sequence_map_reset (self->map);
}

/* From here on, what the server says is of the mailbox that is being selected */
static void
begin_selection (ImapSession *self)
{
  const ImapSelected *selected = self->selecting->selected;

  self->is_switching = FALSE;
  self->serial = selected->serial;
  g_free (self->mailbox);
  self->mailbox = g_strdup (selected->mailbox);
  imap_sequence_map_reset (self->map);
}

/* Something that only SELECT brings has come. The server may have said more of the mailbox before,
 * until it read our SELECT; with CLOSED (RFC 7162 section 3.2.11) it draws the line itself, and
 * others begin with FLAGS, EXISTS or one of the codes. */
static void
cross_over (ImapSession *self)
{
  if (self->selecting != NULL && self->is_switching)
    begin_selection (self);
}

static gboolean
says_closed (ImapSession *self)
{
  return imap_session_has (self, IMAP_CAPABILITY_QRESYNC) ||
         imap_session_is_rev2 (self);
}

static void
take_permanent_flags (ImapSelected       *selected,
                      const ImapFlagList *flags)
{
  selected->has_permanent_flags = TRUE;
  selected->permanent_flags = flags->system;
  g_strfreev (selected->permanent_keywords);
  selected->permanent_keywords = g_strdupv ((char **) flags->keywords);
}

static void
take_selection_code (ImapSession      *self,
                     const ImapStatus *status)
{
  ImapSelected *selected;

  if (self->selecting == NULL)
    return;

  cross_over (self);
  selected = self->selecting->selected;

  switch (status->code)
    {
    case IMAP_CODE_UIDVALIDITY:
      selected->has_uid_validity = status->has_number && status->number <= G_MAXUINT32;
      selected->uid_validity = (guint32) status->number;
      break;
    case IMAP_CODE_UIDNEXT:
      selected->uid_next = (guint32) MIN (status->number, G_MAXUINT32);
      break;
    case IMAP_CODE_HIGHESTMODSEQ:
      /* 63 bits, RFC 7162 section 7; Zoho says -1 */
      selected->highest_modseq = status->has_number && status->number <= G_MAXINT64 ?
                                     status->number : 0;
      break;
    case IMAP_CODE_NOMODSEQ:
      selected->highest_modseq = 0;
      break;
    case IMAP_CODE_PERMANENTFLAGS:
      take_permanent_flags (selected, &status->flags);
      break;
    case IMAP_CODE_MAILBOXID:
      g_free (selected->mailbox_id);
      selected->mailbox_id = g_strdup (status->words[0]);
      break;
    default:
      break;
    }
}

static void
take_code (ImapSession      *self,
           const ImapStatus *status)
{
  switch (status->code)
    {
    case IMAP_CODE_ALERT:
    case IMAP_CODE_CONTACTADMIN:
    case IMAP_CODE_WEBALERT:
      g_free (self->alert);
      self->alert = g_strdup (status->text);
      break;
    case IMAP_CODE_CAPABILITY:
      imap_session_set_capabilities (self, status->words);
      break;
    case IMAP_CODE_CLOSED:
      cross_over (self);
      break;
    case IMAP_CODE_HIGHESTMODSEQ:
    case IMAP_CODE_MAILBOXID:
    case IMAP_CODE_NOMODSEQ:
    case IMAP_CODE_PERMANENTFLAGS:
    case IMAP_CODE_UIDNEXT:
    case IMAP_CODE_UIDVALIDITY:
    case IMAP_CODE_UNSEEN:
      take_selection_code (self, status);
      break;
    default:
      break;
    }
}

/* MOVE says COPYUID before its EXPUNGE responses (RFC 6851 section 4.3), REPLACE the same with
 * APPENDUID (RFC 8508 section 3.3) */
static void
take_untagged_uids (ImapSession      *self,
                    const ImapStatus *status)
{
  ImapCommand *command = NULL;

  if (status->code == IMAP_CODE_COPYUID)
    command = find_oldest (self, IMAP_COMMAND_COPY);
  else if (status->code == IMAP_CODE_APPENDUID)
    command = find_oldest (self, IMAP_COMMAND_APPEND);
  if (command != NULL && !command->is_abandoned)
    imap_command_take_code (command, status);
}

static void
take_greeting (ImapSession        *self,
               const ImapResponse *response)
{
  self->is_greeted = TRUE;

  if (response->type != IMAP_RESPONSE_STATUS)
    {
      g_autofree char *line = imap_response_to_string (response);

      self->greeting_error = g_error_new (NET_ERROR, NET_ERROR_PROTOCOL,
                                          "This is not an IMAP server: “%s”", line);
      return;
    }

  self->greeting_kind = response->status->kind;
  self->greeting = g_strdup (response->status->text);
  take_code (self, response->status);
  imap_session_apply_quirks (self);

  if (response->status->kind == IMAP_STATUS_BYE)
    self->greeting_error = imap_classify_bye (response->status);
  else if (response->status->kind == IMAP_STATUS_NO || response->status->kind == IMAP_STATUS_BAD)
    self->greeting_error = imap_classify_sign_in (response->status);
}

static guint32
take_fetch (ImapSession        *self,
            const ImapResponse *response)
{
  const ImapFetch *fetch = response->fetch;
  guint32 uid = fetch->uid;

  /* a UID that cannot be that of this number: nobody knows whose facts these are */
  if (uid != 0 && !imap_sequence_map_learn (self->map, fetch->sequence, uid))
    return 0;
  if (uid == 0)
    uid = imap_sequence_map_lookup (self->map, fetch->sequence);

  if (uid == 0)
    return 0;

  for (GList *l = imap_connection_peek_waiting (self->connection); l != NULL; l = l->next)
    {
      ImapRequest *request = l->data;
      ImapCommand *command = request->command;

      if (request->is_abandoned || command == NULL || command->kind != IMAP_COMMAND_FETCH ||
          !imap_uid_set_contains (command->uids, uid))
        continue;

      command->n_fetched++;
      if (command->sink != NULL)
        command->sink (self, response, uid, command->sink_data);
    }

  return uid;
}

static void
take_search (ImapSession        *self,
             const ImapResponse *response)
{
  const ImapSearch *search = response->search;
  ImapCommand *command = search->tag != NULL ? find_by_tag (self, search->tag)
                                             : find_oldest (self, IMAP_COMMAND_SEARCH);

  if (command == NULL || command->kind != IMAP_COMMAND_SEARCH || command->is_abandoned)
    return;

  imap_command_add_found (command, search);
  if (command->is_search_all && search->has_all && !command->is_narrow)
    imap_sequence_map_learn_all (self->map, search->all);
}

static void
fail_too_many (ImapSession *self)
{
  imap_session_fail (self, g_error_new_literal (IMAP_ERROR, IMAP_ERROR_TOO_LARGE,
                                                "The server names too many mailboxes"));
}

static void
take_mailbox_status (ImapSession        *self,
                     const ImapResponse *response)
{
  const char *mailbox = response->mailbox_status->mailbox;

  if (response->mailbox_status->has_bad_mailbox_id)
    imap_session_latch_quirk (self, IMAP_QUIRK_NO_STATUS_MAILBOXID,
                              "STATUS said a MAILBOXID that is none");

  for (GList *l = imap_connection_peek_waiting (self->connection); l != NULL; l = l->next)
    {
      ImapCommand *command = ((ImapRequest *) l->data)->command;

      if (command == NULL ||
          !((command->kind == IMAP_COMMAND_LIST && command->status_items != 0) ||
            (command->kind == IMAP_COMMAND_STATUS &&
             imap_mailbox_name_equal (command->mailbox, mailbox))))
        continue;

      if (!command->is_abandoned && !imap_command_add_status (command, response))
        fail_too_many (self);
      return;
    }
}

static guint32
take_vanished (ImapSession        *self,
               const ImapResponse *response)
{
  if (!response->vanished->is_earlier)
    imap_sequence_map_vanish (self->map, response->vanished->uids);

  return 0;
}

static void
take_exists (ImapSession *self,
             guint32      exists)
{
  if (!says_closed (self))
    cross_over (self);

  imap_sequence_map_set_size (self->map, exists);
}

static void
keep_response (ImapResponse      **kept,
               const ImapResponse *response)
{
  g_clear_pointer (kept, imap_response_unref);
  *kept = imap_response_ref (response);
}

/* What a response means for the session; returns the UID that it is about, if that is known. */
static guint32
take_response (ImapSession        *self,
               const ImapResponse *response)
{
  ImapCommand *command;

  switch (response->type)
    {
    case IMAP_RESPONSE_STATUS:
      take_code (self, response->status);
      take_untagged_uids (self, response->status);
      break;
    case IMAP_RESPONSE_CAPABILITY:
      imap_session_set_capabilities (self, response->words);
      break;
    case IMAP_RESPONSE_ENABLED:
      self->enabled |= imap_capability_parse (response->words);
      imap_session_update_names (self);
      break;
    case IMAP_RESPONSE_ID:
      keep_response (&self->server_id, response);
      imap_session_apply_quirks (self);
      imap_session_identify (self);
      break;
    case IMAP_RESPONSE_NAMESPACE:
      keep_response (&self->name_space, response);
      break;
    case IMAP_RESPONSE_LIST:
      command = find_oldest (self, IMAP_COMMAND_LIST);
      if (command != NULL && !command->is_abandoned && !imap_command_add_list (command, response))
        fail_too_many (self);
      break;
    case IMAP_RESPONSE_MAILBOX_STATUS:
      take_mailbox_status (self, response);
      break;
    case IMAP_RESPONSE_FLAGS:
      cross_over (self);
      break;
    case IMAP_RESPONSE_SEARCH:
      take_search (self, response);
      break;
    case IMAP_RESPONSE_EXISTS:
      take_exists (self, response->number);
      break;
    case IMAP_RESPONSE_EXPUNGE:
      return imap_sequence_map_expunge (self->map, response->number);
    case IMAP_RESPONSE_VANISHED:
      return take_vanished (self, response);
    case IMAP_RESPONSE_FETCH:
      return take_fetch (self, response);
    default:
      break;
    }

  return 0;
}

static void
on_untagged (gpointer            user_data,
             const ImapResponse *response)
{
  ImapSession *self = user_data;
  guint32 uid;

  if (!self->is_greeted)
    {
      take_greeting (self, response);
      return;
    }

  uid = take_response (self, response);
  if (self->applier != NULL)
    self->applier (self, response, uid, self->applier_data);
}

static void
on_staged (gpointer     user_data,
           ImapRequest *request)
{
  ImapSession *self = user_data;
  ImapCommand *command = request->command;

  if (command == NULL)
    return;

  command->is_sent = TRUE;
  if (command->kind != IMAP_COMMAND_SELECT)
    return;

  g_clear_pointer (&command->selected, imap_selected_free);
  command->selected = g_new0 (ImapSelected, 1);
  command->selected->mailbox = g_strdup (command->mailbox);
  command->selected->serial = ++self->last_serial;
  command->selected->is_read_only = command->is_read_only;
  command->selected->permanent_keywords = g_new0 (char *, 1);
  self->selecting = imap_command_ref (command);
  self->is_switching = self->serial != 0;
  imap_session_set_state (self, IMAP_STATE_SELECTING);
  if (!self->is_switching)
    begin_selection (self);
}

/* RFC 9051 section 6.3.2: after a SELECT that fails nothing is selected */
static void
lose_selection (ImapSession *self)
{
  forget_selection (self);
  imap_session_set_state (self, IMAP_STATE_SIGNED_IN);
  g_clear_pointer (&self->selecting, imap_command_unref);
}

/* Whether a SELECT whose parameter may have been refused was sent again. */
static gboolean
retry_select (ImapSession *self,
              ImapCommand *command)
{
  if (self->selecting != command || command->error == NULL ||
      !imap_session_may_select_again (self, command))
    return FALSE;

  lose_selection (self);
  imap_session_select_again (self, command);
  return TRUE;
}

/* iCloud enables QRESYNC and does not say so, against RFC 5161 section 3.2; its VANISHED is wrong as
 * well. */
static void
finish_enable (ImapSession *self,
               ImapCommand *command)
{
  self->asks_for_utf8 = FALSE;
  imap_session_update_names (self);
  if (command->error == NULL &&
      (command->enables & ~self->enabled & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_QRESYNC)) != 0)
    imap_session_latch_off (self, IMAP_CAPABILITY_QRESYNC,
                            "ENABLE QRESYNC was answered with OK, and with no ENABLED");
}

/* Yahoo says that it keeps keywords, and does not */
static void
limit_keywords (ImapSession  *self,
                ImapSelected *selected)
{
  if (self->effects.keywords == NULL)
    return;

  if (!selected->has_permanent_flags)
    selected->permanent_flags = IMAP_FLAG_SEEN | IMAP_FLAG_ANSWERED | IMAP_FLAG_FLAGGED |
                                IMAP_FLAG_DELETED | IMAP_FLAG_DRAFT;
  selected->has_permanent_flags = TRUE;
  selected->permanent_flags &= ~(guint) IMAP_FLAG_ANY;
  g_strfreev (selected->permanent_keywords);
  selected->permanent_keywords = g_strdupv ((char **) self->effects.keywords);
}

/* imap_session_finish_select: its answer is here. What is selected then, if anything is. */
void
imap_session_finish_select (ImapSession *self,
                            ImapCommand *command)
{
  self->n_selects--;
  if (self->selecting != command)
    return;

  if (command->tagged != NULL && command->tagged->status->kind == IMAP_STATUS_OK)
    {
      cross_over (self);
      if (command->tagged->status->code == IMAP_CODE_READ_ONLY)
        command->selected->is_read_only = TRUE;
      command->selected->exists = imap_session_get_exists (self);
      limit_keywords (self, command->selected);
      imap_session_note_select (self, command);
      imap_session_set_state (self, IMAP_STATE_SELECTED);
    }
  else
    {
      lose_selection (self);
      return;
    }

  g_clear_pointer (&self->selecting, imap_command_unref);
}

static void
finish_unselect (ImapSession *self,
                 ImapCommand *command)
{
  self->n_selects--;
  if (command->error != NULL || self->state != IMAP_STATE_SELECTED)
    return;

  forget_selection (self);
  imap_session_set_state (self, IMAP_STATE_SIGNED_IN);
}

static void
log_bad (ImapCommand        *command,
         const ImapResponse *response)
{
  g_autofree char *text = NULL;

  if (response->status->kind != IMAP_STATUS_BAD)
    return;

  text = base_text_quote (response->status->text, -1, 200);
  g_info ("BAD to %s: “%s”", command->name, text);
}

static void
on_answered (gpointer            user_data,
             ImapRequest        *request,
             const ImapResponse *response)
{
  ImapSession *self = user_data;
  g_autoptr(ImapCommand) command = NULL;

  take_code (self, response->status);
  if ((request->flags & IMAP_REQUEST_COMPRESSES) && response->status->kind == IMAP_STATUS_BAD)
    imap_session_latch_off (self, IMAP_CAPABILITY_COMPRESS_DEFLATE, "COMPRESS was answered with BAD");
  if (request->command == NULL)
    return;

  command = imap_command_ref (request->command);
  command->n_open--;
  log_bad (command, response);
  if (!command->is_done)
    imap_command_answer (command, response);

  if (command->n_open > 0)
    return;
  if (imap_session_retry (self, command))
    return;
  if (command->kind == IMAP_COMMAND_SELECT && retry_select (self, command))
    return;

  command->is_answered = TRUE;
  if (command->kind == IMAP_COMMAND_ID)
    {
      self->is_id_answered = TRUE;
      imap_session_identify (self);
    }
  else if (command->kind == IMAP_COMMAND_ENABLE)
    finish_enable (self, command);
  else if (command->kind == IMAP_COMMAND_SELECT)
    imap_session_finish_select (self, command);
  else if (command->kind == IMAP_COMMAND_UNSELECT)
    finish_unselect (self, command);
  imap_command_finish (command);
}

static void
on_lost (gpointer      user_data,
         ImapRequest  *request,
         const GError *error)
{
  ImapCommand *command = request->command;

  if (command == NULL || command->is_done)
    return;

  imap_command_take_error (command, g_error_copy (error));
  if (--command->n_open == 0)
    imap_command_finish (command);
}

static void
on_failed (gpointer      user_data,
           const GError *error)
{
  ImapSession *self = user_data;

  self->error = g_error_copy (error);
  self->is_greeted = TRUE;
  self->n_selects = 0;
  g_clear_pointer (&self->selecting, imap_command_unref);
  g_clear_pointer (&self->enabling, imap_command_unref);
  forget_selection (self);
  imap_session_set_state (self, IMAP_STATE_CLOSED);
  imap_session_tell_latches (self);
  if (imap_connection_is_badly_packed (self->connection))
    imap_session_latch_off (self, IMAP_CAPABILITY_COMPRESS_DEFLATE, error->message);
}

const ImapConnectionHandler imap_session_handler = {
  .untagged = on_untagged,
  .staged = on_staged,
  .answered = on_answered,
  .lost = on_lost,
  .failed = on_failed,
};
