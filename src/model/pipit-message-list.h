#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE_LIST (pipit_message_list_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessageList, pipit_message_list, PIPIT, MESSAGE_LIST, GObject)

/*
 * A GListModel of PipitMessage, newest first, of any length: an item is made when it is asked for
 * and filled when its page has been read.
 * Properties (all notify): "state" (PipitListState), "filter" (PipitFilter).
 */
PipitMessageList *pipit_message_list_new        (PipitEngine      *engine,
                                                 PipitFolder      *folder);

PipitFolder      *pipit_message_list_get_folder (PipitMessageList *self);
PipitListState    pipit_message_list_get_state  (PipitMessageList *self);
PipitProblem     *pipit_message_list_get_problem (PipitMessageList *self);
PipitFilter       pipit_message_list_get_filter (PipitMessageList *self);
void              pipit_message_list_set_filter (PipitMessageList *self,
                                                 PipitFilter       filter);
gboolean          pipit_message_list_find       (PipitMessageList *self,
                                                 gint64            id,
                                                 guint            *out_position);
gint64            pipit_message_list_get_id_at  (PipitMessageList *self,
                                                 guint             position);
void              pipit_message_list_keep       (PipitMessageList *self,
                                                 gint64            id);

/* The next unread message after another, whether its row has been read or not; 0 for none. */
void              pipit_message_list_find_unread_async  (PipitMessageList    *self,
                                                         gint64               after_id,
                                                         GCancellable        *cancellable,
                                                         GAsyncReadyCallback  callback,
                                                         gpointer             user_data);
gint64            pipit_message_list_find_unread_finish (PipitMessageList    *self,
                                                         GAsyncResult        *result,
                                                         GError             **error);

G_END_DECLS
