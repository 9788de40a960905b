#pragma once

#include "pipit-account-setup.h"
#include "pipit-remedy.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SETUP_TEST_PAGE (pipit_setup_test_page_get_type ())
G_DECLARE_FINAL_TYPE (PipitSetupTestPage, pipit_setup_test_page, PIPIT, SETUP_TEST_PAGE, AdwBin)

void pipit_setup_test_page_set_setup (PipitSetupTestPage *self,
                                      PipitAccountSetup  *setup);

G_END_DECLS
