#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

/* Of the addresses that stand for pictures on the network, in HTML that may show them. */
#define PIPIT_PICTURE_SCHEME "pipit-remote"

#define PIPIT_TYPE_BODY (pipit_body_get_type ())
G_DECLARE_FINAL_TYPE (PipitBody, pipit_body, PIPIT, BODY, GObject)

/* The content of one message, parsed off the main thread. Immutable. */
PipitMessage    *pipit_body_get_message       (PipitBody  *self);
PipitBodyState   pipit_body_get_state         (PipitBody  *self);
const char      *pipit_body_get_note          (PipitBody  *self); /* (nullable) why it is not whole */
const char      *pipit_body_get_text          (PipitBody  *self); /* best text, made from HTML where there is no other */
const char      *pipit_body_get_html          (PipitBody  *self); /* (nullable) UTF-8, as sent */
gboolean         pipit_body_has_html          (PipitBody  *self);
gboolean         pipit_body_has_dark          (PipitBody  *self); /* its HTML says that it can be dark */
guint            pipit_body_get_n_remote      (PipitBody  *self); /* pictures that lie on the network */
GListModel      *pipit_body_get_attachments   (PipitBody  *self); /* of PipitAttachment, without the inline ones */
PipitAttachment *pipit_body_dup_inline        (PipitBody  *self,
                                               const char *content_id); /* (nullable) */
const char      *pipit_body_get_headers       (PipitBody  *self); /* as sent, made UTF-8 */

/* Pictures on the network, for when the person allows them. */
const char      *pipit_body_get_html_with_pictures (PipitBody            *self); /* (nullable) */
const char      *pipit_body_get_fingerprint        (PipitBody            *self); /* (nullable) of the HTML */
void             pipit_body_load_picture_async     (PipitBody            *self,
                                                    const char           *address,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
GBytes          *pipit_body_load_picture_finish    (PipitBody            *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);

G_END_DECLS
