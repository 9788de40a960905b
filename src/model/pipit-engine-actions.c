#include "pipit-config.h"

#include "pipit-engine-struct-private.h"

#include "pipit-account-private.h"
#include "pipit-folder-private.h"
#include "pipit-loader.h"
#include "pipit-message-private.h"
#include "pipit-overlays.h"
#include "pipit-problem-private.h"
#include "pipit-undo-private.h"

#include "store-flags.h"
#include "store-reader.h"

#include <glib/gi18n-lib.h>

/*
 * What a person does to messages. In this order: the overlay shows it at once; the messages are
 * divided by account; each account's engine writes its part into the journal; when that is
 * durable the undo offers itself, and a moment later, when the store has told the lists, the
 * overlay is taken away. What fails takes the overlay away and says so.
 */

/* The store tells of a commit within a frame or two; lists have read it by then. */
#define OVERLAY_LINGERS_MS 500

typedef struct
{
  PipitEngine *engine;      /* (owned) */
  SyncChangeKind kind;
  guint32 add_flags;
  guint32 remove_flags;
  gint64 target_folder;
  PipitUndoKind undo_kind;
  gboolean undoable;

  GArray *ids;              /* (owned) of gint64 */
  GArray *folders;          /* (owned) (nullable) of gint64, beside ids: out of a query */
  guint overlay_id;
  guint n_running;          /* accounts that have not answered yet */
} Action;

static void
action_free (Action *action)
{
  g_clear_object (&action->engine);
  g_clear_pointer (&action->ids, g_array_unref);
  g_clear_pointer (&action->folders, g_array_unref);
  g_free (action);
}

/* Overlays */

static void
drop_overlay (PipitEngine *self,
              guint        overlay_id,
              gboolean     failed)
{
  gboolean suppressed;
  g_autoptr(GArray) ids = pipit_overlays_drop (self->overlays, overlay_id, &suppressed);

  if (ids == NULL)
    return;
  if (self->loader != NULL)
    pipit_loader_recompute (self->loader, ids);
  if (suppressed || failed)
    pipit_engine_emit (self, PIPIT_ENGINE_RELOAD, NULL);
}

static gboolean
on_overlay_old (gpointer user_data)
{
  Action *action = user_data;

  drop_overlay (action->engine, action->overlay_id, FALSE);

  return G_SOURCE_REMOVE;
}

static void
action_done (Action *action)
{
  g_timeout_add_full (G_PRIORITY_DEFAULT, OVERLAY_LINGERS_MS, on_overlay_old, action,
                      (GDestroyNotify) action_free);
}

static void
action_failed (Action       *action,
               const GError *error)
{
  g_autoptr(PipitProblem) problem = NULL;
  const char *explanation = NULL;

  if (action->kind == SYNC_CHANGE_ARCHIVE)
    explanation = _("The account may have no folder for the archive. Choose one in its settings.");
  problem = pipit_problem_new (PIPIT_PROBLEM_OTHER, _("This could not be done"), explanation,
                               error->message, PIPIT_SERVER_RECEIVING, NULL, NULL);
  pipit_engine_report (action->engine, problem);
  drop_overlay (action->engine, action->overlay_id, TRUE);
}

/* Journal */

typedef struct
{
  Action *action; /* (unowned): lives until all its parts have ended */
  guint n_messages;
} Part;

static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Part *part = user_data;
  Action *action = part->action;
  g_autoptr(GError) error = NULL;
  gint64 change_id;

  if (!sync_account_change_finish (SYNC_ACCOUNT (source), result, &change_id, &error))
    action_failed (action, error);
  else if (action->undoable)
    pipit_undo_add (action->engine->undo, action->undo_kind, SYNC_ACCOUNT (source), change_id,
                    part->n_messages);

  if (--action->n_running == 0)
    action_done (action);
}

static SyncChange *
change_of (Action *action,
           GArray *ids)
{
  const gint64 *locations = (const gint64 *) ids->data;

  switch (action->kind)
    {
    case SYNC_CHANGE_FLAGS:
      return sync_change_new_flags (locations, ids->len, action->add_flags, action->remove_flags,
                                    NULL, NULL);
    case SYNC_CHANGE_MOVE:
      return sync_change_new_move (locations, ids->len, action->target_folder);
    case SYNC_CHANGE_COPY:
      return sync_change_new_copy (locations, ids->len, action->target_folder);
    case SYNC_CHANGE_ARCHIVE:
    case SYNC_CHANGE_DELETE:
    case SYNC_CHANGE_JUNK:
    case SYNC_CHANGE_NOT_JUNK:
    case SYNC_CHANGE_EXPUNGE:
    default:
      return sync_change_new (action->kind, locations, ids->len);
    }
}

