#include "store-overlay-private.h"

/* What a message consists of, and its first words: learnt after its header facts. */

static gboolean
note_message (StoreTransaction  *tx,
              gint64             message,
              GError           **error)
{
  store_change_set_message (tx->changes, message);
  return store_location_note_conversation (tx, message, error);
}

/* The rows of a message, as those of a list that shows only attachments. */
static gboolean
note_attachment (StoreTransaction      *tx,
                 gint64                 message,
                 StoreAttachmentState   attachment,
                 GError               **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) update = NULL;
  StoreStep step;

  update = store_db_take (cache,
                          "UPDATE location SET has_attachment = ?2"
                          " WHERE message = ?1 AND has_attachment <> ?2"
                          " RETURNING id, folder, sort_date, flags_shown, hidden_by", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, message);
  store_bind_int (update, 2, attachment >= STORE_ATTACHMENT_SOME);
  while ((step = store_db_step (cache, update, error)) == STORE_STEP_ROW)
    {
      StoreLocationRow row = {
        .location = sqlite3_column_int64 (update, 0),
        .folder = sqlite3_column_int64 (update, 1),
        .sort_date = sqlite3_column_int64 (update, 2),
        .flags_shown = (guint32) sqlite3_column_int64 (update, 3),
        .hidden_by = sqlite3_column_int64 (update, 4),
        .has_attachment = attachment >= STORE_ATTACHMENT_SOME,
      };

      store_location_note (tx, &row);
    }

  return step == STORE_STEP_DONE;
}

/**
 * store_tx_set_structure:
 * @structure: the body structure, in a form of sync's own
 */
gboolean
store_tx_set_structure (StoreTransaction      *tx,
                        gint64                 message,
                        const char            *structure,
                        StoreAttachmentState   attachment,
                        GError               **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache,
                          "UPDATE message SET structure = ?2, attachment = ?3 WHERE id = ?1",
                          error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, message);
  store_bind_text (update, 2, structure);
  store_bind_int (update, 3, attachment);
  return store_db_run (cache, update, error) &&
         note_attachment (tx, message, attachment, error) &&
         note_message (tx, message, error);
}

/**
 * store_tx_describe:
 *
 * As store_tx_set_structure () and store_tx_set_preview () together, which is half the work.
 */
gboolean
store_tx_describe (StoreTransaction      *tx,
                   gint64                 message,
                   const char            *structure,
                   StoreAttachmentState   attachment,
                   const char            *preview,
                   GError               **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache,
                          "UPDATE message SET structure = ?2, attachment = ?3, preview = ?4"
                          " WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, message);
  store_bind_text (update, 2, structure);
  store_bind_int (update, 3, attachment);
  store_bind_text (update, 4, preview);
  return store_db_run (cache, update, error) &&
         note_attachment (tx, message, attachment, error) &&
         note_message (tx, message, error);
}

/**
 * store_tx_set_preview:
 * @preview: the first words, "" when there are none to show
 */
gboolean
store_tx_set_preview (StoreTransaction  *tx,
                      gint64             message,
                      const char        *preview,
                      GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache, "UPDATE message SET preview = ?2 WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, message);
  store_bind_text (update, 2, preview);
  return store_db_run (cache, update, error) && note_message (tx, message, error);
}
