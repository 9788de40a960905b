#include "imap-parser-private.h"

#include <string.h>

/* More sections than this in one FETCH are nobody's */
#define MAX_SECTIONS 1000

/* Days since 1970 of a date of the Gregorian calendar */
static gint64
days_from_date (gint64 year,
                guint  month,
                guint  day)
{
  gint64 y = month <= 2 ? year - 1 : year;
  gint64 era = (y >= 0 ? y : y - 399) / 400;
  gint64 year_of_era = y - era * 400;
  gint64 day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return era * 146097 + day_of_era - 719468;
}

static gboolean
two_digits (const char *p,
            guint      *out_number)
{
  /* the day may have a space instead of its first digit */
  if ((!g_ascii_isdigit (p[0]) && p[0] != ' ') || !g_ascii_isdigit (p[1]))
    return FALSE;

  *out_number = (p[0] == ' ' ? 0 : (guint) (p[0] - '0') * 10) + (guint) (p[1] - '0');
  return TRUE;
}

/* imap_parse_date: reads a date-time, "17-Jul-1996 02:44:25 -0700", RFC 9051 section 9. The day
 * may be of one digit only. */
gboolean
imap_parse_date (const char *bytes,
                 gsize       size_bytes,
                 gint64     *out_unix)
{
  static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  char text[26];
  guint day;
  guint month;
  guint century;
  guint year;
  guint hour;
  guint minute;
  guint second;
  guint zone_hours;
  guint zone_minutes;
  gint64 zone;

  if (size_bytes != 25 && size_bytes != 26)
    return FALSE;

  text[0] = ' ';
  memcpy (text + 26 - size_bytes, bytes, size_bytes);

  if (!two_digits (text, &day) || text[2] != '-' || text[6] != '-' || text[11] != ' ' ||
      !two_digits (text + 7, &century) || !two_digits (text + 9, &year) ||
      !two_digits (text + 12, &hour) || text[14] != ':' || !two_digits (text + 15, &minute) ||
      text[17] != ':' || !two_digits (text + 18, &second) || text[20] != ' ' ||
      (text[21] != '+' && text[21] != '-') || !two_digits (text + 22, &zone_hours) ||
      !two_digits (text + 24, &zone_minutes))
    return FALSE;

  for (month = 0; month < 12; month++)
    if (g_ascii_strncasecmp (text + 3, months + month * 3, 3) == 0)
      break;

  if (month == 12 || day == 0 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return FALSE;

  zone = (gint64) zone_hours * 3600 + zone_minutes * 60;
  *out_unix = days_from_date ((gint64) century * 100 + year, month + 1, day) * 86400 +
              (gint64) hour * 3600 + minute * 60 + second - (text[21] == '-' ? -zone : zone);
  return TRUE;
}

static ImapSection *
add_section (ImapScanner *scanner,
             ImapFetch   *fetch)
{
  ImapSection *sections = (ImapSection *) fetch->sections;
  guint n = fetch->n_sections;

  if (n >= MAX_SECTIONS)
    return NULL;

  /* grows at each power of two */
  if ((n & (n - 1)) == 0)
    {
      ImapSection *larger;

      larger = imap_arena_alloc (scanner->arena, MAX (n * 2, 1) * sizeof (ImapSection));
      if (n > 0)
        memcpy (larger, sections, n * sizeof (ImapSection));
      fetch->sections = sections = larger;
    }

  fetch->n_sections++;
  sections[n] = (ImapSection) { .part = "", .origin = -1 };
  return &sections[n];
}

/* Up to the bracket that closes. Names of header fields may be strings, and hold one themselves. */
static void
skip_to_bracket (ImapScanner *scanner)
{
  gsize left = (gsize) (scanner->end - scanner->p);
  const char *close = memchr (scanner->p, ']', left);
  gsize size = close != NULL ? (gsize) (close - scanner->p) : left;

  if (memchr (scanner->p, '"', size) == NULL && memchr (scanner->p, '{', size) == NULL)
    {
      scanner->p += size;
      return;
    }

  while (!imap_scanner_at_end (scanner) && *scanner->p != ']')
    {
      ImapSlice ignored;

      if (!imap_scanner_string (scanner, &ignored))
        scanner->p++;
    }
}

/* What stands between the brackets. @out_spec is only the text before the names of header fields.
 * */
static gboolean
parse_brackets (ImapScanner *scanner,
                ImapSlice   *out_spec)
{
  gsize n = 0;

  *out_spec = (ImapSlice) { .bytes = scanner->p };
  skip_to_bracket (scanner);

  while (out_spec->bytes + n < scanner->p && out_spec->bytes[n] != ' ' && out_spec->bytes[n] != '(')
    n++;
  out_spec->size_bytes = n;
  return imap_scanner_char (scanner, ']');
}

static void
interpret_spec (ImapScanner     *scanner,
                const ImapSlice *spec,
                ImapSection     *section)
{
  gsize n = 0;
  ImapSlice name;

  while (n < spec->size_bytes && (g_ascii_isdigit (spec->bytes[n]) || spec->bytes[n] == '.'))
    n++;

  name = (ImapSlice) { .bytes = spec->bytes + n, .size_bytes = spec->size_bytes - n };
  if (n > 0 && spec->bytes[n - 1] == '.')
    n--;
  if (n > 0)
    section->part = imap_arena_dup (scanner->arena, spec->bytes, n);

  if (imap_slice_is (&name, "HEADER"))
    section->kind = IMAP_SECTION_HEADER;
  else if (imap_slice_is (&name, "HEADER.FIELDS"))
    section->kind = IMAP_SECTION_HEADER_FIELDS;
  else if (imap_slice_is (&name, "HEADER.FIELDS.NOT"))
    section->kind = IMAP_SECTION_HEADER_FIELDS_NOT;
  else if (imap_slice_is (&name, "MIME"))
    section->kind = IMAP_SECTION_MIME;
  else if (imap_slice_is (&name, "TEXT"))
    section->kind = IMAP_SECTION_TEXT;
}

static void
fill_section (ImapScanner *scanner,
              ImapSection *section)
{
  ImapSlice value;

  imap_scanner_spaces (scanner);
  /* Yandex leaves the value out: the next item stands there, or the end of the list */
  if (!imap_scanner_nstring (scanner, &value))
    {
      section->is_nil = TRUE;
      return;
    }

  section->is_nil = value.is_nil;
  section->is_dropped = value.literal != NULL && value.literal->is_dropped;
  section->size_bytes = value.size_bytes;
  section->bytes = value.is_nil ? NULL : value.bytes;
}

/* @scanner stands behind BODY[ or BINARY[ */
static void
parse_section (ImapScanner     *scanner,
               ImapSectionKind  kind,
               ImapFetch       *fetch)
{
  ImapSection ignored = { 0 };
  ImapSection *section;
  ImapSlice spec;

  if (!parse_brackets (scanner, &spec))
    return;

  section = add_section (scanner, fetch);
  if (section == NULL)
    section = &ignored;

  section->kind = kind;
  interpret_spec (scanner, &spec, section);

  if (imap_scanner_char (scanner, '<'))
    {
      guint64 origin;

      if (imap_scanner_number (scanner, &origin) && origin <= G_MAXINT64)
        section->origin = (gint64) origin;
      /* an answer has no length here; servers that repeat the question's are understood */
      while (!imap_scanner_at_end (scanner) && !imap_scanner_char (scanner, '>'))
        scanner->p++;
    }

  fill_section (scanner, section);
}

static void
parse_whole_section (ImapScanner     *scanner,
                     ImapSectionKind  kind,
                     ImapFetch       *fetch)
{
  ImapSection ignored = { 0 };
  ImapSection *section = add_section (scanner, fetch);

  if (section == NULL)
    section = &ignored;
  section->kind = kind;
  fill_section (scanner, section);
}

/* A number, or one in parentheses: MODSEQ has them, and Zoho says -1 there, which is as good as
 * not said */
static gboolean
parse_number (ImapScanner *scanner,
              guint64     *out_number)
{
  gboolean is_number;

  if (!imap_scanner_char (scanner, '('))
    {
      is_number = imap_scanner_number (scanner, out_number);
      if (!is_number)
        imap_scanner_skip (scanner);
      return is_number;
    }

  imap_scanner_spaces (scanner);
  is_number = imap_scanner_number (scanner, out_number);
  imap_scanner_skip_to_close (scanner);
  return is_number;
}

/* RFC 8474 section 7: from 1 to 255 characters out of A-Z, a-z, 0-9, _ and - */
static gboolean
is_object_id (const ImapSlice *value)
{
  if (value->bytes == NULL || value->size_bytes == 0 || value->size_bytes > 255)
    return FALSE;

  for (gsize i = 0; i < value->size_bytes; i++)
    if (!g_ascii_isalnum (value->bytes[i]) && value->bytes[i] != '_' && value->bytes[i] != '-')
      return FALSE;

  return TRUE;
}

/* imap_parse_object_id: reads (id), or NIL; NULL also for what is no id: Cyrus 3.6 says of a
 * mailbox's in STATUS whatever lies in its memory */
const char *
imap_parse_object_id (ImapScanner *scanner)
{
  const char *id = NULL;
  ImapSlice value;

  if (imap_scanner_nstring (scanner, &value))
    return is_object_id (&value) ? imap_slice_dup (&value, scanner->arena) : NULL;
  if (!imap_scanner_char (scanner, '('))
    return NULL;

  imap_scanner_spaces (scanner);
  if (imap_scanner_astring (scanner, &value) && is_object_id (&value))
    id = imap_slice_dup (&value, scanner->arena);
  imap_scanner_spaces (scanner);
  if (imap_scanner_char (scanner, ')'))
    return id;

  imap_scanner_skip_to_close (scanner);
  return NULL;
}

static gboolean
parse_date_item (ImapScanner *scanner,
                 gint64      *out_unix)
{
  ImapSlice value;

  return imap_scanner_nstring (scanner, &value) && value.bytes != NULL &&
         imap_parse_date (value.bytes, value.size_bytes, out_unix);
}

static void
parse_preview (ImapScanner *scanner,
               ImapFetch   *fetch)
{
  /* drafts of RFC 8970 had (FUZZY "text") */
  if (imap_scanner_char (scanner, '('))
    {
      ImapSlice algorithm;

      imap_scanner_word (scanner, &algorithm);
      parse_whole_section (scanner, IMAP_SECTION_PREVIEW, fetch);
      imap_scanner_skip_to_close (scanner);
    }
  else
    parse_whole_section (scanner, IMAP_SECTION_PREVIEW, fetch);
  fetch->items |= IMAP_FETCH_PREVIEW;
}

static void
parse_labels (ImapScanner *scanner,
              ImapFetch   *fetch)
{
  ImapSlice nil;

  fetch->items |= IMAP_FETCH_GM_LABELS;
  fetch->gm_labels = imap_no_words;
  fetch->n_gm_labels = 0;
  if (imap_scanner_nstring (scanner, &nil) || !imap_scanner_char (scanner, '('))
    return;

  fetch->gm_labels = imap_parse_words (scanner, " )");
  while (fetch->gm_labels[fetch->n_gm_labels] != NULL)
    fetch->n_gm_labels++;
  imap_scanner_skip_to_close (scanner);
}

static void
note_value (ImapScanner *scanner,
            ImapScanner *out_place,
            ImapFetch   *fetch,
            guint        item)
{
  *out_place = *scanner;
  if (imap_scanner_skip (scanner))
    fetch->items |= item;
}

static void
parse_uid (ImapScanner *scanner,
           ImapFetch   *fetch)
{
  guint64 number;

  /* 0 has been seen, and is no UID */
  if (!parse_number (scanner, &number) || number == 0 || number > G_MAXUINT32)
    return;

  fetch->uid = (guint32) number;
  fetch->items |= IMAP_FETCH_UID;
}

static void
parse_number_item (ImapScanner *scanner,
                   ImapFetch   *fetch,
                   guint        item,
                   guint64     *out_number)
{
  if (parse_number (scanner, out_number))
    fetch->items |= item;
}

/* An item by its name; whether it is one that is known */
static gboolean
parse_item (ImapScanner     *scanner,
            const ImapSlice *name,
            ImapFetchParse  *parse)
{
  ImapFetch *fetch = &parse->fetch;

  if (imap_slice_is (name, "UID"))
    parse_uid (scanner, fetch);
  else if (imap_slice_is (name, "FLAGS"))
    {
      imap_parse_flags (scanner, &fetch->flags);
      fetch->items |= IMAP_FETCH_FLAGS;
    }
  else if (imap_slice_is (name, "INTERNALDATE"))
    fetch->items |= parse_date_item (scanner, &fetch->internal_date_unix)
                    ? IMAP_FETCH_INTERNALDATE : 0;
  else if (imap_slice_is (name, "RFC822.SIZE"))
    fetch->items |= imap_scanner_size (scanner, &fetch->size_bytes) ? IMAP_FETCH_SIZE : 0;
  else if (imap_slice_is (name, "MODSEQ"))
    parse_number_item (scanner, fetch, IMAP_FETCH_MODSEQ, &fetch->modseq);
  else if (imap_slice_is (name, "ENVELOPE"))
    note_value (scanner, &parse->envelope, fetch, IMAP_FETCH_ENVELOPE);
  else if (imap_slice_is (name, "BODYSTRUCTURE") || imap_slice_is (name, "BODY"))
    note_value (scanner, &parse->structure, fetch, IMAP_FETCH_BODYSTRUCTURE);
  else if (imap_slice_is (name, "EMAILID"))
    fetch->items |= (fetch->email_id = imap_parse_object_id (scanner)) != NULL ? IMAP_FETCH_EMAILID : 0;
  else if (imap_slice_is (name, "THREADID"))
    {
      fetch->thread_id = imap_parse_object_id (scanner);
      fetch->items |= IMAP_FETCH_THREADID;
    }
  else if (imap_slice_is (name, "PREVIEW"))
    parse_preview (scanner, fetch);
  else if (imap_slice_is (name, "SAVEDATE"))
    fetch->items |= parse_date_item (scanner, &fetch->save_date_unix) ? IMAP_FETCH_SAVEDATE : 0;
  else if (imap_slice_is (name, "RFC822"))
    parse_whole_section (scanner, IMAP_SECTION_BODY, fetch);
  else if (imap_slice_is (name, "RFC822.HEADER"))
    parse_whole_section (scanner, IMAP_SECTION_HEADER, fetch);
  else if (imap_slice_is (name, "RFC822.TEXT"))
    parse_whole_section (scanner, IMAP_SECTION_TEXT, fetch);
  else if (imap_slice_is (name, "X-GM-MSGID"))
    parse_number_item (scanner, fetch, IMAP_FETCH_GM_MSGID, &fetch->gm_message_id);
  else if (imap_slice_is (name, "X-GM-THRID"))
    parse_number_item (scanner, fetch, IMAP_FETCH_GM_THRID, &fetch->gm_thread_id);
  else if (imap_slice_is (name, "X-GM-LABELS"))
    parse_labels (scanner, fetch);
  else
    return FALSE;

  return TRUE;
}

static void
parse_named_item (ImapScanner     *scanner,
                  const ImapSlice *name,
                  ImapFetchParse  *parse)
{
  ImapSlice ignored;

  if (imap_scanner_char (scanner, '['))
    {
      if (imap_slice_is (name, "BODY"))
        parse_section (scanner, IMAP_SECTION_BODY, &parse->fetch);
      else if (imap_slice_is (name, "BINARY"))
        parse_section (scanner, IMAP_SECTION_BINARY, &parse->fetch);
      else if (parse_brackets (scanner, &ignored))
        {
          /* BINARY.SIZE[1], and what is yet to be invented */
          imap_scanner_spaces (scanner);
          imap_scanner_skip (scanner);
        }
      return;
    }

  imap_scanner_spaces (scanner);
  if (!parse_item (scanner, name, parse))
    imap_scanner_skip (scanner);
}

/* imap_parse_fetch: reads what follows `* n FETCH`. Domino doubles the parentheses, Zimbra forgets
 * the space before MODSEQ, QIP says FETCH () and Courier 0 FETCH: none of it is in the way. What
 * comes before something unreadable counts. */
void
imap_parse_fetch (ImapScanner    *scanner,
                  guint32         sequence,
                  ImapFetchParse *out_parse)
{
  ImapFetch *fetch = &out_parse->fetch;

  fetch->sequence = sequence;
  fetch->flags.keywords = imap_no_words;
  fetch->gm_labels = imap_no_words;

  while (!imap_scanner_at_end (scanner))
    {
      ImapSlice name;

      imap_scanner_spaces (scanner);
      if (imap_scanner_char (scanner, '(') || imap_scanner_char (scanner, ')'))
        continue;

      if (imap_scanner_name (scanner, &name))
        parse_named_item (scanner, &name, out_parse);
      else if (!imap_scanner_skip (scanner) && !imap_scanner_at_end (scanner))
        scanner->p++;
    }
}
