#pragma once

#include "pipit-account.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_ACCOUNT_ROW (pipit_account_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitAccountRow, pipit_account_row, PIPIT, ACCOUNT_ROW, AdwExpanderRow)

GtkWidget *pipit_account_row_new (PipitAccount *account);

G_END_DECLS
