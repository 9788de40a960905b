#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_ADDRESS (pipit_address_get_type ())
G_DECLARE_FINAL_TYPE (PipitAddress, pipit_address, PIPIT, ADDRESS, GObject)

PipitAddress *pipit_address_new         (const char   *name,
                                         const char   *address);
GListModel   *pipit_address_parse_list  (const char   *text);
char         *pipit_address_format_list (GListModel   *addresses);

const char   *pipit_address_get_name    (PipitAddress *self);
const char   *pipit_address_get_address (PipitAddress *self);
const char   *pipit_address_get_label   (PipitAddress *self);
char         *pipit_address_dup_full    (PipitAddress *self);
gboolean      pipit_address_is_valid    (PipitAddress *self);
gboolean      pipit_address_equal       (PipitAddress *self,
                                         PipitAddress *other);

G_END_DECLS
