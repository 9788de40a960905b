#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE (pipit_message_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessage, pipit_message, PIPIT, MESSAGE, GObject)

/*
 * A message in a folder. Properties (all notify): "loaded" (FALSE until its row has been read: then
 * all texts are empty), "unread", "starred", "answered", "forwarded", "subject", "preview".
 * Signal "changed": any of what a row shows.
 */
gint64        pipit_message_get_id             (PipitMessage         *self);
PipitEngine  *pipit_message_get_engine         (PipitMessage         *self);
PipitAccount *pipit_message_get_account        (PipitMessage         *self); /* (nullable) until loaded */
PipitFolder  *pipit_message_get_folder         (PipitMessage         *self); /* (nullable) until loaded */
gboolean      pipit_message_get_loaded         (PipitMessage         *self);
const char   *pipit_message_get_subject        (PipitMessage         *self);
const char   *pipit_message_get_people         (PipitMessage         *self); /* of the row: senders, or whom it went to */
const char   *pipit_message_get_preview        (PipitMessage         *self);
gint64        pipit_message_get_date_unix      (PipitMessage         *self); /* that lists are sorted by */
gint64        pipit_message_get_sent_unix      (PipitMessage         *self); /* as the sender's Date says */
gint64        pipit_message_get_size_bytes     (PipitMessage         *self);
guint         pipit_message_get_count          (PipitMessage         *self); /* messages of the conversation */
gboolean      pipit_message_get_unread         (PipitMessage         *self);
gboolean      pipit_message_get_starred        (PipitMessage         *self);
gboolean      pipit_message_get_answered       (PipitMessage         *self);
gboolean      pipit_message_get_forwarded      (PipitMessage         *self);
gboolean      pipit_message_get_draft          (PipitMessage         *self);
gboolean      pipit_message_has_attachments    (PipitMessage         *self);
gboolean      pipit_message_is_from_me         (PipitMessage         *self);

PipitAddress *pipit_message_get_from           (PipitMessage         *self); /* (nullable) */
PipitAddress *pipit_message_get_sender         (PipitMessage         *self); /* (nullable) when another than from */
GListModel   *pipit_message_get_to             (PipitMessage         *self); /* of PipitAddress */
GListModel   *pipit_message_get_cc             (PipitMessage         *self);
GListModel   *pipit_message_get_bcc            (PipitMessage         *self);
GListModel   *pipit_message_get_reply_to       (PipitMessage         *self);
const char   *pipit_message_get_list_id        (PipitMessage         *self); /* (nullable) */

void          pipit_message_load_body_async    (PipitMessage         *self,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
PipitBody    *pipit_message_load_body_finish   (PipitMessage         *self,
                                                GAsyncResult         *result,
                                                GError              **error);
void          pipit_message_load_source_async  (PipitMessage         *self,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GBytes       *pipit_message_load_source_finish (PipitMessage         *self,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
