#pragma once

#include <gio/gio.h>

#include "mime-encoding.h"
#include "mime-headers.h"
#include "mime-parameters.h"

G_BEGIN_DECLS

typedef enum
{
  MIME_DISPOSITION_NONE,
  MIME_DISPOSITION_INLINE,
  MIME_DISPOSITION_ATTACHMENT,
} MimeDisposition;

/**
 * MimeRole:
 * @MIME_ROLE_STRUCTURE: a multipart
 * @MIME_ROLE_TEXT: shown as the text of the message
 * @MIME_ROLE_HTML: shown as its HTML
 * @MIME_ROLE_ALTERNATIVE: another form of what is shown already
 * @MIME_ROLE_RELATED: a picture or style that the HTML refers to by Content-ID
 * @MIME_ROLE_ATTACHMENT: a file
 * @MIME_ROLE_CALENDAR: an invitation (text/calendar), a file as well
 * @MIME_ROLE_SIGNATURE: the signature of a signed part
 * @MIME_ROLE_NESTED: a part inside an attached message
 *
 * What a part is to the person who reads the message.
 */
typedef enum
{
  MIME_ROLE_STRUCTURE,
  MIME_ROLE_TEXT,
  MIME_ROLE_HTML,
  MIME_ROLE_ALTERNATIVE,
  MIME_ROLE_RELATED,
  MIME_ROLE_ATTACHMENT,
  MIME_ROLE_CALENDAR,
  MIME_ROLE_SIGNATURE,
  MIME_ROLE_NESTED,
} MimeRole;

/**
 * MimeProtection:
 *
 * Signatures and encryption that the structure of a message announces. Nothing is verified.
 */
typedef enum
{
  MIME_PROTECTION_NONE,
  MIME_PROTECTION_PGP_SIGNED,
  MIME_PROTECTION_PGP_ENCRYPTED,
  MIME_PROTECTION_PGP_INLINE,
  MIME_PROTECTION_SMIME_SIGNED,
  MIME_PROTECTION_SMIME_ENCRYPTED,
} MimeProtection;

#define MIME_TYPE_MESSAGE (mime_message_get_type ())

typedef struct _MimeMessage MimeMessage;
typedef struct _MimePart MimePart;

GType              mime_message_get_type        (void) G_GNUC_CONST;

MimeMessage       *mime_message_new             (GBytes            *bytes);
MimeMessage       *mime_message_ref             (MimeMessage       *self);
void               mime_message_unref           (MimeMessage       *self);

GBytes            *mime_message_get_bytes       (const MimeMessage *self);
MimeHeaders       *mime_message_get_headers     (const MimeMessage *self);
MimeProblems       mime_message_get_problems    (const MimeMessage *self);
gboolean           mime_message_is_complete     (const MimeMessage *self);
MimeProtection     mime_message_get_protection  (const MimeMessage *self);

MimePart          *mime_message_get_root        (const MimeMessage *self);
guint              mime_message_get_n_parts     (const MimeMessage *self);
MimePart          *mime_message_get_part        (const MimeMessage *self,
                                                 guint              position);
MimePart          *mime_message_find_section    (const MimeMessage *self,
                                                 const char        *section);
MimePart          *mime_message_find_content_id (const MimeMessage *self,
                                                 const char        *content_id);

MimePart          *mime_message_get_text_part   (const MimeMessage *self);
MimePart          *mime_message_get_html_part   (const MimeMessage *self);
GPtrArray         *mime_message_get_attachments (const MimeMessage *self);
char              *mime_message_dup_text        (const MimeMessage *self);
char              *mime_message_dup_words       (const MimeMessage *self);
char              *mime_message_dup_html        (const MimeMessage *self);
char              *mime_message_dup_preview     (const MimeMessage *self,
                                                 gsize              max_chars);

const char        *mime_part_get_section        (const MimePart    *self);
const char        *mime_part_get_content_type   (const MimePart    *self);
const char        *mime_part_get_parameter      (const MimePart    *self,
                                                 const char        *name);
const char        *mime_part_get_charset        (const MimePart    *self);
const char        *mime_part_get_encoding       (const MimePart    *self);
MimeDisposition    mime_part_get_disposition    (const MimePart    *self);
MimeRole           mime_part_get_role           (const MimePart    *self);
const char        *mime_part_get_file_name      (const MimePart    *self);
const char        *mime_part_get_content_id     (const MimePart    *self);
const char        *mime_part_get_description    (const MimePart    *self);
gsize              mime_part_get_encoded_size_bytes (const MimePart *self);
gsize              mime_part_get_size_bytes     (const MimePart    *self);
MimeProblems       mime_part_get_problems       (const MimePart    *self);
guint              mime_part_get_depth          (const MimePart    *self);
MimePart          *mime_part_get_parent         (const MimePart    *self);
guint              mime_part_get_n_children     (const MimePart    *self);
MimePart          *mime_part_get_child          (const MimePart    *self,
                                                 guint              position);
GBytes            *mime_part_decode             (const MimePart    *self);
char              *mime_part_dup_text           (const MimePart    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeMessage, mime_message_unref)

G_END_DECLS
