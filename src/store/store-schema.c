#include "store-schema-private.h"

/* The tables of the three databases.
 *
 * All ids of the cache come from one sequence, kept in meta, so that none is ever given twice
 * as long as the cache lives. Times are Unix seconds, UTC. A column that is NULL in nearly every
 * row costs a byte there and nothing in a partial index. */

static const char cache_1[] =
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
  "INSERT INTO meta VALUES ('next_id', 1);"

  "CREATE TABLE account ("
  "  id INTEGER PRIMARY KEY,"
  "  uuid TEXT NOT NULL UNIQUE);"

  "CREATE TABLE folder ("
  "  id INTEGER PRIMARY KEY,"
  "  account INTEGER NOT NULL,"
  "  uuid TEXT NOT NULL UNIQUE,"
  "  name TEXT NOT NULL,"
  "  display_name TEXT NOT NULL,"
  "  delimiter INTEGER NOT NULL,"
  "  attributes INTEGER NOT NULL,"
  "  special_use INTEGER NOT NULL,"
  "  state INTEGER NOT NULL DEFAULT 0,"
  "  mailbox_id TEXT,"
  "  uid_validity INTEGER NOT NULL DEFAULT 0,"
  "  uid_next INTEGER NOT NULL DEFAULT 0,"
  "  highest_modseq INTEGER NOT NULL DEFAULT 0,"
  "  server_exists INTEGER NOT NULL DEFAULT -1,"
  "  server_unseen INTEGER NOT NULL DEFAULT -1,"
  "  backfill_uid INTEGER NOT NULL DEFAULT 0,"
  "  checked INTEGER NOT NULL DEFAULT 0,"
  "  n_missing_lists INTEGER NOT NULL DEFAULT 0);"
  /* a name may be used again while a removed folder of that name is still being purged */
  "CREATE UNIQUE INDEX folder_name ON folder (account, name) WHERE state <> 4;"

  "CREATE TABLE message ("
  "  id INTEGER PRIMARY KEY,"
  "  account INTEGER NOT NULL,"
  "  conversation INTEGER NOT NULL,"
  "  date INTEGER NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  attachment INTEGER NOT NULL,"
  "  body INTEGER NOT NULL DEFAULT 0,"
  "  is_bulk INTEGER NOT NULL,"
  "  facts_version INTEGER NOT NULL,"
  "  message_id TEXT,"
  "  \"from\" TEXT,"
  "  \"to\" TEXT,"
  "  subject TEXT,"
  "  preview TEXT,"
  "  sender TEXT,"
  "  reply_to TEXT,"
  "  cc TEXT,"
  "  bcc TEXT,"
  "  in_reply_to TEXT,"
  "  \"references\" TEXT,"
  "  list_id TEXT,"
  "  list_unsubscribe TEXT,"
  "  list_unsubscribe_post TEXT,"
  "  content_type TEXT,"
  "  authentication_results TEXT,"
  "  email_id TEXT,"
  "  thread_id TEXT,"
  "  structure TEXT);"
  "CREATE INDEX message_conversation ON message (conversation);"
  "CREATE INDEX message_email_id ON message (email_id, account) WHERE email_id IS NOT NULL;"

  "CREATE TABLE location ("
  "  id INTEGER PRIMARY KEY,"
  "  folder INTEGER NOT NULL,"
  "  message INTEGER NOT NULL,"
  "  uid INTEGER,"
  "  state INTEGER NOT NULL,"
  "  flags INTEGER NOT NULL,"
  "  flags_shown INTEGER NOT NULL,"
  "  hidden_by INTEGER NOT NULL,"
  "  has_attachment INTEGER NOT NULL,"
  "  sort_date INTEGER NOT NULL,"
  "  internal_date INTEGER NOT NULL,"
  "  modseq INTEGER NOT NULL,"
  "  fingerprint INTEGER NOT NULL,"
  "  keywords TEXT,"
  "  keywords_shown TEXT,"
  "  operation INTEGER,"
  "  gone INTEGER,"
  "  old_uid_validity INTEGER,"
  "  old_uid INTEGER);"
  /* descending, as a first sync brings them: it appends. It covers what is compared with the
   * server's flags */
  "CREATE INDEX location_uid ON location (folder, uid DESC, state, flags, keywords);"
  "CREATE INDEX location_list ON location (folder, sort_date DESC, id) WHERE hidden_by = 0;"
  "CREATE INDEX location_unread ON location (folder, sort_date DESC, id)"
  "  WHERE hidden_by = 0 AND flags_shown & 1 = 0;"
  "CREATE INDEX location_starred ON location (folder, sort_date DESC, id)"
  "  WHERE hidden_by = 0 AND flags_shown & 2 <> 0;"
  "CREATE INDEX location_attachments ON location (folder, sort_date DESC, id)"
  "  WHERE hidden_by = 0 AND has_attachment;"
  "CREATE INDEX location_message ON location (message);"
  /* the small sets that have to be found without looking at every row */
  "CREATE INDEX location_unmatched ON location (folder, fingerprint) WHERE uid IS NULL;"
  "CREATE INDEX location_operation ON location (operation) WHERE operation IS NOT NULL;"
  "CREATE INDEX location_gone ON location (gone) WHERE gone IS NOT NULL;"
  "CREATE INDEX location_old ON location (folder, old_uid_validity, old_uid)"
  "  WHERE old_uid IS NOT NULL;"
  "CREATE INDEX location_overlay ON location (id)"
  "  WHERE flags_shown <> flags OR keywords_shown IS NOT NULL OR hidden_by > 0;"

  /* Which conversation a Message-ID belongs to, by hash. New ones are appended to the log and
   * merged into the table in sorted runs: a random insert for each would make the cost of a
   * message grow with the cache. */
  "CREATE TABLE reference (hash INTEGER PRIMARY KEY, conversation INTEGER NOT NULL);"
  "CREATE TABLE reference_log ("
  "  id INTEGER PRIMARY KEY,"
  "  hash INTEGER NOT NULL,"
  "  conversation INTEGER NOT NULL);"
  /* conversations that turned out to be part of another; always points to the last one */
  "CREATE TABLE conversation_alias ("
  "  id INTEGER PRIMARY KEY,"
  "  conversation INTEGER NOT NULL);"
  "CREATE INDEX conversation_alias_into ON conversation_alias (conversation);"

  "CREATE TABLE recipient ("
  "  address TEXT PRIMARY KEY COLLATE NOCASE,"
  "  name TEXT,"
  "  key TEXT NOT NULL,"
  "  n_written INTEGER NOT NULL,"
  "  written INTEGER NOT NULL,"
  "  seen INTEGER NOT NULL) WITHOUT ROWID;";

