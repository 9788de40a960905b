#include "pipit-draft-private.h"

/**
 * PipitDraft:
 *
 * A message being written, as the journal keeps it.
 */
struct _PipitDraft
{
  GObject parent_instance;

  char *id;         /* (owned) */
  char *recipients; /* (owned) */
  char *subject;    /* (owned) */
  char *summary;    /* (owned) */
  gint64 date_unix;
};

G_DEFINE_FINAL_TYPE (PipitDraft, pipit_draft, G_TYPE_OBJECT)

static void
pipit_draft_finalize (GObject *object)
{
  PipitDraft *self = PIPIT_DRAFT (object);

  g_free (self->id);
  g_free (self->recipients);
  g_free (self->subject);
  g_free (self->summary);

  G_OBJECT_CLASS (pipit_draft_parent_class)->finalize (object);
}

static void
pipit_draft_class_init (PipitDraftClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_draft_finalize;
}

static void
pipit_draft_init (PipitDraft *self)
{
}

static char *
dup_or_empty (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

/* Returns: (transfer full): what the store says of a draft */
PipitDraft *
pipit_draft_new (const StoreDraft *row)
{
  PipitDraft *self = g_object_new (PIPIT_TYPE_DRAFT, NULL);

  self->id = g_strdup (row->uuid);
  self->recipients = dup_or_empty (row->to_text);
  self->subject = dup_or_empty (row->subject);
  self->summary = dup_or_empty (row->summary);
  self->date_unix = row->changed_unix;

  return self;
}

/**
 * pipit_draft_get_id:
 *
 * Returns: (transfer none): what names it on this computer
 */
const char *
pipit_draft_get_id (PipitDraft *self)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT (self), NULL);

  return self->id;
}

/**
 * pipit_draft_get_recipients:
 *
 * Returns: (transfer none): whom it is to go to, as text, maybe empty
 */
const char *
pipit_draft_get_recipients (PipitDraft *self)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT (self), NULL);

  return self->recipients;
}

/**
 * pipit_draft_get_subject:
 *
 * Returns: (transfer none): its subject, maybe empty
 */
const char *
pipit_draft_get_subject (PipitDraft *self)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT (self), NULL);

  return self->subject;
}

/**
 * pipit_draft_get_summary:
 *
 * Returns: (transfer none): its first words, maybe empty
 */
const char *
pipit_draft_get_summary (PipitDraft *self)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT (self), NULL);

  return self->summary;
}

/**
 * pipit_draft_get_date_unix:
 *
 * Returns: when it was changed last, in seconds since 1970
 */
gint64
pipit_draft_get_date_unix (PipitDraft *self)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT (self), 0);

  return self->date_unix;
}

/**
 * pipit_draft_equal:
 * @other: another
 *
 * Returns: %TRUE if both show the same
 */
gboolean
pipit_draft_equal (PipitDraft *self,
                   PipitDraft *other)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT (self), FALSE);
  g_return_val_if_fail (PIPIT_IS_DRAFT (other), FALSE);

  return g_str_equal (self->id, other->id) && self->date_unix == other->date_unix &&
         g_str_equal (self->recipients, other->recipients) &&
         g_str_equal (self->subject, other->subject) &&
         g_str_equal (self->summary, other->summary);
}
