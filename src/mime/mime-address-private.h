#pragma once

#include "mime-address.h"

G_BEGIN_DECLS

/* The most mailboxes that one field is read for. */
#define MIME_ADDRESS_LIST_MAX 10000

MimeAddressList *mime_address_list_parse_field (const char *bytes,
                                                gsize       size_bytes,
                                                const char *charset);
MimeAddressList *mime_address_list_build       (GString    *strings,
                                                GArray     *items);

/* Offsets into a string of strings; 0 stands for none. */
typedef struct
{
  guint name;
  guint address;
  guint group;
} MimeAddressOffsets;

G_END_DECLS
