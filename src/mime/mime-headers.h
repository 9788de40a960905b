#pragma once

#include <gio/gio.h>

#include "mime-address.h"

G_BEGIN_DECLS

/**
 * MimeAddressField:
 *
 * The address fields of a header block.
 */
typedef enum
{
  MIME_ADDRESS_FIELD_FROM,
  MIME_ADDRESS_FIELD_SENDER,
  MIME_ADDRESS_FIELD_REPLY_TO,
  MIME_ADDRESS_FIELD_TO,
  MIME_ADDRESS_FIELD_CC,
  MIME_ADDRESS_FIELD_BCC,
  MIME_ADDRESS_FIELD_MAIL_FOLLOWUP_TO,
  MIME_ADDRESS_FIELD_MAIL_REPLY_TO,
  MIME_N_ADDRESS_FIELDS
} MimeAddressField;

#define MIME_TYPE_HEADERS (mime_headers_get_type ())

typedef struct _MimeHeaders MimeHeaders;

GType                   mime_headers_get_type                  (void) G_GNUC_CONST;

MimeHeaders            *mime_headers_new                       (const char        *bytes,
                                                                gsize              size_bytes);
MimeHeaders            *mime_headers_new_from_bytes            (GBytes            *block);
MimeHeaders            *mime_headers_ref                       (MimeHeaders       *self);
void                    mime_headers_unref                     (MimeHeaders       *self);

const MimeAddressList  *mime_headers_get_addresses             (const MimeHeaders *self,
                                                                MimeAddressField   field);
const char             *mime_headers_get_subject               (const MimeHeaders *self);
gboolean                mime_headers_has_date                  (const MimeHeaders *self);
gint64                  mime_headers_get_date_unix             (const MimeHeaders *self);
int                     mime_headers_get_date_offset_minutes   (const MimeHeaders *self);
const char             *mime_headers_get_message_id            (const MimeHeaders *self);
const char             *mime_headers_get_in_reply_to           (const MimeHeaders *self);
const char * const     *mime_headers_get_references            (const MimeHeaders *self);
const char             *mime_headers_get_list_id               (const MimeHeaders *self);
const char             *mime_headers_get_list_post             (const MimeHeaders *self);
const char             *mime_headers_get_list_unsubscribe      (const MimeHeaders *self);
gboolean                mime_headers_has_one_click_unsubscribe (const MimeHeaders *self);
const char             *mime_headers_get_content_type          (const MimeHeaders *self);
const char             *mime_headers_get_auto_submitted        (const MimeHeaders *self);
const char             *mime_headers_get_authentication        (const MimeHeaders *self);
gboolean                mime_headers_is_automatic              (const MimeHeaders *self);

char                   *mime_headers_dup_raw                   (const MimeHeaders *self,
                                                                const char        *field_name);
char                   *mime_headers_dup_text                  (const MimeHeaders *self,
                                                                const char        *field_name);
guint                   mime_headers_get_n_fields              (const MimeHeaders *self);
gboolean                mime_headers_get_field                 (const MimeHeaders *self,
                                                                guint              position,
                                                                char             **out_name,
                                                                char             **out_raw);
gsize                   mime_headers_get_size_bytes            (const MimeHeaders *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeHeaders, mime_headers_unref)

G_END_DECLS
