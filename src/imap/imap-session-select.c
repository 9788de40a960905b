#include "imap-session-private.h"

/* SELECT and what belongs to it.
 *
 * It has one parameter at a time, since Purelymail takes no more: QRESYNC where it is enabled and the
 * caller knows the mailbox already, else CONDSTORE. A server that refuses the parameter which it
 * offers is asked again with less; when that is taken, the refusal is remembered. */

/* The parameters to try, in this order. */
typedef enum
{
  TRY_RESYNC_MATCHED,
  TRY_RESYNC,
  TRY_CONDSTORE,
  TRY_PLAIN,
} Try;

static char *
compose_resync (const ImapKnown *known,
                gboolean         with_match)
{
  g_autofree char *uids = NULL;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, " (QRESYNC (%u %" G_GUINT64_FORMAT, known->uid_validity,
                          known->modseq);
  if (known->uids != NULL && !imap_uid_set_is_empty (known->uids))
    {
      uids = imap_uid_set_to_string (known->uids);
      g_string_append_printf (text, " %s", uids);
    }
  if (with_match)
    {
      g_autofree char *sequences = imap_uid_set_to_string (known->match_sequences);
      g_autofree char *match_uids = imap_uid_set_to_string (known->match_uids);

      g_string_append_printf (text, " (%s %s)", sequences, match_uids);
    }
  g_string_append (text, "))");

  return g_string_free (text, FALSE);
}

static gboolean
has_match (const ImapKnown *known)
{
  return known->match_sequences != NULL && known->match_uids != NULL &&
         !imap_uid_set_is_empty (known->match_sequences) &&
         imap_uid_set_get_size (known->match_sequences) ==
             imap_uid_set_get_size (known->match_uids);
}

/* ENABLE is on its way: it is carried out before what follows it (RFC 7162 section 3.2.3), and whether
 * ENABLED was said is known before the answer to that */
static gboolean
is_enabling (ImapSession *self)
{
  return self->enabling != NULL && !imap_command_is_done (self->enabling);
}

/* mox refuses a mod-sequence of 0, and so does the grammar: RFC 7162 section 7 */
static gboolean
can_resync (ImapSession     *self,
            const ImapKnown *known)
{
  return known != NULL && known->uid_validity != 0 && known->modseq != 0 &&
         known->modseq <= G_MAXINT64 && imap_session_has (self, IMAP_CAPABILITY_CONDSTORE) &&
         imap_session_has (self, IMAP_CAPABILITY_QRESYNC) &&
         (imap_session_is_enabled (self, IMAP_CAPABILITY_QRESYNC) || is_enabling (self));
}

static void
compose_parameters (ImapSession     *self,
                    ImapCommand     *command,
                    const ImapKnown *known)
{
  /* whoever offers QRESYNC has CONDSTORE too, unless it was found broken */
  command->next_try = imap_session_has (self, IMAP_CAPABILITY_CONDSTORE) ? TRY_CONDSTORE : TRY_PLAIN;
  if (!can_resync (self, known))
    return;

  command->next_try = TRY_RESYNC;
  command->resync = compose_resync (known, FALSE);
  if (!has_match (known))
    return;

  command->next_try = TRY_RESYNC_MATCHED;
  command->resync_matched = compose_resync (known, TRUE);
}

static void
send_try (ImapSession *self,
          ImapCommand *command)
{
  static const char condstore[] = " (CONDSTORE)";
  /* while nothing is selected, nothing that is under way can be confused by it (RFC 9051 section
   * 5.5) */
  gboolean is_first = self->serial == 0 && self->n_selects == 1;
  ImapRequest *request = imap_session_begin (self, command,
                                             is_first ? 0 : IMAP_REQUEST_ALONE_BEFORE,
                                             command->name);

  command->last_try = command->next_try++;
  imap_request_add (request, " ");
  imap_request_add_mailbox (request, command->mailbox);
  if (command->last_try == TRY_RESYNC_MATCHED)
    imap_request_add (request, command->resync_matched);
  else if (command->last_try == TRY_RESYNC)
    imap_request_add (request, command->resync);
  else if (command->last_try == TRY_CONDSTORE)
    imap_request_add (request, condstore);
  imap_session_send (self, request);
}

