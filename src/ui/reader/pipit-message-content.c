#include "pipit-config.h"

#include "pipit-message-content.h"

#include "pipit-attachment-chip.h"
#include "pipit-attachment.h"
#include "pipit-file-saver.h"
#include "pipit-html-view.h"
#include "pipit-link-opener.h"
#include "pipit-message-text.h"
#include "pipit-message.h"
#include "pipit-picture-bar.h"
#include "pipit-picture-consent.h"
#include "pipit-source-window.h"

#include <glib/gi18n-lib.h>

/**
 * PipitMessageContent:
 *
 * What is in a message: as HTML or as text, with notes above about what is missing, and its files below.
 */
struct _PipitMessageContent
{
  AdwBin parent_instance;

  GtkWidget *note_bar;
  GtkLabel *note;
  GtkWidget *stopped_bar;
  AdwBin *place;
  GtkWidget *cut_bar;
  PipitPictureBar *pictures;
  GtkFlowBox *files;
  GtkWidget *save_all;

  PipitBody *body;     /* (owned) */
  PipitHtmlView *html; /* (unowned) (nullable): in the place, while HTML is shown */
  gboolean as_text;
  gboolean with_pictures; /* those on the network too: the person has allowed it */
  gboolean is_near;
};

G_DEFINE_FINAL_TYPE (PipitMessageContent, pipit_message_content, ADW_TYPE_BIN)

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

static void
on_link (PipitMessageContent *self,
         const char          *address)
{
  pipit_link_opener_open (GTK_WIDGET (self), address);
}

static void
on_save_image (PipitMessageContent *self,
               PipitAttachment     *attachment)
{
  pipit_file_saver_save (GTK_WIDGET (self), attachment);
}

static void
on_settled (PipitMessageContent *self)
{
  g_signal_emit (self, signals[SETTLED], 0);
}

static void
update_cut (PipitMessageContent *self)
{
  gtk_widget_set_visible (self->cut_bar, self->html != NULL && pipit_html_view_get_cut (self->html));
}

static void
on_pictures_missed (PipitMessageContent *self,
                    guint                n)
{
  pipit_picture_bar_tell_missed (self->pictures, n);
}

static void
on_pictures_wanted (PipitMessageContent *self)
{
  self->with_pictures = TRUE;
  if (self->html != NULL)
    pipit_html_view_show_pictures (self->html);
}

/* The engine's process has ended, or there is none that is safe: the text is always there. */
static void
on_failed (PipitMessageContent *self)
{
  pipit_message_content_set_as_text (self, TRUE);
  gtk_widget_set_visible (self->stopped_bar, TRUE);
}

static void
on_show_again (PipitMessageContent *self)
{
  pipit_message_content_set_as_text (self, FALSE);
}

static void
on_show_whole (PipitMessageContent *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  PipitMessage *message = pipit_body_get_message (self->body);
  GtkWidget *view = pipit_html_view_new (pipit_body_get_html (self->body), self->body,
                                         pipit_body_has_dark (self->body), PIPIT_HTML_FILLING);

  if (self->with_pictures)
    pipit_html_view_show_pictures (PIPIT_HTML_VIEW (view));
  g_signal_connect_object (view, "link", G_CALLBACK (on_link), self, G_CONNECT_SWAPPED);
  gtk_window_present (pipit_source_window_new_html (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                    pipit_message_get_subject (message), view));
  pipit_html_view_set_near (PIPIT_HTML_VIEW (view), TRUE);
}

