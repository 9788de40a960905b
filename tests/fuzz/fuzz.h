#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What every target has: looks at one input. Nothing that it may hold ends the program; what a
 * target asserts of the result are promises of the function's documentation. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

G_END_DECLS