/* What EXISTS was when the folder was last proved to equal the server, -1 when rows have come or gone
 * since. With it a mailbox that has not changed is proved without a look at its rows. */
static const char cache_2[] =
  "ALTER TABLE folder ADD COLUMN proved_exists INTEGER NOT NULL DEFAULT -1;";

/* The index of header facts; see store-index.c. Without text of its own, and without the sizes of
 * columns that only ranking needs. Its pieces are merged by housekeeping, and else only when there are
 * so many that it would be slow. */
static const char cache_3[] =
  "ALTER TABLE message ADD COLUMN docid INTEGER;"
  "CREATE VIRTUAL TABLE header_index USING fts5"
  "  (subject, \"from\", sender, reply_to, \"to\", cc, bcc, list_id,"
  "   content='', columnsize=0, tokenize='pipit');"
  "INSERT INTO header_index (header_index, rank) VALUES ('automerge', 0);"
  "INSERT INTO header_index (header_index, rank) VALUES ('crisismerge', 256);"
  "INSERT INTO meta (key, value) SELECT 'unindexed_below', value FROM meta"
  "  WHERE key = 'next_id' AND EXISTS (SELECT 1 FROM message);";

static const char bodies_1[] =
  "CREATE TABLE place ("
  "  id INTEGER PRIMARY KEY,"
  "  account_uuid TEXT NOT NULL,"
  "  folder_uuid TEXT NOT NULL,"
  "  uid_validity INTEGER NOT NULL,"
  "  UNIQUE (folder_uuid, uid_validity, account_uuid));"

  "CREATE TABLE body ("
  "  id INTEGER PRIMARY KEY,"
  "  place INTEGER NOT NULL,"
  "  uid INTEGER NOT NULL,"
  "  section TEXT NOT NULL,"
  "  hash INTEGER NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  stored INTEGER NOT NULL,"
  "  fetched INTEGER NOT NULL,"
  "  file TEXT,"
  "  data BLOB);"
  "CREATE UNIQUE INDEX body_key ON body (place, uid, section);"
  "CREATE INDEX body_age ON body (fetched, stored, size);"
  "CREATE INDEX body_file ON body (file) WHERE file IS NOT NULL;";

