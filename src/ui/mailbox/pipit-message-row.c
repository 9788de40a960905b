#include "pipit-config.h"

#include "pipit-message-row-private.h"

#include "pipit-date.h"
#include "pipit-engine.h"

#include <glib/gi18n-lib.h>

enum
{
  PROP_0,
  PROP_SELECTING,
  PROP_PREVIEW_LINES,
  N_PROPS
};

enum
{
  SIGNAL_PRESSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/**
 * PipitMessageRow:
 *
 * A row of the list of messages. Its height comes from the fonts and not from the content: GTK
 * misplaces long lists of uneven rows. How it looks: pipit-message-row-draw.c.
 *
 * Emits "pressed" when it was clicked without modifiers.
 */
G_DEFINE_FINAL_TYPE (PipitMessageRow, pipit_message_row, GTK_TYPE_WIDGET)

/* The subject as it is shown. */
const char *
pipit_message_row_get_subject (PipitMessageRow *self)
{
  const char *subject = pipit_message_get_subject (self->message);

  if (*subject == '\0' && pipit_message_get_loaded (self->message))
    return _("No subject");

  return subject;
}

static void
add_word (GString    *label,
          const char *word)
{
  if (word == NULL || *word == '\0')
    return;
  if (label->len > 0)
    /* Translators: stands between what a screen reader says of a message in the list */
    g_string_append (label, _(", "));
  g_string_append (label, word);
}

/* What a screen reader says: "Unread, Mara Lind, Budget for the north pier, 10:42, 4 messages". */
static void
update_accessible_name (PipitMessageRow *self)
{
  GtkWidget *list_item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autoptr(GString) label = g_string_new (NULL);
  guint count = pipit_message_get_count (self->message);

  if (list_item == NULL)
    return;

  if (pipit_message_get_unread (self->message))
    add_word (label, _("Unread"));
  add_word (label, pipit_message_get_people (self->message));
  add_word (label, pipit_message_row_get_subject (self));
  add_word (label, self->date);
  if (count > 1)
    {
      g_autofree char *messages = g_strdup_printf (ngettext ("%u message", "%u messages", count),
                                                   count);
      add_word (label, messages);
    }
  if (pipit_message_get_starred (self->message))
    add_word (label, _("starred"));
  if (pipit_message_get_answered (self->message))
    add_word (label, _("answered"));
  if (pipit_message_has_attachments (self->message))
    add_word (label, _("attachment"));
  if (!pipit_message_get_loaded (self->message))
    add_word (label, _("Loading"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (list_item),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label->str,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  pipit_message_get_preview (self->message),
                                  -1);
}

static const char *
star_label (PipitMessageRow *self)
{
  return self->starred ? _("Remove Star") : _("Add Star");
}

/* Made when it is asked for: setting a tooltip asks the display server where the pointer is. */
static gboolean
on_star_tooltip (GtkWidget       *star,
                 int              x,
                 int              y,
                 gboolean         by_keyboard,
                 GtkTooltip      *tooltip,
                 PipitMessageRow *self)
{
  gtk_tooltip_set_text (tooltip, star_label (self));

  return TRUE;
}

static void
update_star (PipitMessageRow *self)
{
  gboolean starred = pipit_message_get_starred (self->message);

  gtk_widget_set_child_visible (self->star, pipit_message_get_loaded (self->message));
  if (self->starred == starred)
    return;

  self->starred = starred;
  gtk_image_set_from_icon_name (self->star_icon, starred ? "pipit-starred-symbolic"
                                                         : "pipit-star-symbolic");
  if (starred)
    gtk_widget_add_css_class (self->star, "starred");
  else
    gtk_widget_remove_css_class (self->star, "starred");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, star_label (self), -1);
}

/**
 * pipit_message_row_update:
 *
 * Shows the message as it is now, for example after midnight.
 */
void
pipit_message_row_update (PipitMessageRow *self)
{
  g_autoptr(GDateTime) now = NULL;

  if (self->message == NULL)
    return;

  g_clear_pointer (&self->date, g_free);
  if (pipit_message_get_loaded (self->message))
    {
      now = g_date_time_new_now_local ();
      self->date = pipit_date_format_short (pipit_message_get_date_unix (self->message), now);
    }

  update_star (self);
  update_accessible_name (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_star_clicked (PipitMessageRow *self)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id;

  if (self->message == NULL)
    return;

  id = pipit_message_get_id (self->message);
  g_array_append_val (ids, id);
  pipit_engine_set_starred (pipit_message_get_engine (self->message), ids,
                            !pipit_message_get_starred (self->message));
}

static void
on_released (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             PipitMessageRow *self)
{
  GdkModifierType modifiers =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  /* with modifiers it is the list's own gesture, outside of this one, that selects */
  if (modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK))
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  g_signal_emit (self, signals[SIGNAL_PRESSED], 0);
}

/**
 * pipit_message_row_bind:
 * @message: the message to show and to follow
 *
 * The row must be in its list item already.
 */
void
pipit_message_row_bind (PipitMessageRow *self,
                        PipitMessage    *message)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_ROW (self));

  pipit_message_row_unbind (self);
  self->message = g_object_ref (message);
  self->changed_id = g_signal_connect_swapped (message, "changed",
                                               G_CALLBACK (pipit_message_row_update), self);
  pipit_message_row_update (self);
}

