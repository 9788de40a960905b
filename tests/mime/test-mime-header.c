#include "mime-address.h"
#include "mime-date.h"
#include "mime-encoding.h"
#include "mime-header-text.h"
#include "mime-headers.h"
#include "mime-parameters.h"

#include <string.h>

static const struct
{
  const char *raw;
  const char *text;
} texts[] = {
  { "plain text", "plain text" },
  { "  blanks around \r\n", "blanks around" },
  { "folded\r\n text\n\tthere", "folded text there" },
  { "", "" },
  { "=?utf-8?Q?=C3=A9t=C3=A9?=", "été" },
  { "=?UTF-8?q?under_score?=", "under score" },
  { "=?utf-8?B?w6k=?=", "é" },
  { "=?iso-8859-1?Q?=E9?=", "é" },
  { "=?ISO-8859-1*fr?Q?=E9?=", "é" },
  { "=?iso-8859-15?Q?=A4?=", "€" },
  { "=?windows-1252?Q?=93a=94?=", "“a”" },
  { "=?iso-8859-1?Q?=93a=94?=", "“a”" },
  { "=?koi8-r?B?8NLJ18XU?=", "Привет" },
  { "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本" },
  { "=?gb2312?B?1tC5+g==?=", "中国" },
  { "=?big5?B?pKSw6g==?=", "中國" },
  { "=?euc-kr?B?x9GxuQ==?=", "한국" },
  { "=?shift_jis?B?k/qWew==?=", "日本" },
  /* blanks between encoded words are not text, those beside other text are */
  { "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab" },
  { "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab" },
  { "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c" },
  { "=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=", "aé" },
  /* a character split between two words */
  { "=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é" },
  { "=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€" },
  { "=?utf-8?b?w6?= =?UTF-8?b?k=?=", "é" },
  /* wrong charsets */
  { "=?us-ascii?Q?=E9t=E9?=", "été" },
  { "=?utf-8?Q?=E9t=E9?=", "été" },
  { "=?iso-8859-1?Q?=C3=A9?=", "é" },
  { "=?x-nobody-knows?Q?=E9t=E9?=", "été" },
  { "=?x-nobody-knows?Q?=C3=A9?=", "é" },
  { "=?unknown-8bit?Q?=C3=A9?=", "é" },
  /* broken words */
  { "=?utf-8?Q?a b?= c", "a b c" },
  { "=?utf-8?B?w6k?=", "é" },
  { "x=?utf-8?Q?=C3=A9?=y", "xéy" },
  { "=?utf-8?Q?=C3=A9?==?utf-8?Q?=C3=A9?=", "éé" },
  { "\"=?utf-8?Q?=C3=A9?=\" x", "\"é\" x" },
  { "=?utf-8?Q?cut", "cut" },
  { "=?utf-8?Q?=C3=A9 no end", "=?utf-8?Q?=C3=A9 no end" },
  { "=?utf-8?X?abc?=", "=?utf-8?X?abc?=" },
  { "=?utf-8?Q?" "?=", "" },
  { "=?", "=?" },
  { "a =?=?= b", "a =?=?= b" },
  { "=?utf-8?Q?100=?=", "100=" },
  /* nothing decoded makes a new line */
  { "=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x" },
  { "a\001b", "a b" },
  /* not encoded at all */
  { "\xc3\xa9t\xc3\xa9", "été" },
  { "\xe9t\xe9", "été" },
  { "\x93quoted\x94", "“quoted”" },
};

static void
test_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = mime_header_text_decode (texts[i].raw, -1);

      if (strcmp (text, texts[i].text) != 0)
        g_test_message ("text %u", (guint) i);
      g_assert_cmpstr (text, ==, texts[i].text);
    }
}

/* A header of openings without ends takes no longer than any other. */
static void
test_text_linear (void)
{
  GString *raw = g_string_new (NULL);
  gint64 start;
  char *text;

  for (int i = 0; i < 200000; i++)
    g_string_append (raw, i % 2 ? "=?a?q?" : "=?");
  start = g_get_monotonic_time ();
  text = mime_header_text_decode (raw->str, (gssize) raw->len);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_free (text);
  g_string_free (raw, TRUE);
}

