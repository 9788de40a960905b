#include <string.h>

#include "dump.h"
#include "imap-capability.h"

/* What responses mean, whole and byte by byte. What the standards say first, what servers say then:
 * each with the server that says it. */

static void
assert_means (const char *line,
              const char *expected)
{
  g_autofree char *text = g_strconcat (line, "\r\n", NULL);
  g_autofree char *wanted = g_strconcat (expected, "\n", NULL);
  g_autofree char *whole = dump_bytes (text, strlen (text), strlen (text));
  g_autofree char *single = dump_bytes (text, strlen (text), 1);

  g_assert_cmpstr (whole, ==, wanted);
  g_assert_cmpstr (single, ==, wanted);
}

static void
test_status (void)
{
  assert_means ("* OK IMAP4rev1 Service Ready", "OK OK 'IMAP4rev1 Service Ready'");
  assert_means ("* PREAUTH [CAPABILITY IMAP4rev1 ID] hello",
                "PREAUTH PREAUTH [CAPABILITY] words=IMAP4rev1,ID 'hello'");
  assert_means ("A142 OK [READ-WRITE] SELECT completed", "OK A142 OK [READ-WRITE] 'SELECT completed'");
  assert_means ("* OK [UIDVALIDITY 3857529045] UIDs valid",
                "OK OK [UIDVALIDITY] number=3857529045 'UIDs valid'");
  assert_means ("* OK [HIGHESTMODSEQ 715194045007]", "OK OK [HIGHESTMODSEQ] number=715194045007 ''");
  assert_means ("* OK [PERMANENTFLAGS (\\Deleted \\Seen $Junk \\*)] Limited",
                "OK OK [PERMANENTFLAGS] flags=49:$Junk 'Limited'");
  assert_means ("A1 NO [BADCHARSET (UTF-8 \"US-ASCII\")] no",
                "NO A1 NO [BADCHARSET] words=UTF-8,US-ASCII 'no'");
  assert_means ("A1 NO [AUTHENTICATIONFAILED] wrong", "NO A1 NO [AUTHENTICATIONFAILED] 'wrong'");
  assert_means ("A1 NO [SOMETHING-NEW with (arguments)] x", "NO A1 NO [SOMETHING-NEW?] 'x'");
  assert_means ("* OK [MAILBOXID (F2212ea87-6097-4256-9d51)] Ok",
                "OK OK [MAILBOXID] words=F2212ea87-6097-4256-9d51 'Ok'");
  assert_means ("A1 OK [MODIFIED 7,9] Conditional STORE failed",
                "OK A1 OK [MODIFIED] uids=7,9 'Conditional STORE failed'");
  assert_means ("* NO [ALERT] Disk is \x01\xff full", "NO NO [ALERT] 'Disk is  � full'");
  assert_means ("+ idling", "+ 'idling'");
}

static void
test_copyuid (void)
{
  assert_means ("A1 OK [COPYUID 38505 304,319:320 3956:3958] Done",
                "OK A1 OK [COPYUID] number=38505 from=304,319:320 uids=3956:3958 304>3956 319>3957 "
                "320>3958 'Done'");
  /* the order is that of the text, not of the numbers */
  assert_means ("* OK [COPYUID 1 9,3:1 10:13]",
                "OK OK [COPYUID] number=1 from=1:3,9 uids=10:13 9>10 3>11 2>12 1>13 ''");
  assert_means ("A1 OK [APPENDUID 38505 3955] Done",
                "OK A1 OK [APPENDUID] number=38505 uids=3955 'Done'");
  /* Exchange: empty and truncated sets say nothing */
  assert_means ("A1 OK [COPYUID 7  ] Done", "OK A1 OK [COPYUID] number=7 'Done'");
  assert_means ("A1 OK [COPYUID 7 1:3 4] Done", "OK A1 OK [COPYUID] number=7 from=1:3 uids=4 'Done'");
  assert_means ("A1 OK [COPYUID 7 1,1:2 4:5] Done",
                "OK A1 OK [COPYUID] number=7 from=1:2 uids=4:5 'Done'");
  /* what would take four thousand million pairs */
  assert_means ("A1 OK [COPYUID 7 1:4294967294 1:4294967294] Done",
                "OK A1 OK [COPYUID] number=7 from=1:4294967294 uids=1:4294967294 'Done'");
  /* home.pl and Exchange: without the OK */
  assert_means ("* [COPYUID 1 2 3]", "OK OK [COPYUID] number=1 from=2 uids=3 2>3 ''");
}

