#pragma once

#include "pipit-undo.h"

#include "sync-account.h"

G_BEGIN_DECLS

typedef enum
{
  PIPIT_UNDO_ARCHIVED,
  PIPIT_UNDO_DELETED,
  PIPIT_UNDO_MOVED,
  PIPIT_UNDO_JUNK,
  PIPIT_UNDO_NOT_JUNK,
  PIPIT_UNDO_READ,
  PIPIT_UNDO_UNREAD,
  PIPIT_UNDO_STARRED,
  PIPIT_UNDO_UNSTARRED,
} PipitUndoKind;

PipitUndo *pipit_undo_new (void);
void       pipit_undo_add (PipitUndo     *self,
                           PipitUndoKind  kind,
                           SyncAccount   *sync,
                           gint64         change_id,
                           guint          n_messages);

G_END_DECLS