/* imap_session_may_select_again: whether a refusal may mean the parameter of a SELECT */
gboolean
imap_session_may_select_again (ImapSession *self,
                               ImapCommand *command)
{
  const ImapStatus *status = command->tagged != NULL ? command->tagged->status : NULL;

  if (status == NULL || command->last_try == TRY_PLAIN || self->state == IMAP_STATE_LEAVING)
    return FALSE;

  return status->kind == IMAP_STATUS_BAD ||
         (status->kind == IMAP_STATUS_NO && status->code == IMAP_CODE_NONE);
}

/* imap_session_select_again: sends a SELECT with less of a parameter */
void
imap_session_select_again (ImapSession *self,
                           ImapCommand *command)
{
  if (command->first_refused == 0)
    command->first_refused = command->last_try + 1;
  g_clear_error (&command->error);
  g_clear_pointer (&command->tagged, imap_response_unref);
  send_try (self, command);
}

/* imap_session_note_select: SELECT is taken; what was refused before was its parameter */
void
imap_session_note_select (ImapSession *self,
                          ImapCommand *command)
{
  guint first = command->first_refused;

  command->selected->is_resynced = command->last_try <= TRY_RESYNC &&
                                   imap_session_is_enabled (self, IMAP_CAPABILITY_QRESYNC);
  if (first == 0 || command->last_try <= TRY_RESYNC)
    return;

  if (first <= TRY_RESYNC + 1)
    imap_session_latch_off (self, IMAP_CAPABILITY_QRESYNC,
                            "SELECT with QRESYNC was refused, without it was not");
  if (command->last_try == TRY_PLAIN)
    imap_session_latch_off (self, IMAP_CAPABILITY_CONDSTORE,
                            "SELECT with CONDSTORE was refused, without it was not");
}

/* imap_session_send_selecting: sends a SELECT once more as it was */
void
imap_session_send_selecting (ImapSession *self,
                             ImapCommand *command)
{
  self->n_selects++;
  command->next_try = command->last_try;
  send_try (self, command);
}

static ImapCommand *
send_select (ImapSession     *self,
             const char      *mailbox,
             gboolean         read_only,
             const ImapKnown *known)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_SELECT,
                                           read_only ? "EXAMINE" : "SELECT", FALSE);

  command->mailbox = g_strdup (mailbox);
  command->is_read_only = read_only;
  if (!imap_session_check (self, command, IMAP_NEED_SIGN_IN))
    return command;

  self->n_selects++;
  compose_parameters (self, command, known);
  send_try (self, command);
  return command;
}

/**
 * imap_session_select:
 * @mailbox: wire name
 * @read_only: EXAMINE
 *
 * SELECT or EXAMINE, with CONDSTORE where offered. It goes out when everything before it is
 * answered; FETCH and SEARCH may be sent right behind it. When it fails, nothing is selected.
 *
 * Results: imap_command_get_selected ().
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_select (ImapSession *self,
                     const char  *mailbox,
                     gboolean     read_only)
{
  return send_select (self, mailbox, read_only, NULL);
}

/**
 * imap_session_select_known:
 * @mailbox: wire name
 * @known: what the caller has of it; only used during the call
 *
 * SELECT that also brings what has changed since, where QRESYNC is enabled: VANISHED (EARLIER) and
 * FETCH responses with UID, FLAGS and MODSEQ, for the applier (RFC 7162 section 3.2.5). Whether
 * they came is ImapSelected.is_resynced; with another UIDVALIDITY than the known one they do not
 * come, and mean nothing if they do. Else as imap_session_select ().
 *
 * It may be sent while the ENABLE of the sign-in is under way. What VANISHED says counts only if
 * imap_session_is_enabled () when it comes.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_select_known (ImapSession     *self,
                           const char      *mailbox,
                           const ImapKnown *known)
{
  return send_select (self, mailbox, FALSE, known);
}

/**
 * imap_session_unselect:
 *
 * Lets go of the selected mailbox, and expunges nothing: UNSELECT, or where that is missing EXAMINE
 * and CLOSE, which has nothing to expunge then.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_unselect (ImapSession *self)
{
  gboolean has_unselect = imap_session_has (self, IMAP_CAPABILITY_UNSELECT);
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_UNSELECT, "UNSELECT", FALSE);

  if (!imap_session_check (self, command, IMAP_NEED_CERTAINTY))
    return command;

  if (!has_unselect)
    imap_command_unref (send_select (self, self->mailbox, TRUE, NULL));

  self->n_selects++;
  imap_session_send (self, imap_session_begin (self, command,
                                               IMAP_REQUEST_ALONE_BEFORE | IMAP_REQUEST_ALONE_AFTER,
                                               has_unselect ? "UNSELECT" : "CLOSE"));
  return command;
}