static const char journal_1[] =
  /* a folder's durable name for operations and bodies: a rebuilt cache takes it from here */
  "CREATE TABLE folder ("
  "  uuid TEXT PRIMARY KEY,"
  "  account_uuid TEXT NOT NULL,"
  "  name TEXT NOT NULL,"
  "  mailbox_id TEXT,"
  "  uid_validity INTEGER NOT NULL DEFAULT 0);"
  "CREATE UNIQUE INDEX folder_name ON folder (account_uuid, name);"

  "CREATE TABLE operation ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  \"group\" INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"
  "  account_uuid TEXT NOT NULL,"
  "  folder_uuid TEXT NOT NULL,"
  "  uid_validity INTEGER NOT NULL,"
  "  uid INTEGER NOT NULL,"
  "  message_id TEXT,"
  "  size INTEGER NOT NULL,"
  "  internal_date INTEGER NOT NULL,"
  "  facts_hash INTEGER NOT NULL,"
  "  add_flags INTEGER NOT NULL,"
  "  remove_flags INTEGER NOT NULL,"
  "  add_keywords TEXT,"
  "  remove_keywords TEXT,"
  "  before_flags INTEGER NOT NULL,"
  "  before_keywords TEXT,"
  "  target_folder_uuid TEXT,"
  "  target_uid_validity INTEGER NOT NULL DEFAULT 0,"
  "  target_uid_next INTEGER NOT NULL DEFAULT 0,"
  "  target_uid INTEGER NOT NULL DEFAULT 0,"
  "  depends_on INTEGER NOT NULL DEFAULT 0,"
  "  created INTEGER NOT NULL,"
  "  changed INTEGER NOT NULL,"
  "  not_before INTEGER NOT NULL DEFAULT 0,"
  "  n_attempts INTEGER NOT NULL DEFAULT 0,"
  "  answer TEXT);"
  "CREATE INDEX operation_place ON operation (folder_uuid, uid_validity, uid, id) WHERE state <= 2;"
  "CREATE INDEX operation_pending ON operation (account_uuid, id) WHERE state <= 2;"
  "CREATE INDEX operation_settled ON operation (changed) WHERE state > 2;"
  "CREATE INDEX operation_group ON operation (\"group\");"
  "CREATE INDEX operation_depends ON operation (depends_on) WHERE depends_on <> 0;"

  "CREATE TABLE outbox ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  uuid TEXT NOT NULL UNIQUE,"
  "  account_uuid TEXT NOT NULL,"
  "  identity TEXT,"
  "  sender TEXT NOT NULL,"
  "  message_id TEXT,"
  "  subject TEXT,"
  "  to_text TEXT,"
  "  size INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"
  "  created INTEGER NOT NULL,"
  "  changed INTEGER NOT NULL,"
  "  not_before INTEGER NOT NULL,"
  "  n_attempts INTEGER NOT NULL DEFAULT 0,"
  "  error_class TEXT,"
  "  error_text TEXT,"
  "  sent_folder_uuid TEXT,"
  "  sent_uid_validity INTEGER NOT NULL DEFAULT 0,"
  "  sent_uid_next INTEGER NOT NULL DEFAULT 0,"
  "  answered_folder_uuid TEXT,"
  "  answered_uid_validity INTEGER NOT NULL DEFAULT 0,"
  "  answered_uid INTEGER NOT NULL DEFAULT 0,"
  "  answered_flag INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX outbox_state ON outbox (account_uuid, state, not_before);"
  "CREATE TABLE outbox_recipient ("
  "  item INTEGER NOT NULL,"
  "  position INTEGER NOT NULL,"
  "  address TEXT NOT NULL,"
  "  state INTEGER NOT NULL DEFAULT 0,"
  "  code INTEGER NOT NULL DEFAULT 0,"
  "  text TEXT,"
  "  PRIMARY KEY (item, position)) WITHOUT ROWID;"
  "CREATE TABLE outbox_bytes ("
  "  item INTEGER NOT NULL,"
  "  is_filed INTEGER NOT NULL,"
  "  bytes BLOB NOT NULL,"
  "  PRIMARY KEY (item, is_filed));"

  "CREATE TABLE draft ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  uuid TEXT NOT NULL UNIQUE,"
  "  account_uuid TEXT,"
  "  to_text TEXT,"
  "  subject TEXT,"
  "  summary TEXT,"
  "  revision INTEGER NOT NULL,"
  "  created INTEGER NOT NULL,"
  "  changed INTEGER NOT NULL,"
  "  content BLOB NOT NULL);"
  "CREATE TABLE draft_attachment ("
  "  id INTEGER PRIMARY KEY,"
  "  draft INTEGER NOT NULL,"
  "  key TEXT NOT NULL,"
  "  name TEXT,"
  "  content_type TEXT,"
  "  size INTEGER NOT NULL,"
  "  bytes BLOB NOT NULL,"
  "  UNIQUE (draft, key));"

  "CREATE TABLE learnt ("
  "  account_uuid TEXT NOT NULL,"
  "  key TEXT NOT NULL,"
  "  value TEXT NOT NULL,"
  "  changed INTEGER NOT NULL,"
  "  PRIMARY KEY (account_uuid, key)) WITHOUT ROWID;";

