#include "imap-parser-private.h"

#include <string.h>

const char *const imap_no_words[] = { NULL };

/* More pairs than this in a COPYUID are left to a synchronisation of the target */
#define MAX_COPIED 200000

static const char *const kind_names[] = {
  [IMAP_STATUS_OK] = "OK",
  [IMAP_STATUS_NO] = "NO",
  [IMAP_STATUS_BAD] = "BAD",
  [IMAP_STATUS_PREAUTH] = "PREAUTH",
  [IMAP_STATUS_BYE] = "BYE",
};

/* sorted, as bsearch () wants it, in the order of ImapCode */
static const char *const code_names[] = {
  [IMAP_CODE_NONE] = "",
  [IMAP_CODE_OTHER] = "",
  [IMAP_CODE_ALERT] = "ALERT",
  [IMAP_CODE_ALREADYEXISTS] = "ALREADYEXISTS",
  [IMAP_CODE_APPENDUID] = "APPENDUID",
  [IMAP_CODE_AUTHENTICATIONFAILED] = "AUTHENTICATIONFAILED",
  [IMAP_CODE_AUTHORIZATIONFAILED] = "AUTHORIZATIONFAILED",
  [IMAP_CODE_BADCHARSET] = "BADCHARSET",
  [IMAP_CODE_CANNOT] = "CANNOT",
  [IMAP_CODE_CAPABILITY] = "CAPABILITY",
  [IMAP_CODE_CLIENTBUG] = "CLIENTBUG",
  [IMAP_CODE_CLOSED] = "CLOSED",
  [IMAP_CODE_COMPRESSIONACTIVE] = "COMPRESSIONACTIVE",
  [IMAP_CODE_CONTACTADMIN] = "CONTACTADMIN",
  [IMAP_CODE_COPYUID] = "COPYUID",
  [IMAP_CODE_CORRUPTION] = "CORRUPTION",
  [IMAP_CODE_EXPIRED] = "EXPIRED",
  [IMAP_CODE_EXPUNGEISSUED] = "EXPUNGEISSUED",
  [IMAP_CODE_HASCHILDREN] = "HASCHILDREN",
  [IMAP_CODE_HIGHESTMODSEQ] = "HIGHESTMODSEQ",
  [IMAP_CODE_INPROGRESS] = "INPROGRESS",
  [IMAP_CODE_INUSE] = "INUSE",
  [IMAP_CODE_LIMIT] = "LIMIT",
  [IMAP_CODE_MAILBOXID] = "MAILBOXID",
  [IMAP_CODE_MODIFIED] = "MODIFIED",
  [IMAP_CODE_NOMODSEQ] = "NOMODSEQ",
  [IMAP_CODE_NONEXISTENT] = "NONEXISTENT",
  [IMAP_CODE_NOPERM] = "NOPERM",
  [IMAP_CODE_NOTIFICATIONOVERFLOW] = "NOTIFICATIONOVERFLOW",
  [IMAP_CODE_OVERQUOTA] = "OVERQUOTA",
  [IMAP_CODE_PARSE] = "PARSE",
  [IMAP_CODE_PERMANENTFLAGS] = "PERMANENTFLAGS",
  [IMAP_CODE_PRIVACYREQUIRED] = "PRIVACYREQUIRED",
  [IMAP_CODE_READ_ONLY] = "READ-ONLY",
  [IMAP_CODE_READ_WRITE] = "READ-WRITE",
  [IMAP_CODE_REFERRAL] = "REFERRAL",
  [IMAP_CODE_SERVERBUG] = "SERVERBUG",
  [IMAP_CODE_TOOBIG] = "TOOBIG",
  [IMAP_CODE_TRYCREATE] = "TRYCREATE",
  [IMAP_CODE_UIDNEXT] = "UIDNEXT",
  [IMAP_CODE_UIDNOTSTICKY] = "UIDNOTSTICKY",
  [IMAP_CODE_UIDVALIDITY] = "UIDVALIDITY",
  [IMAP_CODE_UNAVAILABLE] = "UNAVAILABLE",
  [IMAP_CODE_UNKNOWN_CTE] = "UNKNOWN-CTE",
  [IMAP_CODE_UNSEEN] = "UNSEEN",
  [IMAP_CODE_USEATTR] = "USEATTR",
  [IMAP_CODE_WEBALERT] = "WEBALERT",
};

/**
 * imap_status_kind_get_name:
 *
 * Returns: "OK", "NO", "BAD", "PREAUTH", "BYE"
 */
const char *
imap_status_kind_get_name (ImapStatusKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

/**
 * imap_code_get_name:
 *
 * Returns: the atom of a response code, "" for none and those that are not known
 */
const char *
imap_code_get_name (ImapCode code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (code_names), NULL);

  return code_names[code];
}

/**
 * imap_code_from_name:
 * @name: an atom, in whatever case
 * @size_bytes: its size
 *
 * Returns: the code, %IMAP_CODE_OTHER for an unknown one
 */
