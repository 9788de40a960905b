#include "pipit-config.h"

#include "pipit-html-view-private.h"

#include "pipit-html-walls.h"

#include <glib/gi18n-lib.h>

/* More views than this are not alive at a time: the others keep their height, and load again in sight. */
#define MAX_LIVE 8

/**
 * PipitHtmlView:
 *
 * The HTML of a message, behind the walls of pipit-html-walls.h. It makes its web view when it comes
 * near to what is in sight; before, and after others have taken its place, it is empty and as tall as
 * it was.
 */
G_DEFINE_FINAL_TYPE (PipitHtmlView, pipit_html_view, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_CUT,
  N_PROPS
};

enum
{
  FAILED,
  LINK,
  SETTLED,
  SAVE_IMAGE,
  MISSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* The views that are alive, the newest last. All share one web process, by being related. */
static GPtrArray *live_views; /* (unowned) of PipitHtmlView */

static void start (PipitHtmlView *self);

/* Pictures that are under way for nobody need not come. */
static void
forget_pictures (PipitHtmlView *self)
{
  if (self->pictures != NULL)
    g_cancellable_cancel (self->pictures);
  g_clear_object (&self->pictures);
  self->n_missed = 0;
}

/* Ends the web view and keeps its place. */
static void
stop (PipitHtmlView *self)
{
  if (self->web_view == NULL)
    return;

  g_ptr_array_remove (live_views, self);
  /* a request of it may be under way still, and asks whose it is */
  g_object_set_data (G_OBJECT (self->web_view), "pipit-html-view", NULL);
  pipit_html_fit_forget (self);
  forget_pictures (self);
  self->web_view = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
}

static void
fail (PipitHtmlView *self)
{
  stop (self);
  if (self->failed)
    return;

  self->failed = TRUE;
  g_signal_emit (self, signals[FAILED], 0);
}

static gboolean
fail_later (gpointer user_data)
{
  fail (user_data);

  return G_SOURCE_REMOVE;
}

static void
on_web_process_terminated (WebKitWebView                     *web_view,
                           WebKitWebProcessTerminationReason  reason,
                           PipitHtmlView                     *self)
{
  g_message ("The process that shows HTML has ended (%d)", reason);
  /* not within the web view's own signal: it goes with its child */
  g_idle_add_full (G_PRIORITY_DEFAULT, fail_later, g_object_ref (self), g_object_unref);
}

static void
on_load_changed (WebKitWebView   *web_view,
                 WebKitLoadEvent  event,
                 PipitHtmlView   *self)
{
  if (event == WEBKIT_LOAD_FINISHED)
    self->is_loaded = TRUE;
}

/* A message that says nothing of the dark is a sheet of white paper, in the dark as well. */
static void
update_colours (PipitHtmlView *self)
{
  gboolean is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA colour = { 1, 1, 1, 1 };

  if (self->has_dark && is_dark)
    gdk_rgba_parse (&colour, "#303030");
  if (self->web_view != NULL)
    webkit_web_view_set_background_color (self->web_view, &colour);
  if (is_dark && !self->has_dark)
    gtk_widget_add_css_class (GTK_WIDGET (self), "paper");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "paper");
}

/* Makes room by ending the view that has waited longest, of those out of sight if there is one. */
static void
make_room (void)
{
  guint victim = 0;

  if (live_views->len < MAX_LIVE)
    return;
  for (guint i = 0; i < live_views->len; i++)
    if (!((PipitHtmlView *) live_views->pdata[i])->is_near)
      {
        victim = i;
        break;
      }
  stop (live_views->pdata[victim]);
}

static WebKitWebView *
make_web_view (PipitHtmlView *self)
{
  PipitHtmlView *relative = live_views->len > 0 ? live_views->pdata[0] : NULL;
  g_autoptr(WebKitUserContentManager) manager = webkit_user_content_manager_new ();
  g_autoptr(WebKitSettings) settings = pipit_html_walls_settings ();
  GtkWidget *web_view;

  webkit_user_content_manager_add_filter (manager, pipit_html_context_get_filter (self->context));
  pipit_html_fit_install (self, manager);

  if (relative != NULL)
    web_view = g_object_new (WEBKIT_TYPE_WEB_VIEW,
                             "related-view", relative->web_view,
                             "user-content-manager", manager,
                             "settings", settings,
                             "default-content-security-policy", pipit_html_wall_policy (),
                             NULL);
  else
    web_view = g_object_new (WEBKIT_TYPE_WEB_VIEW,
                             "web-context", pipit_html_context_get_web (self->context),
                             "network-session", pipit_html_context_get_session (self->context),
                             "user-content-manager", manager,
                             "settings", settings,
                             "default-content-security-policy", pipit_html_wall_policy (),
                             NULL);

  return WEBKIT_WEB_VIEW (web_view);
}

