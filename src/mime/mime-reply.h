#pragma once

#include "mime-headers.h"
#include "mime-message-id.h"
#include "mime-references.h"
#include "mime-subject.h"
#include "mime-text.h"

G_BEGIN_DECLS

/**
 * MimeReplyKind:
 * @MIME_REPLY_SENDER: to who wrote it
 * @MIME_REPLY_ALL: to who wrote it and everybody who got it
 * @MIME_REPLY_LIST: to the mailing list
 */
typedef enum
{
  MIME_REPLY_SENDER,
  MIME_REPLY_ALL,
  MIME_REPLY_LIST,
} MimeReplyKind;

gboolean mime_reply_recipients (const MimeHeaders      *headers,
                                const MimeAddressList  *own,
                                MimeReplyKind           kind,
                                MimeAddressList       **out_to,
                                MimeAddressList       **out_cc);
char    *mime_reply_list_address (const MimeHeaders    *headers);

G_END_DECLS
