/* The bytes of messages: from FETCH into the cache, checked and described on the way. */

#include "sync-download.h"

#include "mime-message.h"
#include "store-transaction.h"
#include "sync-error.h"
#include "sync-pieces.h"
#include "sync-structure.h"

#include <string.h>

#define PREVIEW_CHARS 200

/**
 * sync_wanted_new:
 *
 * Returns: (transfer full): what is needed to fetch a row's message and to know it again
 */
SyncWanted *
sync_wanted_new (const StoreRow *row)
{
  SyncWanted *wanted = g_new0 (SyncWanted, 1);

  wanted->location_id = row->location;
  wanted->message = row->message;
  wanted->uid = row->uid;
  wanted->size_bytes = row->size_bytes;
  wanted->message_id = g_strdup (row->message_id);

  return wanted;
}

/**
 * sync_wanted_free:
 * @wanted: (transfer full): one
 */
void
sync_wanted_free (SyncWanted *wanted)
{
  g_free (wanted->message_id);
  g_free (wanted);
}

/* From the wire. */

static void
section_free (SyncSection *section)
{
  g_free (section->section);
  g_bytes_unref (section->bytes);
  g_free (section);
}

/**
 * sync_download_dup_section_name:
 *
 * Returns: (transfer full) (nullable): what a section of a response is called in a FETCH
 */
char *
sync_download_dup_section_name (const ImapSection *section)
{
  const char *suffix = NULL;

  switch (section->kind)
    {
    case IMAP_SECTION_BODY:
      return g_strdup (section->part);
    case IMAP_SECTION_HEADER:
      suffix = "HEADER";
      break;
    case IMAP_SECTION_MIME:
      suffix = "MIME";
      break;
    case IMAP_SECTION_TEXT:
      suffix = "TEXT";
      break;
    default:
      return NULL;
    }

  return *section->part != '\0' ? g_strconcat (section->part, ".", suffix, NULL) :
                                  g_strdup (suffix);
}

static void
add_section (GPtrArray *sections,
             guint32 uid,
             char *name,
             GBytes *bytes)
{
  SyncSection *section = g_new0 (SyncSection, 1);

  section->uid = uid;
  section->section = name;
  section->bytes = bytes;
  g_ptr_array_add (sections, section);
}

static void
keep_sections (ImapSession *session,
               const ImapResponse *response,
               guint32 uid,
               gpointer user_data)
{
  GPtrArray *sections = user_data;
  const ImapFetch *fetch = response->fetch;

  for (guint i = 0; i < fetch->n_sections; i++)
    {
      g_autofree char *name = sync_download_dup_section_name (&fetch->sections[i]);

      if (uid == 0 || name == NULL || fetch->sections[i].is_nil || fetch->sections[i].is_dropped)
        continue;

      add_section (sections, uid, g_steal_pointer (&name),
                   imap_response_dup_section (response, &fetch->sections[i]));
    }
}

static GPtrArray *
sections_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) section_free);
}

/**
 * sync_download_send:
 * @sections: (array zero-terminated=1): what of each message
 * @out_sections: (element-type SyncSection): where the bytes go while the command is under way
 *
 * Asks for bytes. Sends and does not wait; @out_sections must stay until the command is done or
 * abandoned.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
sync_download_send (SyncWorker *worker,
                    const ImapUidSet *uids,
                    const char *const *sections,
                    GPtrArray *out_sections)
{
  const ImapFetchQuery query = { .items = IMAP_FETCH_UID, .sections = sections };

  g_ptr_array_set_free_func (out_sections, (GDestroyNotify) section_free);
  return imap_session_uid_fetch (sync_worker_get_session (worker), uids, &query, keep_sections,
                                 out_sections);
}

/**
 * sync_download_find:
 *
 * Returns: (transfer none) (nullable): a section of a message, if the server has delivered it
 */
