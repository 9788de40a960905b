#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_ATTACHMENT (pipit_attachment_get_type ())
G_DECLARE_FINAL_TYPE (PipitAttachment, pipit_attachment, PIPIT, ATTACHMENT, GObject)

/* A file in a message, or one being added to a composition. */
const char  *pipit_attachment_get_name         (PipitAttachment      *self); /* safe as a file name */
const char  *pipit_attachment_get_content_type (PipitAttachment      *self); /* MIME type */
const char  *pipit_attachment_get_content_id   (PipitAttachment      *self); /* (nullable) */
const char  *pipit_attachment_get_icon_name    (PipitAttachment      *self);
gint64       pipit_attachment_get_size_bytes   (PipitAttachment      *self);
char        *pipit_attachment_dup_size         (PipitAttachment      *self); /* "48 kB" */
gboolean     pipit_attachment_is_here          (PipitAttachment      *self); /* needs no connection */

void         pipit_attachment_load_async       (PipitAttachment      *self,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GBytes      *pipit_attachment_load_finish      (PipitAttachment      *self,
                                                GAsyncResult         *result,
                                                GError              **error);
void         pipit_attachment_save_async       (PipitAttachment      *self,
                                                GFile                *target,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean     pipit_attachment_save_finish      (PipitAttachment      *self,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
