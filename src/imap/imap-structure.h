#pragma once

#include <glib-object.h>

#include "imap-envelope.h"

G_BEGIN_DECLS

/**
 * ImapParameter:
 * @name: attribute as written
 * @value: (nullable): its value, bytes as the server sent them
 */
typedef struct
{
  const char *name;
  const char *value;
} ImapParameter;

typedef struct _ImapPart ImapPart;

/**
 * ImapPart:
 * @section: the part's section number, "1.2"; "" for the message's own multipart; the only part
 *   of a message without parts is "1"; a multipart inside a message/rfc822 has the number of that
 * @type: media type in lower case, "text"
 * @subtype: media subtype in lower case, "plain"
 * @n_parameters: how many
 * @parameters: (nullable) (array length=n_parameters): of Content-Type
 * @content_id: (nullable): with its angle brackets
 * @description: (nullable): Content-Description
 * @encoding: (nullable): transfer encoding in lower case
 * @size_bytes: size in the transfer encoding; 0 for multiparts or where the server says nonsense
 * @n_lines: lines of text and message parts, or 0
 * @md5: (nullable): Content-MD5
 * @disposition: (nullable): in lower case, "attachment"
 * @n_disposition_parameters: how many
 * @disposition_parameters: (nullable) (array length=n_disposition_parameters): of it
 * @language: (nullable): the first language tag
 * @location: (nullable): Content-Location
 * @envelope: (nullable): of a message/rfc822
 * @parent: (nullable): the multipart or message around it
 * @n_children: how many
 * @children: (nullable) (array length=n_children): parts of a multipart, the body of a message
 *
 * A node of a BODYSTRUCTURE, RFC 9051 section 7.5.2.
 */
struct _ImapPart
{
  const char *section;
  const char *type;
  const char *subtype;
  guint n_parameters;
  const ImapParameter *parameters;
  const char *content_id;
  const char *description;
  const char *encoding;
  guint64 size_bytes;
  guint64 n_lines;
  const char *md5;
  const char *disposition;
  guint n_disposition_parameters;
  const ImapParameter *disposition_parameters;
  const char *language;
  const char *location;
  const ImapEnvelope *envelope;
  const ImapPart *parent;
  guint n_children;
  ImapPart *const *children;
};

/**
 * ImapStructure:
 * @root: the outermost part
 * @n_parts: parts in all, the multiparts included
 *
 * The tree of a message's parts, with all that it points at.
 */
typedef struct
{
  const ImapPart *root;
  guint n_parts;

  /*< private >*/
  gpointer arena;
} ImapStructure;

void            imap_structure_free          (ImapStructure       *self);
const ImapPart *imap_structure_find          (const ImapStructure *self,
                                              const char          *section);
const char     *imap_part_get_parameter      (const ImapPart      *part,
                                              const char          *name);
const char     *imap_part_get_disposition_parameter
                                             (const ImapPart      *part,
                                              const char          *name);
gboolean        imap_part_is_multipart       (const ImapPart      *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapStructure, imap_structure_free)

G_END_DECLS
