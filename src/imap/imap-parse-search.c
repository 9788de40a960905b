#include "imap-parser-private.h"

/* imap_parse_search: reads the numbers of a SEARCH. Yahoo ends it with a space; RFC 7162 adds
 * (MODSEQ n). Numbers come in any order; what is not a number ends the list. */
const ImapSearch *
imap_parse_search (ImapScanner *scanner)
{
  ImapSearch *search = imap_arena_alloc (scanner->arena, sizeof (ImapSearch));
  g_autoptr(GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 number;

  while (imap_scanner_spaces (scanner), imap_scanner_number (scanner, &number))
    {
      guint32 uid = number <= G_MAXUINT32 ? (guint32) number : 0;

      g_array_append_val (uids, uid);
    }

  if (imap_scanner_char (scanner, '('))
    {
      ImapSlice word;

      if (imap_scanner_word (scanner, &word) && imap_slice_is (&word, "MODSEQ"))
        {
          imap_scanner_spaces (scanner);
          if (imap_scanner_number (scanner, &number))
            search->modseq = number;
        }
    }

  search->has_all = TRUE;
  search->all = imap_arena_own (scanner->arena,
                                imap_uid_set_new_array ((const guint32 *) (gpointer) uids->data,
                                                        uids->len),
                                (GDestroyNotify) imap_uid_set_unref);
  return search;
}

static void
parse_correlator (ImapScanner *scanner,
                  ImapSearch  *search)
{
  ImapSlice word;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return;

  imap_scanner_spaces (scanner);
  if (imap_scanner_word (scanner, &word) && imap_slice_is (&word, "TAG"))
    {
      imap_scanner_spaces (scanner);
      if (imap_scanner_astring (scanner, &word))
        search->tag = imap_slice_dup (&word, scanner->arena);
    }
  imap_scanner_skip_to_close (scanner);
}

static void
parse_item (ImapScanner     *scanner,
            const ImapSlice *name,
            ImapSearch      *search)
{
  ImapScanner before = *scanner;
  guint64 number = 0;

  if (imap_slice_is (name, "ALL"))
    {
      ImapUidSet *all = imap_parse_uid_set (scanner);

      if (all != NULL)
        {
          search->all = all;
          search->has_all = TRUE;
          return;
        }
    }
  else if (imap_scanner_number (scanner, &number))
    {
      if (imap_slice_is (name, "MIN"))
        search->min = (guint32) MIN (number, G_MAXUINT32);
      else if (imap_slice_is (name, "MAX"))
        search->max = (guint32) MIN (number, G_MAXUINT32);
      else if (imap_slice_is (name, "MODSEQ"))
        search->modseq = number;
      else if (imap_slice_is (name, "COUNT"))
        {
          search->count = (guint32) MIN (number, G_MAXUINT32);
          search->has_count = TRUE;
        }
      return;
    }

  *scanner = before;
  imap_scanner_skip (scanner);
}

/* imap_parse_esearch: reads an ESEARCH, RFC 9051 section 7.3.4. The mailbox and UIDVALIDITY of
 * RFC 7377 may stand in its correlator; they are skipped. */
const ImapSearch *
imap_parse_esearch (ImapScanner *scanner)
{
  ImapSearch *search = imap_arena_alloc (scanner->arena, sizeof (ImapSearch));
  ImapSlice name;

  search->is_esearch = TRUE;
  search->all = imap_arena_own (scanner->arena, imap_uid_set_new (),
                                (GDestroyNotify) imap_uid_set_unref);
  parse_correlator (scanner, search);

  while (imap_scanner_spaces (scanner), imap_scanner_word (scanner, &name))
    {
      imap_scanner_spaces (scanner);
      if (imap_slice_is (&name, "UID"))
        search->is_uid = TRUE;
      else
        parse_item (scanner, &name, search);
    }

  return search;
}

/* imap_parse_vanished: reads a VANISHED, RFC 7162 section 3.2.10; NULL for one without a set,
 * as iCloud has sent */
const ImapVanished *
imap_parse_vanished (ImapScanner *scanner)
{
  ImapVanished *vanished = imap_arena_alloc (scanner->arena, sizeof (ImapVanished));

  imap_scanner_spaces (scanner);
  if (imap_scanner_char (scanner, '('))
    {
      ImapSlice word;

      vanished->is_earlier = imap_scanner_word (scanner, &word) &&
                             imap_slice_is (&word, "EARLIER");
      imap_scanner_skip_to_close (scanner);
    }

  vanished->uids = imap_parse_uid_set (scanner);
  return vanished->uids != NULL ? vanished : NULL;
}