GBytes *
sync_download_find (GPtrArray *sections,
                    guint32 uid,
                    const char *section)
{
  for (guint i = 0; i < sections->len; i++)
    {
      const SyncSection *found = g_ptr_array_index (sections, i);

      if (found->uid == uid && g_ascii_strcasecmp (found->section, section) == 0)
        return found->bytes;
    }

  return NULL;
}

static gboolean
has_all (GPtrArray *received,
         guint32 uid,
         const char *const *sections)
{
  for (guint i = 0; sections[i] != NULL; i++)
    if (sync_download_find (received, uid, sections[i]) == NULL)
      return FALSE;

  return TRUE;
}

/* Yahoo and others have handed out another message's bytes. */
static gboolean
check_message_id (const SyncWanted *wanted,
                  const MimeHeaders *headers,
                  GError **error)
{
  const char *message_id = mime_headers_get_message_id (headers);

  if (g_strcmp0 (message_id, wanted->message_id) == 0)
    return TRUE;

  g_set_error (error, SYNC_ERROR, SYNC_ERROR_WRONG_MESSAGE,
               "The server handed out message <%s> in place of <%s>",
               message_id != NULL ? message_id : "", wanted->message_id != NULL ?
               wanted->message_id : "");
  return FALSE;
}

/* Into the cache. */

struct _SyncKeep
{
  gint64 location_id;
  gint64 message;
  StoreBodyState state;
  GPtrArray *names;      /* (owned) (element-type utf8): sections */
  GPtrArray *bodies;     /* (owned) (element-type StoreBody) */
  char *structure;       /* (owned) (nullable): not said */
  StoreAttachmentState attachment;
  char *preview;         /* (owned) (nullable): not said */
};

static SyncKeep *
keep_new (const SyncWanted *wanted,
          StoreBodyState state)
{
  SyncKeep *keep = g_new0 (SyncKeep, 1);

  keep->location_id = wanted->location_id;
  keep->message = wanted->message;
  keep->state = state;
  keep->names = g_ptr_array_new_with_free_func (g_free);
  keep->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) store_body_free);

  return keep;
}

/**
 * sync_keep_free:
 * @keep: (transfer full): one
 */
void
sync_keep_free (SyncKeep *keep)
{
  g_ptr_array_unref (keep->names);
  g_ptr_array_unref (keep->bodies);
  g_free (keep->structure);
  g_free (keep->preview);
  g_free (keep);
}

/* Compresses on the thread that has downloaded; the writer only puts the result into its place. */
static gboolean
add_body (SyncWorker *worker,
          SyncKeep *keep,
          const char *name,
          GBytes *bytes,
          GError **error)
{
  StoreBody *body = store_body_new (sync_worker_get_store (worker), bytes, error);

  if (body == NULL)
    return FALSE;

  g_ptr_array_add (keep->names, g_strdup (name));
  g_ptr_array_add (keep->bodies, body);
  return TRUE;
}

static void
describe (SyncKeep *keep,
          char *structure,
          char *preview)
{
  g_autoptr(GPtrArray) parts = sync_structure_parse (structure);

  keep->structure = structure;
  keep->attachment = sync_structure_get_attachment (parts);
  keep->preview = preview != NULL ? preview : g_strdup ("");
}

/**
 * sync_keep_new_whole:
 * @bytes: the whole message
 *
 * Checks that it is the right message, and finds out what it consists of.
 *
 * Errors: SYNC_ERROR_WRONG_MESSAGE, and those of the store.
 *
 * Returns: (transfer full) (nullable): the message, ready for sync_keep_write ()
 */
SyncKeep *
sync_keep_new_whole (SyncWorker *worker,
                     const SyncWanted *wanted,
                     GBytes *bytes,
                     GError **error)
{
  g_autoptr(MimeMessage) message = mime_message_new (bytes);
  g_autoptr(SyncKeep) keep = keep_new (wanted, STORE_BODY_WHOLE);

  if (!check_message_id (wanted, mime_message_get_headers (message), error) ||
      !add_body (worker, keep, STORE_SECTION_WHOLE, bytes, error))
    return NULL;

  describe (keep, sync_structure_from_message (message),
            mime_message_dup_preview (message, PREVIEW_CHARS));
  return g_steal_pointer (&keep);
}