static void
send_part (Action       *action,
           PipitAccount *account,
           GArray       *ids)
{
  g_autoptr(SyncChange) change = change_of (action, ids);
  Part *part = g_new0 (Part, 1);

  part->action = action;
  part->n_messages = ids->len;
  action->n_running++;
  sync_account_change_async (pipit_account_get_sync (account), change, changed_cb, part);
}

/* Messages may be of several accounts, in all inboxes. */
static void
divide (Action *action)
{
  g_autoptr(GHashTable) parts = g_hash_table_new_full (NULL, NULL, g_object_unref,
                                                       (GDestroyNotify) g_array_unref);
  GHashTableIter iter;
  gpointer account, ids;

  for (guint i = 0; i < action->ids->len; i++)
    {
      PipitFolder *folder = pipit_engine_find_folder (action->engine,
                                                      g_array_index (action->folders, gint64, i));

      if (folder == NULL)
        continue;
      account = pipit_folder_get_account (folder);
      ids = g_hash_table_lookup (parts, account);
      if (ids == NULL)
        {
          ids = g_array_new (FALSE, FALSE, sizeof (gint64));
          g_hash_table_insert (parts, g_object_ref (account), ids);
        }
      g_array_append_val ((GArray *) ids, g_array_index (action->ids, gint64, i));
    }

  action->n_running++; /* until all parts are on their way */
  g_hash_table_iter_init (&iter, parts);
  while (g_hash_table_iter_next (&iter, &account, &ids))
    send_part (action, account, ids);
  if (--action->n_running == 0)
    action_done (action);
}

/* Where messages lie that nobody holds */

/* Runs on the store's reader thread. */
static gboolean
find_folders (StoreReader  *reader,
              gpointer      data,
              GError      **error)
{
  Action *action = data;

  for (guint i = 0; i < action->ids->len; i++)
    {
      StoreLocation location = { 0 };
      g_autoptr(GError) own_error = NULL;

      if (g_array_index (action->folders, gint64, i) != 0)
        continue;
      if (!store_reader_get_location (reader, g_array_index (action->ids, gint64, i), &location,
                                      &own_error) && own_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&own_error));
          return FALSE;
        }
      g_array_index (action->folders, gint64, i) = location.folder;
    }

  return TRUE;
}

static void
folders_found_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  Action *action = user_data;
  g_autoptr(GError) error = NULL;

  if (store_read_finish (STORE_STORE (source), result, &error))
    {
      divide (action);
      return;
    }

  action_failed (action, error);
  action_free (action);
}

/* Fills in the folders of the messages that are held. */
static gboolean
know_folders (Action *action)
{
  gboolean complete = TRUE;

  action->folders = g_array_sized_new (FALSE, TRUE, sizeof (gint64), action->ids->len);
  g_array_set_size (action->folders, action->ids->len);
  for (guint i = 0; i < action->ids->len; i++)
    {
      PipitMessage *message = pipit_loader_peek (action->engine->loader,
                                                 g_array_index (action->ids, gint64, i));
      PipitFolder *folder = message != NULL ? pipit_message_get_folder (message) : NULL;

      if (folder != NULL)
        g_array_index (action->folders, gint64, i) = pipit_folder_get_id (folder);
      else
        complete = FALSE;
    }

  return complete;
}

static gboolean
hides (SyncChangeKind kind)
{
  return kind != SYNC_CHANGE_FLAGS && kind != SYNC_CHANGE_COPY;
}

/* @action: (transfer full) */
static void
start (Action *action)
{
  PipitEngine *self = action->engine;

  if (action->ids->len == 0 || self->store == NULL || self->closed)
    {
      action_free (action);
      return;
    }

  action->overlay_id = pipit_overlays_push (self->overlays, action->ids, action->add_flags,
                                            action->remove_flags, hides (action->kind));
  pipit_loader_recompute (self->loader, action->ids);
  if (hides (action->kind))
    pipit_engine_emit (self, PIPIT_ENGINE_HIDDEN, action->ids);

  if (know_folders (action))
    divide (action);
  else
    store_read_async (self->store, G_PRIORITY_HIGH, find_folders, action, NULL, NULL,
                      folders_found_cb, action);
}

