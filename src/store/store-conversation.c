#include "store-conversation-private.h"

/* How many identifiers of one message are looked at. */
#define MAX_HASHES 40

static gboolean
merge (StoreTransaction  *tx,
       gint64             from,
       gint64             into,
       GError           **error)
{
  static const char *const literals[] = {
    "UPDATE message SET conversation = ?2 WHERE conversation = ?1",
    "UPDATE conversation_alias SET conversation = ?2 WHERE conversation = ?1",
    "INSERT INTO conversation_alias (id, conversation) VALUES (?1, ?2)",
  };
  StoreDb *cache = tx->reader->cache;

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      StoreStatement *statement = store_db_take (cache, literals[i], error);

      if (statement == NULL)
        return FALSE;

      store_bind_int (statement, 1, from);
      store_bind_int (statement, 2, into);
      if (!store_db_run (cache, statement, error))
        return FALSE;
    }

  store_change_set_merged (tx->changes, from, into);
  return TRUE;
}

/* Of a message whose conversation the server has named: where those belong that name only it. */
static gboolean
note_message_id (StoreTransaction         *tx,
                 const StoreMessageFacts  *facts,
                 gint64                    account,
                 gint64                    conversation,
                 GError                  **error)
{
  StoreDb *cache = tx->reader->cache;
  guint64 hash = store_references_of_message (facts, account);
  gint64 found = 0;

  if (hash == 0 || facts->thread_id == NULL || *facts->thread_id == '\0')
    return TRUE;

  return store_references_find (tx->references, cache, hash, &found, error) &&
         (found != 0 ||
          store_references_add (tx->references, cache, hash, conversation, error));
}

/**
 * store_conversation_assign:
 * @message: the message's id, which is also its conversation's when it begins one
 * @out_conversation: (out): where it belongs
 *
 * Finds the conversation of a message by the identifiers that it and earlier ones named, and
 * notes its own. Messages come in any order: when one ties two conversations together they are
 * merged into the older one. The subject has no say. Where the server says which conversation it
 * is, only that counts.
 */
gboolean
store_conversation_assign (StoreTransaction         *tx,
                           const StoreMessageFacts  *facts,
                           gint64                    account,
                           gint64                    message,
                           gint64                   *out_conversation,
                           GError                  **error)
{
  StoreDb *cache = tx->reader->cache;
  guint64 hashes[MAX_HASHES];
  gint64 found[MAX_HASHES];
  guint n = store_references_of_facts (facts, account, hashes, MAX_HASHES);
  gint64 conversation = 0;

  for (guint i = 0; i < n; i++)
    {
      if (!store_references_find (tx->references, cache, hashes[i], &found[i], error))
        return FALSE;
      if (found[i] != 0 && (conversation == 0 || found[i] < conversation))
        conversation = found[i];
    }

  if (conversation != 0)
    store_change_set_conversation (tx->changes, conversation);
  else
    conversation = message;

  for (guint i = 0; i < n; i++)
    {
      gboolean is_done = TRUE;

      if (found[i] == 0)
        is_done = store_references_add (tx->references, cache, hashes[i], conversation, error);
      else if (found[i] != conversation)
        {
          gint64 from = found[i];

          is_done = merge (tx, from, conversation, error);
          for (guint j = i; j < n; j++)
            found[j] = found[j] == from ? conversation : found[j];
        }

      if (!is_done)
        return FALSE;
    }

  *out_conversation = conversation;
  return note_message_id (tx, facts, account, conversation, error);
}
