#include <string.h>

#include "store-address-private.h"
#include "store-arrival-private.h"
#include "store-bodies-private.h"
#include "store-conversation-private.h"
#include "store-index-private.h"
#include "store-label-private.h"
#include "store-recipients-private.h"
#include "store-transaction-private.h"

/* Bumped when sync learns to read more out of a header: rows below it may be fetched again. */
#define FACTS_VERSION 1

/* Longer values of single fields are cut: what is beyond is in the body. */
#define MAX_FIELD_BYTES 2000
#define MAX_REFERENCES 64
#define DAY_SECONDS (24 * 60 * 60)

/* A text of a header, cut where a character ends. */
static void
bind_bounded (StoreStatement *statement,
              int             position,
              const char     *text)
{
  gsize size;

  if (text == NULL || *text == '\0')
    return;

  size = strlen (text);
  if (size > MAX_FIELD_BYTES)
    size = (gsize) (g_utf8_find_prev_char (text, text + MAX_FIELD_BYTES) - text);
  sqlite3_bind_text (statement, position, text, (int) size, SQLITE_STATIC);
}

static void
bind_addresses (StoreStatement     *statement,
                int                 position,
                GString            *scratch,
                const StoreAddress *items,
                guint               n_items)
{
  g_string_truncate (scratch, 0);
  if (store_address_encode (scratch, items, n_items))
    sqlite3_bind_text (statement, position, scratch->str, (int) scratch->len, SQLITE_STATIC);
}

static void
bind_identifiers (StoreStatement    *statement,
                  int                position,
                  GString           *scratch,
                  const char *const *items,
                  guint              n_items)
{
  guint first = n_items > MAX_REFERENCES ? n_items - MAX_REFERENCES + 1 : 0;

  g_string_truncate (scratch, 0);
  if (first > 0)
    g_string_append (scratch, items[0]);
  for (guint i = first; i < n_items; i++)
    {
      if (scratch->len > 0)
        g_string_append_c (scratch, ' ');
      g_string_append (scratch, items[i]);
    }

  if (scratch->len > 0)
    sqlite3_bind_text (statement, position, scratch->str, (int) scratch->len, SQLITE_STATIC);
}

static StoreAttachmentState
guess_attachment (const char *content_type)
{
  if (content_type == NULL || g_ascii_strncasecmp (content_type, "text/", 5) == 0 ||
      g_ascii_strncasecmp (content_type, "multipart/alternative", 21) == 0)
    return STORE_ATTACHMENT_NONE;
  if (g_ascii_strncasecmp (content_type, "multipart/mixed", 15) == 0)
    return STORE_ATTACHMENT_LIKELY;
  return STORE_ATTACHMENT_UNKNOWN;
}

static gint64
sort_date (StoreTransaction        *tx,
           const StoreFolderInfo   *info,
           const StoreMessageFacts *facts,
           StorePutFlags            flags)
{
  gboolean by_date = (flags & STORE_PUT_PREFER_DATE) != 0 ||
                     info->special_use == STORE_SPECIAL_SENT ||
                     info->special_use == STORE_SPECIAL_DRAFTS;
  gint64 date = facts->internal_date_unix;

  if (facts->date_unix != 0 && (by_date || date == 0))
    date = facts->date_unix;

  return CLAMP (date, 0, tx->now_unix + DAY_SECONDS);
}

static void
bind_message (StoreTransaction        *tx,
              StoreStatement          *insert,
              const StoreMessageFacts *facts)
{
  GString **scratch = tx->scratch;

  store_bind_int (insert, 4, facts->date_unix);
  store_bind_int (insert, 5, facts->size_bytes);
  store_bind_int (insert, 6, guess_attachment (facts->content_type));
  store_bind_int (insert, 7, facts->is_bulk);
  store_bind_int (insert, 8, FACTS_VERSION);
  bind_bounded (insert, 9, facts->message_id);
  bind_addresses (insert, 10, scratch[0], facts->from, facts->n_from);
  bind_addresses (insert, 11, scratch[1], facts->to, facts->n_to);
  bind_bounded (insert, 12, facts->subject);
  bind_addresses (insert, 13, scratch[2], facts->sender, facts->n_sender);
  bind_addresses (insert, 14, scratch[3], facts->reply_to, facts->n_reply_to);
  bind_addresses (insert, 15, scratch[4], facts->cc, facts->n_cc);
  bind_addresses (insert, 16, scratch[5], facts->bcc, facts->n_bcc);
  bind_identifiers (insert, 17, scratch[6], facts->in_reply_to, facts->n_in_reply_to);
  bind_identifiers (insert, 18, scratch[7], facts->references, facts->n_references);
  bind_bounded (insert, 19, facts->list_id);
  bind_bounded (insert, 20, facts->list_unsubscribe);
  bind_bounded (insert, 21, facts->list_unsubscribe_post);
  bind_bounded (insert, 22, facts->content_type);
  bind_bounded (insert, 23, facts->authentication_results);
  bind_bounded (insert, 24, facts->email_id);
  bind_bounded (insert, 25, facts->thread_id);
}

