#include "pipit-config.h"

#include "pipit-reader-private.h"

#include <glib/gi18n-lib.h>

/* So many unread messages are opened by themselves, and the others when the person opens them. */
#define MAX_OPENED 12

enum
{
  PROP_0,
  PROP_FOLDED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/**
 * PipitReader:
 *
 * The right pane: the conversation of the message that was chosen.
 */
G_DEFINE_FINAL_TYPE (PipitReader, pipit_reader, ADW_TYPE_BIN)

static void
update_bars (PipitReader *self)
{
  gboolean has_message = self->conversation != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->reply_button), has_message);
  gtk_widget_set_visible (GTK_WIDGET (self->menu_button), has_message);
  gtk_action_bar_set_revealed (self->action_bar, self->folded && has_message);
}

static void
update_subject (PipitReader *self)
{
  const char *subject = pipit_conversation_get_subject (self->conversation);

  gtk_label_set_label (self->subject, *subject != '\0' ? subject : _("No subject"));
}

/* Opens what was chosen, and what is unread once all messages are known. */
static void
open_cards (PipitReader *self)
{
  PipitMessage *chosen = pipit_conversation_get_message (self->conversation);
  GtkWidget *target = NULL;
  guint n_opened = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      PipitMessage *message;
      gboolean unread;

      if (!PIPIT_IS_MESSAGE_CARD (row))
        continue;
      message = pipit_message_card_get_message (PIPIT_MESSAGE_CARD (row));
      unread = pipit_message_get_unread (message) && n_opened < MAX_OPENED;
      if (message != chosen && !unread)
        continue;
      n_opened++;
      /* one begins with what one has not read, unless one asks for what one has */
      if (target == NULL || (message == chosen && !pipit_message_get_unread (chosen)))
        target = row;
      if (!pipit_message_card_get_expanded (PIPIT_MESSAGE_CARD (row)))
        pipit_message_card_set_expanded (PIPIT_MESSAGE_CARD (row), TRUE);
    }

  if (target != NULL)
    pipit_reader_scroll_to (self, target);
}

static void
update_rows (PipitReader *self)
{
  update_subject (self);
  pipit_reader_rows_update (self);
  if (self->settled)
    return;

  open_cards (self);
  self->settled = !pipit_conversation_get_loading (self->conversation);
}

/**
 * pipit_reader_show:
 * @message: (nullable): what was chosen
 *
 * Shows the conversation of @message.
 */
void
pipit_reader_show (PipitReader  *self,
                   PipitMessage *message)
{
  g_return_if_fail (PIPIT_IS_READER (self));

  if (message != NULL && pipit_reader_get_message (self) == message)
    return;

  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  pipit_reader_scroll_reset (self);
  pipit_reader_rows_clear (self);
  g_clear_object (&self->conversation);
  self->settled = FALSE;

  if (message == NULL)
    {
      adw_status_page_set_title (self->status_page, _("No Message Selected"));
      gtk_stack_set_visible_child_name (self->stack, "nothing");
    }
  else
    {
      self->conversation = pipit_conversation_new (message);
      g_signal_connect_swapped (self->conversation, "notify::loading", G_CALLBACK (update_rows),
                                self);
      g_signal_connect_swapped (self->conversation, "items-changed", G_CALLBACK (update_rows), self);
      update_rows (self);
      gtk_stack_set_visible_child_name (self->stack, "conversation");
    }
  update_bars (self);
}

/**
 * pipit_reader_show_count:
 * @n_selected: how many messages are selected
 *
 * Says so in the place of a conversation.
 */
void
pipit_reader_show_count (PipitReader *self,
                         guint        n_selected)
{
  g_autofree char *title =
    g_strdup_printf (ngettext ("%'u Message Selected", "%'u Messages Selected", n_selected),
                     n_selected);

  g_return_if_fail (PIPIT_IS_READER (self));

  pipit_reader_show (self, NULL);
  adw_status_page_set_title (self->status_page, title);
}