static void
test_mailboxes (void)
{
  assert_means ("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN",
                "CAPABILITY IMAP4rev1,STARTTLS,AUTH=PLAIN");
  assert_means ("* ENABLED CONDSTORE X", "ENABLED CONDSTORE,X");
  assert_means ("* LIST (\\Noselect \\HasChildren) \"/\" foo", "LIST 11 / 'foo'");
  assert_means ("* list (\\sent) \".\" \"INBOX.Sent\"", "LIST 8000 . 'INBOX.Sent'");
  assert_means ("* LIST () NIL inbox", "LIST 0 0 'inbox'");
  assert_means ("* LIST () \"\\\\\" \"a\\\\b\\\"c\"", "LIST 0 \\ 'a\\b\"c'");
  assert_means ("* LIST (\\NonExistent) \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))", "LIST 41 / 'x'");
  assert_means ("* LIST () \"/\" \"new\" (\"OLDNAME\" (\"old\"))", "LIST 0 / 'new' was 'old'");
  assert_means ("* LIST (\\Noselect) \"/\" \"\"", "LIST 1 / ''");
  assert_means ("* LSUB () \"/\" x", "LSUB 0 / 'x' subscription");
  assert_means ("* XLIST (\\Inbox \\HasNoChildren) \"/\" \"Posteingang\"",
                "XLIST 20020 / 'Posteingang'");
  assert_means ("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 1 UNSEEN 2 SIZE 9)",
                "STATUS 'blurdybloop' items=b5 messages=231 unseen=2 next=44292 validity=1 modseq=0 "
                "size=9");
  assert_means ("* STATUS \"x y\" (HIGHESTMODSEQ 7011231777 MAILBOXID (F1) NEWITEM (1 2) DELETED 1)",
                "STATUS 'x y' items=148 messages=0 unseen=0 next=0 validity=0 modseq=7011231777 "
                "size=0 id=F1");
  /* Cyrus 3.6 sends what lies in its memory */
  assert_means ("* STATUS x (UIDNEXT 1 MAILBOXID (\xad\xe8\xa3" "6\x15V) UNSEEN 2)",
                "STATUS 'x' items=14 messages=0 unseen=2 next=1 validity=0 modseq=0 size=0");
  assert_means ("* STATUS x (MAILBOXID (F(1) UNSEEN) UNSEEN 2)",
                "STATUS 'x' items=4 messages=0 unseen=2 next=0 validity=0 modseq=0 size=0");
  assert_means ("* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#shared/\" \"/\" \"X\" (\"a\")) (\"#p\" NIL))",
                "NAMESPACE  ('INBOX.'.) () ('#shared/'/'#p'0)");
  assert_means ("* ID (\"name\" \"Cyrus\" \"version\" NIL)", "ID  name=Cyrus version=(null)");
  assert_means ("* ID NIL", "ID ");
  assert_means ("* QUOTA \"#user/alice\" (STORAGE 54 111 MESSAGE 42 1000)",
                "QUOTA '#user/alice' STORAGE 54/111 MESSAGE 42/1000");
  assert_means ("* QUOTA \"\" ()", "QUOTA ''");
  assert_means ("* QUOTAROOT INBOX \"#user/alice\" b", "QUOTAROOT 'INBOX' #user/alice,b");
  assert_means ("* FLAGS (\\Answered \\Seen $MDNSent)", "FLAGS  flags=3:$MDNSent");
}

