#pragma once

#include "pipit-account-setup.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SETUP_DETAILS_PAGE (pipit_setup_details_page_get_type ())
G_DECLARE_FINAL_TYPE (PipitSetupDetailsPage, pipit_setup_details_page, PIPIT, SETUP_DETAILS_PAGE,
                      AdwBin)

void pipit_setup_details_page_set_setup      (PipitSetupDetailsPage *self,
                                              PipitAccountSetup     *setup);
void pipit_setup_details_page_focus          (PipitSetupDetailsPage *self);
void pipit_setup_details_page_focus_password (PipitSetupDetailsPage *self);
void pipit_setup_details_page_show_servers   (PipitSetupDetailsPage *self,
                                              PipitServer            server);

G_END_DECLS