static const StoreSchemaStep cache_steps[] = { { cache_1 }, { cache_2 }, { cache_3 } };
static const StoreSchemaStep bodies_steps[] = { { bodies_1 } };
static const StoreSchemaStep journal_steps[] = { { journal_1 } };

/* The page caches are small on purpose: a larger one was not faster, and the operating system
 * keeps the pages anyway. temp_store: what is sorted is small. A WAL that grew once is cut. */
const StoreSchema store_schema_cache = {
  .name = "cache",
  .pragmas_create = "PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL;",
  .pragmas_open = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4096;"
                  "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000;"
                  "PRAGMA journal_size_limit=16777216; PRAGMA secure_delete=FAST;",
  .pragmas_read = "PRAGMA cache_size=-1024; PRAGMA temp_store=MEMORY; PRAGMA query_only=1;",
  .steps = cache_steps,
  .n_steps = G_N_ELEMENTS (cache_steps),
  .has_index = TRUE,
  .is_set_aside = TRUE,
};

const StoreSchema store_schema_bodies = {
  .name = "bodies",
  .pragmas_create = "PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL;",
  .pragmas_open = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-1024;"
                  "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=500;"
                  "PRAGMA journal_size_limit=16777216; PRAGMA secure_delete=FAST;",
  .pragmas_read = "PRAGMA cache_size=-256; PRAGMA query_only=1;",
  .steps = bodies_steps,
  .n_steps = G_N_ELEMENTS (bodies_steps),
  .is_set_aside = TRUE,
};

const StoreSchema store_schema_journal = {
  .name = "journal",
  .pragmas_create = "PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL;",
  .pragmas_open = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-1024;"
                  "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=4194304;"
                  "PRAGMA secure_delete=FAST;",
  .pragmas_read = "PRAGMA cache_size=-256; PRAGMA query_only=1;",
  .steps = journal_steps,
  .n_steps = G_N_ELEMENTS (journal_steps),
  .is_copied_aside = TRUE,
};