static void
test_mailboxes_astray (void)
{
  /* Exchange: names with tabs and spaces that are not quoted; spaces at the end of STATUS */
  assert_means ("* LIST () \"/\" Public Folders/a\tb", "LIST 0 / 'Public Folders/a\tb'");
  assert_means ("* LIST () \"/\" Work (old)", "LIST 0 / 'Work (old)'");
  assert_means ("* STATUS a (b) c (MESSAGES 1 )  ",
                "STATUS 'a (b) c' items=1 messages=1 unseen=0 next=0 validity=0 modseq=0 size=0");
  /* Coremail: an empty list */
  assert_means ("* STATUS x ()",
                "STATUS 'x' items=0 messages=0 unseen=0 next=0 validity=0 modseq=0 size=0");
  /* hMailServer and home.pl: a lone backslash in XLIST */
  assert_means ("* XLIST (\\HasNoChildren \\ ) \".\" \"x\"", "XLIST 20 . 'x'");
  /* Zoho: MODSEQ -1 is as good as not said */
  assert_means ("* STATUS x (HIGHESTMODSEQ -1 MESSAGES 2)",
                "STATUS 'x' items=1 messages=2 unseen=0 next=0 validity=0 modseq=0 size=0");
  /* iCloud: UIDVALIDITY 0 is a value */
  assert_means ("* STATUS x (UIDVALIDITY 0)",
                "STATUS 'x' items=20 messages=0 unseen=0 next=0 validity=0 modseq=0 size=0");
  /* Dovecot: APPENDLIMIT NIL */
  assert_means ("* STATUS x (APPENDLIMIT NIL UNSEEN 1)",
                "STATUS 'x' items=4 messages=0 unseen=1 next=0 validity=0 modseq=0 size=0");
  /* Exchange, when its back end is away */
  assert_means ("Server Unavailable. 15", "BYE BYE 'Server Unavailable. 15'");
  /* names that could not be said again */
  assert_means ("* LIST () \"/\" {3}\r\na\r\n", " '* LIST () \"/\" {3}  a  '");
}

static void
test_search (void)
{
  assert_means ("* SEARCH 2 3 6", "SEARCH  all=2:3,6");
  assert_means ("* SEARCH", "SEARCH  all=");
  assert_means ("* SEARCH 2 5 (MODSEQ 917162500)", "SEARCH  all=2,5 modseq=917162500");
  assert_means ("* ESEARCH (TAG \"A282\") UID MIN 2 MAX 9 COUNT 3 ALL 2,4,9 MODSEQ 7",
                "ESEARCH  tag=A282 uid all=2,4,9 min=2 max=9 count=3 modseq=7");
  assert_means ("* ESEARCH (TAG \"A\") UID", "ESEARCH  tag=A uid");
  assert_means ("* ESEARCH (TAG \"A\") UID PARTIAL (1:10 2,3) NEW 7 COUNT 3", "ESEARCH  tag=A uid count=3");
  assert_means ("* VANISHED (EARLIER) 300:310,405", "VANISHED  earlier=300:310,405");
  assert_means ("* VANISHED 405,407", "VANISHED  now=405,407");
  /* Yahoo: a space at the end; any order */
  assert_means ("* SEARCH 9 1 1 5 ", "SEARCH  all=1,5,9");
  /* iCloud: only a count; VANISHED without a set */
  assert_means ("* ESEARCH (TAG \"A\") COUNT 5", "ESEARCH  tag=A count=5");
  assert_means ("* VANISHED (EARLIER)", " '* VANISHED (EARLIER)'");
}

static void
test_fetch (void)
{
  assert_means ("* 12 FETCH (UID 7 FLAGS (\\Seen \\Flagged $Work) RFC822.SIZE 44827 "
                "INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" MODSEQ (65402))",
                "FETCH 12 uid=7 flags=5:$Work date=837596665 size=44827 modseq=65402");
  assert_means ("* 1 FETCH (INTERNALDATE \" 1-Jan-1970 00:00:00 +0000\" "
                "SAVEDATE \"29-Feb-2024 23:59:59 +0100\")",
                "FETCH 1 date=0 saved=1709247599");
  assert_means ("* 1 FETCH (EMAILID (M6d99) THREADID (T64b) UID 2)",
                "FETCH 1 uid=2 email=M6d99 thread=T64b");
  assert_means ("* 1 FETCH (THREADID NIL PREVIEW \"Hello\")",
                "FETCH 1 thread=(null) PREVIEW[]='Hello'");
  assert_means ("* 1 FETCH (PREVIEW NIL UID 3)", "FETCH 1 uid=3 PREVIEW[]=NIL");
  assert_means ("* 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 1278455344230334866 "
                "X-GM-LABELS (\\Inbox \\Sent Important \"Muy Importante\" {3}\r\na)b))",
                "FETCH 1 gm-msgid=1278455344230334866 gm-thrid=1278455344230334865 "
                "labels=\\Inbox,\\Sent,Important,Muy Importante,a)b");
  assert_means ("* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT \"FROM\" {2}\r\nTO)] {4}\r\na: b)",
                "FETCH 1 FIELDS[]='a: b'");
  assert_means ("* 1 FETCH (BODY[1.2.HEADER.FIELDS.NOT (A)] \"x\" BODY[1.2.MIME] NIL BODY[3.TEXT]<5> \"\" "
                "BODY[4.1] \"y\" BODY[TEXT] \"t\" BINARY[2] ~{1}\r\nz BINARY.SIZE[2] 5 RFC822.HEADER \"h\")",
                "FETCH 1 NOT[1.2]='x' MIME[1.2]=NIL TEXT[3]<5>='' BODY[4.1]='y' TEXT[]='t' "
                "BINARY[2]='z' HEADER[]='h'");
  assert_means ("* 1 FETCH (NEW.ITEM (1 (2 \"3)\") {2}\r\n))) ANNOTATION (/x (\"a\" NIL)) UID 5)",
                "FETCH 1 uid=5");
  assert_means ("* 99 UIDFETCH (FLAGS ())", "UIDFETCH 0 uid=99 flags=0:");
}

