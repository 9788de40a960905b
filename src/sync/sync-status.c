#include "sync-status.h"

#include "net-certificate.h"

G_DEFINE_BOXED_TYPE (SyncStatus, sync_status, sync_status_copy, sync_status_free)
G_DEFINE_BOXED_TYPE (SyncReport, sync_report, sync_report_copy, sync_report_free)

/**
 * sync_status_copy:
 *
 * Returns: (transfer full): a copy
 */
SyncStatus *
sync_status_copy (const SyncStatus *self)
{
  SyncStatus *copy = g_memdup2 (self, sizeof *self);

  copy->folder = g_strdup (self->folder);
  copy->alert = g_strdup (self->alert);
  if (self->error != NULL)
    copy->error = g_error_copy (self->error);
  if (self->certificate != NULL)
    net_certificate_ref (copy->certificate);

  return copy;
}

/**
 * sync_status_free:
 * @self: (transfer full): a status
 */
void
sync_status_free (SyncStatus *self)
{
  g_free (self->folder);
  g_free (self->alert);
  g_clear_error (&self->error);
  g_clear_pointer (&self->certificate, net_certificate_unref);
  g_free (self);
}

/**
 * sync_state_get_name:
 *
 * Returns: a stable kebab-case name, for logs and for programs
 */
const char *
sync_state_get_name (SyncState state)
{
  switch (state)
    {
    case SYNC_STATE_STOPPED:
      return "stopped";
    case SYNC_STATE_OFFLINE:
      return "offline";
    case SYNC_STATE_CONNECTING:
      return "connecting";
    case SYNC_STATE_SIGNING_IN:
      return "signing-in";
    case SYNC_STATE_SYNCING:
      return "syncing";
    case SYNC_STATE_UP_TO_DATE:
      return "up-to-date";
    case SYNC_STATE_PASSWORD_NEEDED:
      return "password-needed";
    case SYNC_STATE_SIGN_IN_REFUSED:
      return "sign-in-refused";
    case SYNC_STATE_CERTIFICATE:
      return "certificate";
    case SYNC_STATE_FAILED:
      return "failed";
    default:
      g_return_val_if_reached ("failed");
    }
}

/**
 * sync_report_new:
 *
 * Returns: (transfer full): a report of nothing done
 */
SyncReport *
sync_report_new (void)
{
  SyncReport *self = g_new0 (SyncReport, 1);

  self->failures = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static gpointer
dup_line (gconstpointer line,
          gpointer user_data)
{
  return g_strdup (line);
}

/**
 * sync_report_copy:
 *
 * Returns: (transfer full): a copy
 */
SyncReport *
sync_report_copy (const SyncReport *self)
{
  SyncReport *copy = g_memdup2 (self, sizeof *self);

  copy->failures = g_ptr_array_copy (self->failures, dup_line, NULL);
  g_ptr_array_set_free_func (copy->failures, g_free);

  return copy;
}

/**
 * sync_report_free:
 * @self: (transfer full): a report
 */
void
sync_report_free (SyncReport *self)
{
  g_ptr_array_unref (self->failures);
  g_free (self);
}

/**
 * sync_report_add:
 * @other: what is added to it
 *
 * Adds what another command, or a part of this one, did.
 */
void
sync_report_add (SyncReport *self,
                 const SyncReport *other)
{
  self->n_new += other->n_new;
  self->n_gone += other->n_gone;
  self->n_flags_changed += other->n_flags_changed;
  self->n_bodies += other->n_bodies;
  self->n_folders += other->n_folders;
  self->n_operations += other->n_operations;

  for (guint i = 0; i < other->failures->len; i++)
    g_ptr_array_add (self->failures, g_strdup (g_ptr_array_index (other->failures, i)));
}
