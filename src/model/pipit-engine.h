#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_ENGINE (pipit_engine_get_type ())
G_DECLARE_FINAL_TYPE (PipitEngine, pipit_engine, PIPIT, ENGINE, GObject)

/*
 * Properties (all notify): "opened", "state" (PipitState), "status" (a sentence, or NULL when
 * there is nothing to say).
 * Signals: "alert" (PipitAccount *account, const char *text): what a server wants to be read.
 *          "problem" (PipitProblem *problem): something failed that no account shows, for example an operation refused.
 */
PipitEngine  *pipit_engine_new                 (const char           *profile_path,
                                                GError              **error);
const char   *pipit_engine_get_application_id  (PipitEngine          *self);
const char   *pipit_engine_get_settings_path   (PipitEngine          *self);

void          pipit_engine_open_async          (PipitEngine          *self,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean      pipit_engine_open_finish         (PipitEngine          *self,
                                                GAsyncResult         *result,
                                                GError              **error);
char         *pipit_engine_describe_error      (const GError         *error);
void          pipit_engine_close               (PipitEngine          *self);

gboolean      pipit_engine_get_opened          (PipitEngine          *self);
PipitState    pipit_engine_get_state           (PipitEngine          *self);
const char   *pipit_engine_get_status          (PipitEngine          *self);
GListModel   *pipit_engine_get_accounts        (PipitEngine          *self);
PipitFolder  *pipit_engine_get_outbox_folder   (PipitEngine          *self);
GListModel   *pipit_engine_get_drafts          (PipitEngine          *self);
PipitFolder  *pipit_engine_get_drafts_folder   (PipitEngine          *self);
void          pipit_engine_discard_draft       (PipitEngine          *self,
                                                PipitDraft           *draft);
GListModel   *pipit_engine_get_outbox          (PipitEngine          *self);
PipitFolder  *pipit_engine_get_all_inboxes     (PipitEngine          *self);
PipitAccount *pipit_engine_get_account         (PipitEngine          *self,
                                                const char           *account_id);
PipitUndo    *pipit_engine_get_undo            (PipitEngine          *self);
gboolean      pipit_engine_has_accounts        (PipitEngine          *self);
gboolean      pipit_engine_is_sending          (PipitEngine          *self);

void          pipit_engine_check_mail          (PipitEngine          *self);

/* What a person does with messages: an array of gint64 ids. Shown at once, durable a moment
 * later, carried to the server when it can be reached. Each adds to the undo. */
void          pipit_engine_set_unread          (PipitEngine          *self,
                                                GArray               *ids,
                                                gboolean              unread,
                                                gboolean              undoable);
void          pipit_engine_set_starred         (PipitEngine          *self,
                                                GArray               *ids,
                                                gboolean              starred);
void          pipit_engine_archive             (PipitEngine          *self,
                                                GArray               *ids);
void          pipit_engine_set_junk            (PipitEngine          *self,
                                                GArray               *ids,
                                                gboolean              junk);
void          pipit_engine_delete              (PipitEngine          *self,
                                                GArray               *ids);
void          pipit_engine_delete_for_good     (PipitEngine          *self,
                                                GArray               *ids);
void          pipit_engine_move                (PipitEngine          *self,
                                                GArray               *ids,
                                                PipitFolder          *target);

/* What the person did lately, newest first, of PipitChange. Signal "journal-changed" tells that it
 * is to be read again. */
void          pipit_engine_list_changes_async  (PipitEngine          *self,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GListModel   *pipit_engine_list_changes_finish (PipitEngine          *self,
                                                GAsyncResult         *result,
                                                GError              **error);

/* People written to or heard from whose name or address begins with the text, best first. */
void          pipit_engine_complete_async      (PipitEngine          *self,
                                                const char           *text,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GListModel   *pipit_engine_complete_finish     (PipitEngine          *self,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
