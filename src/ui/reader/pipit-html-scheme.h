#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

void        pipit_html_scheme_register    (WebKitWebContext *context);
const char *pipit_html_scheme_sniff_image (GBytes           *bytes);

G_END_DECLS
