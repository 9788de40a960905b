#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ImapDeflate ImapDeflate;

ImapDeflate *imap_deflate_new     (void);
void         imap_deflate_free    (ImapDeflate   *self);
void         imap_deflate_pack    (ImapDeflate   *self,
                                   const guint8  *bytes,
                                   gsize          size_bytes,
                                   GByteArray    *out_packed);
void         imap_deflate_feed    (ImapDeflate   *self,
                                   const guint8  *bytes,
                                   gsize          size_bytes);
gboolean     imap_deflate_unpack  (ImapDeflate   *self,
                                   guint8        *space,
                                   gsize          size_bytes,
                                   gsize         *out_size_bytes,
                                   GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapDeflate, imap_deflate_free)

G_END_DECLS