static const struct
{
  const char *raw;
  const char *when; /* (nullable): UTC */
  int         offset;
} dates[] = {
  { "Mon, 21 Nov 1994 09:55:06 -0600", "1994-11-21T15:55:06", -360 },
  { "21 Nov 1994 09:55:06 -0600", "1994-11-21T15:55:06", -360 },
  { "Mon, 21 Nov 1994 09:55 +0100", "1994-11-21T08:55:00", 60 },
  { "Mon,21 Nov 1994 09:55:06 GMT", "1994-11-21T09:55:06", 0 },
  { "Fri, 21 Nov 97 09(comment):   55  :  06 -0600", "1997-11-21T15:55:06", -360 },
  { "Thu, 13 Feb 69 23:32 -0330", "1969-02-14T03:02:00", -210 },
  { "Tue, 5 Jan 100 12:00:00 +0000", "2000-01-05T12:00:00", 0 },
  { "Wed, 1 Jan 20 00:00:00 +0000", "2020-01-01T00:00:00", 0 },
  { "Mon Jun 30 21:49:08 1993", "1993-06-30T21:49:08", 0 },
  { "Wed Jun 30 21:49:08 EDT 1993", "1993-07-01T01:49:08", -240 },
  { "Wed, 30 Jun 2010 21.49.08 +0200", "2010-06-30T19:49:08", 120 },
  { "2003-06-15T12:00:00Z", "2003-06-15T12:00:00", 0 },
  { "2003-06-15 12:00:00 +02:00", "2003-06-15T10:00:00", 120 },
  { "2003-06-15T12:00:00.123+0200", "2003-06-15T10:00:00", 120 },
  { "Mon, 01 Sep 2014 11:00 PM +0000", "2014-09-01T23:00:00", 0 },
  { "Mon, 01 Sep 2014 12:30 AM +0000", "2014-09-01T00:30:00", 0 },
  { "Tue, 17 Feb 2009 10:00:00 +0100 (CET)", "2009-02-17T09:00:00", 60 },
  { "Tue, 17 Feb 2009 10:00:00 CET", "2009-02-17T09:00:00", 60 },
  { "Tue, 17 Feb 2009 10:00:00 +9999", "2009-02-17T10:00:00", 0 },
  { "Tue, 17 Feb 2009 10:00:00", "2009-02-17T10:00:00", 0 },
  { "Tue, 17 Feb 2009", "2009-02-17T00:00:00", 0 },
  { "Di, 17 M\xc3\xa4r 2009 10:00:00 +0100", NULL, 0 },
  { "Di, 17 Okt 2009 10:00:00 +0100", "2009-10-17T09:00:00", 60 },
  { "Mon, 29 Feb 2016 10:00:00 +0000", "2016-02-29T10:00:00", 0 },
  { "Mon, 29 Feb 2015 10:00:00 +0000", NULL, 0 },
  { "Mon, 31 Apr 2015 10:00:00 +0000", NULL, 0 },
  { "Mon, 1 Apr 2015 25:00:00 +0000", NULL, 0 },
  { "Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00", 0 },
  { "Thu, 18 Jul 0000 00:00:00 +0000", NULL, 0 },
  { "yesterday", NULL, 0 },
  { "", NULL, 0 },
  { "((((((((((", NULL, 0 },
  { "99999999999999999999", NULL, 0 },
};

static void
test_date (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      gint64 unix_time;
      int offset;
      gboolean found = mime_date_parse (dates[i].raw, -1, &unix_time, &offset);
      g_autoptr(GDateTime) when = NULL;
      g_autofree char *got = NULL;

      if (found != (dates[i].when != NULL))
        g_test_message ("for %s", dates[i].raw);
      g_assert_cmpint (found, ==, dates[i].when != NULL);
      if (!found)
        continue;
      when = g_date_time_new_from_unix_utc (unix_time);
      got = g_date_time_format (when, "%Y-%m-%dT%H:%M:%S");
      if (strcmp (got, dates[i].when) != 0)
        g_test_message ("for %s", dates[i].raw);
      g_assert_cmpstr (got, ==, dates[i].when);
      g_assert_cmpint (offset, ==, dates[i].offset);
    }
}