ImapCode
imap_code_from_name (const char *name,
                     gsize       size_bytes)
{
  for (guint i = IMAP_CODE_ALERT; i < G_N_ELEMENTS (code_names); i++)
    if (strlen (code_names[i]) == size_bytes &&
        g_ascii_strncasecmp (code_names[i], name, size_bytes) == 0)
      return i;

  return IMAP_CODE_OTHER;
}

/* imap_parse_status_kind: whether a word is one of the five that begin a status response */
gboolean
imap_parse_status_kind (const ImapSlice *word,
                        ImapStatusKind  *out_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (imap_slice_is (word, kind_names[i]))
      {
        *out_kind = i;
        return TRUE;
      }

  return FALSE;
}

static guint
system_flag (const ImapSlice *word)
{
  static const struct { const char *name; guint flag; } system_flags[] = {
    { "\\Seen", IMAP_FLAG_SEEN },
    { "\\Answered", IMAP_FLAG_ANSWERED },
    { "\\Flagged", IMAP_FLAG_FLAGGED },
    { "\\Deleted", IMAP_FLAG_DELETED },
    { "\\Draft", IMAP_FLAG_DRAFT },
    { "\\Recent", IMAP_FLAG_RECENT },
    { "\\*", IMAP_FLAG_ANY },
  };

  if (*word->bytes != '\\')
    return 0;

  for (guint i = 0; i < G_N_ELEMENTS (system_flags); i++)
    if (imap_slice_is (word, system_flags[i].name))
      return system_flags[i].flag;

  return 0;
}

/* A flag as a server may write it: up to the space or parenthesis. Gmail has flags with an unquoted
 * ], home.pl a lone backslash, and quoted ones have been seen. */
static gboolean
next_flag (ImapScanner *scanner,
           ImapSlice   *out_word)
{
  do
    imap_scanner_spaces (scanner);
  while (imap_scanner_char (scanner, '('));

  return imap_scanner_astring (scanner, out_word);
}

static void
collect_keywords (ImapScanner  *scanner,
                  guint         n_keywords,
                  ImapFlagList *flags)
{
  const char **keywords = imap_arena_alloc (scanner->arena, (n_keywords + 1) * sizeof (char *));
  ImapSlice word;

  while (flags->n_keywords < n_keywords && next_flag (scanner, &word))
    if (word.size_bytes > 1 && word.bytes != NULL && system_flag (&word) == 0)
      keywords[flags->n_keywords++] = imap_slice_dup (&word, scanner->arena);

  flags->keywords = keywords;
}

/* imap_parse_flags: reads a parenthesised list of flags, or NIL, which counts as an empty one
 * (Gmail says that of labels). A list that is not closed ends with the line. */
void
imap_parse_flags (ImapScanner  *scanner,
                  ImapFlagList *out_flags)
{
  ImapSlice word;
  ImapScanner again;
  guint n_keywords = 0;

  *out_flags = (ImapFlagList) { .keywords = imap_no_words };

  imap_scanner_spaces (scanner);
  if (imap_scanner_nstring (scanner, &word) || !imap_scanner_char (scanner, '('))
    return;

  again = *scanner;
  while (next_flag (scanner, &word))
    {
      guint flag = word.bytes != NULL && word.size_bytes > 1 ? system_flag (&word) : 0;

      out_flags->system |= flag;
      n_keywords += flag == 0;
    }

  if (n_keywords > 0)
    collect_keywords (&again, n_keywords, out_flags);
  imap_scanner_skip_to_close (scanner);
}

/* imap_parse_words: reads words or strings up to one of @stops. Gmail has NIL among its labels. */
const char *const *
imap_parse_words (ImapScanner *scanner,
                  const char  *stops)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new ();
  const char **copy;

  while (TRUE)
    {
      ImapSlice word;
      char *text;

      imap_scanner_spaces (scanner);
      if (!imap_scanner_string (scanner, &word) && !imap_scanner_until (scanner, stops, &word))
        break;
      text = imap_slice_dup (&word, scanner->arena);
      if (text != NULL && (word.is_quoted || !imap_slice_is (&word, "NIL")))
        g_ptr_array_add (words, text);
    }

  copy = imap_arena_alloc (scanner->arena, (words->len + 1) * sizeof (char *));
  for (guint i = 0; i < words->len; i++)
    copy[i] = g_ptr_array_index (words, i);

  return copy;
}

/* imap_parse_uid_set: reads a set; NULL, and nothing taken, if there is none. Belongs to the
 * arena. */
ImapUidSet *
imap_parse_uid_set (ImapScanner *scanner)
{
  ImapScanner before = *scanner;
  ImapSlice word;
  ImapUidSet *set;

  imap_scanner_spaces (scanner);
  if (imap_scanner_until (scanner, " )]", &word))
    {
      set = imap_uid_set_parse (word.bytes, (gssize) word.size_bytes);
      if (set != NULL)
        return imap_arena_own (scanner->arena, set, (GDestroyNotify) imap_uid_set_unref);
    }

  *scanner = before;
  return NULL;
}

