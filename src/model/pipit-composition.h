#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_COMPOSITION (pipit_composition_get_type ())
G_DECLARE_FINAL_TYPE (PipitComposition, pipit_composition, PIPIT, COMPOSITION, GObject)

/*
 * A message being written. Properties (all notify, read-write unless said): "identity", "subject",
 * "text", "draft-status" (read only: "Draft kept 10:51" or NULL), "modified" (read only).
 * The draft is kept in the journal a second after the last change, and deleted by send and discard.
 * Signal "draft-failed" (PipitProblem *).
 */
PipitComposition *pipit_composition_new                (PipitEngine           *engine); /* empty, from the first account */
PipitComposition *pipit_composition_new_from_uri       (PipitEngine           *engine,
                                                        const char            *mailto_uri);

/* A reply, a forward, or a draft of the folder taken up: needs the body, hence asynchronous. */
void              pipit_composition_new_from_async     (PipitMessage          *message,
                                                        PipitComposeKind       kind,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
PipitComposition *pipit_composition_new_from_finish    (GAsyncResult          *result,
                                                        GError               **error);
/* A message taken back from the outbox, with its Bcc: ends when it is a draft again. */
void              pipit_composition_new_from_source_async  (PipitEngine         *engine,
                                                            GBytes              *source,
                                                            GCancellable        *cancellable,
                                                            GAsyncReadyCallback  callback,
                                                            gpointer             user_data);
PipitComposition *pipit_composition_new_from_source_finish (PipitEngine         *engine,
                                                            GAsyncResult        *result,
                                                            GError             **error);

/* Drafts that are kept on this computer, or one of them: a PipitComposition each. */
void              pipit_composition_restore_async      (PipitEngine           *engine,
                                                        const char            *draft_id,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
GListModel       *pipit_composition_restore_finish     (PipitEngine           *engine,
                                                        GAsyncResult          *result,
                                                        GError               **error);

PipitEngine      *pipit_composition_get_engine         (PipitComposition      *self);
const char       *pipit_composition_get_draft_id       (PipitComposition      *self);
PipitComposeKind  pipit_composition_get_kind           (PipitComposition      *self);
PipitIdentity    *pipit_composition_get_identity       (PipitComposition      *self); /* (nullable) no account */
void              pipit_composition_set_identity       (PipitComposition      *self,
                                                        PipitIdentity         *identity);
const char       *pipit_composition_get_subject        (PipitComposition      *self);
void              pipit_composition_set_subject        (PipitComposition      *self,
                                                        const char            *subject);
const char       *pipit_composition_get_text           (PipitComposition      *self); /* with quote and signature */
void              pipit_composition_set_text           (PipitComposition      *self,
                                                        const char            *text);
gsize             pipit_composition_get_cursor         (PipitComposition      *self); /* characters: where writing begins */
GListModel       *pipit_composition_get_recipients     (PipitComposition      *self,
                                                        PipitRecipientsField   field); /* of PipitAddress */
void              pipit_composition_set_recipients     (PipitComposition      *self,
                                                        PipitRecipientsField   field,
                                                        GListModel            *addresses);
GListModel       *pipit_composition_get_attachments    (PipitComposition      *self); /* of PipitAttachment */
void              pipit_composition_attach_async       (PipitComposition      *self,
                                                        GFile                 *file,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
gboolean          pipit_composition_attach_finish      (PipitComposition      *self,
                                                        GAsyncResult          *result,
                                                        GError               **error);
void              pipit_composition_detach             (PipitComposition      *self,
                                                        PipitAttachment       *attachment);

const char       *pipit_composition_get_draft_status   (PipitComposition      *self);
gboolean          pipit_composition_get_modified       (PipitComposition      *self);
char             *pipit_composition_dup_send_warning   (PipitComposition      *self); /* (nullable) asked before sending: no subject, attachment promised */
gboolean          pipit_composition_can_send           (PipitComposition      *self,
                                                        char                 **out_reason);

/* Builds the message off the main thread, and ends when it is durable in the outbox. */
void              pipit_composition_send_async         (PipitComposition      *self,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
gboolean          pipit_composition_send_finish        (PipitComposition      *self,
                                                        GAsyncResult          *result,
                                                        GError               **error);
void              pipit_composition_save_async         (PipitComposition      *self, /* draft, at once */
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
gboolean          pipit_composition_save_finish        (PipitComposition      *self,
                                                        GAsyncResult          *result,
                                                        GError               **error);
void              pipit_composition_discard            (PipitComposition      *self);

G_END_DECLS
