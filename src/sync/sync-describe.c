/* Pass 2 for what is on the screen: whether messages have attachments, and how they begin, of those
 * whose bodies are not here. */

#include "sync-describe.h"

#include "mime-message.h"
#include "store-transaction.h"
#include "sync-body.h"
#include "sync-download.h"
#include "sync-error.h"
#include "sync-latch.h"
#include "sync-structure.h"

#include <string.h>

#define PREVIEW_CHARS 200

/* So much of the text is asked for where the server makes no previews. */
#define PREVIEW_BYTES 2048

/* What is found out about a message. */
typedef struct
{
  gint64 message;
  guint32 uid;
  SyncWanted *wanted;      /* (owned) */
  ImapResponse *response;  /* (owned) (nullable): with the structure */
  char *structure;         /* (owned) (nullable) */
  char *preview;           /* (owned) (nullable) */
  StoreAttachmentState attachment;
} Description;

static void
description_free (Description *description)
{
  sync_wanted_free (description->wanted);
  g_clear_pointer (&description->response, imap_response_unref);
  g_free (description->structure);
  g_free (description->preview);
  g_free (description);
}

static Description *
find (GPtrArray *descriptions,
      guint32 uid)
{
  for (guint i = 0; i < descriptions->len; i++)
    {
      Description *description = g_ptr_array_index (descriptions, i);

      if (description->uid == uid)
        return description;
    }

  return NULL;
}

static void
keep_response (ImapSession *session,
               const ImapResponse *response,
               guint32 uid,
               gpointer user_data)
{
  Description *description = find (user_data, uid);

  if (description == NULL || (response->fetch->items & IMAP_FETCH_BODYSTRUCTURE) == 0)
    return;

  g_clear_pointer (&description->response, imap_response_unref);
  description->response = imap_response_ref (response);
}

static void
read_structure (Description *description)
{
  g_autoptr(ImapStructure) structure = NULL;
  g_autoptr(GPtrArray) parts = NULL;
  const ImapSection *preview;

  if (description->response == NULL)
    return;

  structure = imap_response_dup_structure (description->response, NULL);
  if (structure != NULL)
    {
      description->structure = sync_structure_from_imap (structure);
      parts = sync_structure_parse (description->structure);
      description->attachment = sync_structure_get_attachment (parts);
    }

  preview = imap_response_find_section (description->response, IMAP_SECTION_PREVIEW, "");
  if (preview != NULL && preview->bytes != NULL && preview->size_bytes > 0)
    {
      g_autofree char *text = g_strndup (preview->bytes, preview->size_bytes);

      description->preview = g_utf8_make_valid (text, -1);
    }
}

/* One message can break a server's PREVIEW, or the BODYSTRUCTURE of it: what ends the connection twice
 * is left out from then on. What is refused is left out at once. */
static gboolean
is_preview_refused (ImapSession *session,
                    const GError *error)
{
  return imap_session_has (session, IMAP_CAPABILITY_PREVIEW) &&
         (g_error_matches (error, IMAP_ERROR, IMAP_ERROR_BAD) ||
          g_error_matches (error, IMAP_ERROR, IMAP_ERROR_NO));
}

static void
suspect (SyncWorker *worker,
         const GError *error)
{
  sync_latch_suspect (worker,
                      imap_session_has (sync_worker_get_session (worker), IMAP_CAPABILITY_PREVIEW) ?
                          "PREVIEW" : "no-body-structure", error);
}