static void
test_date_round_trip (void)
{
  static const int offsets[] = { 0, 60, -300, 345, -210, 840 };

  for (gsize i = 0; i < 2000; i++)
    {
      gint64 when = (gint64) g_test_rand_int_range (0, G_MAXINT32) * 3;
      int offset = offsets[i % G_N_ELEMENTS (offsets)], got_offset;
      g_autofree char *text = mime_date_format (when, offset);
      gint64 got;

      g_assert_true (mime_date_parse (text, -1, &got, &got_offset));
      g_assert_cmpint (got, ==, when);
      g_assert_cmpint (got_offset, ==, offset);
    }
  {
    g_autofree char *text = mime_date_format (784111777, -360);

    g_assert_cmpstr (text, ==, "Sun, 6 Nov 1994 02:49:37 -0600");
  }
}

/* Each mailbox as name|address|group, a line each. */
static char *
flatten (const MimeAddressList *list)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      const MimeAddress *address = mime_address_list_get (list, i);

      g_string_append_printf (out, "%s%s|%s", i > 0 ? "\n" : "",
                              address->name != NULL ? address->name : "", address->address);
      if (address->group != NULL)
        g_string_append_printf (out, "|%s", address->group);
    }

  return g_string_free (out, FALSE);
}

static const struct
{
  const char *raw;
  const char *list;
} addresses[] = {
  { "joe@example.org", "|joe@example.org" },
  { "<joe@example.org>", "|joe@example.org" },
  { "Joe Doe <joe@example.org>", "Joe Doe|joe@example.org" },
  { "\"Joe Doe\" <joe@example.org>", "Joe Doe|joe@example.org" },
  { "\"Doe, Joe\" <joe@example.org>", "Doe, Joe|joe@example.org" },
  { "\"Joe \\\"The Bear\\\" Doe\" <joe@example.org>", "Joe \"The Bear\" Doe|joe@example.org" },
  { "joe@example.org (Joe Doe)", "Joe Doe|joe@example.org" },
  { "joe@example.org (Joe (the bear) Doe)", "Joe (the bear) Doe|joe@example.org" },
  { "(Joe) <joe@example.org>", "Joe|joe@example.org" },
  { "a@x.org, b@x.org", "|a@x.org\n|b@x.org" },
  { "a@x.org,,b@x.org,", "|a@x.org\n|b@x.org" },
  { "a@x.org; b@x.org", "|a@x.org\n|b@x.org" },
  { "A <a@x.org>,\r\n B <b@x.org>", "A|a@x.org\nB|b@x.org" },
  { "Friends: a@x.org, B <b@x.org>;, c@x.org", "|a@x.org|Friends\nB|b@x.org|Friends\n|c@x.org" },
  { "undisclosed-recipients:;", "" },
  { "\"odd local\"@example.org", "|\"odd local\"@example.org" },
  { "joe@[192.0.2.1]", "|joe@[192.0.2.1]" },
  { "joe@[IPv6:2001:db8::1]", "|joe@[IPv6:2001:db8::1]" },
  { "<@relay.org,@other.org:joe@example.org>", "|joe@example.org" },
  { "=?utf-8?Q?J=C3=B6rg?= <j@x.org>", "Jörg|j@x.org" },
  { "=?utf-8?Q?Doe,_J=C3=B6rg?= <j@x.org>", "Doe, Jörg|j@x.org" },
  { "\"=?utf-8?Q?J=C3=B6rg?=\" <j@x.org>", "Jörg|j@x.org" },
  { "=?utf-8?B?SsO2cmcgPGpAeC5vcmc+?=", "Jörg|j@x.org" },
  { "j@x.org (=?utf-8?Q?J=C3=B6rg?=)", "Jörg|j@x.org" },
  { "J\xf6rg <j@x.org>", "Jörg|j@x.org" },
  { "J\xc3\xb6rg <j@x.org>", "Jörg|j@x.org" },
  { "'Joe Doe' <joe@example.org>", "Joe Doe|joe@example.org" },
  { "O'Brien <o@x.org>", "O'Brien|o@x.org" },
  { "Joe <joe@example.org", "Joe|joe@example.org" },
  { "Joe <joe@example.org, b@x.org", "Joe|joe@example.org\n|b@x.org" },
  { "<<joe@example.org>>", "|joe@example.org" },
  { "< joe @ example.org >", "|joe@example.org" },
  { "<pete(his account)@silly.test(his host)>", "|pete@silly.test" },
  { "\"no end <joe@example.org>", "no end|joe@example.org" },
  { "<mailto:joe@example.org>", "|joe@example.org" },
  { "mailto:joe@example.org", "|joe@example.org" },
  { "Bob <bob@x> Bobby <bobby@x>", "Bob|bob@x\nBobby|bobby@x" },
  { "a@x.org b@x.org", "|a@x.org\n|b@x.org" },
  { "Joe joe@example.org", "Joe|joe@example.org" },
  { "root", "|root" },
  { "My best friends", "My best friends|" },
  { "Joe\\, Doe <j@x.org>", "Joe, Doe|j@x.org" },
  { "a@b@c", "|a@b@c" },
  { "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.\xd1\x80\xd1\x84", "|иван@почта.рф" },
  { "", "" },
  { "   ", "" },
  { ",;,;:", "" },
  { "<>", "" },
  { "(((((", "" },
};

