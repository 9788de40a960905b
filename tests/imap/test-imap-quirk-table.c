#include <string.h>

#include "imap-capability.h"
#include "imap-error.h"
#include "imap-quirks.h"

/* The table of servers: that it is right, that nothing wrong in one is passed over, and which
 * server is which row. */

static ImapQuirks *
read_table (const char  *text,
            GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return imap_quirks_new (bytes, error);
}

static void
test_default_is_right (void)
{
  ImapQuirks *quirks = imap_quirks_get_default ();

  g_assert_cmpuint (imap_quirks_get_n_rows (quirks), >, 10);
  for (guint i = 0; i < imap_quirks_get_n_rows (quirks); i++)
    {
      g_assert_cmpuint (strlen (imap_quirks_get_name (quirks, i)), >, 1);
      g_assert_cmpuint (strlen (imap_quirks_get_evidence (quirks, i)), >, 10);
    }
}

static void
test_wrong_tables (void)
{
  static const char *const tables[] = {
    "[x]\nhost=a\noff=IDLE\n",                                /* no evidence */
    "[x]\nhost=a\noff=IDLE\nevidence=\n",                     /* an empty one */
    "[x]\noff=IDLE\nevidence=e\n",                            /* for everybody */
    "[x]\nhost=*\noff=IDLE\nevidence=e\n",                    /* the same */
    "[x]\nhost=a;;b\noff=IDLE\nevidence=e\n",                 /* the same */
    "[x]\nversion-below=2\noff=IDLE\nevidence=e\n",           /* the same */
    "[x]\nhost=a\nversion-below=2\noff=IDLE\nevidence=e\n",   /* a version of what? */
    "[x]\nname=a\nversion-below=two\noff=IDLE\nevidence=e\n", /* no version */
    "[x]\nhost=a\nevidence=e\n",                              /* for nothing */
    "[x]\nhost=a\noff=IDEL\nevidence=e\n",                    /* no such capability */
    "[x]\nhost=a\nquirks=no-such\nevidence=e\n",              /* no such quirk */
    "[x]\nhost=a\nmax-uids=0\nevidence=e\n",                  /* no limit */
    "[x]\nhost=a\nmax-uids=many\nevidence=e\n",               /* no number */
    "[x]\nhost=a\noff=IDLE\nevidence=e\nother=1\n",           /* no such key */
    "nonsense",
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(ImapQuirks) quirks = read_table (tables[i], &error);

      g_test_message ("%s", error != NULL ? error->message : tables[i]);
      g_assert_null (quirks);
      g_assert_nonnull (error);
    }
}

/* What the server says is compared and nothing else: text that looks like a glob is text */
static gboolean
matches (const char *table,
         const char *host,
         const char *greeting,
         const char *name,
         const char *version)
{
  const ImapIdField fields[] = { { "NAME", name }, { "Version", version } };
  const ImapId id = { 2, fields };
  static const char *const capabilities[] = { "IMAP4rev1", "x-gm-ext-1", NULL };
  const ImapQuirkFacts facts = { host, greeting, capabilities, name != NULL ? &id : NULL };
  g_autoptr(GError) error = NULL;
  g_autofree char *text = g_strconcat ("[x]\noff=IDLE\nevidence=e\n", table, NULL);
  g_autoptr(ImapQuirks) quirks = read_table (text, &error);

  g_assert_no_error (error);
  return imap_quirks_match_row (quirks, 0, &facts);
}

static void
test_matching (void)
{
  g_assert_true (matches ("host=imap.a.test", "IMAP.A.TEST", NULL, NULL, NULL));
  g_assert_true (matches ("host=b.test;*.a.test", "imap.a.test", NULL, NULL, NULL));
  g_assert_false (matches ("host=*.a.test", "a.test", NULL, NULL, NULL));
  g_assert_false (matches ("host=imap.a.test", "*", NULL, NULL, NULL));
  g_assert_true (matches ("greeting=*ready*", "h", "Server READY", NULL, NULL));
  g_assert_false (matches ("greeting=*ready*", "h", NULL, NULL, NULL));
  g_assert_true (matches ("capability=A;X-GM-EXT-1", "h", NULL, NULL, NULL));
  g_assert_false (matches ("capability=X-GM-EXT-2", "h", NULL, NULL, NULL));
  g_assert_true (matches ("name=cyrus*", "h", NULL, "Cyrus IMAPD", NULL));
  g_assert_false (matches ("name=cyrus*", "h", NULL, "Dovecot", NULL));
  g_assert_false (matches ("name=cyrus*", "h", NULL, NULL, NULL));
  /* all of it */
  g_assert_false (matches ("host=h\nname=cyrus*", "h", NULL, "Dovecot", NULL));
  g_assert_true (matches ("host=h\nname=d*", "h", NULL, "Dovecot", NULL));
}

