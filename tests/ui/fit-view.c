/*
 * Shows HTML at one width after another and says how it was made to fit: fit-view FILE WIDTH... It prints
 * a line for each width: width, zoom in hundredths, and whether a person could scroll sideways.
 */
#include "pipit-html-view-private.h"

#include <string.h>

void pipit_ui_register_resource (void);

#define SETTLE_MS 10000
#define QUIET_MS  700

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

/* Until neither width nor zoom has moved for a while, and the width is the one wanted. */
static void
wait_until_quiet (PipitHtmlView *view,
                  int            width)
{
  gint64 end_us = g_get_monotonic_time () + SETTLE_MS * G_TIME_SPAN_MILLISECOND;
  double before = -1;

  while (g_get_monotonic_time () < end_us)
    {
      double zoom = webkit_web_view_get_zoom_level (view->web_view);

      if (view->settled && view->width == width && zoom == before)
        return;
      before = view->settled && view->width == width ? zoom : -1;
      wait_ms (QUIET_MS);
    }
}

static void
scrolled_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(JSCValue) value =
    webkit_web_view_evaluate_javascript_finish (WEBKIT_WEB_VIEW (source), result, NULL);

  *(int *) user_data = value != NULL ? jsc_value_to_int32 (value) : -2;
}

/* How far it scrolls, in its own pixels */
static int
scroll_sideways (PipitHtmlView *view)
{
  int far = -1;

  webkit_web_view_evaluate_javascript (view->web_view,
                                       "window.scrollTo (document.dir === 'rtl' ? -9999 : 9999, 0);"
                                       "Math.abs (window.scrollX)",
                                       -1, "pipit", NULL, NULL, scrolled_cb, &far);
  while (far == -1)
    g_main_context_iteration (NULL, TRUE);

  return far;
}

int
main (int    argc,
      char **argv)
{
  GtkWidget *window, *scroller;
  PipitHtmlView *view;
  g_autofree char *html = NULL;
  g_autoptr(GError) error = NULL;

  if (!g_file_get_contents (argv[1], &html, NULL, &error))
    g_error ("%s", error->message);
  pipit_ui_register_resource ();
  adw_init ();
  window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  scroller = gtk_scrolled_window_new ();
  view = PIPIT_HTML_VIEW (pipit_html_view_new (html, NULL, FALSE, PIPIT_HTML_AS_TALL));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (view));
  gtk_window_set_child (GTK_WINDOW (window), scroller);

  for (int i = 2; i < argc; i++)
    {
      int width = atoi (argv[i]);

      gtk_window_set_default_size (GTK_WINDOW (window), width, 500);
      gtk_window_present (GTK_WINDOW (window));
      pipit_html_view_set_near (view, TRUE);
      while (view->web_view == NULL)
        g_main_context_iteration (NULL, TRUE);
      wait_until_quiet (view, width);
      g_print ("%d %.0f %d\n", view->width, webkit_web_view_get_zoom_level (view->web_view) * 100,
               scroll_sideways (view));
    }

  return 0;
}
