#include "pipit-config.h"

#include "pipit-text-piece.h"

#include "pipit-link-finder.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * PipitTextPiece:
 *
 * A text view and not a label: GTK's label takes minutes for a megabyte that it may select.
 */
struct _PipitTextPiece
{
  GtkTextView parent_instance;

  GArray *links;       /* (owned) of PipitLink */
  GtkTextTag *tag;     /* (unowned): of the buffer's table */
  GPtrArray *marks;    /* (owned) of GtkTextMark: where each link begins */
};

G_DEFINE_FINAL_TYPE (PipitTextPiece, pipit_text_piece, GTK_TYPE_TEXT_VIEW)

enum
{
  LINK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
iter_at (PipitTextPiece *self,
         double          x,
         double          y,
         GtkTextIter    *out_iter)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  int buffer_x, buffer_y;

  gtk_text_view_window_to_buffer_coords (view, GTK_TEXT_WINDOW_WIDGET, (int) x, (int) y, &buffer_x,
                                         &buffer_y);

  return gtk_text_view_get_iter_at_location (view, out_iter, buffer_x, buffer_y);
}

/* The link at a place of the text, or NULL. */
static const PipitLink *
link_at (PipitTextPiece    *self,
         const GtkTextIter *place)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter start = *place;

  if (!gtk_text_iter_has_tag (place, self->tag))
    return NULL;
  if (!gtk_text_iter_starts_tag (&start, self->tag))
    gtk_text_iter_backward_to_tag_toggle (&start, self->tag);

  for (guint i = 0; i < self->marks->len; i++)
    {
      GtkTextIter marked;

      gtk_text_buffer_get_iter_at_mark (buffer, &marked, self->marks->pdata[i]);
      if (gtk_text_iter_equal (&marked, &start))
        return &g_array_index (self->links, PipitLink, i);
    }

  return NULL;
}

static void
on_released (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             PipitTextPiece  *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  const PipitLink *link;
  GtkTextIter iter;

  /* the end of a selection is no click */
  if (n_press != 1 || gtk_text_buffer_get_has_selection (buffer) || !iter_at (self, x, y, &iter))
    return;

  link = link_at (self, &iter);
  if (link != NULL)
    g_signal_emit (self, signals[LINK], 0, link->target);
}

static void
on_motion (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           PipitTextPiece           *self)
{
  GtkTextIter iter;
  const PipitLink *link = iter_at (self, x, y, &iter) ? link_at (self, &iter) : NULL;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), link != NULL ? "pointer" : "text");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), link != NULL ? link->target : NULL);
}

static void
update_colour (PipitTextPiece *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA colour;

  if (gtk_style_context_lookup_color (style, "accent_color", &colour))
    g_object_set (self->tag, "foreground-rgba", &colour, NULL);
}

static void
fill (PipitTextPiece *self,
      const char     *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  gsize written = 0;

  self->links = pipit_link_finder_find (text, strlen (text));
  for (guint i = 0; i < self->links->len; i++)
    {
      const PipitLink *link = &g_array_index (self->links, PipitLink, i);
      GtkTextIter end;

      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert (buffer, &end, text + written, link->start - written);
      g_ptr_array_add (self->marks, gtk_text_buffer_create_mark (buffer, NULL, &end, TRUE));
      gtk_text_buffer_insert_with_tags (buffer, &end, text + link->start, link->end - link->start,
                                        self->tag, NULL);
      written = link->end;
    }

  if (text[written] != '\0')
    {
      GtkTextIter end;

      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert (buffer, &end, text + written, -1);
    }
}

/*
 * The text view lays its lines out a while after it is shown, and does not always tell that it is taller
 * than it thought (GTK 4.8, a text of one line).
 */
static gboolean
resize_later (gpointer user_data)
{
  gtk_widget_queue_resize (user_data);

  return G_SOURCE_REMOVE;
}

static void
pipit_text_piece_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pipit_text_piece_parent_class)->map (widget);
  g_idle_add_full (G_PRIORITY_LOW, resize_later, g_object_ref (widget), g_object_unref);
}

static void
pipit_text_piece_finalize (GObject *object)
{
  PipitTextPiece *self = PIPIT_TEXT_PIECE (object);

  g_clear_pointer (&self->links, g_array_unref);
  g_clear_pointer (&self->marks, g_ptr_array_unref);

  G_OBJECT_CLASS (pipit_text_piece_parent_class)->finalize (object);
}

static void
pipit_text_piece_class_init (PipitTextPieceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_text_piece_finalize;
  GTK_WIDGET_CLASS (klass)->map = pipit_text_piece_map;

  signals[LINK] = g_signal_new ("link", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pipit_text_piece_init (PipitTextPiece *self)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->marks = g_ptr_array_new ();
  self->tag = gtk_text_buffer_create_tag (gtk_text_view_get_buffer (view), NULL,
                                          "underline", PANGO_UNDERLINE_SINGLE, NULL);
  gtk_text_view_set_editable (view, FALSE);
  gtk_text_view_set_cursor_visible (view, FALSE);
  gtk_text_view_set_wrap_mode (view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (view, FALSE);
  gtk_text_view_set_pixels_inside_wrap (view, 3);
  gtk_text_view_set_pixels_below_lines (view, 3);
  gtk_widget_add_css_class (GTK_WIDGET (self), "message-text");

  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_colour), self, G_CONNECT_SWAPPED);
}

/**
 * pipit_text_piece_new:
 * @text: what to show
 * @label: what it is, for a screen reader
 *
 * Returns: (transfer floating): a view
 */
GtkWidget *
pipit_text_piece_new (const char *text,
                      const char *label)
{
  PipitTextPiece *self = g_object_new (PIPIT_TYPE_TEXT_PIECE, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  update_colour (self);
  fill (self, text);

  return GTK_WIDGET (self);
}
