#include "store-reader-private.h"

#define DRAFT_COLUMNS \
  "id, uuid, account_uuid, to_text, subject, summary, content, revision, created, changed," \
  " (SELECT count(*) FROM draft_attachment AS a WHERE a.draft = draft.id) FROM draft"

static StoreDraft *
dup_draft (StoreStatement *select)
{
  StoreDraft *draft = g_new0 (StoreDraft, 1);

  draft->draft = sqlite3_column_int64 (select, 0);
  draft->uuid = store_column_dup (select, 1);
  draft->account_uuid = store_column_dup (select, 2);
  draft->to_text = store_column_dup (select, 3);
  draft->subject = store_column_dup (select, 4);
  draft->summary = store_column_dup (select, 5);
  draft->content = store_column_bytes (select, 6);
  draft->revision = (guint) sqlite3_column_int64 (select, 7);
  draft->created_unix = sqlite3_column_int64 (select, 8);
  draft->changed_unix = sqlite3_column_int64 (select, 9);
  draft->n_attachments = (guint) sqlite3_column_int64 (select, 10);
  return draft;
}

/**
 * store_reader_get_draft:
 *
 * Returns: (transfer full) (nullable): the draft
 */
StoreDraft *
store_reader_get_draft (StoreReader  *self,
                        const char   *uuid,
                        GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->journal, "SELECT " DRAFT_COLUMNS " WHERE uuid = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, uuid);
  if (store_db_step (self->journal, select, error) != STORE_STEP_ROW)
    return NULL;

  return dup_draft (select);
}

/**
 * store_reader_list_drafts:
 * @account_uuid: (nullable): %NULL for all accounts
 *
 * Returns: (transfer full) (element-type StoreDraft): the latest first, or %NULL
 */
GPtrArray *
store_reader_list_drafts (StoreReader  *self,
                          const char   *account_uuid,
                          GError      **error)
{
  g_autoptr(GPtrArray) drafts = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT " DRAFT_COLUMNS " WHERE ?1 IS NULL OR account_uuid = ?1"
                          " ORDER BY changed DESC, id DESC", error);
  if (select == NULL)
    return NULL;

  drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) store_draft_free);
  store_bind_text (select, 1, account_uuid);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (drafts, dup_draft (select));

  return step == STORE_STEP_DONE ? g_steal_pointer (&drafts) : NULL;
}

/**
 * store_reader_list_draft_attachments:
 * @with_bytes: whether to read their contents, too
 *
 * Returns: (transfer full) (element-type StoreDraftAttachment): in the order in which they were
 *   added, or %NULL
 */
GPtrArray *
store_reader_list_draft_attachments (StoreReader  *self,
                                     const char   *draft_uuid,
                                     gboolean      with_bytes,
                                     GError      **error)
{
  g_autoptr(GPtrArray) attachments = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT a.key, a.name, a.content_type, a.size, iif (?2, a.bytes, NULL)"
                          " FROM draft AS d JOIN draft_attachment AS a ON a.draft = d.id"
                          " WHERE d.uuid = ?1 ORDER BY a.id", error);
  if (select == NULL)
    return NULL;

  attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) store_draft_attachment_free);
  store_bind_text (select, 1, draft_uuid);
  store_bind_int (select, 2, with_bytes);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    {
      StoreDraftAttachment *attachment = g_new0 (StoreDraftAttachment, 1);

      attachment->key = store_column_dup (select, 0);
      attachment->name = store_column_dup (select, 1);
      attachment->content_type = store_column_dup (select, 2);
      attachment->size_bytes = sqlite3_column_int64 (select, 3);
      attachment->bytes = store_column_bytes (select, 4);
      g_ptr_array_add (attachments, attachment);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&attachments) : NULL;
}

/**
 * store_reader_get_learnt:
 *
 * Returns: (transfer full) (nullable): what was learnt; %NULL without an error when nothing was
 */
char *
store_reader_get_learnt (StoreReader  *self,
                         const char   *account_uuid,
                         const char   *key,
                         GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->journal,
                          "SELECT value FROM learnt WHERE account_uuid = ? AND key = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, account_uuid);
  store_bind_text (select, 2, key);
  if (store_db_step (self->journal, select, error) != STORE_STEP_ROW)
    return NULL;

  return store_column_dup (select, 0);
}

/**
 * store_reader_list_learnt:
 * @prefix: what the keys begin with
 *
 * Returns: (transfer full) (element-type StoreLearnt): by their keys, or %NULL
 */
GPtrArray *
store_reader_list_learnt (StoreReader  *self,
                          const char   *account_uuid,
                          const char   *prefix,
                          GError      **error)
{
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT key, value, changed FROM learnt WHERE account_uuid = ?1"
                          " AND substr (key, 1, length (?2)) = ?2 ORDER BY key", error);
  if (select == NULL)
    return NULL;

  all = g_ptr_array_new_with_free_func ((GDestroyNotify) store_learnt_free);
  store_bind_text (select, 1, account_uuid);
  store_bind_text (select, 2, prefix);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    {
      StoreLearnt *learnt = g_new0 (StoreLearnt, 1);

      learnt->key = store_column_dup (select, 0);
      learnt->value = store_column_dup (select, 1);
      learnt->changed_unix = sqlite3_column_int64 (select, 2);
      g_ptr_array_add (all, learnt);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&all) : NULL;
}