static gboolean
insert_message (StoreTransaction         *tx,
                const StoreFolderInfo    *info,
                const StoreMessageFacts  *facts,
                gint64                    sort_date,
                gint64                   *out_message,
                GError                  **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) insert = NULL;
  gint64 message = store_tx_take_id (tx);
  gint64 docid = store_index_docid (sort_date, message);
  gint64 conversation;

  if (!store_conversation_assign (tx, facts, info->account, message, &conversation, error))
    return FALSE;

  insert = store_db_take (cache,
                          "INSERT INTO message (id, account, conversation, date, size, attachment,"
                          " is_bulk, facts_version, message_id, \"from\", \"to\", subject, sender,"
                          " reply_to, cc, bcc, in_reply_to, \"references\", list_id,"
                          " list_unsubscribe, list_unsubscribe_post, content_type,"
                          " authentication_results, email_id, thread_id, docid) VALUES (?1, ?2, ?3, ?4,"
                          " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
                          " ?20, ?21, ?22, ?23, ?24, ?25, ?26)", error);
  if (insert == NULL)
    return FALSE;

  store_bind_int (insert, 1, message);
  store_bind_int (insert, 2, info->account);
  store_bind_int (insert, 3, conversation);
  bind_message (tx, insert, facts);
  store_bind_int_or_null (insert, 26, docid);
  store_index_add (tx, docid);
  *out_message = message;
  return store_db_run (cache, insert, error);
}

/* The message that the server says it is, at another place; then it also sorts as there. */
static gboolean
find_shared (StoreTransaction         *tx,
             const StoreFolderInfo    *info,
             const StoreMessageFacts  *facts,
             StoreLocationRow         *row,
             GError                  **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  if (facts->email_id == NULL)
    return TRUE;

  select = store_db_take (cache,
                          "SELECT m.id, l.sort_date, l.has_attachment, l.fingerprint"
                          " FROM message AS m INDEXED BY message_email_id"
                          " JOIN location AS l ON l.message = m.id"
                          " WHERE m.email_id = ? AND m.account = ? ORDER BY l.id LIMIT 1", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, facts->email_id);
  store_bind_int (select, 2, info->account);
  step = store_db_step (cache, select, error);
  if (step == STORE_STEP_ROW)
    {
      row->message = sqlite3_column_int64 (select, 0);
      row->sort_date = sqlite3_column_int64 (select, 1);
      row->has_attachment = sqlite3_column_int (select, 2) != 0;
      row->fingerprint = (guint64) sqlite3_column_int64 (select, 3);
    }

  return step != STORE_STEP_ERROR;
}

static void
take_server_facts (StoreLocationRow *row,
                   guint32           flags,
                   const char       *keywords,
                   guint64           modseq)
{
  row->flags = flags;
  row->modseq = modseq;
  if (keywords == NULL && row->keywords == NULL)
    return;

  g_free (row->keywords);
  row->keywords = store_keywords_change (keywords, NULL, NULL);
}

/* A new location of an old cache: its body may have outlived the cache. */
static gboolean
find_body (StoreTransaction  *tx,
           StoreFolderInfo   *info,
           gint64             message,
           guint32            uid,
           GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) update = NULL;
  StoreBodyState state;

  if (!store_bodies_state (tx, info, uid, &state, error))
    return FALSE;
  if (state == STORE_BODY_NONE)
    return TRUE;

  update = store_db_take (cache, "UPDATE message SET body = max (body, ?2) WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, message);
  store_bind_int (update, 2, state);
  return store_db_run (cache, update, error);
}

