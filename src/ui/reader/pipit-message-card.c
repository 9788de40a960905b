#include "pipit-config.h"

#include "pipit-message-card.h"

#include "pipit-address.h"
#include "pipit-attachment-chip.h"
#include "pipit-body.h"
#include "pipit-date.h"
#include "pipit-engine.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More text than this is shown when it is asked for: it takes GTK a second a megabyte. */
#define TEXT_SHOWN_BYTES (64 * 1024)

/**
 * PipitMessageCard:
 *
 * A message of a conversation: one line while it is closed, its text when it is open.
 */
struct _PipitMessageCard
{
  GtkListBoxRow parent_instance;

  GtkButton *head;
  AdwAvatar *avatar;
  GtkLabel *from;
  GtkLabel *detail;
  GtkLabel *date;
  GtkToggleButton *star;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *failure;
  GtkLabel *note;
  GtkTextView *text;
  GtkButton *show_all;
  GtkFlowBox *files;

  PipitMessage *message;     /* (owned) */
  PipitBody *body;           /* (owned) (nullable) until it is loaded */
  GCancellable *cancellable; /* (owned) (nullable) while it is loading */
  gboolean expanded;
};

G_DEFINE_FINAL_TYPE (PipitMessageCard, pipit_message_card, GTK_TYPE_LIST_BOX_ROW)

static void load (PipitMessageCard *self);

static char *
people_line (PipitMessageCard *self)
{
  GListModel *to = pipit_message_get_to (self->message);
  GListModel *cc = pipit_message_get_cc (self->message);
  GString *line = g_string_new (NULL);
  GListModel *lists[] = { to, cc };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < g_list_model_get_n_items (lists[i]); j++)
      {
        g_autoptr(PipitAddress) address = g_list_model_get_item (lists[i], j);

        if (line->len > 0)
          /* Translators: stands between the names of people in a message's head */
          g_string_append (line, _(", "));
        g_string_append (line, pipit_address_get_label (address));
      }

  return g_string_free (line, FALSE);
}

static void
update_star (PipitMessageCard *self)
{
  gboolean starred = pipit_message_get_starred (self->message);
  const char *label = starred ? _("Remove Star") : _("Add Star");

  gtk_button_set_icon_name (GTK_BUTTON (self->star), starred ? "pipit-starred-symbolic"
                                                             : "pipit-star-symbolic");
  gtk_toggle_button_set_active (self->star, starred);
  if (starred)
    gtk_widget_add_css_class (GTK_WIDGET (self->star), "starred");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->star), "starred");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
update_head (PipitMessageCard *self)
{
  PipitAddress *from = pipit_message_get_from (self->message);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = pipit_date_format_short (pipit_message_get_sent_unix (self->message),
                                                   now);
  g_autofree char *long_date = pipit_date_format_long (pipit_message_get_sent_unix (self->message));
  g_autofree char *people = people_line (self);
  g_autofree char *to = NULL;
  g_autofree char *full = NULL;
  g_autofree char *label = NULL;
  const char *name = from != NULL ? pipit_address_get_label (from) : _("Unknown sender");

  /* Translators: whom a message went to, names with commas between them */
  to = g_strdup_printf (_("to %s"), people);
  full = from != NULL ? pipit_address_dup_full (from) : g_strdup (name);
  label = g_strdup_printf ("%s, %s", full, long_date);

  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->from, self->expanded ? full : name);
  gtk_label_set_label (self->detail, self->expanded ? to
                                                    : pipit_message_get_preview (self->message));
  gtk_label_set_label (self->date, date);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->date), long_date);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->head),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->head),
                               GTK_ACCESSIBLE_STATE_EXPANDED, self->expanded, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (pipit_message_get_unread (self->message))
    gtk_widget_add_css_class (GTK_WIDGET (self), "unread");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unread");
  update_star (self);
}

static void
set_text (PipitMessageCard *self,
          gsize             limit_bytes)
{
  const char *text = pipit_body_get_text (self->body);
  gsize size_bytes = strlen (text);
  gsize shown_bytes = size_bytes;

  if (limit_bytes > 0 && size_bytes > limit_bytes)
    shown_bytes = g_utf8_find_prev_char (text, text + limit_bytes) - text;

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, shown_bytes);
  gtk_widget_set_visible (GTK_WIDGET (self->show_all), shown_bytes < size_bytes);
  if (shown_bytes < size_bytes)
    {
      g_autofree char *size = g_format_size (size_bytes);
      /* Translators: a button below the beginning of a very long text, with its size */
      g_autofree char *label = g_strdup_printf (_("Show All, %s"), size);

      gtk_button_set_label (self->show_all, label);
    }
}