static void
load (PipitHtmlView *self)
{
  self->may_load = TRUE;
  self->load++;
  pipit_html_fit_forget (self);
  forget_pictures (self);
  self->pictures = g_cancellable_new ();
  webkit_web_view_load_uri (self->web_view, self->address);
}

static void
start (PipitHtmlView *self)
{
  if (self->web_view != NULL || self->failed || !self->is_near)
    return;
  if (pipit_html_context_get_state (self->context) == PIPIT_HTML_PREPARING)
    return; /* on_ready() comes back */
  if (pipit_html_context_get_state (self->context) == PIPIT_HTML_UNUSABLE)
    {
      fail (self);
      return;
    }

  if (live_views == NULL)
    live_views = g_ptr_array_new ();
  make_room ();
  self->web_view = make_web_view (self);
  g_object_set_data (G_OBJECT (self->web_view), "pipit-html-view", self);
  g_ptr_array_add (live_views, self);
  update_colours (self);
  pipit_html_guard_watch (self, self->web_view);
  g_signal_connect_object (self->web_view, "web-process-terminated",
                           G_CALLBACK (on_web_process_terminated), self, 0);
  g_signal_connect_object (self->web_view, "load-changed", G_CALLBACK (on_load_changed), self, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->web_view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Message with layout"), -1);
  gtk_widget_set_vexpand (GTK_WIDGET (self->web_view), self->fit == PIPIT_HTML_FILLING);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->web_view));
  load (self);
}

static void
pipit_html_view_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  GtkWidget *child = adw_bin_get_child (ADW_BIN (widget));

  if (child != NULL)
    gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
pipit_html_view_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  GtkWidget *child = adw_bin_get_child (ADW_BIN (widget));

  if (child != NULL)
    gtk_widget_allocate (child, width, height, baseline, NULL);
  pipit_html_fit_allocated (PIPIT_HTML_VIEW (widget), width);
}

static void
pipit_html_view_dispose (GObject *object)
{
  PipitHtmlView *self = PIPIT_HTML_VIEW (object);

  stop (self);
  pipit_html_fit_forget (self);

  G_OBJECT_CLASS (pipit_html_view_parent_class)->dispose (object);
}

static void
pipit_html_view_finalize (GObject *object)
{
  PipitHtmlView *self = PIPIT_HTML_VIEW (object);

  g_clear_object (&self->body);
  g_clear_pointer (&self->html, g_free);
  g_clear_pointer (&self->address, g_free);

  G_OBJECT_CLASS (pipit_html_view_parent_class)->finalize (object);
}