static void
test_address (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr(MimeAddressList) list = mime_address_list_parse (addresses[i].raw, -1);
      g_autofree char *flat = flatten (list);

      if (strcmp (flat, addresses[i].list) != 0)
        g_test_message ("address %u", (guint) i);
      g_assert_cmpstr (flat, ==, addresses[i].list);
    }
}

static void
test_address_typed (void)
{
  g_autoptr(MimeAddressList) list =
    mime_address_list_parse_typed ("Jörg Doe <j@x.org>; b@x.org\n\"Doe, C\" <c@x.org>, =?utf-8?Q?a?= <d@x.org>");
  g_autofree char *flat = flatten (list);
  g_autofree char *text = mime_address_list_format (list);
  g_autoptr(MimeAddressList) again = mime_address_list_parse_typed (text);
  g_autofree char *flat_again = flatten (again);

  g_assert_cmpstr (flat, ==, "Jörg Doe|j@x.org\n|b@x.org\nDoe, C|c@x.org\n=?utf-8?Q?a?=|d@x.org");
  g_assert_cmpstr (flat_again, ==, flat);
}

static void
test_address_validity (void)
{
  static const char * const good[] = {
    "a@b", "joe.doe+tag@example.org", "\"joe doe\"@example.org", "joe@[192.0.2.1]",
    "joe@[IPv6:2001:db8::1]", "иван@почта.рф", "j@bücher.example", "x@xn--bcher-kva.example", NULL
  };
  static const char * const bad[] = {
    "", "joe", "@example.org", "joe@", "joe doe@example.org", "joe@exa mple.org", ".joe@example.org",
    "joe..doe@example.org", "joe.@example.org", "joe@-example.org", "joe@example-.org",
    "joe@example..org", "joe@[1.2.3]", "joe@example.org>", "jo\"e@example.org", "joe\n@example.org",
    "\"joe@example.org", NULL
  };

  for (gsize i = 0; good[i] != NULL; i++)
    {
      g_test_message ("%s", good[i]);
      g_assert_true (mime_address_is_valid (good[i]));
    }
  for (gsize i = 0; bad[i] != NULL; i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (mime_address_is_valid (bad[i]));
    }

  g_assert_true (mime_address_needs_smtputf8 ("иван@example.org"));
  g_assert_false (mime_address_needs_smtputf8 ("j@bücher.example"));
  g_assert_true (mime_address_equal ("Joe@Example.ORG", "joe@example.org"));
  g_assert_true (mime_address_equal ("j@bücher.example", "j@xn--bcher-kva.example"));
  g_assert_false (mime_address_equal ("joe@example.org", "joe@example.com"));
  {
    g_autofree char *wire = mime_address_to_wire ("j@bücher.example");

    g_assert_cmpstr (wire, ==, "j@xn--bcher-kva.example");
    g_assert_null (mime_address_to_wire ("nonsense"));
  }
}

