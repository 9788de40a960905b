#pragma once

#include "pipit-attachment.h"
#include "pipit-html-view.h"

#include "pipit-html-context.h"

G_BEGIN_DECLS

struct _PipitHtmlView
{
  AdwBin parent_instance;

  PipitHtmlContext *context; /* (unowned): as long as the program */
  WebKitWebView *web_view;   /* (unowned) (nullable): the child, while it is live */
  PipitBody *body;           /* (owned) (nullable): for its parts */
  char *html;                /* (owned) */
  char *address;             /* (owned): an origin of its own */
  PipitHtmlFit fit;
  gboolean has_dark;         /* the message says that it has colours for the dark */
  gboolean with_pictures;    /* the person has allowed those on the network */
  guint load;                /* counts what has been loaded */
  guint n_missed;            /* pictures of this load that did not come */
  GCancellable *pictures;    /* (owned) (nullable): of those under way */
  gboolean is_near;          /* it is in sight, or nearly */
  gboolean may_load;         /* its own address is expected, once */
  gboolean is_loaded;
  gboolean failed;

  int width;                 /* of the last allocation, in logical pixels */
  int height;                /* that the message wants at that width; 0 until it is known */
  int content_width;         /* what is widest in the message, where it does not fit; else 0 */
  int n_growths;             /* in a row */
  gint64 grown_at_us;        /* monotonic */
  gboolean is_cut;
  gboolean settled;
  guint refit_source_id;
  guint remeasure_source_id;
};

/* pipit-html-view.c */
PipitHtmlView   *pipit_html_view_find         (WebKitWebView *web_view);
const char      *pipit_html_view_get_address  (PipitHtmlView *self);
const char      *pipit_html_view_get_html     (PipitHtmlView *self);
PipitAttachment *pipit_html_view_dup_part     (PipitHtmlView *self,
                                               const char    *address);
WebKitWebView   *pipit_html_view_get_web_view (PipitHtmlView *self);
PipitBody       *pipit_html_view_get_pictures_body (PipitHtmlView  *self,
                                                    GCancellable  **out_cancellable);
guint            pipit_html_view_get_load     (PipitHtmlView *self);
void             pipit_html_view_miss_picture (PipitHtmlView *self,
                                               guint          load);

/* pipit-html-guard.c */
void             pipit_html_guard_watch       (PipitHtmlView *self,
                                               WebKitWebView *web_view);

/* pipit-html-fit.c */
void             pipit_html_fit_install       (PipitHtmlView            *self,
                                               WebKitUserContentManager *manager);
void             pipit_html_fit_allocated     (PipitHtmlView            *self,
                                               int                       width);
void             pipit_html_fit_forget        (PipitHtmlView            *self);

G_END_DECLS
