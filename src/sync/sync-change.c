#include "sync-change.h"

struct _SyncChange
{
  gatomicrefcount ref_count;
  SyncChangeKind kind;
  gint64 *location_ids; /* (owned) */
  gsize n_location_ids;
  gint64 target_folder_id;
  guint32 add_flags;
  guint32 remove_flags;
  char **add_keywords;    /* (owned) */
  char **remove_keywords; /* (owned) */
};

G_DEFINE_BOXED_TYPE (SyncChange, sync_change, sync_change_ref, sync_change_unref)
G_DEFINE_BOXED_TYPE (SyncSubmission, sync_submission, sync_submission_copy, sync_submission_free)

static char **
dup_strv_or_empty (const char *const *strv)
{
  return strv != NULL ? g_strdupv ((char **) strv) : g_new0 (char *, 1);
}

/**
 * sync_change_new:
 * @kind: what is done; flags, move and copy have constructors of their own that say the rest
 * @location_ids: (array length=n_location_ids): the locations that it is done to
 *
 * Returns: (transfer full): a new change
 */
SyncChange *
sync_change_new (SyncChangeKind kind,
                 const gint64 *location_ids,
                 gsize n_location_ids)
{
  SyncChange *self = g_new0 (SyncChange, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->location_ids = g_memdup2 (location_ids, n_location_ids * sizeof (gint64));
  self->n_location_ids = n_location_ids;
  self->add_keywords = dup_strv_or_empty (NULL);
  self->remove_keywords = dup_strv_or_empty (NULL);

  return self;
}

/**
 * sync_change_new_flags:
 * @location_ids: (array length=n_location_ids): the locations that it is done to
 * @add_flags: the store's flag bits that get set
 * @remove_flags: the store's flag bits that get cleared
 * @add_keywords: (nullable): keywords that get set
 * @remove_keywords: (nullable): keywords that get cleared
 *
 * Returns: (transfer full): a new change
 */
SyncChange *
sync_change_new_flags (const gint64 *location_ids,
                       gsize n_location_ids,
                       guint32 add_flags,
                       guint32 remove_flags,
                       const char *const *add_keywords,
                       const char *const *remove_keywords)
{
  SyncChange *self = sync_change_new (SYNC_CHANGE_FLAGS, location_ids, n_location_ids);

  self->add_flags = add_flags;
  self->remove_flags = remove_flags;
  g_strfreev (self->add_keywords);
  g_strfreev (self->remove_keywords);
  self->add_keywords = dup_strv_or_empty (add_keywords);
  self->remove_keywords = dup_strv_or_empty (remove_keywords);

  return self;
}

/**
 * sync_change_new_move:
 * @location_ids: (array length=n_location_ids): the locations that it is done to
 * @target_folder_id: a folder of the same account
 *
 * Returns: (transfer full): a new change
 */
SyncChange *
sync_change_new_move (const gint64 *location_ids,
                      gsize n_location_ids,
                      gint64 target_folder_id)
{
  SyncChange *self = sync_change_new (SYNC_CHANGE_MOVE, location_ids, n_location_ids);

  self->target_folder_id = target_folder_id;
  return self;
}

/**
 * sync_change_new_copy:
 * @location_ids: (array length=n_location_ids): the locations that it is done to
 * @target_folder_id: a folder of the same account
 *
 * Returns: (transfer full): a new change
 */
SyncChange *
sync_change_new_copy (const gint64 *location_ids,
                      gsize n_location_ids,
                      gint64 target_folder_id)
{
  SyncChange *self = sync_change_new (SYNC_CHANGE_COPY, location_ids, n_location_ids);

  self->target_folder_id = target_folder_id;
  return self;
}

/**
 * sync_change_ref:
 *
 * Returns: (transfer full): @self
 */
SyncChange *
sync_change_ref (SyncChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * sync_change_unref:
 * @self: (transfer full): a change
 */
void
sync_change_unref (SyncChange *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->location_ids);
  g_strfreev (self->add_keywords);
  g_strfreev (self->remove_keywords);
  g_free (self);
}

/**
 * sync_change_get_kind:
 *
 * Returns: what is done
 */
SyncChangeKind
sync_change_get_kind (SyncChange *self)
{
  return self->kind;
}

/**
 * sync_change_get_locations:
 * @out_n_locations: (out): how many there are
 *
 * Returns: (transfer none) (array length=out_n_locations): the ids of the locations
 */
const gint64 *
sync_change_get_locations (SyncChange *self,
                           gsize *out_n_locations)
{
  *out_n_locations = self->n_location_ids;
  return self->location_ids;
}

/**
 * sync_change_get_target_folder_id:
 *
 * Returns: where a move or a copy goes, or 0
 */
gint64
sync_change_get_target_folder_id (SyncChange *self)
{
  return self->target_folder_id;
}

/**
 * sync_change_get_add_flags:
 *
 * Returns: the flag bits that get set
 */
guint32
sync_change_get_add_flags (SyncChange *self)
{
  return self->add_flags;
}

/**
 * sync_change_get_remove_flags:
 *
 * Returns: the flag bits that get cleared
 */
guint32
sync_change_get_remove_flags (SyncChange *self)
{
  return self->remove_flags;
}

/**
 * sync_change_get_add_keywords:
 *
 * Returns: (transfer none): the keywords that get set, never %NULL
 */
const char *const *
sync_change_get_add_keywords (SyncChange *self)
{
  return (const char *const *) self->add_keywords;
}

/**
 * sync_change_get_remove_keywords:
 *
 * Returns: (transfer none): the keywords that get cleared, never %NULL
 */
const char *const *
sync_change_get_remove_keywords (SyncChange *self)
{
  return (const char *const *) self->remove_keywords;
}

/**
 * sync_submission_new:
 * @sender: the envelope sender, an addr-spec
 * @recipients: the envelope recipients, those of Bcc included
 * @message: the message with CRLF line ends and without Bcc
 *
 * Returns: (transfer full): a submission whose other fields the caller fills
 */
SyncSubmission *
sync_submission_new (const char *sender,
                     const char *const *recipients,
                     GBytes *message)
{
  SyncSubmission *self = g_new0 (SyncSubmission, 1);

  self->uuid = g_uuid_string_random ();
  self->sender = g_strdup (sender);
  self->recipients = dup_strv_or_empty (recipients);
  self->message = g_bytes_ref (message);

  return self;
}

/**
 * sync_submission_copy:
 *
 * Returns: (transfer full): a copy, which shares the bytes
 */
SyncSubmission *
sync_submission_copy (const SyncSubmission *self)
{
  SyncSubmission *copy = g_memdup2 (self, sizeof *self);

  copy->uuid = g_strdup (self->uuid);
  copy->identity = g_strdup (self->identity);
  copy->draft_uuid = g_strdup (self->draft_uuid);
  copy->sender = g_strdup (self->sender);
  copy->recipients = g_strdupv (self->recipients);
  copy->message = g_bytes_ref (self->message);
  if (self->local_copy != NULL)
    g_bytes_ref (copy->local_copy);

  return copy;
}

/**
 * sync_submission_free:
 * @self: (transfer full): a submission
 */
void
sync_submission_free (SyncSubmission *self)
{
  g_free (self->uuid);
  g_free (self->identity);
  g_free (self->draft_uuid);
  g_free (self->sender);
  g_strfreev (self->recipients);
  g_bytes_unref (self->message);
  g_clear_pointer (&self->local_copy, g_bytes_unref);
  g_free (self);
}