static const struct
{
  const char *raw;
  const char *value;
  const char *name;
  const char *parameter; /* (nullable) */
} parameters[] = {
  { "text/plain; charset=utf-8", "text/plain", "charset", "utf-8" },
  { "TEXT/Plain; CHARSET=\"UTF-8\"", "text/plain", "charset", "UTF-8" },
  { "text/plain;charset=utf-8;format=flowed", "text/plain", "format", "flowed" },
  { "text/plain charset=utf-8", "text/plain", "charset", "utf-8" },
  { "text/plain; charset = utf-8 ; x=y", "text/plain", "charset", "utf-8" },
  { "text/plain (comment); (another) charset=utf-8", "text/plain", "charset", "utf-8" },
  { "attachment; filename=a.txt", "attachment", "filename", "a.txt" },
  { "attachment; filename=my file.txt; size=3", "attachment", "filename", "my file.txt" },
  { "attachment; filename=\"my \\\"file\\\".txt\"", "attachment", "filename", "my \"file\".txt" },
  { "attachment; filename=\"C:\\temp\\a.txt\"", "attachment", "filename", "C:\\temp\\a.txt" },
  { "attachment; filename=\"semi;colon.txt\"", "attachment", "filename", "semi;colon.txt" },
  { "attachment; filename=\"no end", "attachment", "filename", "no end" },
  { "attachment; filename=\"a\r\n b.txt\"", "attachment", "filename", "a b.txt" },
  /* RFC 2231 */
  { "attachment; filename*=utf-8''%e2%82%ac.txt", "attachment", "filename", "€.txt" },
  { "attachment; filename*=iso-8859-1'de'%fc.txt", "attachment", "filename", "ü.txt" },
  { "attachment; filename*0=\"abc\"; filename*1=\"def.txt\"", "attachment", "filename", "abcdef.txt" },
  { "attachment; filename*1=\"def.txt\"; filename*0=\"abc\"", "attachment", "filename", "abcdef.txt" },
  { "attachment; filename*0*=utf-8''%e2%82; filename*1*=%ac; filename*2=.txt", "attachment", "filename", "€.txt" },
  { "attachment; filename=\"plain.txt\"; filename*=utf-8''%e2%82%ac.txt", "attachment", "filename", "€.txt" },
  { "attachment; filename*=%e2%82%ac.txt", "attachment", "filename", "€.txt" },
  { "attachment; filename*=utf-8''100%.txt", "attachment", "filename", "100%.txt" },
  { "attachment; filename*0=abc; filename*2=gap", "attachment", "filename", "abc" },
  /* RFC 2047 where it should not be */
  { "attachment; filename=\"=?utf-8?Q?=E2=82=AC.txt?=\"", "attachment", "filename", "€.txt" },
  { "attachment; filename==?utf-8?Q?=E2=82=AC=3B.txt?=; x=y", "attachment", "filename", "€;.txt" },
  { "attachment; filename=\"=?utf-8?B?4oKs?=\r\n =?utf-8?B?LnR4dA==?=\"", "attachment", "filename", "€.txt" },
  { "attachment; filename*0=\"=?utf-8?Q?=E2=82=AC\"; filename*1=\".txt?=\"", "attachment", "filename", "€.txt" },
  { "attachment; filename=\"\xe9t\xe9.txt\"", "attachment", "filename", "été.txt" },
  { "attachment; filename=first.txt; filename=second.txt", "attachment", "filename", "first.txt" },
  { "attachment; filename", "attachment", "filename", NULL },
  { "attachment; =x; ;;; filename=a", "attachment", "filename", "a" },
  { "", "", "x", NULL },
};