static void
test_versions (void)
{
  static const struct { const char *version; gboolean is_below;
  } versions[] = {
    { "2.5.10", TRUE },
    { "2.5.11", FALSE },
    { "2.5.9-Debian", TRUE },
    { "v2.4.17", TRUE },
    { "2.5", TRUE },
    { "3.0", FALSE },
    { "10.1", FALSE },
    { "2.5.11_GA_1", FALSE },
    { "2.5.11.1", FALSE },
    { "", FALSE },
    { "unknown", FALSE },
    { NULL, FALSE },
    { "99999999999999999999999", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    g_assert_cmpint (matches ("name=c\nversion-below=2.5.11", "h", NULL, "C", versions[i].version),
                     ==, versions[i].is_below);

  g_assert_true (
    matches ("name=c\nversion-from=8.0\nversion-below=8.0.2", "h", NULL, "C", "8.0.1_GA"));
  g_assert_false (matches ("name=c\nversion-from=8.0\nversion-below=8.0.2", "h", NULL, "C", "7.9"));
  g_assert_false (
    matches ("name=c\nversion-from=8.0\nversion-below=8.0.2", "h", NULL, "C", "8.0.2"));
}

static void
test_effects_add_up (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ImapQuirks) quirks = read_table (
      "[a]\nhost=h\noff=IDLE;MOVE\nmax-uids=9\nmax-waiting=5\nevidence=e\n"
      "[b]\nhost=h\nquirks=full-id;no-partial-fetch\nmax-uids=4\nkeywords=$Junk\nevidence=e\n"
      "[c]\nhost=other\noff=QUOTA\nevidence=e\n", &error);
  const ImapQuirkFacts facts = { .host = "h" };
  ImapQuirkEffects effects;

  g_assert_no_error (error);
  imap_quirks_match (quirks, &facts, &effects);
  g_assert_cmphex (effects.off, ==, IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IDLE) |
                                    IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_MOVE));
  g_assert_cmphex (effects.quirks, ==, IMAP_QUIRK_BIT (IMAP_QUIRK_FULL_ID) |
                                       IMAP_QUIRK_BIT (IMAP_QUIRK_NO_PARTIAL_FETCH));
  g_assert_cmpuint (effects.max_uids, ==, 4);
  g_assert_cmpuint (effects.max_waiting, ==, 5);
  g_assert_cmpstr (effects.keywords[0], ==, "$Junk");
}

/* The rows that only the host tells, and which servers are none of them */
static void
test_known_servers (void)
{
  static const char *const gmail[] = { "IMAP4rev1", "X-GM-EXT-1", NULL };
  static const char *const others[] = { "IMAP4rev1", "ID", "IDLE", "XAPPLEPUSHSERVICE", NULL };
  static const ImapIdField dovecot[] = { { "name", "Dovecot" }, { "version", "2.3.21" } };
  static const ImapIdField zimbra[] = { { "NAME", "Zimbra" }, { "VERSION", "8.8.15_GA_4007" } };
  static const ImapIdField cyrus[] = { { "name", "Cyrus IMAP" }, { "version", "3.6.1-Debian" } };
  static const ImapId dovecot_id = { 2, dovecot };
  static const ImapId zimbra_id = { 2, zimbra };
  static const ImapId cyrus_id = { 2, cyrus };
  static const struct { ImapQuirkFacts facts; const char *rows;
  } servers[] = {
    { { "imap.gmail.com", "Gimap ready for requests from 192.0.2.1 x12", gmail, NULL }, "gmail" },
    { { "outlook.office365.com", "The Microsoft Exchange IMAP4 service is ready. [QQ==]", others,
        NULL },
      "outlook" },
    { { "mail.a.test",
        "Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (a) ready.", others,
        NULL },
      "exchange-2003" },
    { { "imap.mail.yahoo.com", "IMAP4rev1 imapgate-1 ready", others, NULL }, "yahoo" },
    { { "imap.aol.com", NULL, others, NULL }, "yahoo" },
    { { "imap.mail.yahoo.co.jp", NULL, others, NULL }, "yahoo yahoo-japan" },
    { { "imap.mail.me.com", NULL, others, NULL }, "icloud" },
    { { "p42-imap.mail.me.com", NULL, others, NULL }, "icloud" },
    { { "imap.mail.ru", NULL, others, NULL }, "mail.ru" },
    { { "imap.163.com", "Coremail System IMap Server Ready(163com[x])", others, NULL },
      "coremail" },
    { { "imap.qq.com", "QQMail XMIMAP4Server ready", others, NULL }, "qq" },
    { { "imap.wp.pl", NULL, others, NULL }, "wp.pl" },
    { { "imap.strato.de", NULL, others, NULL }, "strato" },
    { { "mail.a.test", "mail Cyrus IMAP v2.5.10 server ready", others, NULL }, "cyrus-old" },
    { { "mail.a.test", "mail Cyrus IMAP Murder v2.3.16 server ready", others, NULL }, "cyrus-old" },
    { { "mail.a.test", "mail Cyrus IMAP v2.5.11 server ready", others, NULL }, "" },
    { { "mail.a.test", "mail Cyrus IMAP 3.6.1-Debian-3.6.1 server ready", others, &cyrus_id }, "" },
    { { "mail.a.test", "Zimbra IMAP4rev1 server ready", others, &zimbra_id }, "" },
    { { "mail.a.test", "Dovecot ready.", others, &dovecot_id }, "" },
    { { "imap.runbox.com", "Dovecot ready.", others, &dovecot_id }, "" },
    { { "imap.fastmail.com", "IMAP4 ready", others, NULL }, "" },
  };
  ImapQuirks *quirks = imap_quirks_get_default ();

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr(GString) rows = g_string_new (NULL);

      for (guint row = 0; row < imap_quirks_get_n_rows (quirks); row++)
        if (imap_quirks_match_row (quirks, row, &servers[i].facts))
          g_string_append_printf (rows, "%s%s", rows->len > 0 ? " " : "",
                                  imap_quirks_get_name (quirks, row));
      g_test_message ("%s: %s", servers[i].facts.host, rows->str);
      g_assert_cmpstr (rows->str, ==, servers[i].rows);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/quirk-table/default-is-right", test_default_is_right);
  g_test_add_func ("/imap/quirk-table/wrong-tables", test_wrong_tables);
  g_test_add_func ("/imap/quirk-table/matching", test_matching);
  g_test_add_func ("/imap/quirk-table/versions", test_versions);
  g_test_add_func ("/imap/quirk-table/effects-add-up", test_effects_add_up);
  g_test_add_func ("/imap/quirk-table/known-servers", test_known_servers);
  return g_test_run ();
}
