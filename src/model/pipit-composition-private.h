#pragma once

#include "pipit-composition.h"

#include "pipit-account.h"
#include "pipit-address.h"
#include "pipit-attachment.h"
#include "pipit-engine.h"
#include "pipit-identity.h"

G_BEGIN_DECLS

#define PIPIT_N_RECIPIENTS_FIELDS (PIPIT_RECIPIENTS_BCC + 1)

struct _PipitComposition
{
  GObject parent_instance;

  PipitEngine *engine;     /* (owned) */
  PipitComposeKind kind;
  PipitIdentity *identity; /* (owned) (nullable) without an account */
  char *subject;           /* (owned) */
  char *text;              /* (owned) */
  gsize cursor_chars;
  GListStore *recipients[PIPIT_N_RECIPIENTS_FIELDS]; /* (owned) of PipitAddress */
  GListStore *attachments; /* (owned) of PipitAttachment */

  char *in_reply_to;   /* (owned) (nullable) */
  char **references;   /* (owned) (nullable) */
  gint64 answered_id;  /* of the message that gets the mark of an answer, or 0 */
  gint64 forwarded_id;

  char *draft_uuid;    /* (owned) */
  char *draft_status;  /* (owned) (nullable) */
  GHashTable *kept;    /* (owned): attachments that the draft has, by pointer → key */
  guint draft_timeout; /* the pause after which the draft is kept, or 0 */
  gboolean draft_there; /* in the journal */
  gboolean modified;   /* since it was made or kept by the person */
  gboolean loading;    /* changes now are no changes of the person's */
  gboolean ended;      /* sent or discarded: nothing is kept any more */
};

PipitComposition *pipit_composition_new_empty       (PipitEngine         *engine,
                                                     PipitComposeKind     kind,
                                                     PipitIdentity       *identity);
void              pipit_composition_changed         (PipitComposition    *self);
void              pipit_composition_set_status      (PipitComposition    *self,
                                                     const char          *status);
void              pipit_composition_set_modified    (PipitComposition    *self,
                                                     gboolean             modified);
void              pipit_composition_take_attachment (PipitComposition    *self,
                                                     PipitAttachment     *attachment);

/* The draft, as it lies in the journal: pipit-composition-draft.c */
void              pipit_composition_keep_soon       (PipitComposition    *self);
void              pipit_composition_forget_draft    (PipitComposition    *self);

G_END_DECLS