static void
test_parameters (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autoptr(MimeParameters) parsed = mime_parameters_new (parameters[i].raw, -1);

      g_test_message ("parameters %u", (guint) i);
      g_assert_cmpstr (mime_parameters_get_value (parsed), ==, parameters[i].value);
      g_assert_cmpstr (mime_parameters_get (parsed, parameters[i].name), ==, parameters[i].parameter);
    }
}

static void
test_parameters_pairs (void)
{
  static const char * const pairs[] = { "CHARSET", "utf-8", "NAME*0*", "utf-8''%e2%82", "NAME*1*", "%ac",
                                        NULL };
  g_autoptr(MimeParameters) parsed = mime_parameters_new_from_pairs ("TEXT/PLAIN", pairs);

  g_assert_cmpstr (mime_parameters_get_value (parsed), ==, "text/plain");
  g_assert_cmpstr (mime_parameters_get (parsed, "charset"), ==, "utf-8");
  g_assert_cmpstr (mime_parameters_get (parsed, "name"), ==, "€");
}

static void
test_block (void)
{
  static const char block[] =
    "From alice Mon Jan  1 00:00:00 2001\r\n"
    "Received: from x\r\n"
    "\tby y\r\n"
    "FROM: \"Alice\" <alice@example.org>\r\n"
    "to: bob@example.org\r\n"
    "To: carol@example.org, bob@example.org\r\n"
    "Subject:\r\n"
    " =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
    "Date: Mon, 21 Nov 1994 09:55:06 -0600\r\n"
    "Message-ID:\r\n <a.b@example.org>\r\n"
    "In-Reply-To: Your message of <x@example.org> yesterday\r\n"
    "References: <r1@example.org>\r\n\t<r2@example.org> <r1@example.org>\r\n"
    "this line is no field\r\n"
    "List-Id: The List <list.example.org>\r\n"
    "List-Unsubscribe: <mailto:u@example.org>, <https://example.org/u>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "Content-Type: TEXT/HTML; charset=utf-8\r\n"
    "Auto-Submitted: auto-replied\r\n"
    "Authentication-Results: mx.example.org; dkim=pass\r\n"
    "Authentication-Results: forged.example; dkim=pass\r\n"
    "X-Odd : value\r\n"
    "\r\n"
    "Subject: not this\r\n";
  g_autoptr(MimeHeaders) headers = mime_headers_new (block, sizeof block - 1);
  const char * const *references = mime_headers_get_references (headers);
  g_autofree char *from = flatten (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM));
  g_autofree char *to = flatten (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO));
  g_autofree char *odd = mime_headers_dup_raw (headers, "x-odd");
  g_autofree char *raw = mime_headers_dup_raw (headers, "received");

  g_assert_cmpstr (from, ==, "Alice|alice@example.org");
  g_assert_cmpstr (to, ==, "|bob@example.org\n|carol@example.org");
  g_assert_null (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_CC));
  g_assert_cmpstr (mime_headers_get_subject (headers), ==, "Grüße");
  g_assert_cmpint (mime_headers_get_date_unix (headers), ==, 785433306);
  g_assert_cmpint (mime_headers_get_date_offset_minutes (headers), ==, -360);
  g_assert_cmpstr (mime_headers_get_message_id (headers), ==, "a.b@example.org");
  g_assert_cmpstr (mime_headers_get_in_reply_to (headers), ==, "x@example.org");
  g_assert_cmpuint (g_strv_length ((char **) references), ==, 2);
  g_assert_cmpstr (references[1], ==, "r2@example.org");
  g_assert_cmpstr (mime_headers_get_list_id (headers), ==, "list.example.org");
  g_assert_true (mime_headers_has_one_click_unsubscribe (headers));
  g_assert_cmpstr (mime_headers_get_content_type (headers), ==, "text/html");
  g_assert_cmpstr (mime_headers_get_authentication (headers), ==, "mx.example.org; dkim=pass");
  g_assert_true (mime_headers_is_automatic (headers));
  g_assert_cmpstr (odd, ==, "value");
  g_assert_cmpstr (raw, ==, "from x\r\n\tby y");
  g_assert_cmpuint (mime_headers_get_size_bytes (headers), ==,
                    (gsize) (strstr (block, "Subject: not") - block));
}

