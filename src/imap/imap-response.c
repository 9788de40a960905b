#include "imap-parser-private.h"

#include "imap-error.h"
#include "base-text.h"

/* A response is made of the bytes that the reader has gathered, and points into them. */

#define MAX_SHOWN_CHARS 500

typedef struct
{
  ImapResponse response; /* first: what callers see */
  gatomicrefcount ref_count;
  ImapBuffer *buffer;    /* (owned): holds @text */
  const char *text;      /* without its line end */
  gsize size_bytes;
  ImapArena arena;       /* (owned) */
  const ImapLiteral *literals;
  guint n_literals;
  ImapFetchParse fetch;  /* of a FETCH */
  ImapStatus status;     /* of a status response */
} Parsed;

G_DEFINE_BOXED_TYPE (ImapResponse, imap_response, imap_response_ref,
                     (GBoxedFreeFunc) imap_response_unref)

/* imap_buffer_new: memory for bytes to be read, with one reference */
ImapBuffer *
imap_buffer_new (gsize size_bytes)
{
  ImapBuffer *self = g_malloc (sizeof (ImapBuffer) + size_bytes);

  g_atomic_ref_count_init (&self->ref_count);
  self->size_bytes = size_bytes;
  return self;
}

ImapBuffer *
imap_buffer_ref (ImapBuffer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
imap_buffer_unref (ImapBuffer *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/* imap_response_get_size_bytes: how much of what the server has sent it holds on to */
gsize
imap_response_get_size_bytes (const ImapResponse *self)
{
  const Parsed *parsed = (const Parsed *) self;
  gsize size = parsed->size_bytes;

  for (guint i = 0; i < parsed->n_literals; i++)
    if (parsed->literals[i].bytes != NULL)
      size += g_bytes_get_size (parsed->literals[i].bytes);

  return size;
}

static void
set_text (Parsed      *parsed,
          ImapScanner *scanner)
{
  parsed->response.text = imap_arena_dup_text (&parsed->arena, scanner->p,
                                               (gsize) (scanner->end - scanner->p));
}

static gboolean
set_status (Parsed         *parsed,
            ImapScanner    *scanner,
            ImapStatusKind  kind)
{
  parsed->response.type = IMAP_RESPONSE_STATUS;
  parsed->response.name = imap_status_kind_get_name (kind);
  parsed->response.status = &parsed->status;
  return imap_parse_status (scanner, kind, &parsed->status);
}

/* Those that begin with a number */
static gboolean
parse_numbered (Parsed      *parsed,
                ImapScanner *scanner)
{
  ImapResponse *response = &parsed->response;
  guint64 number;
  ImapSlice word;

  if (!imap_scanner_number (scanner, &number) || number > G_MAXUINT32)
    return FALSE;
  imap_scanner_spaces (scanner);
  if (!imap_scanner_word (scanner, &word))
    return FALSE;

  if (imap_slice_is (&word, "FETCH"))
    {
      response->type = IMAP_RESPONSE_FETCH;
      response->name = "FETCH";
      response->fetch = &parsed->fetch.fetch;
      imap_parse_fetch (scanner, (guint32) number, &parsed->fetch);
      return TRUE;
    }

  /* RFC 9586: the number is a UID */
  if (imap_slice_is (&word, "UIDFETCH"))
    {
      response->type = IMAP_RESPONSE_FETCH;
      response->name = "UIDFETCH";
      response->fetch = &parsed->fetch.fetch;
      imap_parse_fetch (scanner, 0, &parsed->fetch);
      if (number != 0)
        {
          parsed->fetch.fetch.uid = (guint32) number;
          parsed->fetch.fetch.items |= IMAP_FETCH_UID;
        }
      return TRUE;
    }

  response->number = (guint32) number;
  if (imap_slice_is (&word, "EXISTS"))
    {
      response->type = IMAP_RESPONSE_EXISTS;
      response->name = "EXISTS";
    }
  else if (imap_slice_is (&word, "RECENT"))
    {
      response->type = IMAP_RESPONSE_RECENT;
      response->name = "RECENT";
    }
  else if (imap_slice_is (&word, "EXPUNGE"))
    {
      response->type = IMAP_RESPONSE_EXPUNGE;
      response->name = "EXPUNGE";
    }
  else
    return FALSE;

  return TRUE;
}

static void
parse_flags (Parsed      *parsed,
             ImapScanner *scanner)
{
  ImapFlagList *flags = imap_arena_alloc (&parsed->arena, sizeof (ImapFlagList));

  imap_parse_flags (scanner, flags);
  parsed->response.flags = flags;
}

/* RFC 4314, RFC 5256, RFC 5464: nobody has asked, and they are no nonsense either */
static gboolean
is_of_extension (const ImapSlice *word)
{
  static const char *const names[] = { "ACL", "LISTRIGHTS", "METADATA", "MYRIGHTS", "SORT",
                                       "THREAD" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (imap_slice_is (word, names[i]))
      return TRUE;

  return FALSE;
}

/* Those that begin with a word. Each entry stores what its parser returns into the union. */
static gboolean
parse_worded (Parsed          *parsed,
              ImapScanner     *scanner,
              const ImapSlice *word)
{
  ImapResponse *response = &parsed->response;

  response->name = imap_arena_dup_upper (&parsed->arena, word->bytes, word->size_bytes);

  if (imap_slice_is (word, "LIST") || imap_slice_is (word, "LSUB") || imap_slice_is (word, "XLIST"))
    {
      response->type = IMAP_RESPONSE_LIST;
      response->list = imap_parse_list (scanner, imap_slice_is (word, "LSUB"));
      return response->list != NULL;
    }
  if (imap_slice_is (word, "STATUS"))
    {
      response->type = IMAP_RESPONSE_MAILBOX_STATUS;
      response->mailbox_status = imap_parse_mailbox_status (scanner);
      return response->mailbox_status != NULL;
    }
  if (imap_slice_is (word, "SEARCH"))
    {
      response->type = IMAP_RESPONSE_SEARCH;
      response->search = imap_parse_search (scanner);
    }
  else if (imap_slice_is (word, "ESEARCH"))
    {
      response->type = IMAP_RESPONSE_SEARCH;
      response->search = imap_parse_esearch (scanner);
    }
  else if (imap_slice_is (word, "VANISHED"))
    {
      response->type = IMAP_RESPONSE_VANISHED;
      response->vanished = imap_parse_vanished (scanner);
      return response->vanished != NULL;
    }
  else if (imap_slice_is (word, "FLAGS"))
    {
      response->type = IMAP_RESPONSE_FLAGS;
      parse_flags (parsed, scanner);
    }
  else if (imap_slice_is (word, "CAPABILITY") || imap_slice_is (word, "ENABLED"))
    {
      response->type = imap_slice_is (word, "ENABLED") ? IMAP_RESPONSE_ENABLED
                                                       : IMAP_RESPONSE_CAPABILITY;
      response->words = imap_parse_words (scanner, " ");
    }
  else if (imap_slice_is (word, "ID"))
    {
      response->type = IMAP_RESPONSE_ID;
      response->id = imap_parse_id (scanner);
    }
  else if (imap_slice_is (word, "NAMESPACE"))
    {
      response->type = IMAP_RESPONSE_NAMESPACE;
      response->name_space = imap_parse_namespace (scanner);
    }
  else if (imap_slice_is (word, "QUOTA"))
    {
      response->type = IMAP_RESPONSE_QUOTA;
      response->quota = imap_parse_quota (scanner);
      return response->quota != NULL;
    }
  else if (imap_slice_is (word, "QUOTAROOT"))
    {
      response->type = IMAP_RESPONSE_QUOTAROOT;
      response->quota_roots = imap_parse_quota_roots (scanner);
      return response->quota_roots != NULL;
    }
  else if (is_of_extension (word))
    response->type = IMAP_RESPONSE_EXTENSION;
  else
    return FALSE;

  return TRUE;
}

static gboolean
parse_untagged (Parsed      *parsed,
                ImapScanner *scanner)
{
  ImapStatusKind kind;
  ImapSlice word;

  imap_scanner_spaces (scanner);
  if (g_ascii_isdigit (imap_scanner_peek (scanner)))
    return parse_numbered (parsed, scanner);

  /* home.pl and Exchange: a response code without the OK before it */
  if (imap_scanner_peek (scanner) == '[')
    return set_status (parsed, scanner, IMAP_STATUS_OK);

  if (!imap_scanner_until (scanner, " ([", &word))
    return FALSE;
  if (imap_parse_status_kind (&word, &kind))
    return set_status (parsed, scanner, kind);

  return parse_worded (parsed, scanner, &word);
}

static gboolean
parse_tagged (Parsed      *parsed,
              ImapScanner *scanner)
{
  ImapStatusKind kind;
  ImapSlice tag;
  ImapSlice word;

  /* Exchange, when its back end is away, in the middle of everything: Server Unavailable. 15 */
  if ((gsize) (scanner->end - scanner->p) >= strlen ("Server Unavailable") &&
      g_ascii_strncasecmp (scanner->p, "Server Unavailable", strlen ("Server Unavailable")) == 0)
    {
      set_status (parsed, scanner, IMAP_STATUS_BYE);
      parsed->status.code = IMAP_CODE_UNAVAILABLE;
      return TRUE;
    }

  if (!imap_scanner_until (scanner, " ", &tag))
    return FALSE;
  imap_scanner_spaces (scanner);
  if (!imap_scanner_until (scanner, " [", &word) || !imap_parse_status_kind (&word, &kind) ||
      kind == IMAP_STATUS_PREAUTH || kind == IMAP_STATUS_BYE)
    return FALSE;

  set_status (parsed, scanner, kind);
  parsed->response.type = IMAP_RESPONSE_TAGGED;
  parsed->response.tag = imap_slice_dup (&tag, &parsed->arena);
  return TRUE;
}

static gboolean
parse_any (Parsed      *parsed,
           ImapScanner *scanner)
{
  if (imap_scanner_char (scanner, '*'))
    return parse_untagged (parsed, scanner);

  if (imap_scanner_char (scanner, '+'))
    {
      /* Exchange leaves out the space behind it */
      parsed->response.type = IMAP_RESPONSE_CONTINUE;
      parsed->response.name = "+";
      imap_scanner_spaces (scanner);
      set_text (parsed, scanner);
      return TRUE;
    }

  return parse_tagged (parsed, scanner);
}

static void
own_literals (Parsed            *parsed,
              ImapScanner       *scanner,
              const ImapLiteral *literals,
              guint              n_literals)
{
  ImapLiteral *copy;

  if (n_literals == 0)
    return;

  copy = imap_arena_alloc (&parsed->arena, n_literals * sizeof (ImapLiteral));
  for (guint i = 0; i < n_literals; i++)
    {
      copy[i] = literals[i];
      if (copy[i].bytes != NULL)
        imap_arena_own (&parsed->arena, g_bytes_ref (copy[i].bytes),
                        (GDestroyNotify) g_bytes_unref);
    }

  parsed->literals = scanner->literals = copy;
  parsed->n_literals = scanner->n_literals = n_literals;
}

/* imap_response_parse:
 * @buffer: what holds @text; the response takes a reference
 * @text: the response with the literals that stand in it, without the line end behind it
 * @literals: (array length=n_literals): the literals of it, in their order
 * @has_utf8_names: mailbox names are UTF-8, not modified UTF-7
 *
 * Never fails: what is not understood becomes IMAP_RESPONSE_OTHER. */
ImapResponse *
imap_response_parse (ImapBuffer        *buffer,
                     const char        *text,
                     gsize              size_bytes,
                     const ImapLiteral *literals,
                     guint              n_literals,
                     gboolean           has_utf8_names)
{
  Parsed *parsed = g_new0 (Parsed, 1);
  ImapScanner scanner = {
    .text = text, .p = text, .end = text + size_bytes, .has_utf8_names = has_utf8_names,
  };

  g_atomic_ref_count_init (&parsed->ref_count);
  parsed->buffer = imap_buffer_ref (buffer);
  parsed->text = text;
  parsed->size_bytes = size_bytes;
  scanner.arena = &parsed->arena;
  own_literals (parsed, &scanner, literals, n_literals);

  if (!parse_any (parsed, &scanner))
    {
      parsed->response = (ImapResponse) { .type = IMAP_RESPONSE_OTHER, .name = "" };
      scanner.p = text;
      set_text (parsed, &scanner);
    }

  return &parsed->response;
}

/**
 * imap_response_ref:
 *
 * Returns: (transfer full): @self
 */
ImapResponse *
imap_response_ref (const ImapResponse *self)
{
  Parsed *parsed = (Parsed *) self;

  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&parsed->ref_count);
  return &parsed->response;
}

/**
 * imap_response_unref:
 * @self: (transfer full): a response
 */
void
imap_response_unref (const ImapResponse *self)
{
  Parsed *parsed = (Parsed *) self;

  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&parsed->ref_count))
    return;

  imap_arena_clear (&parsed->arena);
  imap_buffer_unref (parsed->buffer);
  g_free (parsed);
}

