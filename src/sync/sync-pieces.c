/* What is large comes in pieces, by partial FETCH (RFC 9051 section 6.4.5), so that whoever asks for
 * something else meanwhile waits for the pieces that are under way and not for the rest. What has
 * come is kept when the job gives way to another one, or its connection breaks, and goes on from
 * there.
 *
 * A server's sizes are only a hint: it goes on until a piece is shorter than what was asked for. A
 * sum that is not what the server has announced is held against the section fetched whole: old
 * Exchange hands out damaged pieces, and Outlook.com names wrong sizes. Which of both it was is
 * remembered. */

#include "sync-pieces.h"

#include "sync-error.h"
#include "sync-link.h"

#include <string.h>

#define LEAST_PIECE_BYTES (8 * 1024)
#define MAX_PIECE_BYTES (4 * 1024 * 1024)
/* As much as the reader takes of one literal */
#define MAX_BYTES (128 * 1024 * 1024)

/* A piece that is under way. */
typedef struct
{
  const char *section; /* (unowned) */
  guint64 offset;
  guint64 size_bytes;
  GBytes *bytes;       /* (owned) (nullable): what has come */
  ImapCommand *fetch;  /* (owned) */
} Piece;

typedef enum
{
  OUTCOME_WHOLE,
  OUTCOME_SLICED, /* gave way: the rest another time */
  OUTCOME_BROKEN, /* the server's pieces do not fit together */
  OUTCOME_FAILED,
} Outcome;

typedef struct
{
  SyncJob *job;             /* (unowned) */
  SyncWorker *worker;       /* (unowned) */
  const SyncWanted *wanted; /* (unowned) */
  const char *section;      /* (unowned) */
  guint64 expected;         /* bytes; 0 for unknown */
  guint64 most;             /* bytes that are asked for without waiting */
  GByteArray *bytes;        /* (owned): what has come, without a gap */
  guint64 asked;            /* all below is here or under way */
  gboolean at_end;          /* a short piece has come */
  gboolean gives_way;
  guint n_under_way;        /* how many pieces at most: fewer at the beginning */
  GQueue pieces;            /* (owned) (element-type Piece) */
} Download;

static void
piece_free (Piece *piece)
{
  if (!imap_command_is_done (piece->fetch))
    imap_command_abandon (piece->fetch);
  imap_command_unref (piece->fetch);
  g_clear_pointer (&piece->bytes, g_bytes_unref);
  g_free (piece);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Piece, piece_free)

/**
 * sync_pieces_get_size:
 *
 * Returns: how many bytes are asked for with one FETCH: what is larger comes in pieces
 */
guint64
sync_pieces_get_size (SyncWorker *worker)
{
  guint64 flight = sync_link_get_flight_bytes (worker);

  return CLAMP (flight / SYNC_PORTIONS_UNDER_WAY, LEAST_PIECE_BYTES, MAX_PIECE_BYTES);
}

/* Every piece under way hears of every response: they are told apart by where they begin. */
static void
keep_piece (ImapSession *session,
            const ImapResponse *response,
            guint32 uid,
            gpointer user_data)
{
  Piece *piece = user_data;
  const ImapFetch *fetch = response->fetch;

  for (guint i = 0; i < fetch->n_sections; i++)
    {
      const ImapSection *section = &fetch->sections[i];
      g_autofree char *name = sync_download_dup_section_name (section);

      if (piece->bytes != NULL || section->origin != (gint64) piece->offset || name == NULL ||
          section->is_dropped || g_ascii_strcasecmp (name, piece->section) != 0)
        continue;

      piece->bytes = section->is_nil ? g_bytes_new (NULL, 0) :
                                       imap_response_dup_section (response, section);
    }
}

static void
send_piece (Download *self)
{
  const char *const sections[] = { self->section, NULL };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (self->wanted->uid, self->wanted->uid);
  Piece *piece = g_new0 (Piece, 1);
  ImapFetchQuery query = {
    .items = IMAP_FETCH_UID,
    .sections = sections,
    .partial_offset = self->asked,
    .partial_size = sync_pieces_get_size (self->worker),
  };

  piece->section = self->section;
  piece->offset = self->asked;
  piece->size_bytes = query.partial_size;
  piece->fetch = imap_session_uid_fetch (sync_worker_get_session (self->worker), uids, &query,
                                         keep_piece, piece);
  self->asked += piece->size_bytes;
  g_queue_push_tail (&self->pieces, piece);
}

/* Keeps the pipe full as far as there may be more: up to the size that was announced, and one piece
 * at a time beyond it. */
static void
send_pieces (Download *self)
{
  while (!self->at_end && !self->gives_way && self->asked < MAX_BYTES &&
         self->pieces.length < self->n_under_way &&
         (self->pieces.length == 0 || self->asked < self->most))
    send_piece (self);
}

/* Takes a piece that has come. Returns whether it fits. */
static gboolean
take_piece (Download *self,
            const Piece *piece)
{
  gsize size;
  const guint8 *bytes;

  if (piece->bytes == NULL)
    return FALSE;

  bytes = g_bytes_get_data (piece->bytes, &size);
  /* old Exchange: nothing at all, where there is something */
  if (size > piece->size_bytes || (self->at_end && size > 0) ||
      (size == 0 && piece->offset == 0 && self->expected > 0))
    return FALSE;

  g_byte_array_append (self->bytes, bytes, (guint) size);
  self->at_end |= size < piece->size_bytes;
  return TRUE;
}

static gboolean
is_broken_by (const GError *error)
{
  return g_error_matches (error, IMAP_ERROR, IMAP_ERROR_BAD);
}