/**
 * pipit_message_row_unbind:
 *
 * Lets go of the message.
 */
void
pipit_message_row_unbind (PipitMessageRow *self)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_ROW (self));

  if (self->message != NULL)
    g_clear_signal_handler (&self->changed_id, self->message);
  g_clear_object (&self->message);
}

/**
 * pipit_message_row_get_message:
 *
 * Returns: (transfer none) (nullable): the message that is shown
 */
PipitMessage *
pipit_message_row_get_message (PipitMessageRow *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_ROW (self), NULL);

  return self->message;
}

/**
 * pipit_message_row_set_selected:
 * @selected: whether its check button is checked, in selection mode
 */
void
pipit_message_row_set_selected (PipitMessageRow *self,
                                gboolean         selected)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_ROW (self));

  if (self->check != NULL)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check), selected);
}

static void
make_check (PipitMessageRow *self)
{
  GtkWidget *list_item = gtk_widget_get_parent (GTK_WIDGET (self));

  self->check = g_object_new (GTK_TYPE_CHECK_BUTTON,
                              "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                              "can-focus", FALSE,
                              "can-target", FALSE,
                              "valign", GTK_ALIGN_CENTER,
                              NULL);
  gtk_widget_insert_after (self->check, GTK_WIDGET (self), NULL);
  if (list_item != NULL)
    pipit_message_row_set_selected (self, gtk_widget_get_state_flags (list_item) &
                                          GTK_STATE_FLAG_SELECTED);
}

static void
set_selecting (PipitMessageRow *self,
               gboolean         selecting)
{
  if (self->selecting == selecting)
    return;

  self->selecting = selecting;
  if (self->check == NULL)
    make_check (self);
  gtk_widget_set_visible (self->check, selecting);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
pipit_message_row_dispose (GObject *object)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (object);

  pipit_message_row_unbind (self);
  g_clear_pointer (&self->check, gtk_widget_unparent);
  g_clear_pointer (&self->date, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_MESSAGE_ROW);

  G_OBJECT_CLASS (pipit_message_row_parent_class)->dispose (object);
}

static void
pipit_message_row_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (object);

  switch (prop_id)
    {
    case PROP_SELECTING:
      g_value_set_boolean (value, self->selecting);
      break;
    case PROP_PREVIEW_LINES:
      g_value_set_int (value, self->preview_lines);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_row_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (object);

  switch (prop_id)
    {
    case PROP_SELECTING:
      set_selecting (self, g_value_get_boolean (value));
      break;
    case PROP_PREVIEW_LINES:
      self->preview_lines = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_row_class_init (PipitMessageRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_message_row_dispose;
  object_class->get_property = pipit_message_row_get_property;
  object_class->set_property = pipit_message_row_set_property;

  properties[PROP_SELECTING] =
    g_param_spec_boolean ("selecting", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PREVIEW_LINES] =
    g_param_spec_int ("preview-lines", NULL, NULL, 0, 2, 2,
                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_PRESSED] =
    g_signal_new ("pressed", PIPIT_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "messagerow");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, star);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, star_icon);
  gtk_widget_class_bind_template_callback (widget_class, on_star_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_star_tooltip);
  pipit_message_row_install_draw (widget_class);
}

static void
pipit_message_row_init (PipitMessageRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->preview_lines = 2;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, star_label (self), -1);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
pipit_message_row_new (void)
{
  return g_object_new (PIPIT_TYPE_MESSAGE_ROW, NULL);
}
