/*
 * A view as tall as its message. A script of ours, in a world of its own, says how large the message is
 * at the width it has; a message that is wider is made smaller.
 */
#include "pipit-config.h"

#include "pipit-html-view-private.h"

#define WORLD "pipit"
#define RESOURCES "/io/github/pipitmail/Pipit/ui/reader/"

/* Taller views are drawn blank: at 32,000 device pixels, twice as early on a screen of scale 2. */
#define MAX_HEIGHT 8000

/* Smaller than this nobody reads: then it scrolls sideways. */
#define MIN_ZOOM 0.6

/* A width that stays for so long is no more a window being pulled at. */
#define WIDTH_SETTLES_MS 250

/*
 * A message that wants to be taller than its view (100vh and a margin) would grow for ever: two growths in
 * a row are believed, and more while pictures come in.
 */
#define MAX_GROWTHS         2
#define MAX_GROWTHS_LOADING 30
#define IN_A_ROW_US         (700 * G_TIME_SPAN_MILLISECOND)

static gboolean
may_grow (PipitHtmlView *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->is_loaded && now_us - self->grown_at_us > IN_A_ROW_US)
    self->n_growths = 0;
  self->grown_at_us = now_us;

  return ++self->n_growths <= (self->is_loaded ? MAX_GROWTHS : MAX_GROWTHS_LOADING);
}

static void
set_height (PipitHtmlView *self,
            int            wanted)
{
  int height = CLAMP (wanted, 1, MAX_HEIGHT);
  gboolean is_cut = wanted > MAX_HEIGHT;

  if (height > self->height && self->height > 0 && !may_grow (self))
    return;

  self->height = height;
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, height);
  if (is_cut != self->is_cut)
    {
      self->is_cut = is_cut;
      g_object_notify (G_OBJECT (self), "cut");
    }
  if (!self->settled)
    {
      self->settled = TRUE;
      g_signal_emit_by_name (self, "settled");
    }
}

/* As large as it is, or smaller until what is widest in it has room. */
static void
fit_width (PipitHtmlView *self)
{
  double wanted = 1.0;

  if (self->web_view == NULL || self->width <= 0)
    return;
  if (self->content_width > self->width)
    wanted = MAX (MIN_ZOOM, (double) self->width / self->content_width);
  if (ABS (webkit_web_view_get_zoom_level (self->web_view) - wanted) > 0.004)
    webkit_web_view_set_zoom_level (self->web_view, wanted);
}

static void
on_size_said (WebKitUserContentManager *manager,
              JSCValue                 *value,
              PipitHtmlView            *self)
{
  g_autofree char *text = jsc_value_to_string (value);
  int height, content, shown;

  if (self->web_view == NULL || sscanf (text, "%d %d %d", &height, &content, &shown) != 3)
    return;
  if (height <= 0 || content <= 0 || height > G_MAXINT / 4)
    return;

  /* the least width that it can have, in its own pixels, whatever the zoom it was measured at */
  if (content > shown + 1)
    self->content_width = content;
  fit_width (self);
  if (self->fit == PIPIT_HTML_FILLING)
    return;

  set_height (self, (int) (height * webkit_web_view_get_zoom_level (self->web_view) + 0.999));
}

static char *
load_resource (const char *name)
{
  g_autofree char *path = g_strconcat (RESOURCES, name, NULL);
  g_autoptr(GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/**
 * pipit_html_fit_install:
 * @manager: of a new view
 *
 * Puts in the style sheet and, for a view that does not scroll itself, the measuring script.
 */
void
pipit_html_fit_install (PipitHtmlView            *self,
                        WebKitUserContentManager *manager)
{
  g_autofree char *css = load_resource (self->fit == PIPIT_HTML_AS_TALL ? "pipit-html-fit.css"
                                                                        : "pipit-html-fill.css");
  g_autofree char *source = load_resource ("pipit-html-fit.js");
  WebKitUserStyleSheet *sheet =
    webkit_user_style_sheet_new (css, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
                                 WEBKIT_USER_STYLE_LEVEL_USER, NULL, NULL);
  WebKitUserScript *script =
    webkit_user_script_new_for_world (source, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
                                      WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_END, WORLD, NULL, NULL);

  webkit_user_content_manager_add_style_sheet (manager, sheet);
  webkit_user_content_manager_register_script_message_handler (manager, "pipitSize", WORLD);
  g_signal_connect_object (manager, "script-message-received::pipitSize",
                           G_CALLBACK (on_size_said), self, 0);
  webkit_user_content_manager_add_script (manager, script);
  webkit_user_script_unref (script);
  webkit_user_style_sheet_unref (sheet);
}

static gboolean
refit (gpointer user_data)
{
  PipitHtmlView *self = user_data;

  self->refit_source_id = 0;
  self->n_growths = 0;
  fit_width (self);

  return G_SOURCE_REMOVE;
}

/*
 * What is fixed stays as wide as it was, but a message with rules of its own for narrow screens may fit
 * now: only as large as it is can it say so.
 */
static gboolean
remeasure (gpointer user_data)
{
  PipitHtmlView *self = user_data;

  self->remeasure_source_id = 0;
  self->content_width = 0;
  fit_width (self);

  return G_SOURCE_REMOVE;
}

/**
 * pipit_html_fit_allocated:
 * @width: that the view has now, in logical pixels
 *
 * A new width is a new start. The engine lays out by itself; only the zoom is ours.
 */
void
pipit_html_fit_allocated (PipitHtmlView *self,
                          int            width)
{
  if (width == self->width)
    return;

  self->width = width;
  if (self->refit_source_id == 0)
    self->refit_source_id = g_idle_add (refit, self);
  g_clear_handle_id (&self->remeasure_source_id, g_source_remove);
  if (self->content_width > 0)
    self->remeasure_source_id = g_timeout_add (WIDTH_SETTLES_MS, remeasure, self);
}

/**
 * pipit_html_fit_forget:
 *
 * Before another message, or the same one again, is loaded.
 */
void
pipit_html_fit_forget (PipitHtmlView *self)
{
  g_clear_handle_id (&self->refit_source_id, g_source_remove);
  g_clear_handle_id (&self->remeasure_source_id, g_source_remove);
  self->n_growths = 0;
  self->content_width = 0;
  self->is_loaded = FALSE;
}
