#include "pipit-config.h"

#include "pipit-picture-bar.h"

#include "pipit-picture-consent.h"

#include <glib/gi18n-lib.h>

/**
 * PipitPictureBar:
 *
 * Says that a message has pictures on the network, and asks whether they are to be loaded.
 */
struct _PipitPictureBar
{
  AdwBin parent_instance;

  GtkLabel *label;
  GtkWidget *load;
  GtkMenuButton *always;
  GtkWidget *again;

  PipitBody *body; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PipitPictureBar, pipit_picture_bar, ADW_TYPE_BIN)

enum
{
  WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
allow (PipitPictureBar   *self,
       PipitPictureScope  scope)
{
  if (self->body == NULL)
    return;

  pipit_picture_consent_give (self->body, scope);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[WANTED], 0);
}

static void
on_load (PipitPictureBar *self)
{
  allow (self, PIPIT_PICTURES_OF_MESSAGE);
}

static void
on_again (PipitPictureBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[WANTED], 0);
}

static void
action_allow (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  gboolean of_domain = g_str_equal (g_variant_get_string (parameter, NULL), "domain");

  allow (PIPIT_PICTURE_BAR (widget),
         of_domain ? PIPIT_PICTURES_OF_DOMAIN : PIPIT_PICTURES_OF_SENDER);
}

static void
append_always (GMenu      *menu,
               const char *name,
               const char *target)
{
  g_auto(GStrv) pieces = name != NULL ? g_strsplit (name, "_", -1) : NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *label = NULL;

  if (name == NULL)
    return;

  /* a single underscore would be taken for a mnemonic's */
  escaped = g_strjoinv ("__", pieces);
  /* Translators: an address, or an @ and a domain */
  label = g_strdup_printf (_("Always for %s"), escaped);
  g_menu_append (menu, label, target);
}

static GMenuModel *
make_menu (PipitBody *body)
{
  GMenu *menu = g_menu_new ();
  g_autofree char *sender = pipit_picture_consent_dup_name (body, PIPIT_PICTURES_OF_SENDER);
  g_autofree char *domain = pipit_picture_consent_dup_name (body, PIPIT_PICTURES_OF_DOMAIN);

  append_always (menu, sender, "pictures.allow::sender");
  append_always (menu, domain, "pictures.allow::domain");

  return G_MENU_MODEL (menu);
}

static void
pipit_picture_bar_dispose (GObject *object)
{
  PipitPictureBar *self = PIPIT_PICTURE_BAR (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_PICTURE_BAR);
  g_clear_object (&self->body);

  G_OBJECT_CLASS (pipit_picture_bar_parent_class)->dispose (object);
}

static void
pipit_picture_bar_class_init (PipitPictureBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_picture_bar_dispose;

  signals[WANTED] = g_signal_new ("wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-picture-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitPictureBar, label);
  gtk_widget_class_bind_template_child (widget_class, PipitPictureBar, load);
  gtk_widget_class_bind_template_child (widget_class, PipitPictureBar, always);
  gtk_widget_class_bind_template_child (widget_class, PipitPictureBar, again);
  gtk_widget_class_bind_template_callback (widget_class, on_load);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_install_action (widget_class, "pictures.allow", "s", action_allow);
}

static void
pipit_picture_bar_init (PipitPictureBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_picture_bar_ask:
 * @body: of a message with pictures on the network
 *
 * Shows the question.
 */
void
pipit_picture_bar_ask (PipitPictureBar *self,
                       PipitBody       *body)
{
  guint n = pipit_body_get_n_remote (body);
  gboolean can_load = pipit_body_get_html_with_pictures (body) != NULL;
  g_autoptr(GMenuModel) menu = make_menu (body);
  g_autofree char *text = NULL;

  g_return_if_fail (PIPIT_IS_PICTURE_BAR (self));

  g_set_object (&self->body, body);
  text = g_strdup_printf (
    ngettext ("%'u remote picture is not loaded. It would tell the sender that you read this.",
              "%'u remote pictures are not loaded. They would tell the sender that you read this.", n),
    n);
  gtk_label_set_label (self->label, text);
  gtk_menu_button_set_menu_model (self->always, menu);
  gtk_widget_set_visible (self->load, can_load);
  gtk_widget_set_visible (GTK_WIDGET (self->always),
                          can_load && g_menu_model_get_n_items (menu) > 0);
  gtk_widget_set_visible (self->again, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/**
 * pipit_picture_bar_tell_missed:
 * @n: how many pictures did not come
 *
 * Shows that, and offers to try again.
 */
void
pipit_picture_bar_tell_missed (PipitPictureBar *self,
                               guint            n)
{
  g_autofree char *text = NULL;

  g_return_if_fail (PIPIT_IS_PICTURE_BAR (self));

  text = g_strdup_printf (ngettext ("%'u picture could not be loaded.",
                                    "%'u pictures could not be loaded.", n), n);
  gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (self->load, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->always), FALSE);
  gtk_widget_set_visible (self->again, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}