/* The UIDs of a set in the order in which it names them, which COPYUID gives a meaning to */
static guint32 *
expand_in_order (ImapArena  *arena,
                 const char *text,
                 gsize       size_bytes,
                 guint       n_uids)
{
  guint32 *uids = imap_arena_alloc (arena, n_uids * sizeof (guint32));
  ImapScanner scanner = { .text = text, .p = text, .end = text + size_bytes, .arena = arena };
  guint n = 0;

  do
    {
      guint64 first = 0;
      guint64 last;

      if (!imap_scanner_number (&scanner, &first))
        return NULL;
      last = first;
      if (imap_scanner_char (&scanner, ':') && !imap_scanner_number (&scanner, &last))
        return NULL;

      /* a set that overlaps itself names more than it contains */
      if ((first > last ? first - last : last - first) >= n_uids - n)
        return NULL;
      for (gint64 uid = (gint64) first; n < n_uids; uid += first > last ? -1 : 1)
        {
          uids[n++] = (guint32) uid;
          if (uid == (gint64) last)
            break;
        }
    }
  while (n < n_uids && imap_scanner_char (&scanner, ','));

  return n == n_uids ? uids : NULL;
}

/* COPYUID uidvalidity source target. Exchange sends it with empty or truncated sets: then the
 * code says nothing, and the target has to be synchronised. */
static void
parse_copyuid (ImapScanner *scanner,
               ImapStatus  *status)
{
  ImapScanner from_text;
  ImapScanner to_text;
  guint64 n_copied;

  imap_scanner_spaces (scanner);
  from_text = *scanner;
  status->from_uids = imap_parse_uid_set (scanner);
  imap_scanner_spaces (scanner);
  to_text = *scanner;
  status->uids = imap_parse_uid_set (scanner);
  if (status->from_uids == NULL || status->uids == NULL)
    return;

  n_copied = imap_uid_set_get_size (status->uids);
  if (n_copied > MAX_COPIED || n_copied != imap_uid_set_get_size (status->from_uids))
    return;

  status->copied_from = expand_in_order (scanner->arena, from_text.p,
                                         (gsize) (to_text.p - from_text.p), (guint) n_copied);
  status->copied_to = expand_in_order (scanner->arena, to_text.p,
                                       (gsize) (scanner->p - to_text.p), (guint) n_copied);
  if (status->copied_from != NULL && status->copied_to != NULL)
    status->n_copied = (guint) n_copied;
}

static void
parse_code_arguments (ImapScanner *scanner,
                      ImapStatus  *status)
{
  switch (status->code)
    {
    case IMAP_CODE_CAPABILITY:
      status->words = imap_parse_words (scanner, " ]");
      break;
    case IMAP_CODE_BADCHARSET:
    case IMAP_CODE_MAILBOXID:
      imap_scanner_char (scanner, '(');
      status->words = imap_parse_words (scanner, " )]");
      break;
    case IMAP_CODE_PERMANENTFLAGS:
      imap_parse_flags (scanner, &status->flags);
      break;
    case IMAP_CODE_MODIFIED:
      status->uids = imap_parse_uid_set (scanner);
      break;
    case IMAP_CODE_APPENDUID:
      status->has_number = imap_scanner_number (scanner, &status->number);
      status->uids = imap_parse_uid_set (scanner);
      break;
    case IMAP_CODE_COPYUID:
      status->has_number = imap_scanner_number (scanner, &status->number);
      parse_copyuid (scanner, status);
      break;
    default:
      status->has_number = imap_scanner_number (scanner, &status->number);
      break;
    }
}

/* Whether there was a code; @scanner stands behind its [ */
static gboolean
parse_code (ImapScanner *scanner,
            ImapStatus  *status)
{
  ImapSlice name;
  const char *begin;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_until (scanner, " ]", &name))
    return FALSE;

  status->code = imap_code_from_name (name.bytes, name.size_bytes);
  status->code_name = imap_arena_dup_upper (scanner->arena, name.bytes, name.size_bytes);

  imap_scanner_spaces (scanner);
  begin = scanner->p;
  parse_code_arguments (scanner, status);

  while (!imap_scanner_at_end (scanner) && imap_scanner_peek (scanner) != ']')
    scanner->p++;
  if (scanner->p > begin)
    status->code_text = imap_arena_dup_text (scanner->arena, begin, (gsize) (scanner->p - begin));
  imap_scanner_char (scanner, ']');
  return TRUE;
}

/* imap_parse_status: reads what follows OK, NO, BAD, PREAUTH or BYE. Gmail leaves out the text
 * behind HIGHESTMODSEQ; others the space before the code, or all of it. */
gboolean
imap_parse_status (ImapScanner    *scanner,
                   ImapStatusKind  kind,
                   ImapStatus     *out_status)
{
  ImapScanner before;

  *out_status = (ImapStatus) {
    .kind = kind,
    .words = imap_no_words,
    .flags.keywords = imap_no_words,
  };

  imap_scanner_spaces (scanner);
  before = *scanner;
  if (imap_scanner_char (scanner, '[') && !parse_code (scanner, out_status))
    *scanner = before;

  imap_scanner_spaces (scanner);
  out_status->text = imap_arena_dup_text (scanner->arena, scanner->p,
                                          (gsize) (scanner->end - scanner->p));
  scanner->p = scanner->end;
  return TRUE;
}
