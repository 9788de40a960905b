#pragma once

#include "pipit-attachment.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_ATTACHMENT_CHIP (pipit_attachment_chip_get_type ())
G_DECLARE_FINAL_TYPE (PipitAttachmentChip, pipit_attachment_chip, PIPIT, ATTACHMENT_CHIP, AdwBin)

GtkWidget *pipit_attachment_chip_new (PipitAttachment *attachment);

G_END_DECLS
