/*
 * What one reads never moves: a row is the anchor, and when something above it grows or shrinks, the
 * place in the conversation follows. HTML is alive only near to what is in sight.
 */
#include "pipit-config.h"

#include "pipit-reader-private.h"

#include <webkit/webkit.h>

/* HTML so many pages away from what is in sight is made ready. */
#define NEAR_PAGES 1.5

#define LINE_STEP 48

/* A message that is scrolled to leaves this much of what is above it. */
#define TARGET_MARGIN 6

static GtkAdjustment *
adjustment_of (PipitReader *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

/* The top and the height of a row, in the same measure as the adjustment. */
static gboolean
place_of (PipitReader *self,
          GtkWidget   *row,
          double      *out_top,
          double      *out_height)
{
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (row, self->clamp, &bounds) || bounds.size.height <= 0)
    return FALSE;

  *out_top = bounds.origin.y;
  *out_height = bounds.size.height;

  return TRUE;
}

static void
set_anchor (PipitReader *self,
            GtkWidget   *row,
            double       offset)
{
  g_set_weak_pointer (&self->anchor, row);
  self->anchor_offset = offset;
}

/* The first row that is in sight. */
static void
find_anchor (PipitReader *self)
{
  double value = gtk_adjustment_get_value (adjustment_of (self));
  double top, height;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (place_of (self, row, &top, &height) && top + height > value)
      {
        set_anchor (self, row, top - value);
        return;
      }
}

static gboolean
update_near (gpointer user_data)
{
  PipitReader *self = user_data;
  GtkAdjustment *adjustment = adjustment_of (self);
  double page = gtk_adjustment_get_page_size (adjustment);
  double from = gtk_adjustment_get_value (adjustment) - NEAR_PAGES * page;
  double to = gtk_adjustment_get_value (adjustment) + (1 + NEAR_PAGES) * page;
  double top, height;

  self->near_source_id = 0;
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (PIPIT_IS_MESSAGE_CARD (row))
      pipit_message_card_set_near (PIPIT_MESSAGE_CARD (row),
                                   place_of (self, row, &top, &height) &&
                                   top < to && top + height > from);

  return G_SOURCE_REMOVE;
}

static void
queue_near (PipitReader *self)
{
  if (self->near_source_id == 0)
    self->near_source_id = g_idle_add (update_near, self);
}

static void
set_value (PipitReader *self,
           double       value)
{
  self->adjusting = TRUE;
  gtk_adjustment_set_value (adjustment_of (self), value);
  self->adjusting = FALSE;
}

/* Something has grown or shrunk. */
static void
on_changed (PipitReader *self)
{
  double top, height;

  if (self->anchor != NULL && place_of (self, self->anchor, &top, &height))
    {
      /* the first message keeps the subject above it in sight */
      if (gtk_widget_get_prev_sibling (self->anchor) == NULL && self->anchor_offset >= 0)
        set_value (self, 0);
      else
        set_value (self, top - self->anchor_offset);
    }
  queue_near (self);
}

static void
on_value_changed (PipitReader *self)
{
  if (!self->adjusting)
    find_anchor (self);
  queue_near (self);
}

/* Brings what has the keyboard into sight, but for what is taller than a page. */
static void
on_focus_changed (PipitReader *self)
{
  GtkWidget *focus = gtk_root_get_focus (self->root);
  GtkAdjustment *adjustment = adjustment_of (self);
  double top, height;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)) ||
      !place_of (self, focus, &top, &height) ||
      height > gtk_adjustment_get_page_size (adjustment))
    return;

  gtk_adjustment_clamp_page (adjustment, top - TARGET_MARGIN, top + height + TARGET_MARGIN);
}

static void
on_map (PipitReader *self)
{
  self->root = gtk_widget_get_root (GTK_WIDGET (self));
  self->focus_handler_id = g_signal_connect_swapped (self->root, "notify::focus-widget",
                                                     G_CALLBACK (on_focus_changed), self);
}

static void
on_unmap (PipitReader *self)
{
  if (self->root != NULL)
    g_clear_signal_handler (&self->focus_handler_id, self->root);
  self->root = NULL;
}

static void
step (PipitReader *self,
      double       by)
{
  GtkAdjustment *adjustment = adjustment_of (self);

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + by);
}

/*
 * WebKit and the text view would keep these keys to themselves, and have no use for them: it is the
 * conversation that scrolls.
 */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                PipitReader           *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;

  if (!WEBKIT_IS_WEB_VIEW (focus) && !GTK_IS_TEXT_VIEW (focus))
    return FALSE;
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;

  switch (keyval)
    {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
      gtk_widget_activate_action (widget, shift ? "win.page-up" : "win.page-down", NULL);
      return TRUE;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      pipit_reader_page (self, 1);
      return TRUE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      pipit_reader_page (self, -1);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      if (!shift)
        step (self, LINE_STEP);
      return !shift;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (!shift)
        step (self, -LINE_STEP);
      return !shift;
    case GDK_KEY_Escape:
      gtk_widget_activate_action (widget, "win.back", NULL);
      return TRUE;
    case GDK_KEY_F6:
      gtk_widget_activate_action (widget, shift ? "win.previous-pane" : "win.next-pane", NULL);
      return TRUE;
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      gtk_widget_activate_action (widget, "win.delete", NULL);
      return TRUE;
    default:
      return FALSE;
    }
}

/* The wheel scrolls the conversation wherever the pointer is: before a web view could take it. */
static void
catch_wheel (PipitReader *self)
{
  g_autoptr(GListModel) controllers =
    gtk_widget_observe_controllers (GTK_WIDGET (self->scroller));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
    }
}

/**
 * pipit_reader_scroll_init:
 *
 * Once, when the reader is made.
 */
void
pipit_reader_scroll_init (PipitReader *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkAdjustment *adjustment = adjustment_of (self);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  catch_wheel (self);

  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

/**
 * pipit_reader_scroll_dispose:
 *
 * Lets go of everything.
 */
void
pipit_reader_scroll_dispose (PipitReader *self)
{
  on_unmap (self);
  g_clear_weak_pointer (&self->anchor);
  g_clear_handle_id (&self->near_source_id, g_source_remove);
}

/**
 * pipit_reader_scroll_to:
 * @row: of the list
 *
 * Keeps @row at the top of what is in sight, while things above it grow, until the person scrolls.
 */
void
pipit_reader_scroll_to (PipitReader *self,
                        GtkWidget   *row)
{
  set_anchor (self, row, TARGET_MARGIN);
  on_changed (self);
}

/**
 * pipit_reader_scroll_reset:
 *
 * Before another conversation.
 */
void
pipit_reader_scroll_reset (PipitReader *self)
{
  set_anchor (self, NULL, 0);
  set_value (self, 0);
}
