#include "pipit-config.h"

#include "pipit-message-card.h"

#include "pipit-body.h"
#include "pipit-file-saver.h"
#include "pipit-message-content.h"
#include "pipit-message-head.h"
#include "pipit-source-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Nobody looks through more source than this in a window; saving brings all. */
#define MAX_SOURCE_BYTES (2 * 1024 * 1024)

/**
 * PipitMessageCard:
 *
 * A message of a conversation: one line while it is closed, its content when it is open.
 */
struct _PipitMessageCard
{
  GtkListBoxRow parent_instance;

  PipitMessageHead *head;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *failure;
  AdwBin *place;

  PipitMessage *message;     /* (owned) */
  PipitBody *body;           /* (owned) (nullable) until it is loaded */
  PipitMessageContent *content; /* (unowned) (nullable): in the place */
  GCancellable *cancellable; /* (owned) (nullable) while it is loading */
  gboolean expanded;
  gboolean is_near;
  gboolean as_text;
};

G_DEFINE_FINAL_TYPE (PipitMessageCard, pipit_message_card, GTK_TYPE_LIST_BOX_ROW)

enum
{
  PROP_0,
  PROP_AS_TEXT,
  N_PROPS
};

enum
{
  SETTLED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* Content */

static void
on_content_settled (PipitMessageCard *self)
{
  g_signal_emit (self, signals[SETTLED], 0);
}

static void
on_content_as_text (PipitMessageCard *self)
{
  self->as_text = pipit_message_content_get_as_text (self->content);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AS_TEXT]);
}

static void
show_body (PipitMessageCard *self)
{
  GtkWidget *content = pipit_message_content_new (self->body, self->as_text);

  self->content = PIPIT_MESSAGE_CONTENT (content);
  g_signal_connect_object (content, "settled", G_CALLBACK (on_content_settled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (content, "notify::as-text", G_CALLBACK (on_content_as_text), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (self->place, content);
  pipit_message_content_set_near (self->content, self->is_near);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.as-text",
                                 pipit_body_has_html (self->body));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.headers", TRUE);
  gtk_stack_set_visible_child_name (self->stack, "content");
  if (!pipit_body_has_html (self->body) || self->as_text)
    g_signal_emit (self, signals[SETTLED], 0);
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
      g_signal_emit (self, signals[SETTLED], 0);
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

/* The message's own menu */

static GtkWindow *
window_of (PipitMessageCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
tell (PipitMessageCard *self,
      const char       *text)
{
  GtkWidget *dialog = adw_message_dialog_new (window_of (self), _("The Message Is Not There"), text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
source_to_show_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(PipitMessageCard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) source = pipit_message_load_source_finish (PIPIT_MESSAGE (object), result,
                                                               &error);
  g_autofree char *text = NULL;

  if (source == NULL)
    {
      tell (self, error->message);
      return;
    }

  text = g_utf8_make_valid (g_bytes_get_data (source, NULL),
                            MIN (g_bytes_get_size (source), MAX_SOURCE_BYTES));
  gtk_window_present (pipit_source_window_new (window_of (self), _("Source"), text));
}

static void
action_source (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  pipit_message_load_source_async (PIPIT_MESSAGE_CARD (widget)->message, NULL, source_to_show_cb,
                                   g_object_ref (widget));
}

/* The subject, without what no file system takes. */
static char *
file_name (PipitMessage *message)
{
  const char *subject = pipit_message_get_subject (message);
  g_autofree char *stem = g_utf8_substring (subject, 0, MIN (g_utf8_strlen (subject, -1), 60));

  g_strdelimit (g_strstrip (stem), "/\\:*?\"<>|\t\n\r", '-');
  while (*stem == '.')
    *stem = '-';

  return g_strconcat (*stem != '\0' ? stem : _("Message"), ".eml", NULL);
}

static void
source_to_save_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(PipitMessageCard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) source = pipit_message_load_source_finish (PIPIT_MESSAGE (object), result,
                                                               &error);
  g_autofree char *name = NULL;

  if (source == NULL)
    {
      tell (self, error->message);
      return;
    }

  name = file_name (self->message);
  pipit_file_saver_save_bytes (GTK_WIDGET (self), source, name);
}

static void
action_save (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  pipit_message_load_source_async (PIPIT_MESSAGE_CARD (widget)->message, NULL, source_to_save_cb,
                                   g_object_ref (widget));
}

static void
action_headers (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  PipitMessageCard *self = PIPIT_MESSAGE_CARD (widget);

  if (self->body != NULL)
    gtk_window_present (pipit_source_window_new (window_of (self), _("Headers"),
                                                 pipit_body_get_headers (self->body)));
}

/* The card */

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
 * Returns: %TRUE if its content is shown
 */
gboolean
pipit_message_card_get_expanded (PipitMessageCard *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_CARD (self), FALSE);

  return self->expanded;
}

/**
 * pipit_message_card_set_expanded:
 * @expanded: whether its content is shown; it is loaded the first time
 */
void
pipit_message_card_set_expanded (PipitMessageCard *self,
                                 gboolean          expanded)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_CARD (self));

  self->expanded = expanded;
  gtk_widget_set_visible (GTK_WIDGET (self->stack), expanded);
  pipit_message_head_set_expanded (self->head, expanded);
  if (expanded)
    load (self);
  else if (self->content != NULL)
    pipit_message_content_set_near (self->content, FALSE);
}

/**
 * pipit_message_card_set_near:
 * @near: whether it is in sight or nearly
 */
void
pipit_message_card_set_near (PipitMessageCard *self,
                             gboolean          near)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_CARD (self));

  if (self->is_near == near)
    return;

  self->is_near = near;
  if (self->content != NULL)
    pipit_message_content_set_near (self->content, near && self->expanded);
}

static void
pipit_message_card_dispose (GObject *object)
{
  PipitMessageCard *self = PIPIT_MESSAGE_CARD (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->content = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_MESSAGE_CARD);
  g_clear_object (&self->body);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (pipit_message_card_parent_class)->dispose (object);
}

static void
pipit_message_card_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AS_TEXT:
      g_value_set_boolean (value, PIPIT_MESSAGE_CARD (object)->as_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_card_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  PipitMessageCard *self = PIPIT_MESSAGE_CARD (object);

  switch (prop_id)
    {
    case PROP_AS_TEXT:
      self->as_text = g_value_get_boolean (value);
      if (self->content != NULL)
        pipit_message_content_set_as_text (self->content, self->as_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_card_class_init (PipitMessageCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_message_card_dispose;
  object_class->get_property = pipit_message_card_get_property;
  object_class->set_property = pipit_message_card_set_property;

  /* whether HTML is shown as text */
  properties[PROP_AS_TEXT] = g_param_spec_boolean ("as-text", NULL, NULL, FALSE,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  /* its height is known */
  signals[SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (PIPIT_TYPE_MESSAGE_HEAD);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-message-card.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, head);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, failure);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageCard, place);
  gtk_widget_class_bind_template_callback (widget_class, on_head_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);

  gtk_widget_class_install_property_action (widget_class, "message.as-text", "as-text");
  gtk_widget_class_install_action (widget_class, "message.headers", NULL, action_headers);
  gtk_widget_class_install_action (widget_class, "message.source", NULL, action_source);
  gtk_widget_class_install_action (widget_class, "message.save", NULL, action_save);
}

static void
pipit_message_card_init (PipitMessageCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.as-text", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.headers", FALSE);
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
  pipit_message_head_set_message (self->head, message);

  return GTK_WIDGET (self);
}