static gboolean
write_keep (StoreTransaction *tx,
            const SyncKeep *keep,
            GError **error)
{
  for (guint i = 0; i < keep->names->len; i++)
    if (!store_tx_put_body (tx, keep->location_id, g_ptr_array_index (keep->names, i),
                            g_ptr_array_index (keep->bodies, i), keep->state, error))
      return FALSE;

  return keep->structure == NULL ||
         store_tx_describe (tx, keep->message, keep->structure, keep->attachment, keep->preview,
                            error);
}

static gboolean
write_keeps (StoreTransaction *tx,
             gpointer data,
             GError **error)
{
  GPtrArray *keeps = data;

  for (guint i = 0; i < keeps->len; i++)
    {
      g_autoptr(GError) local_error = NULL;

      /* a message that was expunged meanwhile is no reason to lose the others */
      if (!write_keep (tx, g_ptr_array_index (keeps, i), &local_error) &&
          !g_error_matches (local_error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * sync_keep_write:
 * @keeps: (element-type SyncKeep): what is to be stored
 *
 * Stores messages in one transaction. Awaits.
 *
 * Returns: whether they are in the cache
 */
gboolean
sync_keep_write (SyncWorker *worker,
                 GPtrArray *keeps,
                 StorePriority priority,
                 GError **error)
{
  return keeps->len == 0 || sync_worker_write (worker, priority, write_keeps, keeps, error);
}

static gboolean
write_one (SyncWorker *worker,
           SyncKeep *keep,
           StorePriority priority,
           GError **error)
{
  g_autoptr(GPtrArray) keeps = g_ptr_array_new ();

  g_ptr_array_add (keeps, keep);
  return sync_keep_write (worker, keeps, priority, error);
}

static void
set_missing (GError **error,
             const char *section)
{
  g_set_error (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
               "The server did not deliver section [%s] of the message", section);
}

/**
 * sync_download_whole:
 *
 * Fetches every byte of a message of the selected mailbox. Awaits.
 *
 * Errors: SYNC_ERROR_NOT_FOUND when the server delivers nothing; SYNC_ERROR_WRONG_MESSAGE;
 * SYNC_ERROR_SLICED.
 *
 * Returns: whether it is in the cache
 */
gboolean
sync_download_whole (SyncJob *job,
                     SyncWorker *worker,
                     const SyncWanted *wanted,
                     StorePriority priority,
                     GError **error)
{
  guint64 size_bytes = (guint64) MAX (wanted->size_bytes, 0);
  g_autoptr(GBytes) whole = sync_pieces_fetch (job, worker, wanted, "", size_bytes, size_bytes,
                                               error);
  g_autoptr(SyncKeep) keep = NULL;

  if (whole == NULL)
    return FALSE;

  keep = sync_keep_new_whole (worker, wanted, whole, error);
  if (keep == NULL || !write_one (worker, keep, priority, error))
    return FALSE;

  job->report->n_bodies++;
  return TRUE;
}

/* Parts. */

static void
keep_structure (ImapSession *session,
                const ImapResponse *response,
                guint32 uid,
                gpointer user_data)
{
  ImapResponse **out_response = user_data;

  if ((response->fetch->items & IMAP_FETCH_BODYSTRUCTURE) == 0)
    return;

  g_clear_pointer (out_response, imap_response_unref);
  *out_response = imap_response_ref (response);
}

static char *
fetch_structure (SyncJob *job,
                 SyncWorker *worker,
                 guint32 uid,
                 GError **error)
{
  static const ImapFetchQuery query = { .items = IMAP_FETCH_UID | IMAP_FETCH_BODYSTRUCTURE };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (uid, uid);
  g_autoptr(ImapResponse) response = NULL;
  g_autoptr(ImapStructure) structure = NULL;
  g_autoptr(ImapCommand) fetch = imap_session_uid_fetch (sync_worker_get_session (worker), uids,
                                                         &query, keep_structure, &response);

  if (!imap_command_await (fetch, job->cancellable, error))
    {
      imap_command_abandon (fetch);
      return NULL;
    }

  /* a structure that cannot be read is no error: the message is fetched whole then */
  if (response != NULL)
    structure = imap_response_dup_structure (response, NULL);

  return structure != NULL ? sync_structure_from_imap (structure) : g_strdup ("");
}

/* What is fetched with one FETCH: large texts come afterwards, in pieces. */
static char **
choose_sections (GPtrArray *parts,
                 gint64 piece_bytes)
{
  g_autoptr(GStrvBuilder) sections = g_strv_builder_new ();

  g_strv_builder_add (sections, "HEADER");
  for (guint i = 0; i < parts->len; i++)
    {
      const SyncPart *part = g_ptr_array_index (parts, i);
      g_autofree char *mime_section = g_strconcat (part->section, ".MIME", NULL);

      if (*part->section == '\0')
        continue;
      g_strv_builder_add (sections, mime_section);
      if (sync_structure_is_text_part (part) && part->size_bytes <= piece_bytes)
        g_strv_builder_add (sections, part->section);
    }

  return g_strv_builder_end (sections);
}

static gboolean
fetch_large_texts (SyncJob *job,
                   SyncWorker *worker,
                   const SyncWanted *wanted,
                   GPtrArray *parts,
                   GPtrArray *received,
                   GError **error)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const SyncPart *part = g_ptr_array_index (parts, i);
      GBytes *bytes;

      if (!sync_structure_is_text_part (part) || *part->section == '\0' ||
          sync_download_find (received, wanted->uid, part->section) != NULL)
        continue;

      bytes = sync_pieces_fetch (job, worker, wanted, part->section, (guint64) part->size_bytes,
                                 (guint64) part->size_bytes, error);
      if (bytes == NULL)
        return FALSE;
      add_section (received, wanted->uid, g_strdup (part->section), bytes);
    }

  return TRUE;
}

static char *
dup_preview (GPtrArray *parts,
             GPtrArray *received,
             guint32 uid)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const SyncPart *part = g_ptr_array_index (parts, i);
      g_autofree char *mime_section = g_strconcat (part->section, ".MIME", NULL);
      GBytes *header = sync_download_find (received, uid, mime_section);
      GBytes *text = sync_download_find (received, uid, part->section);
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_autoptr(GBytes) composed = NULL;
      g_autoptr(MimeMessage) message = NULL;

      if (!sync_structure_is_text_part (part) || header == NULL || text == NULL)
        continue;

      g_byte_array_append (bytes, g_bytes_get_data (header, NULL),
                           g_bytes_get_size (header));
      g_byte_array_append (bytes, g_bytes_get_data (text, NULL),
                           g_bytes_get_size (text));
      composed = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      message = mime_message_new (composed);
      return mime_message_dup_preview (message, PREVIEW_CHARS);
    }

  return NULL;
}

