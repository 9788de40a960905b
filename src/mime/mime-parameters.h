#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MimeParameters:
 *
 * A value with parameters, as Content-Type and Content-Disposition have, or the pairs that an
 * IMAP body structure lists. Continuations and charsets of RFC 2231 and encoded words are
 * resolved. Immutable.
 */
typedef struct _MimeParameters MimeParameters;

MimeParameters *mime_parameters_new            (const char           *bytes,
                                                gssize                size_bytes);
MimeParameters *mime_parameters_new_from_pairs (const char           *value,
                                                const char * const   *pairs);
void            mime_parameters_free           (MimeParameters       *self);

const char     *mime_parameters_get_value      (const MimeParameters *self);
const char     *mime_parameters_get            (const MimeParameters *self,
                                                const char           *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeParameters, mime_parameters_free)

G_END_DECLS
