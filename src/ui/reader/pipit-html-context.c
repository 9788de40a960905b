#include "pipit-config.h"

#include "pipit-html-context.h"

#include "pipit-html-scheme.h"
#include "pipit-html-walls.h"

/**
 * PipitHtmlContext:
 *
 * One for the program, made when the first HTML is shown.
 */
struct _PipitHtmlContext
{
  GObject parent_instance;

  WebKitWebContext *web;              /* (owned) */
  WebKitNetworkSession *session;      /* (owned) */
  WebKitUserContentFilterStore *store; /* (owned) */
  WebKitUserContentFilter *filter;    /* (owned) (nullable) until it is ready */
  PipitHtmlState state;
};

G_DEFINE_FINAL_TYPE (PipitHtmlContext, pipit_html_context, G_TYPE_OBJECT)

enum
{
  READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
filter_saved_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(PipitHtmlContext) self = user_data;
  g_autoptr(GError) error = NULL;

  self->filter = webkit_user_content_filter_store_save_finish (
    WEBKIT_USER_CONTENT_FILTER_STORE (source), result, &error);
  self->state = self->filter != NULL ? PIPIT_HTML_READY : PIPIT_HTML_UNUSABLE;
  if (self->filter == NULL)
    g_warning ("HTML is shown as text, because its filter cannot be installed: %s", error->message);

  g_signal_emit (self, signals[READY], 0);
}

/* The rules are compiled into a file, of which the web process maps the pages. */
static void
save_filter (PipitHtmlContext *self)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), PIPIT_APPLICATION_ID, "filters",
                                            NULL);
  const char *rules = pipit_html_wall_filter ();
  g_autoptr(GBytes) bytes = g_bytes_new (rules, strlen (rules));

  self->store = webkit_user_content_filter_store_new (path);
  webkit_user_content_filter_store_save (self->store, "messages", bytes, NULL, filter_saved_cb,
                                         g_object_ref (self));
}

static void
pipit_html_context_finalize (GObject *object)
{
  PipitHtmlContext *self = PIPIT_HTML_CONTEXT (object);

  g_clear_pointer (&self->filter, webkit_user_content_filter_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->session);
  g_clear_object (&self->web);

  G_OBJECT_CLASS (pipit_html_context_parent_class)->finalize (object);
}

static void
pipit_html_context_class_init (PipitHtmlContextClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_html_context_finalize;

  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
pipit_html_context_init (PipitHtmlContext *self)
{
  self->web = webkit_web_context_new ();
  webkit_web_context_set_cache_model (self->web, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
  webkit_web_context_set_spell_checking_enabled (self->web, FALSE);
  pipit_html_scheme_register (self->web);
  self->session = pipit_html_wall_session ();
  save_filter (self);
}

/**
 * pipit_html_context_get:
 *
 * Returns: (transfer none): the context, for as long as the program runs
 */
PipitHtmlContext *
pipit_html_context_get (void)
{
  static PipitHtmlContext *context;

  if (context == NULL)
    context = g_object_new (PIPIT_TYPE_HTML_CONTEXT, NULL);

  return context;
}

/**
 * pipit_html_context_get_state:
 *
 * Returns: whether anything can be loaded
 */
PipitHtmlState
pipit_html_context_get_state (PipitHtmlContext *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_CONTEXT (self), PIPIT_HTML_UNUSABLE);

  return self->state;
}

/**
 * pipit_html_context_get_web:
 *
 * Returns: (transfer none): the context of the web process
 */
WebKitWebContext *
pipit_html_context_get_web (PipitHtmlContext *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_CONTEXT (self), NULL);

  return self->web;
}

/**
 * pipit_html_context_get_session:
 *
 * Returns: (transfer none): the session without a way out
 */
WebKitNetworkSession *
pipit_html_context_get_session (PipitHtmlContext *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_CONTEXT (self), NULL);

  return self->session;
}

/**
 * pipit_html_context_get_filter:
 *
 * Returns: (transfer none) (nullable): the filter of each view, once it is ready
 */
WebKitUserContentFilter *
pipit_html_context_get_filter (PipitHtmlContext *self)
{
  g_return_val_if_fail (PIPIT_IS_HTML_CONTEXT (self), NULL);

  return self->filter;
}
