#include <string.h>

#include "dump.h"

/* What servers say, response by response, whole and byte by byte. The numbers are those of the
 * table of quirks in src/imap/README.md. */

typedef struct
{
  const char *name;
  const char *said;
  const char *means;
} Said;

#define STRUCTURE(text) "* 1 FETCH (BODYSTRUCTURE " text " UID 5)"
#define TEXT_PART "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1)"

static const Said said[] = {
  { "01-bracket-in-flags", "* 1 FETCH (UID 4 FLAGS (\\Seen [a]b $c]))",
    "FETCH 1 uid=4 flags=1:[a]b,$c]" },
  { "02-multipart-without-parts",
    STRUCTURE ("(" TEXT_PART "(\"ALTERNATIVE\" (\"BOUNDARY\" \"b\") NIL NIL NIL) \"MIXED\""
               " (\"BOUNDARY\" \"b\") NIL NIL NIL)"),
    "FETCH 1 uid=5 structure={:multipart/mixed;BOUNDARY=b (1:text/plain 5 lines=1 7bit | "
    "2:multipart/alternative;BOUNDARY=b)}" },
  { "03-message-without-envelope",
    STRUCTURE ("(\"MESSAGE\" \"RFC822\" (\"NAME\" \"x.eml\") NIL NIL \"BASE64\" 8000 NIL "
               "(\"ATTACHMENT\" (\"FILENAME\" \"x.eml\")) NIL)"),
    "FETCH 1 uid=5 structure={1:message/rfc822;NAME=x.eml 8000 base64 attachment"
    ";FILENAME=x.eml}" },
  { "04-name-and-mailbox-swapped",
    "* 1 FETCH (UID 5 ENVELOPE (NIL \"s\" ((\"ann@a.test\" NIL \"Ann\" NIL)) NIL NIL "
    "((NIL NIL \"bob\" \"b.test\")) NIL NIL NIL \"<i>\"))",
    "FETCH 1 uid=5 envelope={NIL 's' from='ann@a.test'<Ann@(null)> to=NIL<bob@b.test> NIL '<i>'}" },
  { "05-code-without-text", "* OK [HIGHESTMODSEQ 715194045007]",
    "OK OK [HIGHESTMODSEQ] number=715194045007 ''" },
  { "13-gmail-container", "* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"",
    "LIST 11 / '[Gmail]'" },
  { "13-labels-nil", "* 1 FETCH (X-GM-LABELS NIL UID 4)", "FETCH 1 uid=4 labels=" },
  { "18-garbage", "Server Unavailable. 15", "BYE BYE 'Server Unavailable. 15'" },
  { "18-code-without-ok", "* [APPENDUID 38505 3955] done",
    "OK OK [APPENDUID] number=38505 uids=3955 'done'" },
  { "19-bare-disposition",
    STRUCTURE ("(\"TEXT\" \"PLAIN\" (NIL NIL) NIL NIL \"7BIT\" 5 -1 NIL \"inline\" NIL NIL)"),
    "FETCH 1 uid=5 structure={1:text/plain 5 7bit inline}" },
  { "19-disposition-of-nils",
    STRUCTURE ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1 NIL (NIL NIL) NIL)"),
    "FETCH 1 uid=5 structure={1:text/plain 5 lines=1 7bit}" },
  { "19-seven-nils", STRUCTURE ("((NIL NIL NIL NIL NIL NIL NIL)" TEXT_PART " \"MIXED\")"),
    "FETCH 1 uid=5 structure={:multipart/mixed (1:application/octet-stream | "
    "2:text/plain 5 lines=1 7bit)}" },
  { "20-copyuid-cut-off", "A1 OK [COPYUID 7  ] Done", "OK A1 OK [COPYUID] number=7 'Done'" },
  { "20-copyuid-uneven", "A1 OK [COPYUID 7 1:3 4] Done",
    "OK A1 OK [COPYUID] number=7 from=1:3 uids=4 'Done'" },
  { "22-unquoted-names", "* LIST () \"/\" Public Folders/a\tb", "LIST 0 / 'Public Folders/a\tb'" },
  { "25-spaces-in-status", "* STATUS a (MESSAGES 1 )  ",
    "STATUS 'a' items=1 messages=1 unseen=0 next=0 validity=0 modseq=0 size=0" },
  { "26-continuation-without-space", "+", "+ ''" },
  { "35-search-ends-with-space", "* SEARCH 9 1 5 ", "SEARCH  all=1,5,9" },
  { "40-vanished-of-nothing", "* VANISHED (EARLIER)", " '* VANISHED (EARLIER)'" },
  { "40-vanished-of-zero", "* VANISHED (EARLIER) 0", " '* VANISHED (EARLIER) 0'" },
  { "41-esearch-counts-only", "* ESEARCH (TAG \"A\") UID COUNT 5", "ESEARCH  tag=A uid count=5" },
  { "42-uidvalidity-zero", "* OK [UIDVALIDITY 0] ok", "OK OK [UIDVALIDITY] number=0 'ok'" },
  { "45-placeholders",
    "* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")) NIL NIL "
    "((NIL NIL \"a\" \".MISSING-HOST-NAME.\")) NIL NIL NIL NIL))",
    "FETCH 1 envelope={NIL NIL from=NIL<@> to=NIL<a@> NIL NIL}" },
  { "49-fetch-of-zero", "* 0 FETCH (FLAGS ())", "FETCH 0 flags=0:" },
  { "51-no-space-before-modseq", "* 1 FETCH (UID 5 FLAGS (\\Seen)MODSEQ (9))",
    "FETCH 1 uid=5 flags=1: modseq=9" },
  { "53-uidnext-zero", "* OK [UIDNEXT 0] ok", "OK OK [UIDNEXT] number=0 'ok'" },
  { "53-copyuid-without-ok", "* [COPYUID 1 2 3]", "OK OK [COPYUID] number=1 from=2 uids=3 2>3 ''" },
  { "53-lone-backslash", "* XLIST (\\HasNoChildren \\ ) \".\" \"x\"", "XLIST 20 . 'x'" },
  { "54-size-with-exponent", "* 1 FETCH (RFC822.SIZE 9.3736e+06 UID 5)",
    "FETCH 1 uid=5 size=9373600" },
  { "54-boundary-nil",
    STRUCTURE (
      "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 9.3736e+06 1) \"MIXED\" (\"BOUNDARY\" NIL)"
      " NIL)"),
    "FETCH 1 uid=5 structure={:multipart/mixed;BOUNDARY=(null) (1:text/plain 9373600 lines=1 "
    "7bit)}" },
  { "55-body-without-value", "* 1 FETCH (UID 5 BODY[1] FLAGS (\\Seen))",
    "FETCH 1 uid=5 flags=1: BODY[1]=NIL" },
  { "56-empty-status", "* STATUS x ()",
    "STATUS 'x' items=0 messages=0 unseen=0 next=0 validity=0 modseq=0 size=0" },
  { "57-quotes-in-quotes",
    "* 1 FETCH (ENVELOPE (NIL \"say \"hello\"x\" NIL NIL NIL NIL NIL NIL NIL \"<i>\"))",
    "FETCH 1 envelope={NIL 'say \"hello\"x' NIL '<i>'}" },
  { "58-fetch-of-nothing", "* 1 FETCH ()", "FETCH 1" },
  { "60-modseq-negative", "* 1 FETCH (MODSEQ (-1) UID 5)", "FETCH 1 uid=5" },
  { "60-highestmodseq-negative", "* STATUS x (HIGHESTMODSEQ -1 MESSAGES 2)",
    "STATUS 'x' items=1 messages=2 unseen=0 next=0 validity=0 modseq=0 size=0" },
  { "62-nil-between-addresses",
    "* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL (NIL (NIL NIL \"a\" \"b\")) NIL NIL NIL NIL))",
    "FETCH 1 envelope={NIL NIL to=NIL<a@b> NIL NIL}" },
  { "62-double-parentheses", "* 1 FETCH ((UID 5 BODY[HEADER] {1}\r\nx FLAGS (\\Seen)))",
    "FETCH 1 uid=5 flags=1: HEADER[]='x'" },
  { "76-uid-zero", "* 1 FETCH (UID 0 FLAGS (\\Seen))", "FETCH 1 flags=1:" },
  { "76-nul-bytes", "\0\0* 5 EXISTS", "EXISTS 5" },
};

static void
test_said (gconstpointer data)
{
  const Said *one = data;
  gsize skip = one->said[0] == '\0' ? 2 : 0;
  gsize size = skip + strlen (one->said + skip);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autofree char *wanted = g_strconcat (one->means, "\n", NULL);
  g_autofree char *whole = NULL;
  g_autofree char *single = NULL;

  g_byte_array_append (bytes, (const guint8 *) one->said, (guint) size);
  g_byte_array_append (bytes, (const guint8 *) "\r\n", 2);
  whole = dump_bytes (bytes->data, bytes->len, bytes->len);
  single = dump_bytes (bytes->data, bytes->len, 1);
  g_assert_cmpstr (whole, ==, wanted);
  g_assert_cmpstr (single, ==, wanted);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autofree char *path = g_strconcat ("/imap/quirks/said/", said[i].name, NULL);

      g_test_add_data_func (path, &said[i], test_said);
    }
  return g_test_run ();
}