static Action *
action_new (PipitEngine    *self,
            GArray         *ids,
            SyncChangeKind  kind,
            PipitUndoKind   undo_kind)
{
  Action *action = g_new0 (Action, 1);

  action->engine = g_object_ref (self);
  action->ids = g_array_copy (ids);
  action->kind = kind;
  action->undo_kind = undo_kind;
  action->undoable = TRUE;

  return action;
}

static void
change_flags (PipitEngine   *self,
              GArray        *ids,
              guint32        flag,
              gboolean       set,
              PipitUndoKind  undo_kind,
              gboolean       undoable)
{
  Action *action = action_new (self, ids, SYNC_CHANGE_FLAGS, undo_kind);

  action->add_flags = set ? flag : 0;
  action->remove_flags = set ? 0 : flag;
  action->undoable = undoable;
  start (action);
}

/**
 * pipit_engine_set_unread:
 * @ids: of gint64: messages
 * @unread: whether they are to be unread
 * @undoable: %FALSE when it was the window that marked them, and not the person
 */
void
pipit_engine_set_unread (PipitEngine *self,
                         GArray      *ids,
                         gboolean     unread,
                         gboolean     undoable)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  change_flags (self, ids, STORE_FLAG_SEEN, !unread,
                unread ? PIPIT_UNDO_UNREAD : PIPIT_UNDO_READ, undoable);
}

/**
 * pipit_engine_set_starred:
 * @ids: of gint64: messages
 * @starred: whether they are to have a star
 */
void
pipit_engine_set_starred (PipitEngine *self,
                          GArray      *ids,
                          gboolean     starred)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  /* a star shows by itself whether it is there, and is taken off where it was put on: one needs
   * no undo, many do */
  change_flags (self, ids, STORE_FLAG_FLAGGED, starred,
                starred ? PIPIT_UNDO_STARRED : PIPIT_UNDO_UNSTARRED, ids->len > 1);
}

/**
 * pipit_engine_archive:
 * @ids: of gint64: messages
 *
 * Moves them to their accounts' archives.
 */
void
pipit_engine_archive (PipitEngine *self,
                      GArray      *ids)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  start (action_new (self, ids, SYNC_CHANGE_ARCHIVE, PIPIT_UNDO_ARCHIVED));
}

/**
 * pipit_engine_set_junk:
 * @ids: of gint64: messages
 * @junk: whether they are junk
 *
 * Moves them to Junk, or out of it into the inbox, and tells the server so.
 */
void
pipit_engine_set_junk (PipitEngine *self,
                       GArray      *ids,
                       gboolean     junk)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  start (action_new (self, ids, junk ? SYNC_CHANGE_JUNK : SYNC_CHANGE_NOT_JUNK,
                     junk ? PIPIT_UNDO_JUNK : PIPIT_UNDO_NOT_JUNK));
}

/**
 * pipit_engine_delete:
 * @ids: of gint64: messages that do not lie in Trash
 *
 * Moves them to their accounts' Trash.
 */
void
pipit_engine_delete (PipitEngine *self,
                     GArray      *ids)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  start (action_new (self, ids, SYNC_CHANGE_DELETE, PIPIT_UNDO_DELETED));
}

/**
 * pipit_engine_delete_for_good:
 * @ids: of gint64: messages
 *
 * Removes them from the server. The person has been asked, and there is no undo.
 */
void
pipit_engine_delete_for_good (PipitEngine *self,
                              GArray      *ids)
{
  Action *action;

  g_return_if_fail (PIPIT_IS_ENGINE (self));

  action = action_new (self, ids, SYNC_CHANGE_EXPUNGE, PIPIT_UNDO_DELETED);
  action->undoable = FALSE;
  start (action);
}

/**
 * pipit_engine_move:
 * @ids: of gint64: messages of the account that @target belongs to
 * @target: a folder that messages can be moved into
 */
void
pipit_engine_move (PipitEngine *self,
                   GArray      *ids,
                   PipitFolder *target)
{
  Action *action;

  g_return_if_fail (PIPIT_IS_ENGINE (self));
  g_return_if_fail (pipit_folder_can_receive (target));

  action = action_new (self, ids, SYNC_CHANGE_MOVE, PIPIT_UNDO_MOVED);
  action->target_folder = pipit_folder_get_id (target);
  start (action);
}