/**
 * imap_response_to_string:
 *
 * For logs: the beginning of the response in one line. It may hold what is private.
 *
 * Returns: (transfer full): a text
 */
char *
imap_response_to_string (const ImapResponse *self)
{
  const Parsed *parsed = (const Parsed *) self;

  return base_text_quote (parsed->text, (gssize) parsed->size_bytes, MAX_SHOWN_CHARS);
}

/**
 * imap_response_find_section:
 * @kind: which
 * @part: section number, "" for the message
 *
 * Returns: (transfer none) (nullable): the section of a FETCH, if the response has it
 */
const ImapSection *
imap_response_find_section (const ImapResponse *self,
                            ImapSectionKind     kind,
                            const char         *part)
{
  g_return_val_if_fail (self != NULL && part != NULL, NULL);

  if (self->type != IMAP_RESPONSE_FETCH)
    return NULL;

  for (guint i = 0; i < self->fetch->n_sections; i++)
    if (self->fetch->sections[i].kind == kind && strcmp (self->fetch->sections[i].part, part) == 0)
      return &self->fetch->sections[i];

  return NULL;
}

/**
 * imap_response_dup_section:
 * @section: a section of this response
 *
 * Large literals are not copied. Small ones are, so as not to keep the buffer around them.
 *
 * Returns: (transfer full) (nullable): its bytes; %NULL for NIL and for what was dropped
 */
