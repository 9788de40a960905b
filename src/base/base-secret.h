#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BASE_TYPE_SECRET (base_secret_get_type ())

typedef struct _BaseSecret BaseSecret;

GType       base_secret_get_type (void) G_GNUC_CONST;

BaseSecret *base_secret_new      (const char *text);
BaseSecret *base_secret_new_take (char       *text);
BaseSecret *base_secret_ref      (BaseSecret *self);
void        base_secret_unref    (BaseSecret *self);
const char *base_secret_peek     (BaseSecret *self);

void        base_secret_wipe     (gpointer    bytes,
                                  gsize       size_bytes);
void        base_secret_free     (char       *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseSecret, base_secret_unref)

G_END_DECLS
