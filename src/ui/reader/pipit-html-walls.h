#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

/*
 * What stands between a message and the network, the disk and the person's programs. Each wall holds
 * alone: the tests take them away one at a time.
 */
typedef enum
{
  PIPIT_HTML_WALL_SCRIPT,     /* no script of the message runs */
  PIPIT_HTML_WALL_POLICY,     /* its content security policy */
  PIPIT_HTML_WALL_FILTER,     /* the content filter: no address but the message's own */
  PIPIT_HTML_WALL_SESSION,    /* a network session whose only way out is a dead port */
  PIPIT_HTML_WALL_FEATURES,   /* features of the engine that connect or keep something */
  PIPIT_HTML_WALL_SETTINGS,   /* what a page for reading does not need */
  PIPIT_HTML_WALL_NAVIGATION, /* the view stays on its message */
  PIPIT_HTML_N_WALLS
} PipitHtmlWall;

#define PIPIT_HTML_SCHEME "pipit-message"

gboolean              pipit_html_wall_is_up     (PipitHtmlWall   wall);
const char           *pipit_html_wall_policy    (void);
const char           *pipit_html_wall_filter    (void);
WebKitNetworkSession *pipit_html_wall_session   (void);
void                  pipit_html_wall_script    (WebKitSettings *settings);
void                  pipit_html_wall_features  (WebKitSettings *settings);
void                  pipit_html_wall_settings  (WebKitSettings *settings);
WebKitSettings       *pipit_html_walls_settings (void);

G_END_DECLS
