/*
 * Shows messages as the reader does, for as long as a hostile one would need, and says what became of
 * each: hostile-view [--without WALL]... FILE... It watches nothing: test-hostile.py does.
 */
#include "pipit-html-view-private.h"
#include "pipit-html-walls-private.h"

#include <string.h>

void pipit_ui_register_resource (void);

/* As many as are alive at a time. */
#define BATCH     8
#define SETTLE_MS 8000
#define LINGER_MS 2000

static const char * const wall_names[PIPIT_HTML_N_WALLS] = {
  "script", "policy", "filter", "session", "features", "settings", "navigation",
};

typedef struct
{
  PipitHtmlView *view; /* (unowned) */
  const char *name;
  gboolean done;
} Shown;

static gboolean
set_flag (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, set_flag, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
told_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Shown *shown = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JSCValue) value =
    webkit_web_view_evaluate_javascript_finish (WEBKIT_WEB_VIEW (source), result, &error);
  gboolean there = value != NULL && jsc_value_to_boolean (value);
  gboolean stays = g_strcmp0 (webkit_web_view_get_uri (WEBKIT_WEB_VIEW (source)),
                              pipit_html_view_get_address (shown->view)) == 0;

  g_print ("%s %s %s\n", shown->name, stays ? "stays" : "left", there ? "shown" : "gone");
  shown->done = TRUE;
}

/* Asks the page itself, from our own world: is the message still what is shown? */
static void
tell (Shown *shown)
{
  WebKitWebView *web_view = pipit_html_view_get_web_view (shown->view);
  gboolean over = FALSE;
  guint source_id;

  if (web_view == NULL)
    {
      g_print ("%s left gone\n", shown->name);
      return;
    }

  webkit_web_view_evaluate_javascript (web_view,
                                       "document.documentElement.textContent.includes ('MARKER')", -1,
                                       "pipit", NULL, NULL, told_cb, shown);
  source_id = g_timeout_add (SETTLE_MS, set_flag, &over);
  while (!shown->done && !over)
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (source_id);
  if (!shown->done)
    g_print ("%s left hung\n", shown->name);
}

static gboolean
all_settled (Shown *shown,
             int    n)
{
  for (int i = 0; i < n; i++)
    if (!pipit_html_view_get_settled (shown[i].view))
      return FALSE;

  return TRUE;
}

static void
show_batch (GtkWindow  *window,
            char      **files,
            int         n)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  Shown shown[BATCH] = { { 0 } };
  gboolean over = FALSE;
  guint source_id;

  for (int i = 0; i < n; i++)
    {
      g_autofree char *html = NULL;
      g_autoptr(GError) error = NULL;

      if (!g_file_get_contents (files[i], &html, NULL, &error))
        g_error ("%s", error->message);
      shown[i].name = strrchr (files[i], '/') != NULL ? strrchr (files[i], '/') + 1 : files[i];
      shown[i].view = PIPIT_HTML_VIEW (pipit_html_view_new (html, NULL, FALSE, PIPIT_HTML_AS_TALL));
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (shown[i].view));
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_window_set_child (window, scroller);
  gtk_window_present (window);
  for (int i = 0; i < n; i++)
    pipit_html_view_set_near (shown[i].view, TRUE);

  source_id = g_timeout_add (SETTLE_MS, set_flag, &over);
  while (!over && !all_settled (shown, n))
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (source_id);
  wait_ms (LINGER_MS);

  for (int i = 0; i < n; i++)
    tell (&shown[i]);
  gtk_window_set_child (window, NULL);
}

int
main (int    argc,
      char **argv)
{
  GtkWidget *window;
  int first = 1;

  for (; first + 1 < argc && g_str_equal (argv[first], "--without"); first += 2)
    for (int wall = 0; wall < PIPIT_HTML_N_WALLS; wall++)
      if (g_str_equal (argv[first + 1], wall_names[wall]))
        pipit_html_walls_take_away (wall);

  pipit_ui_register_resource ();
  adw_init ();
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 700, 700);
  for (; first < argc; first += BATCH)
    show_batch (GTK_WINDOW (window), argv + first, MIN (BATCH, argc - first));

  return 0;
}