static Outcome
fetch_pieces (Download *self,
              GError **error)
{
  SyncCore *core = sync_worker_get_core (self->worker);

  send_pieces (self);
  while (!g_queue_is_empty (&self->pieces))
    {
      g_autoptr(Piece) piece = g_queue_pop_head (&self->pieces);
      g_autoptr(GError) local_error = NULL;

      if (!imap_command_await (piece->fetch, self->job->cancellable, &local_error))
        {
          if (is_broken_by (local_error))
            return OUTCOME_BROKEN;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return OUTCOME_FAILED;
        }
      if (!take_piece (self, piece))
        return OUTCOME_BROKEN;

      sync_core_set_download (core, self->worker, self->bytes->len,
                              MAX (self->most, self->bytes->len));
      self->n_under_way = MIN (self->n_under_way + 1, SYNC_PORTIONS_UNDER_WAY);
      self->gives_way = self->gives_way || sync_core_should_give_way (core, self->job);
      send_pieces (self);
    }

  return self->at_end ? OUTCOME_WHOLE : self->gives_way ? OUTCOME_SLICED : OUTCOME_BROKEN;
}

/* Returns: (transfer full) (nullable): the section in one literal */
static GBytes *
fetch_whole (Download *self,
             GError **error)
{
  const char *const sections[] = { self->section, NULL };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (self->wanted->uid, self->wanted->uid);
  g_autoptr(GPtrArray) received = g_ptr_array_new ();
  g_autoptr(ImapCommand) fetch = sync_download_send (self->worker, uids, sections, received);
  GBytes *whole;

  if (!imap_command_await (fetch, self->job->cancellable, error))
    {
      imap_command_abandon (fetch);
      return NULL;
    }

  whole = sync_download_find (received, self->wanted->uid, self->section);
  if (whole != NULL)
    return g_bytes_ref (whole);

  g_set_error (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
               "The server did not deliver section [%s] of the message", self->section);
  return NULL;
}

/* The pieces do not make what the server has announced, or do not fit: the whole decides. */
static GBytes *
compare_with_whole (Download *self,
                    gboolean is_broken,
                    GError **error)
{
  ImapSession *session = sync_worker_get_session (self->worker);
  GBytes *whole = fetch_whole (self, error);
  gboolean is_equal;

  if (whole == NULL)
    return NULL;

  is_equal = !is_broken && g_bytes_get_size (whole) == self->bytes->len &&
             memcmp (g_bytes_get_data (whole, NULL), self->bytes->data, self->bytes->len) == 0;
  if (is_equal)
    imap_session_latch_quirk (session, IMAP_QUIRK_SIZE_UNRELIABLE,
                              "A message is of another size than RFC822.SIZE says");
  else
    imap_session_latch_quirk (session, IMAP_QUIRK_NO_PARTIAL_FETCH,
                              "The pieces of a message were not what it is as a whole");

  return whole;
}

static GBytes *
end_download (Download *self,
              Outcome outcome,
              GError **error)
{
  SyncCore *core = sync_worker_get_core (self->worker);
  ImapSession *session = sync_worker_get_session (self->worker);

  if (outcome == OUTCOME_BROKEN ||
      (outcome == OUTCOME_WHOLE && self->expected > 0 && self->expected != self->bytes->len &&
       !imap_session_has_quirk (session, IMAP_QUIRK_SIZE_UNRELIABLE)))
    return compare_with_whole (self, outcome == OUTCOME_BROKEN, error);
  if (outcome == OUTCOME_WHOLE)
    return g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));

  sync_core_keep_partial (core, self->wanted->location_id, self->section,
                          g_steal_pointer (&self->bytes));
  if (outcome == OUTCOME_SLICED)
    g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_SLICED, "The rest comes later");
  return NULL;
}

/**
 * sync_pieces_fetch:
 * @section: "" for the whole message, "1.2"
 * @expected_bytes: how large the server has called it, 0 for unknown
 * @most_bytes: what it can have, as far as is known: so much is asked for without waiting
 *
 * Fetches a section of a message of the selected mailbox: at once if it is small, else in pieces, and
 * from where an earlier try has ended. Awaits.
 *
 * Errors: SYNC_ERROR_SLICED when something more urgent waits: the job is to be run again, and goes
 * on then; SYNC_ERROR_NOT_FOUND when the server delivers nothing; those of the connection.
 *
 * Returns: (transfer full) (nullable): all of it
 */
GBytes *
sync_pieces_fetch (SyncJob *job,
                   SyncWorker *worker,
                   const SyncWanted *wanted,
                   const char *section,
                   guint64 expected_bytes,
                   guint64 most_bytes,
                   GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  Download self = {
    .job = job,
    .worker = worker,
    .wanted = wanted,
    .section = section,
    .expected = expected_bytes,
    .most = most_bytes,
    .pieces = G_QUEUE_INIT,
    .n_under_way = SYNC_PORTIONS_AT_FIRST,
  };
  Outcome outcome;
  GBytes *bytes;

  if (imap_session_has_quirk (sync_worker_get_session (worker), IMAP_QUIRK_NO_PARTIAL_FETCH))
    return fetch_whole (&self, error);

  self.bytes = sync_core_take_partial (core, wanted->location_id, section);
  if (self.bytes == NULL && most_bytes > 0 && most_bytes <= sync_pieces_get_size (worker))
    return fetch_whole (&self, error);

  if (self.bytes == NULL)
    self.bytes = g_byte_array_new ();
  self.asked = self.bytes->len;
  sync_core_set_download (core, worker, self.bytes->len, MAX (most_bytes, self.bytes->len));
  outcome = fetch_pieces (&self, error);
  g_queue_clear_full (&self.pieces, (GDestroyNotify) piece_free);
  sync_core_set_download (core, worker, 0, 0);

  bytes = end_download (&self, outcome, error);
  g_clear_pointer (&self.bytes, g_byte_array_unref);
  return bytes;
}
