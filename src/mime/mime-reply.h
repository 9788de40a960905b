#pragma once

#include <glib.h>

#include "mime-headers.h"

G_BEGIN_DECLS

typedef enum
{
  MIME_REPLY_SENDER,
  MIME_REPLY_ALL,
  MIME_REPLY_LIST,
} MimeReplyKind;

/* Subjects */
char  *mime_subject_dup_base    (const char          *subject);
char  *mime_subject_for_reply   (const char          *subject);
char  *mime_subject_for_forward (const char          *subject);
gboolean mime_subject_is_reply  (const char          *subject);

/* Text */
char  *mime_text_quote          (const char          *text,
                                 const char          *attribution);
char  *mime_text_preview        (const char          *text,
                                 gsize                max_chars);

/* Threads */
char  *mime_message_id_new      (const char          *address);
char **mime_references_parse    (const char          *bytes,
                                 gssize               size_bytes);
char **mime_references_for_reply (const MimeHeaders  *headers);

/* Recipients */
gboolean mime_reply_recipients  (const MimeHeaders   *headers,
                                 const MimeAddressList *own,
                                 MimeReplyKind        kind,
                                 MimeAddressList    **out_to,
                                 MimeAddressList    **out_cc);

G_END_DECLS
