#pragma once

#include "pipit-account.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_PASSWORD_DIALOG (pipit_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PipitPasswordDialog, pipit_password_dialog, PIPIT, PASSWORD_DIALOG,
                      AdwMessageDialog)

PipitPasswordDialog *pipit_password_dialog_new (GtkWindow    *parent,
                                                PipitAccount *account);

G_END_DECLS