/**
 * pipit_reader_get_message:
 *
 * Returns: (transfer none) (nullable): the message that was chosen
 */
PipitMessage *
pipit_reader_get_message (PipitReader *self)
{
  g_return_val_if_fail (PIPIT_IS_READER (self), NULL);

  return self->conversation != NULL ? pipit_conversation_get_message (self->conversation) : NULL;
}

/**
 * pipit_reader_dup_unread:
 *
 * Returns: (transfer full): the ids, gint64, of messages that are open and unread
 */
GArray *
pipit_reader_dup_unread (PipitReader *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GtkListBoxRow *row;

  g_return_val_if_fail (PIPIT_IS_READER (self), ids);

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      PipitMessage *message;
      gint64 id;

      if (!PIPIT_IS_MESSAGE_CARD (row))
        continue;
      message = pipit_message_card_get_message (PIPIT_MESSAGE_CARD (row));
      id = pipit_message_get_id (message);
      if (pipit_message_card_get_expanded (PIPIT_MESSAGE_CARD (row)) &&
          pipit_message_get_unread (message))
        g_array_append_val (ids, id);
    }

  return ids;
}

/**
 * pipit_reader_page:
 * @direction: 1 for down, -1 for up
 *
 * Scrolls by a page, and leaves a line of the one before.
 *
 * Returns: %FALSE at the end, where there is nothing to scroll
 */
gboolean
pipit_reader_page (PipitReader *self,
                   int          direction)
{
  GtkAdjustment *adjustment;
  double before, step;

  g_return_val_if_fail (PIPIT_IS_READER (self), FALSE);

  if (self->conversation == NULL)
    return FALSE;

  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  before = gtk_adjustment_get_value (adjustment);
  step = MAX (gtk_adjustment_get_page_size (adjustment) - 48, 48);
  gtk_adjustment_set_value (adjustment, before + direction * step);

  return gtk_adjustment_get_value (adjustment) != before;
}

/**
 * pipit_reader_grab_content:
 *
 * Gives the keyboard to what is shown.
 */
void
pipit_reader_grab_content (PipitReader *self)
{
  g_return_if_fail (PIPIT_IS_READER (self));

  gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
pipit_reader_dispose (GObject *object)
{
  PipitReader *self = PIPIT_READER (object);

  pipit_reader_scroll_dispose (self);
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_clear_object (&self->conversation);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_READER);

  G_OBJECT_CLASS (pipit_reader_parent_class)->dispose (object);
}

static void
pipit_reader_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_FOLDED:
      g_value_set_boolean (value, PIPIT_READER (object)->folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_reader_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  PipitReader *self = PIPIT_READER (object);

  switch (prop_id)
    {
    case PROP_FOLDED:
      self->folded = g_value_get_boolean (value);
      update_bars (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_reader_class_init (PipitReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_reader_dispose;
  object_class->get_property = pipit_reader_get_property;
  object_class->set_property = pipit_reader_set_property;

  /* whether the window shows one pane at a time */
  properties[PROP_FOLDED] =
    g_param_spec_boolean ("folded", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-reader.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitReader, reply_button);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, menu_button);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, status_page);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, scroller);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, clamp);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, subject);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, list);
  gtk_widget_class_bind_template_child (widget_class, PipitReader, action_bar);
}

/* libadwaita gives the arrow beside Reply a tooltip, and the button that has the keyboard no name. */
static void
name_reply_menu (PipitReader *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->reply_button));
       child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_MENU_BUTTON (child))
      gtk_accessible_update_property (
        GTK_ACCESSIBLE (gtk_widget_get_first_child (child)), GTK_ACCESSIBLE_PROPERTY_LABEL,
        adw_split_button_get_dropdown_tooltip (self->reply_button), -1);
}

static void
pipit_reader_init (PipitReader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pipit_reader_scroll_init (self);
  name_reply_menu (self);
  update_bars (self);
}