static void
test_fetch_astray (void)
{
  /* Gmail: ] in flags; NIL for labels */
  assert_means ("* 1 FETCH (FLAGS (\\Seen [a]b) X-GM-LABELS NIL UID 4)",
                "FETCH 1 uid=4 flags=1:[a]b labels=");
  assert_means ("* 1 FETCH (X-GM-LABELS (a \"NIL\" NIL) UID 4 X-GM-LABELS (b) X-GM-LABELS NIL)",
                "FETCH 1 uid=4 labels=");
  assert_means ("* 1 FETCH (X-GM-LABELS (c d) X-GM-LABELS (a \"NIL\" NIL))", "FETCH 1 labels=a,NIL");
  /* Zimbra: no space before MODSEQ */
  assert_means ("* 1 FETCH (UID 5 FLAGS (\\Seen)MODSEQ (9))", "FETCH 1 uid=5 flags=1: modseq=9");
  /* Domino: doubled parentheses, flags behind the literal */
  assert_means ("* 1 FETCH ((UID 5 BODY[HEADER] {1}\r\nx FLAGS (\\Seen)))",
                "FETCH 1 uid=5 flags=1: HEADER[]='x'");
  /* QIP and Courier */
  assert_means ("* 1 FETCH ()", "FETCH 1");
  assert_means ("* 0 FETCH (FLAGS ())", "FETCH 0 flags=0:");
  /* Zoho */
  assert_means ("* 1 FETCH (MODSEQ (-1) UID 5)", "FETCH 1 uid=5");
  /* Yandex: the value is missing */
  assert_means ("* 1 FETCH (UID 5 BODY[1] FLAGS (\\Seen))", "FETCH 1 uid=5 flags=1: BODY[1]=NIL");
  assert_means ("* 1 FETCH (UID 5 BODY[])", "FETCH 1 uid=5 BODY[]=NIL");
  /* offlineimap: UID 0 */
  assert_means ("* 1 FETCH (UID 0 FLAGS (\\Seen))", "FETCH 1 flags=1:");
  /* mail.ru */
  assert_means ("* 1 FETCH (RFC822.SIZE 9.3736e+06 UID 5)", "FETCH 1 uid=5 size=9373600");
  /* a date that is none; a size that is not */
  assert_means ("* 1 FETCH (INTERNALDATE \"yesterday\" RFC822.SIZE NIL UID 5)", "FETCH 1 uid=5 size=0");
  /* what was said before it broke off counts */
  assert_means ("* 1 FETCH (UID 5 FLAGS (\\Seen", "FETCH 1 uid=5 flags=1:");
  assert_means ("* 1 FETCH (UID 5 FLAGS (\\Seen) ENVELOPE (\"a \"b", "FETCH 1 uid=5 flags=1: "
                "envelope={NIL NIL NIL NIL}");
}

static void
test_envelope (void)
{
  assert_means ("* 1 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \"a subject\" "
                "((\"Terry\" NIL \"gray\" \"cac\")) NIL () ((NIL NIL \"imap\" \"cac\")"
                "(NIL NIL \"group\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL {3}\r\n<a>) UID 5)",
                "FETCH 1 uid=5 envelope={'Wed, 17 Jul 1996 02:23:25 -0700' 'a subject' "
                "from='Terry'<gray@cac> to=NIL<imap@cac> to=NIL<group@(null)> "
                "to=NIL<(null)@(null)> NIL '<a>'}");
  /* Dovecot up to 2.3.4; SmarterMail's NIL in a list */
  assert_means ("* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")) NIL NIL "
                "(NIL (NIL NIL \"a\" \"b\")) NIL NIL NIL NIL))",
                "FETCH 1 envelope={NIL NIL from=NIL<@> to=NIL<a@b> NIL NIL}");
  /* QQ: quotes in quotes */
  assert_means ("* 1 FETCH (ENVELOPE (NIL \"say \"hello\"x\" NIL NIL NIL NIL NIL NIL NIL \"<i>\"))",
                "FETCH 1 envelope={NIL 'say \"hello\"x' NIL '<i>'}");
}