static gboolean
insert_location (StoreTransaction         *tx,
                 StoreFolderInfo          *info,
                 const StoreMessageFacts  *facts,
                 guint64                   fingerprint,
                 StorePutFlags             flags,
                 gint64                   *out_location,
                 GError                  **error)
{
  g_auto(StoreLocationRow) row = { 0 };

  row.sort_date = sort_date (tx, info, facts, flags);
  row.has_attachment = guess_attachment (facts->content_type) >= STORE_ATTACHMENT_SOME;
  if (!find_shared (tx, info, facts, &row, error) ||
      (row.message == 0 &&
       !insert_message (tx, info, facts, row.sort_date, &row.message, error)))
    return FALSE;

  row.folder = info->folder;
  row.uid = facts->uid;
  row.state = STORE_LOCATION_PRESENT;
  row.internal_date = facts->internal_date_unix;
  row.fingerprint = fingerprint;
  take_server_facts (&row, facts->flags, facts->keywords, facts->modseq);
  if (!store_location_compute (tx, &row, error) ||
      !store_location_insert (tx, &row, error) ||
      !find_body (tx, info, row.message, row.uid, error))
    return FALSE;

  store_recipients_note (tx, facts, row.sort_date, info->special_use == STORE_SPECIAL_SENT);
  *out_location = row.location;
  return TRUE;
}

/* The server spoke of a UID that is here: its flags, unless that is old news. */
static gboolean
update_location (StoreTransaction  *tx,
                 StoreLocationRow  *row,
                 guint32            flags,
                 const char        *keywords,
                 guint64            modseq,
                 gboolean          *out_is_changed,
                 GError           **error)
{
  g_autofree char *canonical = store_keywords_change (keywords, NULL, NULL);
  gboolean is_gone = row->state == STORE_LOCATION_TOMBSTONE;
  gint64 hidden_before = row->hidden_by;
  StoreFolderInfo *info = store_tx_folder_info (tx, row->folder, error);

  *out_is_changed = FALSE;
  if (info == NULL)
    return FALSE;
  if (modseq != 0 && modseq < row->modseq && !is_gone)
    return TRUE;
  /* what another location has told since is newer than what was said here before */
  if (info->is_label && modseq != 0 && modseq == row->modseq && !is_gone)
    return TRUE;
  if (row->flags == flags && g_strcmp0 (row->keywords, canonical) == 0 && !is_gone &&
      (modseq == 0 || modseq == row->modseq))
    return TRUE;

  *out_is_changed = TRUE;
  row->state = STORE_LOCATION_PRESENT;
  take_server_facts (row, flags, keywords, MAX (modseq, row->modseq));
  return store_location_compute (tx, row, error) &&
         (is_gone ? store_location_write (tx, row, error)
                  : store_location_write_flags (tx, row, hidden_before, error)) &&
         (!info->is_label || store_label_share_flags (tx, row, error));
}

static gboolean
put_known (StoreTransaction         *tx,
           StoreFolderInfo          *info,
           const StoreMessageFacts  *facts,
           guint64                   fingerprint,
           gboolean                  may_be_here,
           StoreLocationRow         *row,
           StorePut                 *put,
           gboolean                 *out_is_done,
           GError                  **error)
{
  gboolean is_known = FALSE;
  gboolean is_changed;

  *out_is_done = TRUE;
  if (may_be_here &&
      !store_location_load_uid (tx, info->folder, facts->uid, row, &is_known, error))
    return FALSE;
  if (is_known)
    {
      put->n_updated++;
      return update_location (tx, row, facts->flags, facts->keywords, facts->modseq, &is_changed,
                              error);
    }

  *out_is_done = FALSE;
  if (!info->has_unmatched)
    return TRUE;
  if (!store_arrival_match (tx, info->folder, facts, fingerprint, row, out_is_done, error))
    return FALSE;
  if (!*out_is_done)
    return TRUE;

  put->n_arrived++;
  take_server_facts (row, facts->flags, facts->keywords, facts->modseq);
  row->internal_date = facts->internal_date_unix;
  return store_arrival_adopt (tx, row, facts->uid, error) &&
         store_location_compute (tx, row, error) &&
         store_location_write (tx, row, error);
}

/* What bare facts are about: the fingerprint of the message, or 0 if it is not here. */
static gboolean
find_fingerprint (StoreTransaction         *tx,
                  const StoreFolderInfo    *info,
                  const StoreMessageFacts  *facts,
                  guint64                  *out_fingerprint,
                  GError                  **error)
{
  StoreLocationRow shared = { 0 };

  if (!facts->is_bare)
    {
      *out_fingerprint = store_facts_fingerprint (facts);
      return TRUE;
    }

  if (!find_shared (tx, info, facts, &shared, error))
    return FALSE;

  *out_fingerprint = shared.fingerprint;
  return TRUE;
}

