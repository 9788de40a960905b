#pragma once

#include "pipit-body.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_HTML_VIEW (pipit_html_view_get_type ())
G_DECLARE_FINAL_TYPE (PipitHtmlView, pipit_html_view, PIPIT, HTML_VIEW, AdwBin)

/* How a view lies in what is around it. */
typedef enum
{
  PIPIT_HTML_AS_TALL, /* as its message, up to a limit: what is around it scrolls */
  PIPIT_HTML_FILLING, /* what room it has, and scrolls by itself */
} PipitHtmlFit;

/*
 * Signals: "failed": its process has ended, or nothing can be shown at all;
 * "link" (const char *address): a link was clicked; "settled": its height is known;
 * "save-image" (PipitAttachment *); "missed" (guint n): so many pictures on the network did not come. Property "cut" (notifies): the message is taller than can be drawn.
 */
GtkWidget  *pipit_html_view_new         (const char    *html,
                                         PipitBody     *body,
                                         gboolean       has_dark,
                                         PipitHtmlFit   fit);
void        pipit_html_view_show_pictures (PipitHtmlView *self);
void        pipit_html_view_set_near    (PipitHtmlView *self,
                                         gboolean       near);
gboolean    pipit_html_view_get_live    (PipitHtmlView *self);
gboolean    pipit_html_view_get_cut     (PipitHtmlView *self);
gboolean    pipit_html_view_get_settled (PipitHtmlView *self);

G_END_DECLS
