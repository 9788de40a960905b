#include "pipit-config.h"

#include "pipit-certificate-dialog.h"

#include <glib/gi18n.h>

/* A certificate that was not trusted, readably; with the choice to trust just this one for just
 * this server. */

struct _PipitCertificateDialog
{
  AdwWindow parent_instance;

  PipitCertificate *certificate; /* (owned) */

  GtkLabel *problems;
  AdwActionRow *host_row;
  AdwActionRow *subject_row;
  AdwActionRow *names_row;
  AdwActionRow *issuer_row;
  AdwActionRow *validity_row;
  AdwActionRow *fingerprint_row;
  GtkLabel *advice;
  GtkWidget *trust_button;
  GtkWidget *cancel_button;
};

enum
{
  TRUSTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitCertificateDialog, pipit_certificate_dialog, ADW_TYPE_WINDOW)

static void
on_trust (PipitCertificateDialog *self)
{
  g_signal_emit (self, signals[TRUSTED], 0);
  gtk_window_close (GTK_WINDOW (self));
}

/* What stands in a certificate is the server's word, and never markup. */
static void
set_subtitle (AdwActionRow *row,
              const char   *text)
{
  g_autofree char *escaped = g_markup_escape_text (text != NULL ? text : "", -1);

  adw_action_row_set_subtitle (row, escaped);
  adw_action_row_set_subtitle_lines (row, 6);
  gtk_widget_set_visible (GTK_WIDGET (row), *escaped != '\0');
}

static void
pipit_certificate_dialog_dispose (GObject *object)
{
  PipitCertificateDialog *self = PIPIT_CERTIFICATE_DIALOG (object);

  g_clear_object (&self->certificate);

  G_OBJECT_CLASS (pipit_certificate_dialog_parent_class)->dispose (object);
}

static void
pipit_certificate_dialog_class_init (PipitCertificateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_certificate_dialog_dispose;

  /* The person trusts the certificate. */
  signals[TRUSTED] = g_signal_new ("trusted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/setup/pipit-certificate-dialog.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PipitCertificateDialog, name)
  BIND (problems);
  BIND (host_row);
  BIND (subject_row);
  BIND (names_row);
  BIND (issuer_row);
  BIND (validity_row);
  BIND (fingerprint_row);
  BIND (advice);
  BIND (trust_button);
  BIND (cancel_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_trust);
}

static void
pipit_certificate_dialog_init (PipitCertificateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_certificate_dialog_new:
 * @parent: (nullable): the window that it belongs to
 * @certificate: a certificate that was not trusted
 * @may_trust: %FALSE for one that stands in place of another that was trusted: that is an error
 *   and no question
 *
 * Returns: (transfer floating): the dialog; "trusted" is emitted when the person trusts it
 */
PipitCertificateDialog *
pipit_certificate_dialog_new (GtkWindow        *parent,
                              PipitCertificate *certificate,
                              gboolean          may_trust)
{
  PipitCertificateDialog *self;
  g_autofree char *problems = NULL;
  g_autofree char *names = NULL;
  g_autofree char *validity = NULL;

  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (certificate), NULL);

  self = g_object_new (PIPIT_TYPE_CERTIFICATE_DIALOG, "transient-for", parent, NULL);
  self->certificate = g_object_ref (certificate);

  problems = pipit_certificate_dup_problems (certificate);
  names = pipit_certificate_dup_names (certificate);
  validity = pipit_certificate_dup_validity (certificate);

  gtk_label_set_label (self->problems, problems);
  set_subtitle (self->host_row, pipit_certificate_get_host (certificate));
  set_subtitle (self->subject_row, pipit_certificate_get_subject (certificate));
  set_subtitle (self->names_row, names);
  set_subtitle (self->issuer_row, pipit_certificate_get_issuer (certificate));
  set_subtitle (self->validity_row, validity);
  set_subtitle (self->fingerprint_row, pipit_certificate_get_fingerprint (certificate));
  gtk_label_set_label (self->advice,
                       may_trust ? _("Trust it only if you know that this is the right server, for "
                                     "example because its fingerprint was given to you. It is then "
                                     "trusted for this server alone.")
                                 : _("You trusted another certificate for this server. If the "
                                     "people who run it say that this is the new one, remove the "
                                     "account and add it again."));
  gtk_widget_set_visible (self->trust_button, may_trust);
  gtk_widget_grab_focus (self->cancel_button);

  return self;
}

/**
 * pipit_certificate_dialog_get_certificate:
 *
 * Returns: (transfer none): the certificate that is shown
 */
PipitCertificate *
pipit_certificate_dialog_get_certificate (PipitCertificateDialog *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE_DIALOG (self), NULL);

  return self->certificate;
}