static gboolean
put_one (StoreTransaction         *tx,
         StoreFolderInfo          *info,
         const StoreMessageFacts  *facts,
         StorePutFlags             flags,
         gboolean                  may_be_here,
         StorePut                 *put,
         gint64                   *out_location,
         GError                  **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  guint64 fingerprint;
  gboolean is_done;

  /* UID 0 is what a broken server says of a message that is none */
  *out_location = 0;
  if (facts->uid == 0)
    return TRUE;

  if (!find_fingerprint (tx, info, facts, &fingerprint, error) ||
      !put_known (tx, info, facts, fingerprint, may_be_here, &row, put, &is_done, error))
    return FALSE;

  *out_location = row.location;
  if (is_done)
    return TRUE;
  if (facts->is_bare && fingerprint == 0)
    {
      put->n_unknown++;
      return TRUE;
    }

  put->n_inserted++;
  return insert_location (tx, info, facts, fingerprint, flags, out_location, error);
}

/* With its first messages a folder is no longer new. */
static StoreFolderInfo *
begin_put (StoreTransaction  *tx,
           gint64             folder,
           GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  StoreFolderInfo *info = cache == NULL ? NULL : store_tx_folder_info (tx, folder, error);
  g_autoptr(StoreStatement) update = NULL;

  if (info == NULL || info->state != STORE_FOLDER_NEW)
    return info;

  update = store_db_take (cache, "UPDATE folder SET state = 1 WHERE id = ?", error);
  if (update == NULL)
    return NULL;

  store_bind_int (update, 1, folder);
  info->state = STORE_FOLDER_FILLING;
  return store_db_run (cache, update, error) ? info : NULL;
}

/**
 * store_tx_put_message:
 * @out_location: (out) (optional): where it is now; 0 for a UID of 0
 *
 * Stores one message that the server has told of, or what is new about one that is here.
 */
gboolean
store_tx_put_message (StoreTransaction         *tx,
                      gint64                    folder,
                      const StoreMessageFacts  *facts,
                      StorePutFlags             flags,
                      gint64                   *out_location,
                      GError                  **error)
{
  StoreFolderInfo *info = begin_put (tx, folder, error);
  StorePut put = { 0 };
  gint64 location;

  if (info == NULL || !put_one (tx, info, facts, flags, TRUE, &put, &location, error))
    return FALSE;

  if (out_location != NULL)
    *out_location = location;
  return store_recipients_write (tx, error) &&
         store_references_tidy (tx->references, tx->reader->cache, error);
}

static int
compare_uids_descending (gconstpointer a,
                         gconstpointer b,
                         gpointer      user_data)
{
  const StoreMessageFacts *left = *(const StoreMessageFacts *const *) a;
  const StoreMessageFacts *right = *(const StoreMessageFacts *const *) b;

  return left->uid > right->uid ? -1 : left->uid < right->uid;
}

/* A first sync brings only what is not here; one question is cheaper than one for each UID. */
static gboolean
is_any_here (StoreTransaction          *tx,
             gint64                     folder,
             const StoreMessageFacts  **sorted,
             guint                      n_facts,
             gboolean                  *out_is_any,
             GError                   **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  *out_is_any = FALSE;
  if (n_facts == 0)
    return TRUE;

  select = store_db_take (cache,
                          "SELECT 1 FROM location INDEXED BY location_uid"
                          " WHERE folder = ? AND uid BETWEEN ? AND ? LIMIT 1", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, sorted[n_facts - 1]->uid);
  store_bind_int (select, 3, sorted[0]->uid);
  return store_db_get_int64 (cache, select, &(gint64) { 0 }, out_is_any, error);
}

/**
 * store_tx_put_batch:
 * @batch: what one or more FETCH windows brought, in any order; up to 2,000 is a good size
 * @out_put: (out) (optional): what became of them
 *
 * Stores a batch of messages. Doing it twice does no harm.
 */