static gboolean
keep_parts (SyncWorker *worker,
            const SyncWanted *wanted,
            GPtrArray *parts,
            const char *structure,
            GPtrArray *received,
            StorePriority priority,
            GError **error)
{
  g_autoptr(MimeHeaders) headers = mime_headers_new_from_bytes (
      sync_download_find (received, wanted->uid, "HEADER"));
  g_autoptr(SyncKeep) keep = keep_new (wanted, STORE_BODY_TEXT);

  if (!check_message_id (wanted, headers, error))
    return FALSE;
  for (guint i = 0; i < received->len; i++)
    {
      const SyncSection *section = g_ptr_array_index (received, i);

      if (section->uid == wanted->uid &&
          !add_body (worker, keep, section->section, section->bytes, error))
        return FALSE;
    }

  describe (keep, g_strdup (structure), dup_preview (parts, received, wanted->uid));
  return write_one (worker, keep, priority, error);
}

/**
 * sync_download_parts:
 * @out_needs_whole: (out): whether the parts do not do: nothing was stored, fetch it whole
 *
 * Fetches what is needed to read a large message of the selected mailbox: its header, the headers
 * of its parts, and its text. Awaits.
 *
 * Errors: SYNC_ERROR_WRONG_MESSAGE, and those of the connection and the store.
 *
 * Returns: %TRUE if it is in the cache or has to be fetched whole
 */