static void
assert_structure (const char *structure,
                  const char *expected)
{
  g_autofree char *line = g_strdup_printf ("* 1 FETCH (BODYSTRUCTURE %s UID 5)", structure);
  g_autofree char *wanted = g_strdup_printf ("FETCH 1 uid=5 structure={%s}", expected);

  assert_means (line, wanted);
}

static void
test_structure (void)
{
  assert_structure ("(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)",
                    "1:text/plain;CHARSET=US-ASCII 3028 lines=92 7bit");
  assert_structure ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1152 23)(\"IMAGE\" \"PNG\" (\"NAME\" \"a\") "
                    "\"<id>\" \"about\" \"BASE64\" 4554 \"md5\" (\"ATTACHMENT\" (\"FILENAME\" \"a.png\")) "
                    "(\"de\" \"en\") \"http://x\") \"MIXED\" (\"BOUNDARY\" \"b\") NIL \"fr\")",
                    ":multipart/mixed;BOUNDARY=b lang=fr (1:text/plain 1152 lines=23 7bit | "
                    "2:image/png;NAME=a 4554 base64 id=<id> about=about md5=md5 attachment"
                    ";FILENAME=a.png lang=de at=http://x)");
  assert_structure ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)(\"MESSAGE\" \"RFC822\" NIL NIL NIL "
                    "\"8BIT\" 342 (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL) ((\"TEXT\" \"PLAIN\" NIL "
                    "NIL NIL \"7BIT\" 2 1)(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 3 1) \"ALTERNATIVE\") 7 "
                    "NIL (\"INLINE\" NIL)) \"MIXED\")",
                    ":multipart/mixed (1:text/plain 1 lines=1 7bit | 2:message/rfc822 342 lines=7 8bit "
                    "inline subject=inner (2:multipart/alternative (2.1:text/plain 2 lines=1 7bit | "
                    "2.2:text/html 3 lines=1 7bit)))");
  assert_structure ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 3 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
                    "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1) 7)",
                    "1:message/rfc822 3 lines=7 7bit subject=(null) (1.1:text/plain 2 lines=1 7bit)");
}

static void
test_structure_astray (void)
{
  /* Gmail, Yandex, QQ: a multipart that lost its parts */
  assert_structure ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)(\"ALTERNATIVE\" (\"BOUNDARY\" \"b\") NIL NIL NIL)"
                    " \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL NIL)",
                    ":multipart/mixed;BOUNDARY=b (1:text/plain 1 lines=1 7bit | "
                    "2:multipart/alternative;BOUNDARY=b)");
  /* Gmail: a message in base64 has no envelope */
  assert_structure ("(\"MESSAGE\" \"RFC822\" (\"NAME\" \"x.eml\") NIL NIL \"BASE64\" 8000 NIL "
                    "(\"ATTACHMENT\" (\"FILENAME\" \"x.eml\")) NIL)",
                    "1:message/rfc822;NAME=x.eml 8000 base64 attachment;FILENAME=x.eml");
  /* Exchange: bare "inline"; (NIL NIL); seven NILs; negative line counts */
  assert_structure ("(\"TEXT\" \"PLAIN\" (NIL NIL) NIL NIL \"7BIT\" 5 -1 NIL \"inline\" NIL NIL)",
                    "1:text/plain 5 7bit inline");
  assert_structure ("((NIL NIL NIL NIL NIL NIL NIL)(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1) \"MIXED\")",
                    ":multipart/mixed (1:application/octet-stream | 2:text/plain 5 lines=1 7bit)");
  assert_structure ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1 NIL (NIL NIL) NIL)",
                    "1:text/plain 5 lines=1 7bit");
  /* mail.ru: sizes as floating-point numbers, boundary NIL */
  assert_structure ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 9.3736e+06 1) \"MIXED\" (\"BOUNDARY\" NIL) NIL)",
                    ":multipart/mixed;BOUNDARY=(null) (1:text/plain 9373600 lines=1 7bit)");
  assert_structure ("(NIL \"MIXED\")", "1:application/mixed");
  assert_structure ("NIL", "broken");
  assert_structure ("()", "1:application/octet-stream");
}

