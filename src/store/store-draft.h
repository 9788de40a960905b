#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreDraft:
 * @uuid: made by the caller
 * @content: what the composer needs to go on, in a form of its own
 * @summary: (nullable): the first words, for a list
 * @n_attachments: filled when read; attachments are put one by one
 * @revision: counts the saves; filled when read
 *
 * A message being written. Kept in the journal and never in the cache. Owns its members.
 */
typedef struct
{
  gint64 draft;
  char *uuid;
  char *account_uuid;
  char *to_text;
  char *subject;
  char *summary;
  GBytes *content;
  guint n_attachments;
  guint revision;
  gint64 created_unix;
  gint64 changed_unix;
} StoreDraft;

/**
 * StoreDraftAttachment:
 * @key: made by the caller, unique in the draft
 * @bytes: (nullable): %NULL where only the list was asked for
 */
typedef struct
{
  char *key;
  char *name;
  char *content_type;
  gint64 size_bytes;
  GBytes *bytes;
} StoreDraftAttachment;

/**
 * StoreLearnt:
 *
 * A fact about an account that no server says. Owns its members.
 */
typedef struct
{
  char *key;
  char *value;
  gint64 changed_unix;
} StoreLearnt;

void store_draft_free            (StoreDraft           *self);
void store_draft_attachment_free (StoreDraftAttachment *self);
void store_learnt_free           (StoreLearnt          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreDraft, store_draft_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreDraftAttachment, store_draft_attachment_free)

G_END_DECLS
