#pragma once

#include "pipit-html-walls.h"

G_BEGIN_DECLS

/* For the tests, before the first view: nothing in the program calls it. */
void pipit_html_walls_take_away (PipitHtmlWall wall);

G_END_DECLS