static void
test_deep (void)
{
  g_autoptr(GString) line = g_string_new ("* 1 FETCH (UID 5 BODYSTRUCTURE ");
  g_autoptr(GString) wide = g_string_new ("* 1 FETCH (UID 5 BODYSTRUCTURE (");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (line, '(');
  assert_means (line->str, "FETCH 1 uid=5 structure={broken}");

  for (guint i = 0; i < 6000; i++)
    g_string_append (wide, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)");
  /* not g_string_append (): the one of GLib 2.84 makes gcc see a NULL that is none */
  g_string_append_printf (wide, "\"%s\"))", "MIXED");
  assert_means (wide->str, "FETCH 1 uid=5 structure={broken}");
}

/* a line of quotes that never close, or of sections, costs no more than its length */
static void
test_linear (void)
{
  static const char *const repeated[] = { "\"a\"b", "BODY[1 ", "(\"x", "((", "FLAGS (a ", "BODY[] NIL ",
                                          "ENVELOPE (\"", "\\\"", "UID 1 " };

  for (guint i = 0; i < G_N_ELEMENTS (repeated); i++)
    {
      g_autoptr(GString) line = g_string_new ("* 1 FETCH (");
      g_autofree char *text = NULL;

      while (line->len < 1000000)
        g_string_append (line, repeated[i]);
      g_string_append (line, "\r\n");
      g_test_timer_start ();
      text = dump_bytes (line->str, line->len, line->len);
      g_assert_nonnull (text);
      g_assert_cmpfloat (g_test_timer_elapsed (), <, 60);
    }
}

static void
test_unknown (void)
{
  assert_means ("* METADATA \"INBOX\" (/private/comment \"x\")", "METADATA ");
  assert_means ("* THREAD (1 (2 (3 5)(6))(4))(7)", "THREAD ");
  assert_means ("* myrights INBOX rwiptsldaex", "MYRIGHTS ");
  assert_means ("* 5 SOMETHING", " '* 5 SOMETHING'");
  assert_means ("* 99999999999 EXISTS", " '* 99999999999 EXISTS'");
  assert_means ("* -1 EXISTS", " '* -1 EXISTS'");
  assert_means ("*", " '*'");
  assert_means ("garbage", " 'garbage'");
  assert_means ("A1 BYE x", " 'A1 BYE x'");
}

static void
test_capabilities (void)
{
  static const char *const rev1[] = { "IMAP4rev1", "idle", "auth=plain", "QRESYNC",
                                      "APPENDLIMIT=100", "X-NEW", NULL };
  static const char *const rev2[] = { "IMAP4rev2", NULL };
  static const char *const both[] = { "IMAP4rev1", "IMAP4rev2", NULL };
  guint64 mask = imap_capability_parse (rev1);

  g_assert_true (mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IDLE));
  g_assert_true (mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_AUTH_PLAIN));
  g_assert_true (mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_CONDSTORE));
  g_assert_true (mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_APPENDLIMIT));
  g_assert_false (mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_MOVE));
  g_assert_true (imap_capability_parse (rev2) & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_MOVE));
  g_assert_false (imap_capability_parse (both) & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_MOVE));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/parser/status", test_status);
  g_test_add_func ("/imap/parser/copyuid", test_copyuid);
  g_test_add_func ("/imap/parser/mailboxes", test_mailboxes);
  g_test_add_func ("/imap/parser/mailboxes-astray", test_mailboxes_astray);
  g_test_add_func ("/imap/parser/search", test_search);
  g_test_add_func ("/imap/parser/fetch", test_fetch);
  g_test_add_func ("/imap/parser/fetch-astray", test_fetch_astray);
  g_test_add_func ("/imap/parser/envelope", test_envelope);
  g_test_add_func ("/imap/parser/structure", test_structure);
  g_test_add_func ("/imap/parser/structure-astray", test_structure_astray);
  g_test_add_func ("/imap/parser/deep", test_deep);
  g_test_add_func ("/imap/parser/linear", test_linear);
  g_test_add_func ("/imap/parser/unknown", test_unknown);
  g_test_add_func ("/imap/parser/capabilities", test_capabilities);
  return g_test_run ();
}