gboolean
sync_download_parts (SyncJob *job,
                     SyncWorker *worker,
                     const SyncWanted *wanted,
                     StorePriority priority,
                     gboolean *out_needs_whole,
                     GError **error)
{
  g_autofree char *structure = fetch_structure (job, worker, wanted->uid, error);
  g_autoptr(GPtrArray) parts = NULL;
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (wanted->uid, wanted->uid);
  g_autoptr(GPtrArray) received = sections_new ();
  g_autoptr(ImapCommand) fetch = NULL;
  g_auto(GStrv) sections = NULL;

  *out_needs_whole = FALSE;
  if (structure == NULL)
    return FALSE;

  parts = sync_structure_parse (structure);
  if (sync_structure_needs_whole (parts))
    {
      *out_needs_whole = TRUE;
      return TRUE;
    }

  sections = choose_sections (parts, (gint64) sync_pieces_get_size (worker));
  fetch = sync_download_send (worker, uids, (const char *const *) sections, received);
  if (!imap_command_await (fetch, job->cancellable, error))
    {
      imap_command_abandon (fetch);
      return FALSE;
    }

  /* a structure that does not fit the message: NIL for sections that it names */
  if (!has_all (received, wanted->uid, (const char *const *) sections))
    {
      *out_needs_whole = TRUE;
      return TRUE;
    }

  if (!fetch_large_texts (job, worker, wanted, parts, received, error))
    return FALSE;

  job->report->n_bodies++;
  return keep_parts (worker, wanted, parts, structure, received, priority, error);
}

/**
 * sync_download_section:
 * @section: "1.2"
 *
 * Fetches one part of a message of the selected mailbox. Awaits.
 *
 * Returns: whether it is in the cache
 */
gboolean
sync_download_section (SyncJob *job,
                       SyncWorker *worker,
                       const SyncWanted *wanted,
                       const char *section,
                       GError **error)
{
  static const char *const sections[] = { "HEADER", NULL };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (wanted->uid, wanted->uid);
  g_autoptr(GPtrArray) received = sections_new ();
  g_autoptr(ImapCommand) fetch = sync_download_send (worker, uids, sections, received);
  g_autoptr(GBytes) bytes = sync_pieces_fetch (job, worker, wanted, section, 0,
                                               (guint64) MAX (wanted->size_bytes, 0), error);
  g_autoptr(SyncKeep) keep = keep_new (wanted, STORE_BODY_TEXT);
  g_autoptr(MimeHeaders) headers = NULL;

  if (bytes == NULL || !imap_command_await (fetch, job->cancellable, error))
    {
      imap_command_abandon (fetch);
      return FALSE;
    }
  if (!has_all (received, wanted->uid, sections))
    {
      set_missing (error, "HEADER");
      return FALSE;
    }

  headers = mime_headers_new_from_bytes (sync_download_find (received, wanted->uid, "HEADER"));
  if (!check_message_id (wanted, headers, error) ||
      !add_body (worker, keep, section, bytes, error))
    return FALSE;

  job->report->n_bodies++;
  return write_one (worker, keep, STORE_PRIORITY_PERSON, error);
}