/* Bytes without an encoding are read in the charset of the body. */
static void
test_block_charset (void)
{
  static const char block[] = "Subject: \xf0\xd2\xc9\xd7\xc5\xd4\n"
                              "Content-Type: text/plain; charset=koi8-r\n\n";
  g_autoptr(MimeHeaders) headers = mime_headers_new (block, sizeof block - 1);

  g_assert_cmpstr (mime_headers_get_subject (headers), ==, "Привет");
}

static void
test_block_empty (void)
{
  g_autoptr(MimeHeaders) nothing = mime_headers_new ("", 0);
  g_autoptr(MimeHeaders) junk = mime_headers_new ("\0\xff\r\r:::\n: x\n", 13);

  g_assert_cmpuint (mime_headers_get_n_fields (nothing), ==, 0);
  g_assert_null (mime_headers_get_subject (nothing));
  g_assert_null (mime_headers_get_subject (junk));
  g_assert_false (mime_headers_has_date (junk));
  g_assert_nonnull (mime_headers_get_references (junk));
}

static void
test_transfer_encodings (void)
{
  static const struct
  {
    const char   *encoding;
    const char   *encoded;
    const char   *decoded;
    MimeProblems  problems;
  } bodies[] = {
    { "7bit", "as it is\r\n", "as it is\r\n", 0 },
    { NULL, "as it is", "as it is", 0 },
    { "BASE64", "SGVs\r\nbG8=\r\n", "Hello", 0 },
    { "base64", "SGVsbG8", "Hello", MIME_PROBLEM_ENCODING_CUT },
    { "base64", "SGVsb", "Hel", MIME_PROBLEM_ENCODING_CUT },
    { "base64", "SG=VsbG8=", "H", MIME_PROBLEM_ENCODING_BROKEN },
    { "base64", "SGVs!bG8=", "Hello", MIME_PROBLEM_ENCODING_BROKEN },
    { "base64", "SGk=SGk=", "HiHi", 0 },
    { " Quoted-Printable ", "a=3Db=\r\nc \t\r\nd=C3=A9", "a=bc\r\ndé", 0 },
    { "quoted-printable", "a=zzb=", "a=zzb", MIME_PROBLEM_ENCODING_BROKEN },
    { "quoted-printable", "soft= \nbreak", "softbreak", 0 },
    { "x-uuencode", "begin 644 a\n#0V%T\n`\nend\n", "Cat", 0 },
    { "x-uuencode", "begin 644 a\n#0V%T\n", "Cat", MIME_PROBLEM_ENCODING_CUT },
    { "rot13", "uryyb", "uryyb", MIME_PROBLEM_ENCODING_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(GBytes) encoded = g_bytes_new (bodies[i].encoded, strlen (bodies[i].encoded));
      MimeProblems problems = 0;
      g_autoptr(GBytes) decoded = mime_body_decode (encoded, bodies[i].encoding, &problems);
      gsize size;
      const char *data = g_bytes_get_data (decoded, &size);

      g_test_message ("body %u", (guint) i);
      if (i != 5)
        g_assert_cmpmem (data, size, bodies[i].decoded, strlen (bodies[i].decoded));
      g_assert_cmpint (problems & bodies[i].problems, ==, bodies[i].problems);
      if (bodies[i].problems == 0)
        g_assert_cmpint (problems, ==, 0);
    }
}

static void
test_charsets (void)
{
  static const struct
  {
    const char   *charset;
    const char   *bytes;
    gsize         size;
    const char   *text;
    MimeProblems  problems;
  } cases[] = {
    { "utf-8", "\xc3\xa9", 2, "é", 0 },
    { NULL, "\xc3\xa9", 2, "é", MIME_PROBLEM_CHARSET_WRONG },
    { "utf-8", "\xef\xbb\xbfx", 4, "x", 0 },
    { "utf-8", "\xe9t\xe9", 3, "été", MIME_PROBLEM_CHARSET_WRONG },
    { "utf-8", "\xc3\xa9\xc3\xa9\xc3", 5, "éé\xef\xbf\xbd", MIME_PROBLEM_CHARSET_WRONG },
    { "iso-8859-1", "\x93\xe9", 2, "“é", 0 },
    { "iso-8859-1", "\xc3\xa9", 2, "é", MIME_PROBLEM_CHARSET_WRONG },
    { "iso-8859-2", "\xb1", 1, "ą", 0 },
    { "gb2312", "\xd6\xd0", 2, "中", 0 },
    { "iso-2022-jp", "\x1b$BF|K\\\x1b(B", 10, "日本", 0 },
    { "utf-16", "\xff\xfe" "a\0b\0", 6, "ab", 0 },
    { "utf-16le", "a\0b\0", 4, "ab", 0 },
    { "utf-16", "plain", 5, "plain", 0 },
    { "utf-7", "+AOk-", 5, "é", 0 },
    { "klingon", "abc", 3, "abc", 0 },
    { "klingon", "\xe9", 1, "é", MIME_PROBLEM_CHARSET_UNKNOWN },
    { "us-ascii", "\xe9", 1, "é", 0 },
    { "utf-8", "a\0b", 3, "ab", 0 },
    { "utf-8", "a\r\nb\rc\n", 7, "a\nb\nc\n", 0 },
    { "windows-1252", "\x81", 1, "\xef\xbf\xbd", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (cases[i].bytes, cases[i].size);
      MimeProblems problems = 0;
      g_autofree char *text = mime_text_to_utf8 (bytes, cases[i].charset, &problems);

      g_test_message ("charset %u", (guint) i);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (problems & cases[i].problems, ==, cases[i].problems);
    }
}

/* Whatever the bytes and the charset, what comes out is text. */
static void
test_charsets_any_bytes (void)
{
  static const char * const charsets[] = { NULL, "utf-8", "iso-8859-1", "koi8-r", "gb18030", "big5",
                                           "shift_jis", "iso-2022-jp", "euc-kr", "utf-16", "utf-7",
                                           "utf-32", "x-none", "windows-1256", "\xff\xff", "" };

  for (guint i = 0; i < 4000; i++)
    {
      guchar bytes[64];
      gsize size = (gsize) g_test_rand_int_range (0, sizeof bytes);
      g_autoptr(GBytes) wrapped = NULL;
      g_autofree char *text = NULL;

      for (gsize j = 0; j < size; j++)
        bytes[j] = (guchar) g_test_rand_int_range (0, 256);
      wrapped = g_bytes_new (bytes, size);
      text = mime_text_to_utf8 (wrapped, charsets[i % G_N_ELEMENTS (charsets)], NULL);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/header/text", test_text);
  g_test_add_func ("/mime/header/text-linear", test_text_linear);
  g_test_add_func ("/mime/header/date", test_date);
  g_test_add_func ("/mime/header/date-round-trip", test_date_round_trip);
  g_test_add_func ("/mime/header/address", test_address);
  g_test_add_func ("/mime/header/address-typed", test_address_typed);
  g_test_add_func ("/mime/header/address-validity", test_address_validity);
  g_test_add_func ("/mime/header/parameters", test_parameters);
  g_test_add_func ("/mime/header/parameters-pairs", test_parameters_pairs);
  g_test_add_func ("/mime/header/block", test_block);
  g_test_add_func ("/mime/header/block-charset", test_block_charset);
  g_test_add_func ("/mime/header/block-empty", test_block_empty);
  g_test_add_func ("/mime/header/transfer-encodings", test_transfer_encodings);
  g_test_add_func ("/mime/header/charsets", test_charsets);
  g_test_add_func ("/mime/header/charsets-any-bytes", test_charsets_any_bytes);

  return g_test_run ();
}
