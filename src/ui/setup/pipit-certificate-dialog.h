#pragma once

#include "pipit-certificate.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_CERTIFICATE_DIALOG (pipit_certificate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PipitCertificateDialog, pipit_certificate_dialog, PIPIT, CERTIFICATE_DIALOG,
                      AdwWindow)

PipitCertificateDialog *pipit_certificate_dialog_new             (GtkWindow              *parent,
                                                                  PipitCertificate       *certificate,
                                                                  gboolean                may_trust);
PipitCertificate       *pipit_certificate_dialog_get_certificate (PipitCertificateDialog *self);

G_END_DECLS
