/* Windows that show a message as it came, or one that is too long for its card. */
#include "pipit-config.h"

#include "pipit-source-window.h"

#include <glib/gi18n-lib.h>

static GtkWindow *
make_window (GtkWindow  *parent,
             const char *title,
             GtkWidget  *content)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), 820, 640);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys),
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                      gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_widget_set_vexpand (content, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), content);
  adw_window_set_content (ADW_WINDOW (window), box);

  return GTK_WINDOW (window);
}

/**
 * pipit_source_window_new:
 * @parent: (nullable): the window over which it stands
 * @title: what is shown
 * @text: UTF-8
 *
 * Returns: (transfer none): a window with a text as it is
 */
GtkWindow *
pipit_source_window_new (GtkWindow  *parent,
                         const char *title,
                         const char *text)
{
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 18);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);

  return make_window (parent, title, scroller);
}

/**
 * pipit_source_window_new_html:
 * @parent: (nullable): the window over which it stands
 * @title: the subject
 * @view: (transfer floating): a view that scrolls by itself
 *
 * Returns: (transfer none): a window with the whole message
 */
GtkWindow *
pipit_source_window_new_html (GtkWindow  *parent,
                              const char *title,
                              GtkWidget  *view)
{
  return make_window (parent, title, view);
}
