#include "pipit-config.h"

#include "pipit-message-row.h"

#include "pipit-date.h"
#include "pipit-engine.h"

#include <glib/gi18n-lib.h>

/**
 * PipitMessageRow:
 *
 * A row of the list of messages. Its height comes from the fonts and not from the content: GTK
 * misplaces long lists of uneven rows.
 *
 * Emits "pressed" when it was clicked without modifiers.
 */
struct _PipitMessageRow
{
  GtkWidget parent_instance;

  GtkBox *content;
  GtkCheckButton *check;
  GtkWidget *dot;
  GtkInscription *people;
  GtkImage *answered;
  GtkLabel *date;
  GtkInscription *subject;
  GtkLabel *count;
  GtkImage *attachment;
  GtkButton *star;
  GtkImage *star_icon;
  GtkInscription *preview;

  PipitMessage *message; /* (owned) (nullable) while bound */
  gulong changed_id;
  gboolean selecting;    /* check buttons are shown */
  int preview_lines;
};

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

G_DEFINE_FINAL_TYPE (PipitMessageRow, pipit_message_row, GTK_TYPE_WIDGET)

static const char *
shown_subject (PipitMessage *message)
{
  const char *subject = pipit_message_get_subject (message);

  if (*subject == '\0' && pipit_message_get_loaded (message))
    return _("No subject");

  return subject;
}

/*
 * GtkInscription aligns text by its own direction and not by the window's: a Hebrew subject would
 * stand apart from the others, and so would a Latin one in a window that runs from right to left.
 * A mark gives the line the window's direction, and an isolate lets the text keep its own.
 */
static void
set_text (PipitMessageRow *self,
          GtkInscription  *inscription,
          const char      *text)
{
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autofree char *isolated = g_strconcat (is_rtl ? "\u200f\u2068" : "\u200e\u2068", text,
                                           "\u2069", NULL);

  gtk_inscription_set_text (inscription, isolated);
}

static void
add_word (GString    *label,
          const char *word)
{
  if (*word == '\0')
    return;
  if (label->len > 0)
    /* Translators: stands between what a screen reader says of a message in the list */
    g_string_append (label, _(", "));
  g_string_append (label, word);
}

/* What a screen reader says: "Unread, Mara Lind, Budget for the north pier, 10:42, 4 messages". */
static void
update_accessible_name (PipitMessageRow *self,
                        const char      *date)
{
  GtkWidget *list_item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autoptr(GString) label = g_string_new (NULL);
  guint count = pipit_message_get_count (self->message);

  if (list_item == NULL)
    return;

  if (pipit_message_get_unread (self->message))
    add_word (label, _("Unread"));
  add_word (label, pipit_message_get_people (self->message));
  add_word (label, shown_subject (self->message));
  add_word (label, date);
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

static void
update_star (PipitMessageRow *self)
{
  gboolean starred = pipit_message_get_starred (self->message);
  const char *label = starred ? _("Remove Star") : _("Add Star");

  gtk_image_set_from_icon_name (self->star_icon, starred ? "pipit-starred-symbolic"
                                                         : "pipit-star-symbolic");
  if (starred)
    gtk_widget_add_css_class (GTK_WIDGET (self->star), "starred");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->star), "starred");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
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
  g_autofree char *date = NULL;
  g_autofree char *count = NULL;
  gboolean loaded;

  if (self->message == NULL)
    return;

  loaded = pipit_message_get_loaded (self->message);
  now = g_date_time_new_now_local ();
  date = loaded ? pipit_date_format_short (pipit_message_get_date_unix (self->message), now)
                : g_strdup ("");
  count = g_strdup_printf ("%u", pipit_message_get_count (self->message));

  set_text (self, self->people, pipit_message_get_people (self->message));
  set_text (self, self->subject, shown_subject (self->message));
  set_text (self, self->preview, pipit_message_get_preview (self->message));
  gtk_label_set_label (self->date, date);
  gtk_label_set_label (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), pipit_message_get_count (self->message) > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->answered),
                          pipit_message_get_answered (self->message));
  gtk_widget_set_visible (GTK_WIDGET (self->attachment),
                          pipit_message_has_attachments (self->message));
  gtk_widget_set_visible (GTK_WIDGET (self->star), loaded);
  gtk_widget_set_visible (self->dot, pipit_message_get_unread (self->message));
  if (pipit_message_get_unread (self->message))
    gtk_widget_add_css_class (GTK_WIDGET (self), "unread");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unread");

  update_star (self);
  update_accessible_name (self, date);
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

  gtk_check_button_set_active (self->check, selected);
}

static void
pipit_message_row_dispose (GObject *object)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (object);

  pipit_message_row_unbind (self);
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
      self->selecting = g_value_get_boolean (value);
      gtk_widget_set_visible (GTK_WIDGET (self->check), self->selecting);
      break;
    case PROP_PREVIEW_LINES:
      self->preview_lines = g_value_get_int (value);
      gtk_inscription_set_min_lines (self->preview, self->preview_lines);
      gtk_inscription_set_nat_lines (self->preview, self->preview_lines);
      gtk_widget_set_visible (GTK_WIDGET (self->preview), self->preview_lines > 0);
      if (self->preview_lines == 1)
        gtk_widget_add_css_class (GTK_WIDGET (self->preview), "one-line");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->preview), "one-line");
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
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, content);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, check);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, dot);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, people);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, answered);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, date);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, subject);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, count);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, attachment);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, star);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, star_icon);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageRow, preview);
  gtk_widget_class_bind_template_callback (widget_class, on_star_clicked);
}

static void
pipit_message_row_init (PipitMessageRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->preview_lines = 2;
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
pipit_message_row_new (void)
{
  return g_object_new (PIPIT_TYPE_MESSAGE_ROW, NULL);
}
