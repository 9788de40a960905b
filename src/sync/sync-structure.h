#pragma once

#include "imap-structure.h"
#include "mime-message.h"
#include "store-message.h"

G_BEGIN_DECLS

/**
 * SyncPart:
 * @section: "1.2"; "" for a message that is a multipart
 * @content_type: "text/plain"
 * @boundary: (nullable): of a multipart
 * @encoding: (nullable): transfer encoding
 * @charset: (nullable): as the message names it
 * @disposition: (nullable): "attachment"
 * @file_name: (nullable): as the message has it: not made safe
 * @content_id: (nullable): without the angle brackets
 * @size_bytes: in the transfer encoding
 *
 * A part of a message as its structure is kept in the cache.
 */
typedef struct
{
  char *section;
  char *content_type;
  char *boundary;
  char *encoding;
  char *charset;
  char *disposition;
  char *file_name;
  char *content_id;
  gint64 size_bytes;
} SyncPart;

GPtrArray           *sync_structure_parse            (const char          *text);
char                *sync_structure_from_imap        (const ImapStructure *structure);
char                *sync_structure_from_message     (MimeMessage         *message);
StoreAttachmentState sync_structure_get_attachment   (GPtrArray           *parts);
gboolean             sync_structure_is_text_part     (const SyncPart      *part);
gboolean             sync_structure_needs_whole      (GPtrArray           *parts);

G_END_DECLS
