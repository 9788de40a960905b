#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_DRAFT (pipit_draft_get_type ())
G_DECLARE_FINAL_TYPE (PipitDraft, pipit_draft, PIPIT, DRAFT, GObject)

/* A message being written that is kept on this computer, as a list shows it. Immutable. */
const char *pipit_draft_get_id         (PipitDraft *self);
const char *pipit_draft_get_recipients (PipitDraft *self); /* maybe empty */
const char *pipit_draft_get_subject    (PipitDraft *self); /* maybe empty */
const char *pipit_draft_get_summary    (PipitDraft *self); /* the first words, maybe empty */
gint64      pipit_draft_get_date_unix  (PipitDraft *self); /* of the last change */
gboolean    pipit_draft_equal          (PipitDraft *self,
                                        PipitDraft *other);

G_END_DECLS