static void
pipit_html_view_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CUT:
      g_value_set_boolean (value, PIPIT_HTML_VIEW (object)->is_cut);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_html_view_class_init (PipitHtmlViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pipit_html_view_dispose;
  object_class->finalize = pipit_html_view_finalize;
  object_class->get_property = pipit_html_view_get_property;
  GTK_WIDGET_CLASS (klass)->measure = pipit_html_view_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = pipit_html_view_size_allocate;

  /* whether the message is taller than can be drawn in one piece */
  properties[PROP_CUT] = g_param_spec_boolean ("cut", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[LINK] = g_signal_new ("link", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVE_IMAGE] = g_signal_new ("save-image", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                      0, NULL, NULL, NULL, G_TYPE_NONE, 1, PIPIT_TYPE_ATTACHMENT);
  signals[MISSED] = g_signal_new ("missed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "htmlview");
}

static void
pipit_html_view_init (PipitHtmlView *self)
{
  g_autofree char *id = g_uuid_string_random ();

  /* a host name: letters, digits and hyphens, in small letters as the engine would make them */
  self->address = g_strdup_printf (PIPIT_HTML_SCHEME "://%s/", id);
  self->context = pipit_html_context_get ();
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  /* a bin's own would keep the width from us */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  g_signal_connect_object (self->context, "ready", G_CALLBACK (start), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_colours), self, G_CONNECT_SWAPPED);
}

/**
 * pipit_html_view_new:
 * @html: what to show, not to be trusted
 * @body: (nullable): whose parts the HTML may show
 * @has_dark: whether the HTML says that it can be dark
 * @fit: how it lies in what is around it
 *
 * Shows nothing before pipit_html_view_set_near().
 *
 * Returns: (transfer floating): a view
 */
GtkWidget *
pipit_html_view_new (const char   *html,
                     PipitBody    *body,
                     gboolean      has_dark,
                     PipitHtmlFit  fit)
{
  PipitHtmlView *self = g_object_new (PIPIT_TYPE_HTML_VIEW, NULL);

  self->html = g_strdup (html);
  self->body = body != NULL ? g_object_ref (body) : NULL;
  self->has_dark = has_dark;
  self->fit = fit;
  if (fit == PIPIT_HTML_AS_TALL)
    gtk_widget_set_size_request (GTK_WIDGET (self), -1, 96);
  update_colours (self);

  return GTK_WIDGET (self);
}

/**
 * pipit_html_view_show_pictures:
 *
 * The person wants to see the pictures that lie on the network: shows the message again, with them. Does
 * nothing if its body has none.
 */
void
pipit_html_view_show_pictures (PipitHtmlView *self)
{
  const char *html;

  g_return_if_fail (PIPIT_IS_HTML_VIEW (self));

  html = self->body != NULL ? pipit_body_get_html_with_pictures (self->body) : NULL;
  if (html == NULL)
    return;

  self->with_pictures = TRUE;
  g_free (self->html);
  self->html = g_strdup (html);
  if (self->web_view != NULL)
    load (self);
}

/**
 * pipit_html_view_set_near:
 * @near: whether it is in sight or nearly
 */
void
pipit_html_view_set_near (PipitHtmlView *self,
                          gboolean       near)
{
  g_return_if_fail (PIPIT_IS_HTML_VIEW (self));

  self->is_near = near;
  start (self);
}

/**
 * pipit_html_view_get_live:
 *
 * Returns: %TRUE while it has a web view
 */
gboolean
pipit_html_view_get_live (PipitHtmlView *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_VIEW (self), FALSE);

  return self->web_view != NULL;
}

/**
 * pipit_html_view_get_cut:
 *
 * Returns: %TRUE if the message is taller than can be drawn in one piece
 */
gboolean
pipit_html_view_get_cut (PipitHtmlView *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_VIEW (self), FALSE);

  return self->is_cut;
}

/**
 * pipit_html_view_get_settled:
 *
 * Returns: %TRUE once its height is known
 */
gboolean
pipit_html_view_get_settled (PipitHtmlView *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_VIEW (self), FALSE);

  return self->settled;
}

/* Returns: (transfer none) (nullable): the view around a web view */
PipitHtmlView *
pipit_html_view_find (WebKitWebView *web_view)
{
  return g_object_get_data (G_OBJECT (web_view), "pipit-html-view");
}

/* Returns: (transfer none): where its message lies */
const char *
pipit_html_view_get_address (PipitHtmlView *self)
{
  return self->address;
}

/* Returns: (transfer none): what it shows */
const char *
pipit_html_view_get_html (PipitHtmlView *self)
{
  return self->html;
}

/* Returns: (transfer none) (nullable): the engine's widget, while it is alive */
WebKitWebView *
pipit_html_view_get_web_view (PipitHtmlView *self)
{
  return self->web_view;
}

/* Returns: (transfer none) (nullable): whose pictures may be fetched, if the person has allowed it */
PipitBody *
pipit_html_view_get_pictures_body (PipitHtmlView  *self,
                                   GCancellable  **out_cancellable)
{
  *out_cancellable = self->pictures;

  return self->with_pictures ? self->body : NULL;
}

/* Returns: the number of what is loaded now */
guint
pipit_html_view_get_load (PipitHtmlView *self)
{
  return self->load;
}

/* A picture of one load has not come. */
void
pipit_html_view_miss_picture (PipitHtmlView *self,
                              guint          load)
{
  if (self->load == load && self->web_view != NULL)
    g_signal_emit (self, signals[MISSED], 0, ++self->n_missed);
}

/* Returns: (transfer full) (nullable): the part at a cid: address. RFC 2392. */
PipitAttachment *
pipit_html_view_dup_part (PipitHtmlView *self,
                          const char    *address)
{
  g_autofree char *content_id = NULL;

  if (self->body == NULL || address == NULL || g_ascii_strncasecmp (address, "cid:", 4) != 0)
    return NULL;
  content_id = g_uri_unescape_string (address + 4, NULL);

  return content_id != NULL ? pipit_body_dup_inline (self->body, content_id) : NULL;
}