static GtkWidget *
make_html (PipitMessageContent *self)
{
  GtkWidget *view = pipit_html_view_new (pipit_body_get_html (self->body), self->body,
                                         pipit_body_has_dark (self->body), PIPIT_HTML_AS_TALL);

  self->html = PIPIT_HTML_VIEW (view);
  g_signal_connect_object (view, "link", G_CALLBACK (on_link), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "save-image", G_CALLBACK (on_save_image), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "settled", G_CALLBACK (on_settled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "notify::cut", G_CALLBACK (update_cut), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "missed", G_CALLBACK (on_pictures_missed), self,
                           G_CONNECT_SWAPPED);
  if (self->with_pictures)
    pipit_html_view_show_pictures (self->html);

  return view;
}

static GtkWidget *
make_text (PipitMessageContent *self)
{
  GtkWidget *text = pipit_message_text_new (pipit_body_get_text (self->body));

  g_signal_connect_object (text, "link", G_CALLBACK (on_link), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (text, "padded");

  return text;
}

static void
show (PipitMessageContent *self)
{
  gboolean as_html = pipit_body_has_html (self->body) && !self->as_text;

  self->html = NULL;
  gtk_widget_set_visible (self->stopped_bar, FALSE);
  adw_bin_set_child (self->place, as_html ? make_html (self) : make_text (self));
  if (self->html != NULL)
    pipit_html_view_set_near (self->html, self->is_near);
  update_cut (self);

  gtk_widget_set_visible (GTK_WIDGET (self->pictures), FALSE);
  if (as_html && pipit_body_get_n_remote (self->body) > 0 && !self->with_pictures)
    pipit_picture_bar_ask (self->pictures, self->body);
}

static void
on_save_all (PipitMessageContent *self)
{
  pipit_file_saver_save_all (GTK_WIDGET (self), pipit_body_get_attachments (self->body));
}

static void
add_files (PipitMessageContent *self)
{
  GListModel *attachments = pipit_body_get_attachments (self->body);
  guint n = g_list_model_get_n_items (attachments);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(PipitAttachment) attachment = g_list_model_get_item (attachments, i);

      gtk_flow_box_append (self->files, pipit_attachment_chip_new (attachment));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->files), n > 0);
  gtk_widget_set_visible (self->save_all, n > 1);
}

static void
pipit_message_content_dispose (GObject *object)
{
  PipitMessageContent *self = PIPIT_MESSAGE_CONTENT (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_MESSAGE_CONTENT);
  g_clear_object (&self->body);

  G_OBJECT_CLASS (pipit_message_content_parent_class)->dispose (object);
}

static void
pipit_message_content_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AS_TEXT:
      g_value_set_boolean (value, PIPIT_MESSAGE_CONTENT (object)->as_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_message_content_class_init (PipitMessageContentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_message_content_dispose;
  object_class->get_property = pipit_message_content_get_property;

  properties[PROP_AS_TEXT] = g_param_spec_boolean ("as-text", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (PIPIT_TYPE_PICTURE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-message-content.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, note_bar);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, note);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, stopped_bar);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, place);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, cut_bar);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, pictures);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, files);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageContent, save_all);
  gtk_widget_class_bind_template_callback (widget_class, on_pictures_wanted);
  gtk_widget_class_bind_template_callback (widget_class, on_show_again);
  gtk_widget_class_bind_template_callback (widget_class, on_show_whole);
  gtk_widget_class_bind_template_callback (widget_class, on_save_all);
}

static void
pipit_message_content_init (PipitMessageContent *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_message_content_new:
 * @body: what to show
 * @as_text: whether HTML is shown as text
 *
 * Returns: (transfer floating): the content; HTML loads when it comes near to what is in sight
 */
GtkWidget *
pipit_message_content_new (PipitBody *body,
                           gboolean   as_text)
{
  PipitMessageContent *self = g_object_new (PIPIT_TYPE_MESSAGE_CONTENT, NULL);
  const char *note = pipit_body_get_note (body);

  self->body = g_object_ref (body);
  self->as_text = as_text;
  self->with_pictures = pipit_picture_consent_is_given (body);
  gtk_label_set_label (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (self->note_bar, note != NULL);
  show (self);
  add_files (self);

  return GTK_WIDGET (self);
}

/**
 * pipit_message_content_set_near:
 * @near: whether it is in sight or nearly
 */
void
pipit_message_content_set_near (PipitMessageContent *self,
                                gboolean             near)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_CONTENT (self));

  self->is_near = near;
  if (self->html != NULL)
    pipit_html_view_set_near (self->html, near);
}

/**
 * pipit_message_content_set_as_text:
 * @as_text: whether HTML is shown as text
 */
void
pipit_message_content_set_as_text (PipitMessageContent *self,
                                   gboolean             as_text)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_CONTENT (self));

  if (self->as_text == as_text)
    return;

  self->as_text = as_text;
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AS_TEXT]);
}

/**
 * pipit_message_content_get_as_text:
 *
 * Returns: whether HTML is shown as text
 */
gboolean
pipit_message_content_get_as_text (PipitMessageContent *self)
{
  g_return_val_if_fail (PIPIT_IS_MESSAGE_CONTENT (self), FALSE);

  return self->as_text;
}
