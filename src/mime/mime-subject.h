#pragma once

#include <glib.h>

G_BEGIN_DECLS

char     *mime_subject_dup_base    (const char *subject);
gboolean  mime_subject_is_reply    (const char *subject);
char     *mime_subject_for_reply   (const char *subject);
char     *mime_subject_for_forward (const char *subject);

G_END_DECLS
