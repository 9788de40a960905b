#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_HTML_CONTEXT (pipit_html_context_get_type ())
G_DECLARE_FINAL_TYPE (PipitHtmlContext, pipit_html_context, PIPIT, HTML_CONTEXT, GObject)

/*
 * What all views of messages share: the web process, the session without a way out, the filter.
 * Signal "ready": the filter is installed, or never will be.
 */
typedef enum
{
  PIPIT_HTML_PREPARING,
  PIPIT_HTML_READY,
  PIPIT_HTML_UNUSABLE, /* no filter: HTML is shown as text only */
} PipitHtmlState;

PipitHtmlContext        *pipit_html_context_get         (void);
PipitHtmlState           pipit_html_context_get_state   (PipitHtmlContext *self);
WebKitWebContext        *pipit_html_context_get_web     (PipitHtmlContext *self);
WebKitNetworkSession    *pipit_html_context_get_session (PipitHtmlContext *self);
WebKitUserContentFilter *pipit_html_context_get_filter  (PipitHtmlContext *self);

G_END_DECLS
