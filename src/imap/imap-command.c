#include "imap-command-private.h"

#include "base-await.h"
#include "imap-classify-private.h"
#include "imap-parser-private.h"
#include "imap-session-private.h"

/* Belongs to one session and its worker: not counted atomically. The session holds a command for as
 * long as one of its requests is under way. */

/* What LIST and STATUS bring is kept until somebody asks for it. No account has so many mailboxes;
 * a server that never stops must not fill the memory. */
#define MAX_KEPT_RESPONSES 100000
#define MAX_KEPT_BYTES (64 * 1024 * 1024)

G_DEFINE_BOXED_TYPE (ImapCommand, imap_command, imap_command_ref, imap_command_unref)

/* imap_selected_free: what a SELECT said */
void
imap_selected_free (ImapSelected *selected)
{
  g_free (selected->mailbox);
  g_strfreev (selected->permanent_keywords);
  g_free (selected->mailbox_id);
  g_free (selected);
}

static void
set_session (ImapCommand *self,
             ImapSession *session)
{
  g_set_weak_pointer (&self->session, session);
}

/* imap_command_new: a command without requests; it is done when imap_command_finish () says so, or
 * its last request is answered or lost */
ImapCommand *
imap_command_new (ImapSession     *session,
                  ImapCommandKind  kind,
                  const char      *name,
                  gboolean         is_abandonable)
{
  ImapCommand *self = g_new0 (ImapCommand, 1);

  self->ref_count = 1;
  self->kind = kind;
  self->name = name;
  self->is_abandonable = is_abandonable;
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) imap_response_unref);
  set_session (self, session);

  return self;
}

/**
 * imap_command_ref:
 *
 * Returns: (transfer full): @self
 */
ImapCommand *
imap_command_ref (ImapCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  self->ref_count++;
  return self;
}

/**
 * imap_command_unref:
 * @self: (transfer full): a command
 *
 * Thread: the session's.
 */
void
imap_command_unref (ImapCommand *self)
{
  g_return_if_fail (self != NULL);

  if (--self->ref_count > 0)
    return;

  set_session (self, NULL);
  g_clear_error (&self->error);
  g_clear_pointer (&self->tagged, imap_response_unref);
  g_free (self->mailbox);
  g_free (self->refusal);
  g_free ((char *) self->query.header_fields);
  g_free (self->search_key);
  g_free (self->search_text);
  g_clear_pointer (&self->uids, imap_uid_set_unref);
  g_clear_pointer (&self->selected, imap_selected_free);
  g_free (self->resync);
  g_free (self->resync_matched);
  g_clear_pointer (&self->lists, g_ptr_array_unref);
  g_clear_pointer (&self->statuses, g_ptr_array_unref);
  g_clear_pointer (&self->found, imap_uid_set_unref);
  g_clear_pointer (&self->copied_from, g_array_unref);
  g_clear_pointer (&self->copied_to, g_array_unref);
  g_clear_pointer (&self->modified, imap_uid_set_unref);
  g_ptr_array_unref (self->kept);
  g_free (self);
}

/* imap_command_take_error:
 * @error: (transfer full): why it failed; the first one counts */
