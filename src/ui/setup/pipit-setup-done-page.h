#pragma once

#include "pipit-account-setup.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SETUP_DONE_PAGE (pipit_setup_done_page_get_type ())
G_DECLARE_FINAL_TYPE (PipitSetupDonePage, pipit_setup_done_page, PIPIT, SETUP_DONE_PAGE, AdwBin)

void pipit_setup_done_page_set_setup (PipitSetupDonePage *self,
                                      PipitAccountSetup  *setup);
void pipit_setup_done_page_focus     (PipitSetupDonePage *self);

G_END_DECLS
