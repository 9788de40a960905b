#include "mime-reply.h"

#include <string.h>

static void
test_subject (void)
{
  static const struct
  {
    const char *subject;
    const char *base;
    const char *reply;
    gboolean    is_reply;
  } cases[] = {
    { "lunch", "lunch", "Re: lunch", FALSE },
    { "Re: lunch", "lunch", "Re: lunch", TRUE },
    { "RE: re:  Re:lunch", "lunch", "Re: lunch", TRUE },
    { "AW: SV: Antw: VS: lunch", "lunch", "Re: lunch", TRUE },
    { "Re[2]: lunch", "lunch", "Re: lunch", TRUE },
    { "Re (3): lunch", "lunch", "Re: lunch", TRUE },
    { "Re^2: lunch", "lunch", "Re: lunch", TRUE },
    { "Fwd: lunch", "lunch", "Re: lunch", FALSE },
    { "WG: lunch (fwd)", "lunch", "Re: lunch (fwd)", FALSE },
    { "回复：午饭", "午饭", "Re: 午饭", TRUE },
    { "转发: 午饭", "午饭", "Re: 午饭", FALSE },
    { "Отв: обед", "обед", "Re: обед", TRUE },
    { "[list] lunch", "lunch", "Re: [list] lunch", FALSE },
    { "Re: [list] lunch", "lunch", "Re: [list] lunch", TRUE },
    { "Re: [list] Re: lunch", "lunch", "Re: lunch", TRUE },
    { "[list]", "[list]", "Re: [list]", FALSE },
    { "Re:", "", "Re:", TRUE },
    { "", "", "Re:", FALSE },
    { "Regarding: lunch", "Regarding: lunch", "Re: Regarding: lunch", FALSE },
    { "Report: numbers", "Report: numbers", "Re: Report: numbers", FALSE },
    { "Reminder", "Reminder", "Re: Reminder", FALSE },
    { ": odd", ": odd", "Re: : odd", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *base = mime_subject_dup_base (cases[i].subject);
      g_autofree char *reply = mime_subject_for_reply (cases[i].subject);
      g_autofree char *again = mime_subject_for_reply (reply);

      g_test_message ("%s", cases[i].subject);
      g_assert_cmpstr (base, ==, cases[i].base);
      g_assert_cmpstr (reply, ==, cases[i].reply);
      g_assert_cmpstr (again, ==, reply);
      g_assert_cmpint (mime_subject_is_reply (cases[i].subject), ==, cases[i].is_reply);
    }
  {
    g_autofree char *forward = mime_subject_for_forward ("AW: lunch");
    g_autofree char *none = mime_subject_for_forward (NULL);

    g_assert_cmpstr (forward, ==, "Fwd: lunch");
    g_assert_cmpstr (none, ==, "Fwd:");
  }
}

static void
test_quote (void)
{
  g_autofree char *quote = mime_text_quote ("Hello\n\n> older\n\n-- \nsig\n", "Joe wrote:");
  g_autofree char *bare = mime_text_quote ("x", NULL);
  g_autofree char *nothing = mime_text_quote ("", NULL);

  g_assert_cmpstr (quote, ==, "Joe wrote:\n> Hello\n>\n>> older\n");
  g_assert_cmpstr (bare, ==, "> x\n");
  g_assert_cmpstr (nothing, ==, "");
}

static void
test_preview (void)
{
  static const struct
  {
    const char *text;
    gsize       max;
    const char *preview;
  } cases[] = {
    { "Hello,\n\nhow   are\tyou?\n", 200, "Hello, how are you?" },
    { "Hello world", 8, "Hello wo" },
    { "On Monday Joe wrote:\n> old text\n> more\n\nNew text\n", 200, "New text" },
    { "> only\n> a quote\n", 200, "only a quote" },
    { "Text\n-- \nsignature\n", 200, "Text" },
    { "=======\nTitle\n-------\nText\n", 200, "Title Text" },
    { "", 200, "" },
    { "\xe2\x80\x8b\xcd\x8f Text", 200, "Text" },
    { "Grüße aus Köln", 5, "Grüße" },
    { "note this:\nnot a quote\n", 200, "note this: not a quote" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *preview = mime_text_preview (cases[i].text, cases[i].max);

      g_assert_cmpstr (preview, ==, cases[i].preview);
    }
}

static void
test_flow_round_trip (void)
{
  static const char text[] =
    "A paragraph that is much longer than the seventy-two columns that fit into one line of a message, "
    "so that it has to be broken.\n"
    "\n"
    " leading blank\n"
    ">From here\n"
    "From there\n"
    "> a quoted paragraph that is also much longer than the seventy-two columns that fit into one line\n"
    "a-word-that-is-longer-than-any-line-may-be-and-has-no-blank-in-it-so-that-it-cannot-be-broken-anywhere\n"
    "日本語の長い文章はどこでも改行できますが、空白を入れてはいけません。だからここでは長いままにしておきます。そうです。\n"
    "-- \n"
    "signature\n";
  g_autofree char *flowed = mime_text_flow (text);
  g_autofree char *back = mime_text_unflow (flowed, FALSE);
  g_auto(GStrv) lines = g_strsplit (flowed, "\n", -1);

  /* what looks like a quote is one, here as everywhere */
  g_assert_true (g_str_has_prefix (back, "A paragraph"));
  g_assert_nonnull (strstr (back, "\n leading blank\n> From here\nFrom there\n> a quoted paragraph that"));
  g_assert_nonnull (strstr (back, "fit into one line\na-word"));
  g_assert_true (g_str_has_suffix (back, "そうです。\n-- \nsignature\n"));
  for (gsize i = 0; lines[i] != NULL; i++)
    if (strchr (lines[i], ' ') != NULL && g_str_is_ascii (lines[i]))
      g_assert_cmpuint (strlen (lines[i]), <=, 78);
}

static void
test_wrap (void)
{
  g_autofree char *wrapped = mime_text_wrap ("one two three four\n> five six seven\n", 10);

  g_assert_cmpstr (wrapped, ==, "one two\nthree four\n> five six\n> seven\n");
}

static char *
flatten (const MimeAddressList *list)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", mime_address_list_get (list, i)->address);

  return g_string_free (out, FALSE);
}

static void
test_recipients (void)
{
  static const struct
  {
    const char    *headers;
    MimeReplyKind  kind;
    const char    *to;
    const char    *cc;
  } cases[] = {
    { "From: joe@x.org\nTo: me@x.org, ann@x.org\nCc: bob@x.org\n", MIME_REPLY_SENDER, "joe@x.org", "" },
    { "From: joe@x.org\nTo: me@x.org, ann@x.org\nCc: bob@x.org, ME@X.ORG\n", MIME_REPLY_ALL,
      "joe@x.org", "ann@x.org bob@x.org" },
    { "From: joe@x.org\nTo: alias@x.org, ann@x.org\n", MIME_REPLY_ALL, "joe@x.org", "ann@x.org" },
    { "From: joe@x.org\nReply-To: desk@x.org\nTo: me@x.org\n", MIME_REPLY_SENDER, "desk@x.org", "" },
    { "From: joe@x.org\nReply-To: desk@x.org\nTo: me@x.org, ann@x.org\n", MIME_REPLY_ALL,
      "desk@x.org", "ann@x.org" },
    /* one's own message: to its recipients again */
    { "From: me@x.org\nTo: joe@x.org\nCc: ann@x.org\n", MIME_REPLY_SENDER, "joe@x.org", "" },
    { "From: me@x.org\nTo: joe@x.org\nCc: ann@x.org\n", MIME_REPLY_ALL, "joe@x.org", "ann@x.org" },
    { "From: me@x.org\nTo: me@x.org\n", MIME_REPLY_SENDER, "me@x.org", "" },
    { "From: me@x.org\nTo: me@x.org\n", MIME_REPLY_ALL, "me@x.org", "" },
    { "From: me@x.org\nTo: me@x.org\nCc: joe@x.org\n", MIME_REPLY_ALL, "joe@x.org", "" },
    /* nobody twice */
    { "From: joe@x.org\nTo: joe@x.org, ann@x.org\nCc: Ann <ann@x.org>\n", MIME_REPLY_ALL,
      "joe@x.org", "ann@x.org" },
    /* lists */
    { "From: joe@x.org\nTo: list@y.org\nList-Post: <mailto:list@y.org>\n", MIME_REPLY_LIST, "list@y.org", "" },
    { "From: joe@x.org\nTo: list@y.org\nList-Post: NO\n", MIME_REPLY_LIST, "", "" },
    { "From: joe@x.org\nTo: list@y.org\n", MIME_REPLY_LIST, "", "" },
    { "From: joe@x.org\nReply-To: list@y.org\nTo: list@y.org\nList-Post: <mailto:list@y.org>\n",
      MIME_REPLY_SENDER, "joe@x.org", "" },
    { "From: joe@x.org\nReply-To: list@y.org\nTo: list@y.org\nList-Post: <mailto:list@y.org>\n",
      MIME_REPLY_ALL, "list@y.org joe@x.org", "" },
    { "From: joe@x.org\nTo: list@y.org\nMail-Followup-To: list@y.org\n", MIME_REPLY_ALL, "list@y.org", "" },
    { "From: joe@x.org\nMail-Reply-To: joe@home.org\nReply-To: list@y.org\n", MIME_REPLY_SENDER,
      "joe@home.org", "" },
    { "From: joe@x.org\nReply-To: Nobody\n", MIME_REPLY_SENDER, "joe@x.org", "" },
    { "Subject: x\n", MIME_REPLY_ALL, "", "" },
    { "From: joe@x.org\nTo: Friends: ann@x.org, me@x.org;\n", MIME_REPLY_ALL, "joe@x.org", "ann@x.org" },
  };
  g_autoptr(MimeAddressList) own = mime_address_list_parse ("Me <me@x.org>, alias@x.org", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(MimeHeaders) headers = mime_headers_new (cases[i].headers, strlen (cases[i].headers));
      g_autoptr(MimeAddressList) to = NULL;
      g_autoptr(MimeAddressList) cc = NULL;
      gboolean any = mime_reply_recipients (headers, own, cases[i].kind, &to, &cc);
      g_autofree char *to_text = flatten (to);
      g_autofree char *cc_text = flatten (cc);

      g_test_message ("case %u", (guint) i);
      g_assert_cmpstr (to_text, ==, cases[i].to);
      g_assert_cmpstr (cc_text, ==, cases[i].cc);
      g_assert_cmpint (any, ==, *cases[i].to != '\0');
    }
}

static void
test_references (void)
{
  static const char with[] = "Message-ID: <c@x>\nReferences: <a@x> <b@x>\nIn-Reply-To: <b@x>\n";
  static const char without[] = "Message-ID: <c@x>\nIn-Reply-To: <b@x>\n";
  g_autoptr(MimeHeaders) headers = mime_headers_new (with, strlen (with));
  g_autoptr(MimeHeaders) short_headers = mime_headers_new (without, strlen (without));
  g_auto(GStrv) references = mime_references_for_reply (headers);
  g_auto(GStrv) short_references = mime_references_for_reply (short_headers);
  g_autofree char *joined = g_strjoinv (" ", references);
  g_autofree char *short_joined = g_strjoinv (" ", short_references);
  GString *many = g_string_new ("Message-ID: <last@x>\nReferences:");
  g_autoptr(MimeHeaders) many_headers = NULL;
  g_auto(GStrv) many_references = NULL;

  g_assert_cmpstr (joined, ==, "a@x b@x c@x");
  g_assert_cmpstr (short_joined, ==, "b@x c@x");

  for (int i = 0; i < 3000; i++)
    g_string_append_printf (many, "\n <%d@x>", i);
  many_headers = mime_headers_new (many->str, many->len);
  many_references = mime_references_for_reply (many_headers);
  g_assert_cmpuint (g_strv_length (many_references), ==, 50);
  g_assert_cmpstr (many_references[0], ==, "0@x");
  g_assert_cmpstr (many_references[48], ==, "2999@x");
  g_assert_cmpstr (many_references[49], ==, "last@x");
  g_string_free (many, TRUE);
}

static void
test_references_broken (void)
{
  static const struct
  {
    const char *raw;
    const char *ids;
  } cases[] = {
    { "<a@x>", "a@x" },
    { "<a@x><b@x>", "a@x b@x" },
    { "<a@x>,<b@x>", "a@x b@x" },
    { "<a@x <b@x>", "a@x b@x" },
    { "a@x b@x", "a@x b@x" },
    { "<a\r\n @x>", "a@x" },
    { "your mail of Monday", "" },
    { "<>", "" },
    { "<no-at>", "no-at" },
    { ">>><<<", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) ids = mime_references_parse (cases[i].raw, -1);
      g_autofree char *joined = g_strjoinv (" ", ids);

      g_test_message ("case %u", (guint) i);
      g_assert_cmpstr (joined, ==, cases[i].ids);
    }
}

static void
test_message_id (void)
{
  g_autofree char *first = mime_message_id_new ("joe@example.org");
  g_autofree char *second = mime_message_id_new ("joe@example.org");
  g_autofree char *idn = mime_message_id_new ("j@bücher.example");
  g_autofree char *none = mime_message_id_new ("");

  g_assert_cmpstr (first, !=, second);
  g_assert_true (g_str_has_suffix (first, "@example.org"));
  g_assert_true (g_str_has_suffix (idn, "@xn--bcher-kva.example"));
  g_assert_null (strstr (none, g_get_host_name ()));
  g_assert_nonnull (strchr (none, '@'));
  g_assert_null (strstr (first, "joe"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/reply/subject", test_subject);
  g_test_add_func ("/mime/reply/quote", test_quote);
  g_test_add_func ("/mime/reply/preview", test_preview);
  g_test_add_func ("/mime/reply/flow-round-trip", test_flow_round_trip);
  g_test_add_func ("/mime/reply/wrap", test_wrap);
  g_test_add_func ("/mime/reply/recipients", test_recipients);
  g_test_add_func ("/mime/reply/references", test_references);
  g_test_add_func ("/mime/reply/references-broken", test_references_broken);
  g_test_add_func ("/mime/reply/message-id", test_message_id);

  return g_test_run ();
}
