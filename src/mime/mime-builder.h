#pragma once

#include <gio/gio.h>

#include "mime-address.h"

G_BEGIN_DECLS

/**
 * MimeBuilderFlags:
 * @MIME_BUILDER_KEEP_BCC: write the Bcc field: for drafts and the local copy, never the wire
 * @MIME_BUILDER_ALLOW_8BIT: the transport takes 8BITMIME, so that text need not be encoded
 * @MIME_BUILDER_FLOWED: text as format=flowed (RFC 3676)
 */
typedef enum
{
  MIME_BUILDER_DEFAULT    = 0,
  MIME_BUILDER_KEEP_BCC   = 1 << 0,
  MIME_BUILDER_ALLOW_8BIT = 1 << 1,
  MIME_BUILDER_FLOWED     = 1 << 2,
} MimeBuilderFlags;

typedef struct _MimeBuilder MimeBuilder;

MimeBuilder *mime_builder_new              (void);
void         mime_builder_free             (MimeBuilder           *self);

void         mime_builder_set_from         (MimeBuilder           *self,
                                            const MimeAddressList *from);
void         mime_builder_set_sender       (MimeBuilder           *self,
                                            const MimeAddressList *sender);
void         mime_builder_set_reply_to     (MimeBuilder           *self,
                                            const MimeAddressList *reply_to);
void         mime_builder_set_to           (MimeBuilder           *self,
                                            const MimeAddressList *to);
void         mime_builder_set_cc           (MimeBuilder           *self,
                                            const MimeAddressList *cc);
void         mime_builder_set_bcc          (MimeBuilder           *self,
                                            const MimeAddressList *bcc);
void         mime_builder_set_subject      (MimeBuilder           *self,
                                            const char            *subject);
void         mime_builder_set_date         (MimeBuilder           *self,
                                            gint64                 unix_time,
                                            int                    offset_minutes);
void         mime_builder_set_message_id   (MimeBuilder           *self,
                                            const char            *message_id);
void         mime_builder_set_in_reply_to  (MimeBuilder           *self,
                                            const char            *message_id);
void         mime_builder_set_references   (MimeBuilder           *self,
                                            const char * const    *references);
void         mime_builder_set_user_agent   (MimeBuilder           *self,
                                            const char            *user_agent);
void         mime_builder_add_header       (MimeBuilder           *self,
                                            const char            *name,
                                            const char            *text);
void         mime_builder_set_text         (MimeBuilder           *self,
                                            const char            *text);
void         mime_builder_set_html         (MimeBuilder           *self,
                                            const char            *html);
void         mime_builder_add_attachment   (MimeBuilder           *self,
                                            const char            *file_name,
                                            const char            *content_type,
                                            GBytes                *bytes);
void         mime_builder_add_inline       (MimeBuilder           *self,
                                            const char            *content_id,
                                            const char            *file_name,
                                            const char            *content_type,
                                            GBytes                *bytes);

const char  *mime_builder_get_message_id   (MimeBuilder           *self);
gboolean     mime_builder_needs_smtputf8   (MimeBuilder           *self);
GBytes      *mime_builder_build            (MimeBuilder           *self,
                                            MimeBuilderFlags       flags,
                                            GError               **error);
GBytes      *mime_message_bytes_without_bcc (GBytes               *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeBuilder, mime_builder_free)

G_END_DECLS
