#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MimeAddress:
 * @name: (nullable): the display name, decoded
 * @address: `local@domain`, the domain as it was written; may lack a domain in broken mail
 * @group: (nullable): the name of the group that it stood in, decoded
 *
 * One mailbox of an address field. All strings are valid UTF-8 without control characters and
 * belong to the list.
 */
typedef struct
{
  const char *name;
  const char *address;
  const char *group;
} MimeAddress;

#define MIME_TYPE_ADDRESS_LIST (mime_address_list_get_type ())

typedef struct _MimeAddressList MimeAddressList;

GType              mime_address_list_get_type    (void) G_GNUC_CONST;

MimeAddressList   *mime_address_list_new         (const MimeAddress     *items,
                                                  guint                  n_items);
MimeAddressList   *mime_address_list_parse       (const char            *bytes,
                                                  gssize                 size_bytes);
MimeAddressList   *mime_address_list_parse_typed (const char            *text);
MimeAddressList   *mime_address_list_ref         (MimeAddressList       *self);
void               mime_address_list_unref       (MimeAddressList       *self);

guint              mime_address_list_get_length  (const MimeAddressList *self);
const MimeAddress *mime_address_list_get         (const MimeAddressList *self,
                                                  guint                  position);
gboolean           mime_address_list_contains    (const MimeAddressList *self,
                                                  const char            *address);
MimeAddressList   *mime_address_list_concat      (const MimeAddressList *first,
                                                  const MimeAddressList *second);

char              *mime_address_format           (const MimeAddress     *address);
char              *mime_address_list_format      (const MimeAddressList *self);

gboolean           mime_address_equal            (const char            *a,
                                                  const char            *b);
char              *mime_address_normalize        (const char            *address);
gboolean           mime_address_is_valid         (const char            *address);
gboolean           mime_address_needs_smtputf8   (const char            *address);
char              *mime_address_to_wire          (const char            *address);
char              *mime_address_dup_domain       (const char            *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeAddressList, mime_address_list_unref)

G_END_DECLS