gboolean
store_tx_put_batch (StoreTransaction  *tx,
                    gint64             folder,
                    StoreBatch        *batch,
                    StorePutFlags      flags,
                    StorePut          *out_put,
                    GError           **error)
{
  guint n_facts = store_batch_get_n_facts (batch);
  g_autofree const StoreMessageFacts **facts = g_new (const StoreMessageFacts *, n_facts + 1);
  StoreFolderInfo *info = begin_put (tx, folder, error);
  StorePut put = { 0 };
  gboolean is_any;

  if (info == NULL)
    return FALSE;

  /* the newest first, which is the order of the indexes */
  for (guint i = 0; i < n_facts; i++)
    facts[i] = store_batch_get_facts (batch, i);
  g_qsort_with_data (facts, (int) n_facts, sizeof *facts, compare_uids_descending, NULL);
  if (!is_any_here (tx, folder, facts, n_facts, &is_any, error))
    return FALSE;

  for (guint i = 0; i < n_facts; i++)
    {
      gboolean is_twice = i > 0 && facts[i]->uid == facts[i - 1]->uid;
      gint64 location;

      if (!put_one (tx, info, facts[i], flags, is_any || is_twice, &put, &location, error))
        return FALSE;
    }

  if (out_put != NULL)
    *out_put = put;
  return store_recipients_write (tx, error) &&
         store_references_tidy (tx->references, tx->reader->cache, error);
}

/**
 * store_tx_set_flags:
 * @items: (array length=n_items): what the server said; UIDs that are not here are passed over
 * @out_n_changed: (out) (optional): how many rows are different now
 *
 * Stores the server's flags. An older MODSEQ never overwrites a newer one.
 */
gboolean
store_tx_set_flags (StoreTransaction     *tx,
                    gint64                folder,
                    const StoreUidFlags  *items,
                    guint                 n_items,
                    guint                *out_n_changed,
                    GError              **error)
{
  guint n_changed = 0;

  if (store_tx_cache (tx, error) == NULL)
    return FALSE;

  for (guint i = 0; i < n_items; i++)
    {
      g_auto(StoreLocationRow) row = { 0 };
      gboolean is_found;
      gboolean is_changed = FALSE;

      if (!store_location_load_uid (tx, folder, items[i].uid, &row, &is_found, error) ||
          (is_found &&
           !update_location (tx, &row, items[i].flags, items[i].keywords, items[i].modseq,
                             &is_changed, error)))
        return FALSE;

      n_changed += is_changed;
    }

  if (out_n_changed != NULL)
    *out_n_changed = n_changed;
  return TRUE;
}

/**
 * store_tx_change_flags:
 * @uids: (array length=n_uids): as the command named them
 *
 * What a silent STORE that was answered OK has done on the server. Where the server tells the
 * flags, store_tx_set_flags () with these is better.
 */
gboolean
store_tx_change_flags (StoreTransaction  *tx,
                       gint64             folder,
                       const guint32     *uids,
                       guint              n_uids,
                       guint32            add_flags,
                       guint32            remove_flags,
                       const char        *add_keywords,
                       const char        *remove_keywords,
                       GError           **error)
{
  if (store_tx_cache (tx, error) == NULL)
    return FALSE;

  for (guint i = 0; i < n_uids; i++)
    {
      g_auto(StoreLocationRow) row = { 0 };
      g_autofree char *keywords = NULL;
      gboolean is_found;
      gboolean is_changed;

      if (!store_location_load_uid (tx, folder, uids[i], &row, &is_found, error))
        return FALSE;
      if (!is_found || row.state != STORE_LOCATION_PRESENT)
        continue;

      keywords = store_keywords_change (row.keywords, add_keywords, remove_keywords);
      if (!update_location (tx, &row, (row.flags & ~remove_flags) | add_flags, keywords, 0,
                            &is_changed, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * store_tx_vanish:
 * @uids: (array length=n_uids): UIDs that are proved not to be in the folder any more
 * @out_n_vanished: (out) (optional): how many were here
 *
 * Makes tombstones of their rows. The bodies stay until these are purged, and a row comes back
 * as it was if the server tells of the UID again.
 */
gboolean
store_tx_vanish (StoreTransaction  *tx,
                 gint64             folder,
                 const guint32     *uids,
                 guint              n_uids,
                 guint             *out_n_vanished,
                 GError           **error)
{
  guint n_vanished = 0;

  if (store_tx_cache (tx, error) == NULL)
    return FALSE;

  for (guint i = 0; i < n_uids; i++)
    {
      g_auto(StoreLocationRow) row = { 0 };
      gboolean is_found;

      if (!store_location_load_uid (tx, folder, uids[i], &row, &is_found, error))
        return FALSE;
      if (!is_found || row.state != STORE_LOCATION_PRESENT)
        continue;

      row.state = STORE_LOCATION_TOMBSTONE;
      n_vanished++;
      if (!store_location_compute (tx, &row, error) || !store_location_write (tx, &row, error))
        return FALSE;
    }

  if (out_n_vanished != NULL)
    *out_n_vanished = n_vanished;
  return TRUE;
}