static void
on_show_all (PipitMessageCard *self)
{
  set_text (self, 0);
}

static void
show_body (PipitMessageCard *self)
{
  GListModel *attachments = pipit_body_get_attachments (self->body);
  const char *note = pipit_body_get_note (self->body);

  gtk_label_set_label (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
  set_text (self, TEXT_SHOWN_BYTES);
  for (guint i = 0; i < g_list_model_get_n_items (attachments); i++)
    {
      g_autoptr(PipitAttachment) attachment = g_list_model_get_item (attachments, i);

      gtk_flow_box_append (self->files, pipit_attachment_chip_new (attachment));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->files),
                          g_list_model_get_n_items (attachments) > 0);
  gtk_stack_set_visible_child_name (self->stack, "text");
}

static void
body_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(PipitMessageCard) self = user_data;
  g_autoptr(GError) error = NULL;
  PipitBody *body = pipit_message_load_body_finish (PIPIT_MESSAGE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL)
    {
      g_clear_object (&body);
      return;
    }

  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  if (body == NULL)
    {
      gtk_label_set_label (self->failure, error->message);
      gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }

  self->body = body;
  show_body (self);
}

static void
load (PipitMessageCard *self)
{
  if (self->body != NULL || self->cancellable != NULL)
    return;

  self->cancellable = g_cancellable_new ();
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  pipit_message_load_body_async (self->message, self->cancellable, body_loaded_cb,
                                 g_object_ref (self));
}

static void
on_retry (PipitMessageCard *self)
{
  load (self);
}

static void
on_head_clicked (PipitMessageCard *self)
{
  pipit_message_card_set_expanded (self, !self->expanded);
}

static void
on_star_clicked (PipitMessageCard *self)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = pipit_message_get_id (self->message);

  g_array_append_val (ids, id);
  pipit_engine_set_starred (pipit_message_get_engine (self->message), ids,
                            !pipit_message_get_starred (self->message));
}

/**
 * pipit_message_card_get_message:
 *
 * Returns: (transfer none): the message that is shown
 */
PipitMessage *
pipit_message_card_get_message (PipitMessageCard *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_CARD (self), NULL);

  return self->message;
}

/**
 * pipit_message_card_get_expanded:
 *
 * Returns: %TRUE if its text is shown
 */
gboolean
pipit_message_card_get_expanded (PipitMessageCard *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_CARD (self), FALSE);

  return self->expanded;
}

/**
 * pipit_message_card_set_expanded:
 * @expanded: whether its text is shown; it is loaded the first time
 */
void
pipit_message_card_set_expanded (PipitMessageCard *self,
                                 gboolean          expanded)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_CARD (self));

  self->expanded = expanded;
  gtk_widget_set_visible (GTK_WIDGET (self->stack), expanded);
  update_head (self);
  if (expanded)
    load (self);
}

static void
pipit_message_card_dispose (GObject *object)
{
  PipitMessageCard *self = PIPIT_MESSAGE_CARD (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_MESSAGE_CARD);
  g_clear_object (&self->body);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (pipit_message_card_parent_class)->dispose (object);
}

static void
pipit_message_card_class_init (PipitMessageCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_message_card_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-message-card.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, head);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, avatar);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, from);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, detail);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, date);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, star);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, failure);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, note);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, text);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, show_all);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, files);
  gtk_widget_class_bind_template_callback (widget_class, on_head_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_star_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
}

static void
pipit_message_card_init (PipitMessageCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_message_card_new:
 * @message: what to show and to follow
 *
 * Returns: (transfer floating): a closed card
 */
GtkWidget *
pipit_message_card_new (PipitMessage *message)
{
  PipitMessageCard *self = g_object_new (PIPIT_TYPE_MESSAGE_CARD, NULL);

  self->message = g_object_ref (message);
  g_signal_connect_object (message, "changed", G_CALLBACK (update_head), self, G_CONNECT_SWAPPED);
  update_head (self);

  return GTK_WIDGET (self);
}