static gboolean
await_structures (SyncJob *job,
                  SyncWorker *worker,
                  const ImapUidSet *uids,
                  GPtrArray *descriptions,
                  GError **error)
{
  static const ImapFetchQuery query = {
    .items = IMAP_FETCH_UID | IMAP_FETCH_BODYSTRUCTURE | IMAP_FETCH_PREVIEW,
  };
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) fetch = NULL;
  g_autoptr(GError) local_error = NULL;

  fetch = imap_session_uid_fetch (session, uids, &query, keep_response, descriptions);
  if (imap_command_await (fetch, job->cancellable, &local_error))
    return TRUE;

  imap_command_abandon (fetch);
  if (is_preview_refused (session, local_error))
    {
      imap_session_latch_off (session, IMAP_CAPABILITY_PREVIEW, local_error->message);
      return await_structures (job, worker, uids, descriptions, error);
    }

  suspect (worker, local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
fetch_structures (SyncJob *job,
                  SyncWorker *worker,
                  GPtrArray *descriptions,
                  GError **error)
{
  g_autoptr(ImapUidSet) uids = imap_uid_set_new ();

  for (guint i = 0; i < descriptions->len; i++)
    imap_uid_set_add (uids, ((Description *) g_ptr_array_index (descriptions, i))->uid);

  if (!await_structures (job, worker, uids, descriptions, error))
    return FALSE;

  sync_latch_acquit (worker, "PREVIEW");
  sync_latch_acquit (worker, "no-body-structure");
  for (guint i = 0; i < descriptions->len; i++)
    read_structure (g_ptr_array_index (descriptions, i));

  return TRUE;
}

/* A message that is here tells itself what it consists of. */
static gboolean
fetch_messages (SyncJob *job,
                SyncWorker *worker,
                GPtrArray *descriptions,
                GError **error)
{
  for (guint i = 0; i < descriptions->len; i++)
    {
      const Description *description = g_ptr_array_index (descriptions, i);
      g_autoptr(GError) local_error = NULL;

      if (description->wanted->size_bytes > SYNC_WHOLE_BYTES ||
          sync_download_whole (job, worker, description->wanted, STORE_PRIORITY_SYNC, &local_error))
        continue;

      if (local_error->domain != SYNC_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_message ("Not described: %s", local_error->message);
    }

  return TRUE;
}

/* The beginning of the text, where the server makes no previews. */

static const SyncPart *
find_text (GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (sync_structure_is_text_part (g_ptr_array_index (parts, i)))
      return g_ptr_array_index (parts, i);

  return NULL;
}

static void
keep_text (ImapSession *session,
           const ImapResponse *response,
           guint32 uid,
           gpointer user_data)
{
  GByteArray *bytes = user_data;

  for (guint i = 0; i < response->fetch->n_sections; i++)
    {
      const ImapSection *section = &response->fetch->sections[i];

      if (section->kind == IMAP_SECTION_BODY && section->bytes != NULL)
        g_byte_array_append (bytes, (const guint8 *) section->bytes, section->size_bytes);
    }
}

static gboolean
fetch_beginning (SyncJob *job,
                 SyncWorker *worker,
                 Description *description,
                 GError **error)
{
  g_autoptr(GPtrArray) parts = sync_structure_parse (description->structure);
  const SyncPart *part = find_text (parts);
  const char *sections[] = { NULL, NULL };
  ImapFetchQuery query = { .items = IMAP_FETCH_UID, .sections = sections,
                           .partial_size = PREVIEW_BYTES };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (description->uid, description->uid);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autofree char *header = NULL;
  g_autoptr(ImapCommand) fetch = NULL;
  g_autoptr(GBytes) composed = NULL;
  g_autoptr(MimeMessage) message = NULL;

  if (part == NULL)
    return TRUE;

  header = g_strdup_printf ("Content-Type: %s; charset=\"%s\"\r\n"
                            "Content-Transfer-Encoding: %s\r\n\r\n",
                            part->content_type, part->charset != NULL ? part->charset : "us-ascii",
                            part->encoding != NULL ? part->encoding : "7bit");
  g_byte_array_append (bytes, (const guint8 *) header, strlen (header));
  sections[0] = part->section;
  fetch = imap_session_uid_fetch (sync_worker_get_session (worker), uids, &query, keep_text, bytes);
  if (!imap_command_await (fetch, job->cancellable, error))
    {
      imap_command_abandon (fetch);
      return FALSE;
    }

  composed = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  message = mime_message_new (composed);
  description->preview = mime_message_dup_preview (message, PREVIEW_CHARS);
  return TRUE;
}

static gboolean
write_descriptions (StoreTransaction *tx,
                    gpointer data,
                    GError **error)
{
  GPtrArray *descriptions = data;

  for (guint i = 0; i < descriptions->len; i++)
    {
      const Description *description = g_ptr_array_index (descriptions, i);

      if (description->structure != NULL &&
          !store_tx_set_structure (tx, description->message, description->structure,
                                   description->attachment, error))
        return FALSE;
      /* nothing to show is known now as well, and not asked for again */
      if (description->response != NULL &&
          !store_tx_set_preview (tx, description->message,
                                 description->preview != NULL ? description->preview : "", error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
describe_folder (SyncJob *job,
                 SyncWorker *worker,
                 gint64 folder_id,
                 GPtrArray *descriptions,
                 GError **error)
{
  if (!sync_worker_select (worker, folder_id, job->cancellable, error))
    return FALSE;
  if (imap_session_has_quirk (sync_worker_get_session (worker), IMAP_QUIRK_NO_BODY_STRUCTURE))
    return fetch_messages (job, worker, descriptions, error);
  if (!fetch_structures (job, worker, descriptions, error))
    return FALSE;

  for (guint i = 0; i < descriptions->len; i++)
    {
      Description *description = g_ptr_array_index (descriptions, i);

      if (description->preview == NULL && description->structure != NULL &&
          !fetch_beginning (job, worker, description, error))
        return FALSE;
    }

  return sync_worker_write (worker, STORE_PRIORITY_SYNC, write_descriptions, descriptions, error);
}

static gboolean
is_wanted (SyncWorker *worker,
           const StoreRow *row)
{
  StoreLocation location = { 0 };
  g_autoptr(StoreFolder) folder = NULL;

  if (row == NULL || row->uid == 0 || row->state != STORE_LOCATION_PRESENT)
    return FALSE;
  if (row->preview != NULL && (row->attachment == STORE_ATTACHMENT_SOME ||
                               row->attachment == STORE_ATTACHMENT_NONE))
    return FALSE;
  if (!store_reader_get_location (sync_worker_get_reader (worker), row->location, &location, NULL))
    return FALSE;

  folder = store_reader_get_folder (sync_worker_get_reader (worker), row->folder, NULL);
  return folder != NULL && folder->uid_validity == location.uid_validity;
}

/* By folder, since a mailbox has to be selected for each. */
static GHashTable *
sort_by_folder (SyncWorker *worker,
                GPtrArray *rows)
{
  GHashTable *folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                               (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < rows->len; i++)
    {
      const StoreRow *row = g_ptr_array_index (rows, i);
      Description *description;
      GPtrArray *descriptions;

      if (!is_wanted (worker, row))
        continue;

      descriptions = g_hash_table_lookup (folders, &row->folder);
      if (descriptions == NULL)
        {
          descriptions = g_ptr_array_new_with_free_func ((GDestroyNotify) description_free);
          g_hash_table_insert (folders, g_memdup2 (&row->folder, sizeof row->folder), descriptions);
        }
      description = g_new0 (Description, 1);
      description->message = row->message;
      description->uid = row->uid;
      description->wanted = sync_wanted_new (row);
      g_ptr_array_add (descriptions, description);
    }

  return folders;
}

static SyncJobOutcome
run_describe_job (SyncJob *job,
                  SyncWorker *worker,
                  GError **error)
{
  GArray *locations = job->data;
  g_autoptr(GPtrArray) rows = store_reader_load_rows (sync_worker_get_reader (worker),
                                                      (const gint64 *) locations->data,
                                                      locations->len, error);
  g_autoptr(GHashTable) folders = NULL;
  GHashTableIter iter;
  gpointer folder_id;
  gpointer descriptions;

  if (rows == NULL)
    return SYNC_JOB_FAILED;

  folders = sort_by_folder (worker, rows);
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &folder_id, &descriptions))
    if (!describe_folder (job, worker, *(gint64 *) folder_id, descriptions, error))
      return SYNC_JOB_FAILED;

  return SYNC_JOB_DONE;
}

/**
 * sync_describe_job_new:
 * @location_ids: (array length=n_location_ids): messages on the screen
 *
 * Returns: (transfer full): a job that finds out about their attachments and how they begin, of
 *   those of which it is not known
 */
SyncJob *
sync_describe_job_new (const gint64 *location_ids,
                       gsize n_location_ids)
{
  GArray *locations = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_vals (locations, location_ids, (guint) n_location_ids);
  return sync_job_new ("describe", SYNC_PRIORITY_VISIBLE, SYNC_LANE_NONE, SYNC_JOB_NEEDS_SESSION,
                       run_describe_job, locations, (GDestroyNotify) g_array_unref);
}
