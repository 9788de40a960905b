#pragma once

#include "pipit-attachment.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_COMPOSER_ATTACHMENT (pipit_composer_attachment_get_type ())
G_DECLARE_FINAL_TYPE (PipitComposerAttachment, pipit_composer_attachment, PIPIT,
                      COMPOSER_ATTACHMENT, GtkFlowBoxChild)

GtkWidget *pipit_composer_attachment_new (PipitAttachment *attachment);

G_END_DECLS
