#include "pipit-window-private.h"

typedef struct
{
  guint keyval;
  GdkModifierType modifiers;
  const char *action;
} Key;

/* Of the window, after everything in it that writes: text keeps its Ctrl+Z, Delete and Escape. */
static const Key window_keys[] = {
  { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
  { GDK_KEY_Escape, 0, "win.back" },
  { GDK_KEY_Left, GDK_ALT_MASK, "win.back" },
  { GDK_KEY_Delete, 0, "win.delete" },
  { GDK_KEY_KP_Delete, 0, "win.delete" },
  { GDK_KEY_F6, 0, "win.next-pane" },
  { GDK_KEY_F6, GDK_SHIFT_MASK, "win.previous-pane" },
  { GDK_KEY_Down, GDK_ALT_MASK, "win.next" },
  { GDK_KEY_Up, GDK_ALT_MASK, "win.previous" },
};

/* Single letters, where the person wants them: as in Gmail and mutt. */
static const Key single_keys[] = {
  { GDK_KEY_j, 0, "win.next" },
  { GDK_KEY_k, 0, "win.previous" },
  { GDK_KEY_c, 0, "win.compose" },
  { GDK_KEY_r, 0, "win.reply" },
  { GDK_KEY_a, 0, "win.reply-all" },
  { GDK_KEY_f, 0, "win.forward" },
  { GDK_KEY_e, 0, "win.archive" },
  { GDK_KEY_numbersign, 0, "win.delete" },
  { GDK_KEY_exclam, 0, "win.junk" },
  { GDK_KEY_v, 0, "win.move" },
  { GDK_KEY_s, 0, "win.star" },
  { GDK_KEY_u, 0, "win.mark-unread" },
  { GDK_KEY_i, 0, "win.mark-read" },
  { GDK_KEY_z, 0, "win.undo" },
};

void
pipit_window_install_keys (GtkWidgetClass *widget_class)
{
  for (gsize i = 0; i < G_N_ELEMENTS (window_keys); i++)
    gtk_widget_class_add_binding_action (widget_class, window_keys[i].keyval,
                                         window_keys[i].modifiers, window_keys[i].action, NULL);
}

static GtkEventController *
single_keys_new (void)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (single_keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (single_keys[i].keyval, single_keys[i].modifiers),
                        gtk_named_action_new (single_keys[i].action)));
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);

  return controller;
}

/* They are off by their phase, and never on the window: there they would eat typing. */
static void
on_single_keys_changed (GSettings   *settings,
                        const char  *key,
                        PipitWindow *self)
{
  GtkPropagationPhase phase = g_settings_get_boolean (settings, "single-keys")
                                ? GTK_PHASE_BUBBLE : GTK_PHASE_NONE;

  gtk_event_controller_set_propagation_phase (self->list_keys, phase);
  gtk_event_controller_set_propagation_phase (self->reader_keys, phase);
}

void
pipit_window_add_single_keys (PipitWindow *self)
{
  self->list_keys = g_object_ref (single_keys_new ());
  self->reader_keys = g_object_ref (single_keys_new ());
  gtk_widget_add_controller (pipit_list_pane_get_list (self->list_pane), self->list_keys);
  gtk_widget_add_controller (GTK_WIDGET (self->reader), self->reader_keys);
  g_signal_connect_object (self->settings, "changed::single-keys",
                           G_CALLBACK (on_single_keys_changed), self, 0);
  on_single_keys_changed (self->settings, NULL, self);
}