GBytes *
imap_response_dup_section (const ImapResponse *self,
                           const ImapSection  *section)
{
  const Parsed *parsed = (const Parsed *) self;

  if (section->bytes == NULL)
    return NULL;

  for (guint i = 0; i < parsed->n_literals; i++)
    if (parsed->literals[i].bytes != NULL &&
        g_bytes_get_data (parsed->literals[i].bytes, NULL) == section->bytes)
      return g_bytes_ref (parsed->literals[i].bytes);

  return g_bytes_new (section->bytes, section->size_bytes);
}

static const Parsed *
as_fetch (const ImapResponse *self,
          guint               item)
{
  if (self->type != IMAP_RESPONSE_FETCH || !(self->fetch->items & item))
    return NULL;

  return (const Parsed *) self;
}

/**
 * imap_response_dup_envelope:
 *
 * Looks into the ENVELOPE of a FETCH.
 *
 * Errors: IMAP_ERROR_SYNTAX if there is none, or it is no list.
 *
 * Returns: (transfer full): the envelope, or %NULL
 */
ImapEnvelope *
imap_response_dup_envelope (const ImapResponse  *self,
                            GError             **error)
{
  const Parsed *parsed = as_fetch (self, IMAP_FETCH_ENVELOPE);
  g_autoptr(ImapEnvelope) envelope = g_new0 (ImapEnvelope, 1);
  ImapScanner scanner = { 0 };

  envelope->arena = g_new0 (ImapArena, 1);
  if (parsed != NULL)
    {
      scanner = parsed->fetch.envelope;
      scanner.arena = envelope->arena;
      if (imap_parse_envelope (&scanner, envelope))
        return g_steal_pointer (&envelope);
    }

  g_set_error_literal (error, IMAP_ERROR, IMAP_ERROR_SYNTAX, "No envelope");
  return NULL;
}

/**
 * imap_response_dup_structure:
 *
 * Looks into the BODYSTRUCTURE, or BODY, of a FETCH.
 *
 * Errors: IMAP_ERROR_SYNTAX if there is none, or it is no list; IMAP_ERROR_TOO_LARGE beyond 5000
 * parts or 60 levels. Either means: fetch the message whole.
 *
 * Returns: (transfer full): the tree, or %NULL
 */
ImapStructure *
imap_response_dup_structure (const ImapResponse  *self,
                             GError             **error)
{
  const Parsed *parsed = as_fetch (self, IMAP_FETCH_BODYSTRUCTURE);
  g_autoptr(ImapStructure) structure = g_new0 (ImapStructure, 1);
  ImapScanner scanner = { 0 };

  structure->arena = g_new0 (ImapArena, 1);
  if (parsed != NULL)
    scanner = parsed->fetch.structure;
  scanner.arena = structure->arena;

  structure->root = imap_parse_structure (&scanner, &structure->n_parts, error);
  return structure->root != NULL ? g_steal_pointer (&structure) : NULL;
}