void
imap_command_take_error (ImapCommand *self,
                         GError      *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

/* imap_command_finish: nothing more will come */
void
imap_command_finish (ImapCommand *self)
{
  self->is_done = TRUE;
  self->sink = NULL;
}

/* imap_command_answer: notes the tagged answer of one of its requests */
void
imap_command_answer (ImapCommand        *self,
                     const ImapResponse *response)
{
  const ImapStatus *status = response->status;

  imap_command_take_code (self, status);
  if (self->tagged == NULL || self->tagged->status->kind == IMAP_STATUS_OK)
    {
      g_clear_pointer (&self->tagged, imap_response_unref);
      self->tagged = imap_response_ref (response);
    }

  if (status->kind != IMAP_STATUS_OK)
    imap_command_take_error (self, self->kind == IMAP_COMMAND_SIGN_IN
                                   ? imap_classify_sign_in (status)
                                   : imap_classify_refusal (status, self->name));
}

static gboolean
has_copied (ImapCommand *self,
            guint32      uid)
{
  for (guint i = 0; i < self->copied_from->len; i++)
    if (g_array_index (self->copied_from, guint32, i) == uid)
      return TRUE;

  return FALSE;
}

static void
add_copied (ImapCommand      *self,
            const ImapStatus *status)
{
  if (self->kind != IMAP_COMMAND_COPY || status->n_copied == 0)
    return;

  if (self->copied_from == NULL)
    {
      self->copied_from = g_array_new (FALSE, FALSE, sizeof (guint32));
      self->copied_to = g_array_new (FALSE, FALSE, sizeof (guint32));
    }
  /* another part of a long set, unless the server says the same twice, untagged and tagged */
  else if (self->copied_uid_validity != (guint32) status->number ||
           has_copied (self, status->copied_from[0]))
    return;

  self->has_copied = TRUE;
  self->copied_uid_validity = (guint32) status->number;
  g_array_append_vals (self->copied_from, status->copied_from, status->n_copied);
  g_array_append_vals (self->copied_to, status->copied_to, status->n_copied);
}

/* imap_command_take_code: what a response code, tagged or not, brings to its command */
void
imap_command_take_code (ImapCommand      *self,
                        const ImapStatus *status)
{
  switch (status->code)
    {
    case IMAP_CODE_COPYUID:
      add_copied (self, status);
      break;
    case IMAP_CODE_APPENDUID:
      if (status->has_number && status->uids != NULL &&
          imap_uid_set_get_size (status->uids) == 1)
        {
          self->has_appended = TRUE;
          self->appended_uid_validity = (guint32) status->number;
          self->appended_uid = imap_uid_set_get_first (status->uids);
        }
      break;
    case IMAP_CODE_MODIFIED:
      if (status->uids != NULL && self->modified == NULL)
        self->modified = imap_uid_set_copy (status->uids);
      else if (status->uids != NULL)
        imap_uid_set_add_set (self->modified, status->uids);
      break;
    default:
      break;
    }
}

static gboolean
keep (ImapCommand        *self,
      GPtrArray         **array,
      const ImapResponse *response,
      gconstpointer       item)
{
  self->n_kept_bytes += imap_response_get_size_bytes (response);
  if (self->kept->len >= MAX_KEPT_RESPONSES || self->n_kept_bytes > MAX_KEPT_BYTES)
    return FALSE;

  if (*array == NULL)
    *array = g_ptr_array_new ();

  g_ptr_array_add (self->kept, imap_response_ref (response));
  g_ptr_array_add (*array, (gpointer) item);
  return TRUE;
}

/* imap_command_add_list: keeps a LIST response; %FALSE when there are too many of them */
gboolean
imap_command_add_list (ImapCommand        *self,
                       const ImapResponse *response)
{
  return keep (self, &self->lists, response, response->list);
}

/* imap_command_add_status: the same for a STATUS response */
gboolean
imap_command_add_status (ImapCommand        *self,
                         const ImapResponse *response)
{
  return keep (self, &self->statuses, response, response->mailbox_status);
}

/* imap_command_add_found: adds the hits of a SEARCH. iCloud has been seen to answer with a count
 * and nothing else: then there is no result. */
void
imap_command_add_found (ImapCommand      *self,
                        const ImapSearch *search)
{
  gboolean is_first = self->found == NULL;

  if (is_first)
    self->found = imap_uid_set_new ();

  imap_uid_set_add_set (self->found, search->all);
  self->found_modseq = MAX (self->found_modseq, search->modseq);
  self->has_found = (is_first || !self->is_narrow || self->has_found) &&
                    (search->has_all || !search->has_count || search->count == 0);
}

static gboolean
take_result (ImapCommand  *self,
             GError      **error)
{
  if (self->error == NULL)
    return TRUE;

  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

/**
 * imap_command_await:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the end of a command.
 *
 * What changes nothing on the server (FETCH, SEARCH, STATUS, LIST, NOOP) is abandoned when
 * cancelled: its late answer is swallowed, its untagged data goes on to the applier. What has not
 * begun to go out is taken back. Everything else runs to its tag, cancelled or not, for as long as
 * the server is not silent.
 *
 * Thread: as base_await ().
 * Errors: %IMAP_ERROR for what the server refused; %NET_ERROR if the connection has ended;
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if the server has said OK
 */
gboolean
imap_command_await (ImapCommand   *self,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(ImapSession) session = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  g_set_object (&session, self->session);
  if (self->is_done)
    return take_result (self, error);

  if (!base_await (&self->is_done, 0, cancellable, error))
    {
      if (self->is_abandonable || !self->is_sent)
        {
          imap_command_abandon (self);
          return FALSE;
        }

      g_clear_error (error);
      if (!base_await (&self->is_done, 0, NULL, error))
        return FALSE;
    }

  return take_result (self, error);
}

/**
 * imap_command_abandon:
 *
 * Stops caring for a command: as cancelling imap_command_await () does. One that changes the server
 * and has begun goes on.
 */
void
imap_command_abandon (ImapCommand *self)
{
  g_return_if_fail (self != NULL);

  if (self->is_done || (self->is_sent && !self->is_abandonable))
    return;

  self->is_abandoned = TRUE;
  self->sink = NULL;
  imap_command_take_error (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                      "Abandoned"));
  if (self->session != NULL)
    imap_session_abandon (self->session, self);
  imap_command_finish (self);
}

/**
 * imap_command_get_name:
 *
 * Returns: (transfer none): "UID FETCH" and so on, for logs
 */
const char *
imap_command_get_name (ImapCommand *self)
{
  return self->name;
}

/**
 * imap_command_is_done:
 *
 * Returns: whether it has ended, one way or the other
 */
gboolean
imap_command_is_done (ImapCommand *self)
{
  return self->is_done;
}

/**
 * imap_command_is_sent:
 *
 * Returns: whether its first byte may have gone out
 */
gboolean
imap_command_is_sent (ImapCommand *self)
{
  return self->is_sent;
}

/**
 * imap_command_is_doubtful:
 *
 * Returns: whether it may have been carried out without our knowing: it has gone out, and the
 *   connection ended before its tagged answer
 */
gboolean
imap_command_is_doubtful (ImapCommand *self)
{
  return self->is_sent && self->is_done && !self->is_answered && !self->is_abandonable;
}

/**
 * imap_command_get_error:
 *
 * Returns: (transfer none) (nullable): why a command that is done has failed
 */
const GError *
imap_command_get_error (ImapCommand *self)
{
  return self->error;
}

/**
 * imap_command_get_status:
 *
 * Returns: (transfer none) (nullable): the tagged answer: the first refusal, or else the last one
 */
const ImapStatus *
imap_command_get_status (ImapCommand *self)
{
  return self->tagged != NULL ? self->tagged->status : NULL;
}

/**
 * imap_command_get_code:
 *
 * Returns: the response code of the tagged answer
 */
ImapCode
imap_command_get_code (ImapCommand *self)
{
  return self->tagged != NULL ? self->tagged->status->code : IMAP_CODE_NONE;
}

/**
 * imap_command_get_text:
 *
 * Returns: (transfer none) (nullable): what the server said with its answer, valid UTF-8
 */
const char *
imap_command_get_text (ImapCommand *self)
{
  return self->tagged != NULL ? self->tagged->status->text : NULL;
}

/**
 * imap_command_get_selected:
 *
 * Returns: (transfer none) (nullable): the result of SELECT or EXAMINE, once it is done
 */
const ImapSelected *
imap_command_get_selected (ImapCommand *self)
{
  return self->is_done && self->error == NULL ? self->selected : NULL;
}

/* A server may say OK and nothing else: an empty array then. */
static GPtrArray *
have_array (GPtrArray **array)
{
  if (*array == NULL)
    *array = g_ptr_array_new ();

  return *array;
}

/**
 * imap_command_get_selection:
 *
 * Returns: the number of the selection that SELECT or EXAMINE makes, as soon as it is on the wire;
 *   0 before
 */
guint
imap_command_get_selection (ImapCommand *self)
{
  return self->selected != NULL ? self->selected->serial : 0;
}

/**
 * imap_command_get_lists:
 *
 * Returns: (transfer none) (element-type ImapListEntry): what LIST has brought, if anything
 */
GPtrArray *
imap_command_get_lists (ImapCommand *self)
{
  return have_array (&self->lists);
}

/**
 * imap_command_get_statuses:
 *
 * Returns: (transfer none) (element-type ImapMailboxStatus): what STATUS has brought, or LIST with
 *   the status items that were asked for. An OK does not mean that there is one.
 */
GPtrArray *
imap_command_get_statuses (ImapCommand *self)
{
  return have_array (&self->statuses);
}

/**
 * imap_command_get_found:
 *
 * Returns: (transfer none) (nullable): the UIDs that SEARCH has found. %NULL or empty mean that
 *   nothing was found only if imap_command_has_found ()
 */
ImapUidSet *
imap_command_get_found (ImapCommand *self)
{
  return self->found;
}

/**
 * imap_command_has_found:
 *
 * Returns: whether the server has named its hits, or said that there are none
 */
gboolean
imap_command_has_found (ImapCommand *self)
{
  return self->has_found;
}

/**
 * imap_command_get_found_modseq:
 *
 * Returns: the highest mod-sequence of the hits, 0 if not said
 */
guint64
imap_command_get_found_modseq (ImapCommand *self)
{
  return self->found_modseq;
}

/**
 * imap_command_get_n_fetched:
 *
 * Returns: FETCH responses for UIDs of this command, while it was under way
 */
guint
imap_command_get_n_fetched (ImapCommand *self)
{
  return self->n_fetched;
}

/**
 * imap_command_get_copied:
 * @out_uid_validity: (out) (optional): of the target
 * @out_from: (out) (transfer none) (element-type guint32) (optional): UIDs in the source
 * @out_to: (out) (transfer none) (element-type guint32) (optional): UIDs in the target, at the
 *   same places
 *
 * What COPYUID said of COPY or MOVE, also of one that was refused in part. RFC 4315.
 *
 * Returns: %FALSE if it said nothing, or nothing that can be used
 */
gboolean
imap_command_get_copied (ImapCommand  *self,
                         guint32      *out_uid_validity,
                         GArray      **out_from,
                         GArray      **out_to)
{
  if (!self->has_copied)
    return FALSE;

  if (out_uid_validity != NULL)
    *out_uid_validity = self->copied_uid_validity;
  if (out_from != NULL)
    *out_from = self->copied_from;
  if (out_to != NULL)
    *out_to = self->copied_to;
  return TRUE;
}

/**
 * imap_command_get_appended:
 * @out_uid_validity: (out) (optional): of the target
 * @out_uid: (out) (optional): the UID that the message has got
 *
 * What APPENDUID said. RFC 4315.
 *
 * Returns: %FALSE if it said nothing
 */
gboolean
imap_command_get_appended (ImapCommand *self,
                           guint32     *out_uid_validity,
                           guint32     *out_uid)
{
  if (!self->has_appended)
    return FALSE;

  if (out_uid_validity != NULL)
    *out_uid_validity = self->appended_uid_validity;
  if (out_uid != NULL)
    *out_uid = self->appended_uid;
  return TRUE;
}

/**
 * imap_command_get_modified:
 *
 * Returns: (transfer none) (nullable): the UIDs that STORE with UNCHANGEDSINCE left alone
 */
ImapUidSet *
imap_command_get_modified (ImapCommand *self)
{
  return self->modified;
}
