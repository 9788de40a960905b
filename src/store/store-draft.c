#include "store-draft.h"

void
store_draft_free (StoreDraft *self)
{
  g_free (self->uuid);
  g_free (self->account_uuid);
  g_free (self->to_text);
  g_free (self->subject);
  g_free (self->summary);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_free (self);
}

void
store_draft_attachment_free (StoreDraftAttachment *self)
{
  g_free (self->key);
  g_free (self->name);
  g_free (self->content_type);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

void
store_learnt_free (StoreLearnt *self)
{
  g_free (self->key);
  g_free (self->value);
  g_free (self);
}
