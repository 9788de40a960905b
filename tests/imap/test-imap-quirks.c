#include <string.h>

#include "scripted.h"

/* What servers really do, one by one: the numbers are those of the table of quirks in
 * src/imap/README.md. Here are conversations; single responses are in test-imap-quirks-said.c, and
 * what concerns the cache as well in tests/integration/test-quirks.py. */

static const ImapFetchQuery flags_query = { .items = IMAP_FETCH_FLAGS };

/* Begins of sessions that sign in: the server's greeting and the capabilities that it has then */
#define LOGIN(greeting, capabilities) "S: * OK [CAPABILITY IMAP4rev1] " greeting, \
  "C* AAAA LOGIN *", "S: AAAA OK done", "C: AAAB CAPABILITY", \
  "S: * CAPABILITY IMAP4rev1 " capabilities, "S: AAAB OK done"

static ImapSession *
session_of (Scripted *scripted)
{
  return scripted->worker.session;
}

static void
begin_signed_in (Scripted          *scripted,
                 const char *const *script)
{
  scripted_begin (scripted, script);
  scripted_connect (scripted);
  scripted_sign_in (scripted);
}

static void
set_table (Scripted   *scripted,
           const char *rows)
{
  g_autoptr(GBytes) bytes = g_bytes_new (rows, strlen (rows));
  g_autoptr(GError) error = NULL;
  g_autoptr(ImapQuirks) quirks = imap_quirks_new (bytes, &error);

  g_assert_no_error (error);
  imap_session_set_quirks (session_of (scripted), quirks);
}

static ImapCommand *
fetch (Scripted   *scripted,
       const char *uids)
{
  g_autoptr(ImapUidSet) set = scripted_uids (uids);

  return imap_session_uid_fetch (session_of (scripted), set, &flags_query, NULL, NULL);
}

static ImapCommand *
move (Scripted   *scripted,
      const char *uids)
{
  g_autoptr(ImapUidSet) set = scripted_uids (uids);

  return imap_session_uid_move (session_of (scripted), set, "b");
}

static void
noop (Scripted *scripted)
{
  worker_assert (&scripted->worker, imap_session_noop (session_of (scripted)));
}

/* How many commands of a kind have gone out */
static guint
count_sent (Scripted   *scripted,
            const char *words)
{
  g_autofree char *text = net_transcript_dup_text (scripted->worker.transcript);
  guint n = 0;

  for (const char *p = text; (p = strstr (p, words)) != NULL; p++)
    n++;

  return n;
}

static void
assert_error_of (Scripted    *scripted,
                 ImapCommand *command,
                 GQuark       domain,
                 int          code)
{
  g_autoptr(GError) error = scripted_try (scripted, command);

  g_assert_error (error, domain, code);
}

static void
assert_uids (const ImapUidSet *uids,
             const char       *expected)
{
  g_autofree char *text = NULL;

  g_assert_nonnull (uids);
  text = imap_uid_set_to_string (uids);
  g_assert_cmpstr (text, ==, expected);
}

/* The connection ends at MOVE: whether it was carried out is in doubt, and is said so */
static void
test_09 (void)
{
  g_autoptr(ImapCommand) command = NULL;
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "MOVE] hi", SCRIPTED_SELECT,
                                      "C: AAAB UID MOVE 10 \"b\"", "end"));
  command = move (&scripted, "10");
  g_assert_false (imap_command_await (command, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  g_assert_true (imap_command_is_doubtful (command));
  scripted_finish (&scripted);
}

/* Gmail's limits, in words and as an alert */
static void
assert_refused (const char *answer,
                NetError    code)
{
  g_autofree char *line = g_strconcat ("S: ", answer, NULL);
  g_autoptr(BaseSecret) secret = base_secret_new ("sesame");
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *", line,
                                       "silence"));
  scripted_connect (&scripted);
  g_assert_false (imap_session_sign_in (session_of (&scripted), "me", secret, NULL, &error));
  g_assert_error (error, NET_ERROR, (int) code);
  scripted_finish (&scripted);
}

static void
test_10 (void)
{
  assert_refused ("AAAA NO [ALERT] Too many simultaneous connections. (Failure)",
                  NET_ERROR_TOO_MANY_CONNECTIONS);
  assert_refused ("AAAA NO [ALERT] Account exceeded command or bandwidth limits. (Failure)",
                  NET_ERROR_ACCOUNT_LIMITED);
  assert_refused ("* BYE [ALERT] Account exceeded command or bandwidth limits. (Failure)",
                  NET_ERROR_ACCOUNT_LIMITED);
}

static void
test_12 (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "X-GM-EXT-1] hi", SCRIPTED_SELECT));
  g_assert_true (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_FILES_SENT));
  scripted_finish (&scripted);
}

/* sixty STATUS at a time: never more than 25 under way, and never more than the table says */
static void
assert_under_way (const char *greeting,
                  const char *table,
                  guint       max_waiting)
{
  ImapCommand *commands[60];
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (greeting, "silence"));
  if (table != NULL)
    set_table (&scripted, table);
  scripted_connect (&scripted);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    commands[i] = imap_session_status (session_of (&scripted), "x", IMAP_MAILBOX_STATUS_MESSAGES);
  worker_run_for (&scripted.worker, 50);
  g_assert_cmpuint (count_sent (&scripted, "STATUS \"x\""), <=, max_waiting);
  g_assert_cmpuint (count_sent (&scripted, "STATUS \"x\""), >, 0);
  imap_session_close (session_of (&scripted));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    imap_command_unref (commands[i]);
  scripted_finish (&scripted);
}

static void
test_14 (void)
{
  assert_under_way (SCRIPTED_HELLO "IDLE] The Microsoft Exchange IMAP4 service is ready. [TQ]",
                    NULL, 25);
  assert_under_way (SCRIPTED_HELLO "IDLE] Weak server", "[weak]\ngreeting=weak *\nmax-waiting=3\n"
                    "evidence=x\n", 3);
}

/* What counts is the literal, not RFC822.SIZE */
static void
keep_size (ImapSession        *session,
           const ImapResponse *response,
           guint32             uid,
           gpointer            user_data)
{
  for (guint i = 0; i < response->fetch->n_sections; i++)
    *(gsize *) user_data += response->fetch->sections[i].size_bytes;
}

static void
test_15 (void)
{
  static const char *const sections[] = { "", NULL };
  const ImapFetchQuery query = { .items = IMAP_FETCH_SIZE, .sections = sections };
  g_autoptr(ImapUidSet) uids = scripted_uids ("10,20");
  gsize size = 0;
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] The Microsoft Exchange IMAP4 service is "
                                          "ready.",
                           SCRIPTED_SELECT, "C: AAAB UID FETCH 10,20 (UID RFC822.SIZE BODY.PEEK[])",
                           "S: * 1 FETCH (UID 10 RFC822.SIZE 5 BODY[] {12}", "S: Subject: a",
                           "S> )\\r\\n", "S: * 2 FETCH (UID 20 RFC822.SIZE 50000 BODY[] \"x\")",
                           "S: AAAB OK done"));
  g_assert_true (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_SIZE_UNRELIABLE));
  worker_assert (&scripted.worker, imap_session_uid_fetch (session_of (&scripted), uids, &query,
                                                           keep_size, &size));
  g_assert_cmpuint (size, ==, 13);
  scripted_finish (&scripted);
}

/* Once a partial FETCH was found broken, whole sections are fetched */
static void
test_16 (void)
{
  static const char *const sections[] = { "1", NULL };
  const ImapFetchQuery query = { .sections = sections, .partial_size = 2048 };
  g_autoptr(ImapUidSet) uids = scripted_uids ("10");
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                                      "C: AAAB UID FETCH 10 (UID BODY.PEEK[1]<0.2048>)",
                                      "S: * 1 FETCH (UID 10 BODY[1]<0> \"\")", "S: AAAB OK done",
                                      "C: AAAC UID FETCH 10 (UID BODY.PEEK[1])",
                                      "S: * 1 FETCH (UID 10 BODY[1] \"x\")", "S: AAAC OK done"));
  worker_assert (&scripted.worker,
                 imap_session_uid_fetch (session_of (&scripted), uids, &query, NULL, NULL));
  imap_session_latch_quirk (session_of (&scripted), IMAP_QUIRK_NO_PARTIAL_FETCH, "0 bytes of 3000");
  worker_assert (&scripted.worker,
                 imap_session_uid_fetch (session_of (&scripted), uids, &query, NULL, NULL));
  scripted_finish (&scripted);
}

static void
test_17 (void)
{
  Scripted scripted;

  begin_signed_in (&scripted, SCRIPTED (LOGIN ("hi", "IDLE"), "C: AAAC SELECT \"a\"",
                                        "S: AAAC BAD User is authenticated but not connected.",
                                        "silence"));
  assert_error_of (&scripted, imap_session_select (session_of (&scripted), "a", FALSE), NET_ERROR,
                   NET_ERROR_ACCOUNT_LIMITED);
  scripted_finish (&scripted);
  /* the same words at once */
  assert_refused ("AAAA BAD User is authenticated but not connected.", NET_ERROR_ACCOUNT_LIMITED);
}

static void
test_18 (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "C: AAAB NOOP",
                                      "S: Server Unavailable. 15", "silence"));
  assert_error_of (&scripted, imap_session_noop (session_of (&scripted)), NET_ERROR,
                   NET_ERROR_SHUTTING_DOWN);
  scripted_finish (&scripted);
}

/* Neither is a result: what was copied where is to be looked for */
static void
test_20 (void)
{
  g_autoptr(ImapUidSet) uids = scripted_uids ("10,20");
  g_autoptr(ImapCommand) empty = NULL;
  g_autoptr(ImapCommand) uneven = NULL;
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "UIDPLUS] hi", SCRIPTED_SELECT,
                           "C: AAAB UID COPY 10,20 \"b\"", "S: AAAB OK [COPYUID 7  ] done",
                           "C: AAAC UID COPY 10,20 \"b\"", "S: AAAC OK [COPYUID 7 10,20 4] done"));
  empty = imap_session_uid_copy (session_of (&scripted), uids, "b");
  g_assert_true (imap_command_await (empty, NULL, NULL));
  g_assert_false (imap_command_get_copied (empty, NULL, NULL, NULL));
  uneven = imap_session_uid_copy (session_of (&scripted), uids, "b");
  g_assert_true (imap_command_await (uneven, NULL, NULL));
  g_assert_false (imap_command_get_copied (uneven, NULL, NULL, NULL));
  scripted_finish (&scripted);
}

static void
test_21 (void)
{
  g_autoptr(ImapCommand) search = NULL;
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "ESEARCH] hi", SCRIPTED_SELECT,
                                      "C: AAAB UID SEARCH RETURN (ALL) UNSEEN",
                                      "S: * ESEARCH (TAG \"AAAB\") UID ALL 10,30",
                                      "S: AAAB OK done"));
  search = imap_session_uid_search (session_of (&scripted), "UNSEEN");
  g_assert_true (imap_command_await (search, NULL, NULL));
  assert_uids (imap_command_get_found (search), "10,30");
  scripted_finish (&scripted);
}

/* EXISTS before the +; the IDLE goes on */
static void
test_24 (void)
{
  g_autoptr(ImapCommand) idle = NULL;
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "C: AAAB IDLE",
                           "S: * 4 EXISTS", "S: + idling", "C: DONE", "S: AAAB OK done"));
  idle = imap_session_idle_start (session_of (&scripted));
  for (guint i = 0; i < 100 && !imap_session_is_idling (session_of (&scripted)); i++)
    worker_run_for (&scripted.worker, 10);
  g_assert_true (imap_session_is_idling (session_of (&scripted)));
  g_assert_cmpuint (imap_session_get_exists (session_of (&scripted)), ==, 4);
  imap_session_idle_done (session_of (&scripted));
  g_assert_true (imap_command_await (idle, NULL, NULL));
  g_assert_cmpstr (scripted_applied (&scripted), ==, "EXISTS;");
  scripted_finish (&scripted);
}

/* ID () is refused by Exchange and GMX: never said */
static void
test_25 (void)
{
  static const char *const nothing[] = { NULL };
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (LOGIN ("hi", "ID"), "C: AAAC ID NIL",
                                       "S: * ID (\"name\" \"x\" \"version\" \"1\")",
                                       "S: AAAC OK done", "C: AAAD NOOP", "S: AAAD OK done"));
  imap_session_set_id (session_of (&scripted), nothing);
  scripted_connect (&scripted);
  scripted_sign_in (&scripted);
  noop (&scripted);
  g_assert_cmpstr (imap_session_get_server_name (session_of (&scripted)), ==, "x 1");
  scripted_finish (&scripted);
}

static void
test_26 (void)
{
  Scripted scripted;

  begin_signed_in (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
                                        "C: AAAA AUTHENTICATE PLAIN", "S: +", "C: AG1lAHNlc2FtZQ==",
                                        "S: AAAA OK [CAPABILITY IMAP4rev1] done", "silence"));
  scripted_finish (&scripted);
}

/* A search with many hits fails: in windows of message numbers, from then on at once */
#define MANY "S: * 4500 EXISTS"

static void
test_27 (void)
{
  g_autoptr(ImapCommand) first = NULL;
  g_autoptr(ImapCommand) second = NULL;
  Scripted scripted;

  scripted_open (
    &scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, MANY, "C: AAAB UID SEARCH ALL",
                         "S: AAAB NO too large", "C: AAAC UID SEARCH 1:2000 ALL",
                         "S: * SEARCH 10 20", "S: AAAC OK done", "C: AAAD UID SEARCH 2001:4000 ALL",
                         "S: * SEARCH 30", "S: AAAD OK done", "C: AAAE UID SEARCH 4001:4500 ALL",
                         "S: * SEARCH 50 40", "S: AAAE OK done", "C: AAAF UID SEARCH 1:2000 UNSEEN",
                         "S: * SEARCH", "S: AAAF OK done", "C: AAAG UID SEARCH 2001:4000 UNSEEN",
                         "S: * SEARCH 30", "S: AAAG OK done", "C: AAAH UID SEARCH 4001:4500 UNSEEN",
                         "S: * SEARCH", "S: AAAH OK done"));
  for (guint i = 0; i < 100 && imap_session_get_exists (session_of (&scripted)) != 4500; i++)
    worker_run_for (&scripted.worker, 5);
  first = imap_session_uid_search (session_of (&scripted), "ALL");
  g_assert_true (imap_command_await (first, NULL, NULL));
  assert_uids (imap_command_get_found (first), "10,20,30,40,50");
  g_assert_true (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_NARROW_SEARCH));
  second = imap_session_uid_search (session_of (&scripted), "UNSEEN");
  g_assert_true (imap_command_await (second, NULL, NULL));
  assert_uids (imap_command_get_found (second), "30");
  scripted_finish (&scripted);

  /* what fails in windows as well is an error, and no quirk */
  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, MANY,
                                      "C: AAAB UID SEARCH ALL", "S: AAAB NO no",
                                      "C: AAAC UID SEARCH 1:2000 ALL", "S: AAAC NO no",
                                      "C: AAAD UID SEARCH 2001:4000 ALL", "S: AAAD NO no",
                                      "C: AAAE UID SEARCH 4001:4500 ALL", "S: AAAE NO no"));
  for (guint i = 0; i < 100 && imap_session_get_exists (session_of (&scripted)) != 4500; i++)
    worker_run_for (&scripted.worker, 5);
  assert_error_of (&scripted, imap_session_uid_search (session_of (&scripted), "ALL"), IMAP_ERROR,
                   IMAP_ERROR_NO);
  g_assert_false (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_NARROW_SEARCH));
  scripted_finish (&scripted);
}

static void
test_29 (void)
{
  Scripted scripted;

  begin_signed_in (
    &scripted, SCRIPTED (LOGIN ("Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5 ready",
                                "NAMESPACE IDLE"),
                         "C: AAAC NOOP", "S: AAAC OK done"));
  noop (&scripted);
  scripted_finish (&scripted);
}

static void
test_31 (void)
{
  static const char *const users[] = { "DOMAIN\\me", "me/shared" };

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_autoptr(BaseSecret) secret = base_secret_new ("sesame");
      Scripted scripted;

      scripted_begin (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi",
                                           "C* AAAA LOGIN *", "S: AAAA OK [CAPABILITY IMAP4rev1] x",
                                           "silence"));
      scripted_connect (&scripted);
      g_assert_true (imap_session_sign_in (session_of (&scripted), users[i], secret, NULL, NULL));
      scripted_finish (&scripted);
    }
}

/* Any order of FETCH responses */
static void
test_32 (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                           "C: AAAB UID FETCH 1:* (UID FLAGS)", "S: * 3 FETCH (UID 30 FLAGS ())",
                           "S: * 2 FETCH (UID 20 FLAGS ())", "S: * 1 FETCH (UID 10 FLAGS ())",
                           "S: AAAB OK done", "C: AAAC NOOP", "S: * 1 EXPUNGE", "S: * 2 EXPUNGE",
                           "S: AAAC OK done"));
  worker_assert (&scripted.worker, fetch (&scripted, "1:*"));
  noop (&scripted);
  g_assert_cmpstr (scripted_applied (&scripted), ==,
                   "FETCH 30;FETCH 20;FETCH 10;EXPUNGE 10;EXPUNGE 30;");
  scripted_finish (&scripted);
}

static void
test_34 (void)
{
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] Weak server", SCRIPTED_SELECT,
                                       "C: AAAB UID FETCH 10:12,20 (UID FLAGS)",
                                       "C: AAAC UID FETCH 21:24 (UID FLAGS)",
                                       "C: AAAD UID FETCH 25:26 (UID FLAGS)",
                                       "S: AAAC OK done", "S: AAAB OK done", "S: AAAD OK done"));
  set_table (&scripted, "[weak]\ngreeting=weak *\nmax-uids=4\nevidence=x\n");
  scripted_connect (&scripted);
  scripted_select (&scripted);
  worker_assert (&scripted.worker, fetch (&scripted, "10:12,20:26"));
  scripted_finish (&scripted);
}

/* CHARSET is refused, with NO or BAD: asked again without, and at once from then on */
static void
test_35_and_75 (void)
{
  static const char *const refusals[] = { "S: AAAB NO [BADCHARSET (US-ASCII)] no",
                                          "S: AAAB BAD no" };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr(ImapCommand) first = NULL;
      g_autoptr(ImapCommand) second = NULL;
      Scripted scripted;

      scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "LITERAL+] hi", SCRIPTED_SELECT,
                                          "C: AAAB UID SEARCH CHARSET UTF-8 SUBJECT {3+}", "C: sü",
                                          refusals[i], "C: AAAC UID SEARCH SUBJECT {3+}", "C: sü",
                                          "S: * SEARCH 20 ", "S: AAAC OK done",
                                          "C: AAAD UID SEARCH TEXT {2+}", "C: ü",
                                          "S: * SEARCH", "S: AAAD OK done"));
      first = imap_session_uid_search_text (session_of (&scripted), "SUBJECT", "sü");
      g_assert_true (imap_command_await (first, NULL, NULL));
      assert_uids (imap_command_get_found (first), "20");
      second = imap_session_uid_search_text (session_of (&scripted), "TEXT", "ü");
      g_assert_true (imap_command_await (second, NULL, NULL));
      scripted_finish (&scripted);
    }
}

/* Both refused: an error, and nothing learnt. ASCII never names a charset. */
static void
test_75_refused (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "LITERAL+] hi", SCRIPTED_SELECT,
                                      "C: AAAB UID SEARCH CHARSET UTF-8 TEXT {2+}", "C: ü",
                                      "S: AAAB BAD no", "C: AAAC UID SEARCH TEXT {2+}", "C: ü",
                                      "S: AAAC BAD no", "C: AAAD UID SEARCH TEXT \"u\"",
                                      "S: * SEARCH", "S: AAAD OK done"));
  assert_error_of (&scripted,
                   imap_session_uid_search_text (session_of (&scripted), "TEXT", "ü"), IMAP_ERROR,
                   IMAP_ERROR_BAD);
  g_assert_false (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_NO_SEARCH_CHARSET));
  worker_assert (&scripted.worker,
                 imap_session_uid_search_text (session_of (&scripted), "TEXT", "u"));
  scripted_finish (&scripted);
}

static void
test_36 (void)
{
  g_autoptr(ImapCommand) select = NULL;
  const ImapSelected *selected;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] Weak server", "C: AAAA SELECT \"a\"",
                                       "S: * 0 EXISTS",
                                       "S: * OK [PERMANENTFLAGS (\\Seen \\Deleted $Junk \\*)] yes",
                                       "S: AAAA OK done"));
  set_table (&scripted, "[weak]\ngreeting=weak *\nkeywords=$Junk;$Forwarded\nevidence=x\n");
  scripted_connect (&scripted);
  select = imap_session_select (session_of (&scripted), "a", FALSE);
  g_assert_true (imap_command_await (select, NULL, NULL));
  selected = imap_command_get_selected (select);
  g_assert_cmpuint (selected->permanent_flags, ==, IMAP_FLAG_SEEN | IMAP_FLAG_DELETED);
  g_assert_cmpstr (selected->permanent_keywords[0], ==, "$Junk");
  g_assert_cmpstr (selected->permanent_keywords[1], ==, "$Forwarded");
  g_assert_null (selected->permanent_keywords[2]);
  scripted_finish (&scripted);
}

static void
test_37 (void)
{
  g_autoptr(GBytes) message = g_bytes_new_static ("a: b\r\n\r\nc", 9);
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "LITERAL+] hi", SCRIPTED_SELECT,
                                      "C: AAAB APPEND \"a\" () {11+}", "C: a: b", "C: ", "C: c",
                                      "C: ", "S: AAAB OK done"));
  worker_assert (&scripted.worker, imap_session_append (session_of (&scripted), "a",
                                                        &(ImapMessage) { .bytes = message }, 1));
  scripted_finish (&scripted);
}

/* OK, and nothing came: a FETCH says how much it brought. BODY.PEEK[], never RFC822. */
static void
test_39 (void)
{
  static const char *const sections[] = { "", NULL };
  const ImapFetchQuery query = { .sections = sections };
  g_autoptr(ImapUidSet) uids = scripted_uids ("10");
  g_autoptr(ImapCommand) command = NULL;
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                                      "C: AAAB UID FETCH 10 (UID BODY.PEEK[])", "S: AAAB OK done"));
  command = imap_session_uid_fetch (session_of (&scripted), uids, &query, NULL, NULL);
  g_assert_true (imap_command_await (command, NULL, NULL));
  g_assert_cmpuint (imap_command_get_n_fetched (command), ==, 0);
  scripted_finish (&scripted);
}

/* Nothing is enabled that the server did not say */
static void
test_40 (void)
{
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "QRESYNC] hi", "C: AAAA ENABLE QRESYNC",
                                       "S: AAAA OK done"));
  scripted_connect (&scripted);
  worker_assert (&scripted.worker,
                 imap_session_enable (session_of (&scripted),
                                      IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_QRESYNC)));
  g_assert_false (imap_session_is_enabled (session_of (&scripted), IMAP_CAPABILITY_QRESYNC));
  scripted_finish (&scripted);
}

static void
test_41 (void)
{
  g_autoptr(ImapCommand) search = NULL;
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "ESEARCH] hi", SCRIPTED_SELECT,
                           "C: AAAB UID SEARCH RETURN (ALL) ALL",
                           "S: * ESEARCH (TAG \"AAAB\") UID COUNT 3", "S: AAAB OK done"));
  search = imap_session_uid_search (session_of (&scripted), "ALL");
  g_assert_true (imap_command_await (search, NULL, NULL));
  g_assert_false (imap_command_has_found (search));
  scripted_finish (&scripted);
}

static void
test_42_and_53 (void)
{
  g_autoptr(ImapCommand) select = NULL;
  const ImapSelected *selected;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", "C: AAAA SELECT \"a\"",
                                       "S: * 3 EXISTS", "S: * OK [UIDVALIDITY 0] x",
                                       "S: * OK [UIDNEXT 0] x", "S: AAAA OK done"));
  scripted_connect (&scripted);
  select = imap_session_select (session_of (&scripted), "a", FALSE);
  g_assert_true (imap_command_await (select, NULL, NULL));
  selected = imap_command_get_selected (select);
  g_assert_true (selected->has_uid_validity);
  g_assert_cmpuint (selected->uid_validity, ==, 0);
  g_assert_cmpuint (selected->uid_next, ==, 0);
  scripted_finish (&scripted);
}

/* What the sign-in's answer says is asked for again: iCloud's proxy has rewritten it */
static void
test_44 (void)
{
  Scripted scripted;

  begin_signed_in (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *",
                                        "S: AAAA OK [CAPABILITY IMAP4rev1 MOVE] x",
                                        "C: AAAB CAPABILITY", "S: * CAPABILITY IMAP4rev1 IDLE",
                                        "S: AAAB OK done", "C: AAAC NOOP", "S: AAAC OK done"));
  noop (&scripted);
  g_assert_true (imap_session_has (session_of (&scripted), IMAP_CAPABILITY_IDLE));
  g_assert_false (imap_session_has (session_of (&scripted), IMAP_CAPABILITY_MOVE));
  scripted_finish (&scripted);
}

/* IDLE waits for everything before it, and nothing goes out behind it */
static void
test_46 (void)
{
  g_autoptr(ImapCommand) idle = NULL;
  ImapCommand *before;
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "C: AAAB NOOP",
                                      "pause 30", "S: AAAB OK done", "C: AAAC IDLE", "S: + go",
                                      "C: DONE", "S: AAAC OK done", "C: AAAD NOOP",
                                      "S: AAAD OK done"));
  before = imap_session_noop (session_of (&scripted));
  idle = imap_session_idle_start (session_of (&scripted));
  worker_run_for (&scripted.worker, 10);
  g_assert_cmpuint (count_sent (&scripted, "IDLE\n"), ==, 0);
  worker_assert (&scripted.worker, before);
  for (guint i = 0; i < 100 && !imap_session_is_idling (session_of (&scripted)); i++)
    worker_run_for (&scripted.worker, 10);
  noop (&scripted);
  g_assert_true (imap_command_is_done (idle));
  scripted_finish (&scripted);
}

static void
test_47 (void)
{
  Scripted scripted;

  scripted_begin (
    &scripted, SCRIPTED (SCRIPTED_HELLO "LIST-EXTENDED SPECIAL-USE LIST-STATUS] hi",
                         "C: AAAA LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS "
                         "(MESSAGES UIDNEXT))",
                         "S: * LIST (\\Sent) \"/\" x", "S: AAAA OK done"));
  scripted_connect (&scripted);
  worker_assert (&scripted.worker,
                 imap_session_list (session_of (&scripted), "*",
                                    IMAP_MAILBOX_STATUS_MESSAGES | IMAP_MAILBOX_STATUS_UIDNEXT));
  scripted_finish (&scripted);
}

/* No authorization identity, in whatever mechanism: NUL me NUL sesame */
static void
test_48 (void)
{
  Scripted scripted;

  begin_signed_in (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi",
                                        "C: AAAA AUTHENTICATE PLAIN AG1lAHNlc2FtZQ==",
                                        "S: AAAA OK [CAPABILITY IMAP4rev1] done", "silence"));
  scripted_finish (&scripted);
}

static void
test_49 (void)
{
  g_autoptr(ImapCommand) select = NULL;
  g_autoptr(ImapCommand) empty = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", "C: AAAA SELECT \"a\"",
                                       "S: * 1 EXISTS", "S: * OK [UIDVALIDITY 7] x",
                                       "S: AAAA OK done", "C: AAAB UID FETCH 10 (UID FLAGS)",
                                       "S: * 0 FETCH (FLAGS ())", "S: AAAB OK done"));
  scripted_connect (&scripted);
  select = imap_session_select (session_of (&scripted), "a", FALSE);
  g_assert_true (imap_command_await (select, NULL, NULL));
  g_assert_cmpuint (imap_command_get_selected (select)->uid_next, ==, 0);
  empty = fetch (&scripted, "10");
  g_assert_true (imap_command_await (empty, NULL, NULL));
  g_assert_cmpuint (imap_command_get_n_fetched (empty), ==, 0);
  scripted_finish (&scripted);
}

/* A LIST in which RETURN must not stand */
static void
assert_lists_plainly (const char *greeting,
                      const char *id)
{
  g_autofree char *hello = g_strconcat ("S: * OK [CAPABILITY IMAP4rev1] ", greeting, NULL);
  g_autofree char *answer = g_strconcat ("S: * ID ", id, NULL);
  Scripted scripted;

  begin_signed_in (&scripted,
                   SCRIPTED (hello, "C* AAAA LOGIN *", "S: AAAA OK done", "C: AAAB CAPABILITY",
                             "S: * CAPABILITY IMAP4rev1 ID LIST-EXTENDED SPECIAL-USE",
                             "S: AAAB OK done", "C* AAAC ID *", answer, "S: AAAC OK done",
                             "C: AAAD NOOP", "S: AAAD OK done", "C: AAAE LIST \"\" \"*\"",
                             "S: * LIST () \"/\" x", "S: AAAE OK done"));
  noop (&scripted);
  worker_assert (&scripted.worker, imap_session_list (session_of (&scripted), "*", 0));
  scripted_finish (&scripted);
}

static void
test_50 (void)
{
  assert_lists_plainly ("mail Cyrus IMAP v2.4.17-Debian-2.4.17 server ready", "NIL");
  assert_lists_plainly ("hi", "(\"name\" \"Cyrus IMAPD\" \"version\" \"2.5.10 2016\")");
}

static void
test_51 (void)
{
  assert_lists_plainly ("hi",
                        "(\"NAME\" \"Zimbra\" \"VERSION\" \"7.2.2_GA_2852\" \"RELEASE\" \"1\")");
  assert_lists_plainly ("hi", "(\"NAME\" \"Zimbra\" \"VERSION\" \"8.0.1_GA_5438\")");
}

/* UW cannot delete what is selected */
static void
test_52 (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "UNSELECT] hi", SCRIPTED_SELECT, "C: AAAB UNSELECT",
                           "S: AAAB OK done", "C: AAAC DELETE \"a\"", "S: AAAC OK done",
                           "C: AAAD DELETE \"b\"", "S: AAAD OK done"));
  worker_assert (&scripted.worker, imap_session_delete (session_of (&scripted), "a"));
  worker_assert (&scripted.worker, imap_session_delete (session_of (&scripted), "b"));
  scripted_finish (&scripted);
}

/* The space behind HEADER.FIELDS is BAD: without it, and at once from then on */
static const ImapFetchQuery header_query = { .header_fields = "From Subject" };

static ImapCommand *
fetch_header (Scripted *scripted)
{
  g_autoptr(ImapUidSet) uids = scripted_uids ("10");

  return imap_session_uid_fetch (session_of (scripted), uids, &header_query, NULL, NULL);
}

#define SPACED "C: AAAB UID FETCH 10 (UID BODY.PEEK[HEADER.FIELDS (From Subject)])"
#define TIGHT(tag) "C: " tag " UID FETCH 10 (UID BODY.PEEK[HEADER.FIELDS(From Subject)])"
#define WHOLE(tag) "C: " tag " UID FETCH 10 (UID BODY.PEEK[HEADER])"

static void
test_54 (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, SPACED, "S: AAAB BAD syntax",
                           TIGHT ("AAAC"),
                           "S: * 1 FETCH (UID 10 BODY[HEADER.FIELDS (FROM SUBJECT)] \"x\")",
                           "S: AAAC OK done", TIGHT ("AAAD"), "S: AAAD OK done"));
  worker_assert (&scripted.worker, fetch_header (&scripted));
  g_assert_cmpstr (scripted_applied (&scripted), ==, "FETCH 10;");
  g_assert_true (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_TIGHT_HEADER_FIELDS));
  worker_assert (&scripted.worker, fetch_header (&scripted));
  scripted_finish (&scripted);
}

/* Neither: the whole header */
static void
test_54_whole (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, SPACED,
                                      "S: AAAB BAD syntax", TIGHT ("AAAC"), "S: AAAC BAD syntax",
                                      WHOLE ("AAAD"), "S: * 1 FETCH (UID 10 BODY[HEADER] \"x\")",
                                      "S: AAAD OK done", WHOLE ("AAAE"), "S: AAAE OK done"));
  worker_assert (&scripted.worker, fetch_header (&scripted));
  g_assert_false (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_TIGHT_HEADER_FIELDS));
  worker_assert (&scripted.worker, fetch_header (&scripted));
  scripted_finish (&scripted);

  /* nothing helps: the first refusal */
  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, SPACED,
                                      "S: AAAB BAD syntax", TIGHT ("AAAC"), "S: AAAC BAD syntax",
                                      WHOLE ("AAAD"), "S: AAAD BAD syntax"));
  assert_error_of (&scripted, fetch_header (&scripted), IMAP_ERROR, IMAP_ERROR_BAD);
  g_assert_false (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_NO_HEADER_FIELDS));
  scripted_finish (&scripted);
}

/* The first BYE is the end, however often it is said */
static void
test_55 (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "C: AAAB IDLE", "S: + go",
                           "flood 10000 * BYE IMAP4rev1 Server logging out\\r\\n", "silence"));
  assert_error_of (&scripted, imap_session_idle_start (session_of (&scripted)), NET_ERROR,
                   NET_ERROR_SHUTTING_DOWN);
  g_assert_cmpuint (scripted.worker.n_applied, <, 10);
  scripted_finish (&scripted);
}

/* SELECT is unsafe until an ID with more than a name has come; then ID is full from the beginning
 */
static void
test_56 (void)
{
  Scripted scripted;

  scripted_begin (&scripted,
                  SCRIPTED (SCRIPTED_HELLO "ID] hi", "C: AAAA SELECT \"a\"",
                            "S: AAAA NO SELECT Unsafe Login. Please contact kefu@188.com "
                            "for help",
                            "C* AAAB ID (\"name\" \"Pipit\" \"version\" * \"vendor\" *)",
                            "S: * ID (\"name\" \"x\")", "S: AAAB OK ID completed",
                            "C: AAAC SELECT \"a\"", "S: * 3 EXISTS", "S: * OK [UIDVALIDITY 7] x",
                            "S: AAAC OK [READ-WRITE] done", "silence"));
  scripted_connect (&scripted);
  scripted_select (&scripted);
  g_assert_cmpint (imap_session_get_state (session_of (&scripted)), ==, IMAP_STATE_SELECTED);
  g_assert_cmpuint (imap_session_get_exists (session_of (&scripted)), ==, 3);
  g_assert_true (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_FULL_ID));
  scripted_finish (&scripted);

  begin_signed_in (&scripted,
                   SCRIPTED (LOGIN ("Coremail System IMap Server Ready(163com[10774b])", "ID"),
                             "C* AAAC ID (\"name\" \"Pipit\" * \"vendor\" *)", "S: AAAC OK done",
                             "C: AAAD NOOP", "S: AAAD OK done"));
  noop (&scripted);
  scripted_finish (&scripted);
}

/* and once only: a refusal that stays is an error, and nothing is selected */
static void
test_56_refused (void)
{
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "ID] hi", "C: AAAA SELECT \"a\"",
                                       "S: AAAA NO SELECT Unsafe Login", "C* AAAB ID *",
                                       "S: AAAB OK done", "C: AAAC SELECT \"a\"",
                                       "S: AAAC NO SELECT Unsafe Login", "C: AAAD NOOP",
                                       "S: AAAD OK done"));
  scripted_connect (&scripted);
  assert_error_of (&scripted, imap_session_select (session_of (&scripted), "a", FALSE), IMAP_ERROR,
                   IMAP_ERROR_NO);
  g_assert_cmpint (imap_session_get_state (session_of (&scripted)), ==, IMAP_STATE_SIGNED_IN);
  g_assert_false (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_FULL_ID));
  noop (&scripted);
  scripted_finish (&scripted);
}

/* Sets always rise: 9:1 is BAD */
static void
test_57 (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                           "C: AAAB UID FETCH 1:3,5:9,20 (UID FLAGS)", "S: AAAB OK done"));
  worker_assert (&scripted.worker, fetch (&scripted, "20,9:5,3:1"));
  scripted_finish (&scripted);

  scripted_open (
    &scripted,
    SCRIPTED ("S: * PREAUTH [CAPABILITY IMAP4rev1] QQMail XMIMAP4Server ready", SCRIPTED_SELECT));
  g_assert_true (imap_session_has_quirk (session_of (&scripted), IMAP_QUIRK_NO_SEARCH_TEXT));
  scripted_finish (&scripted);
}

/* A literal that is shorter than announced, in the line and apart: its end is where the answer is */
static void
keep_bytes (ImapSession        *session,
            const ImapResponse *response,
            guint32             uid,
            gpointer            user_data)
{
  for (guint i = 0; i < response->fetch->n_sections; i++)
    g_string_append_len (user_data, response->fetch->sections[i].bytes,
                         (gssize) response->fetch->sections[i].size_bytes);
}

static void
test_58 (void)
{
  static const char *const sections[] = { "", NULL };
  const ImapFetchQuery query = { .sections = sections };
  static const struct { const char *announced; const char *flood; gsize size; } literals[] = {
    { "S> * 1 FETCH (UID 10 BODY[] {90}\\r\\nSubject: a\\r\\n\\r\\n", "flood 3 0123456789", 44 },
    { "S> * 1 FETCH (UID 10 BODY[] {90000}\\r\\nSubject: a\\r\\n\\r\\n", "flood 8000 0123456789",
      80014 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      g_autoptr(ImapUidSet) uids = scripted_uids ("10");
      g_autoptr(GString) bytes = g_string_new (NULL);
      Scripted scripted;

      scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                                           "C: AAAB UID FETCH 10 (UID BODY.PEEK[])",
                                           literals[i].announced, literals[i].flood,
                                           "S> )\\r\\nAAAB OK done\\r\\n", "C: AAAC NOOP",
                                           "S: AAAC OK done"));
      imap_session_set_timeouts (session_of (&scripted), NULL, 200);
      scripted_connect (&scripted);
      scripted_select (&scripted);
      worker_assert (&scripted.worker, imap_session_uid_fetch (session_of (&scripted), uids, &query,
                                                               keep_bytes, bytes));
      g_assert_cmpuint (bytes->len, ==, literals[i].size);
      g_assert_true (g_str_has_prefix (bytes->str, "Subject: a\r\n"));
      g_assert_true (g_str_has_suffix (bytes->str, "789"));
      noop (&scripted);
      scripted_finish (&scripted);
    }
}

/* RETURN (SPECIAL-USE) is BAD: the plain LIST, and at once the next time; or it is OK and empty */
static void
test_59_and_62 (void)
{
  static const char *const answers[] = { "S: AAAA BAD no", "S: AAAA OK done" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(ImapCommand) list = NULL;
      Scripted scripted;

      scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "LIST-EXTENDED SPECIAL-USE] hi",
                                           "C: AAAA LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN "
                                           "SPECIAL-USE)", answers[i], "C: AAAB LIST \"\" \"*\"",
                                           "S: * LIST () \"/\" INBOX", "S: AAAB OK done",
                                           "C: AAAC LIST \"\" \"*\"", "S: AAAC OK done"));
      scripted_connect (&scripted);
      list = imap_session_list (session_of (&scripted), "*", 0);
      g_assert_true (imap_command_await (list, NULL, NULL));
      g_assert_cmpuint (imap_command_get_lists (list)->len, ==, 1);
      worker_assert (&scripted.worker, imap_session_list (session_of (&scripted), "*", 0));
      scripted_finish (&scripted);
    }
}

/* Nothing is asked for that was not offered */
static void
test_63 (void)
{
  const ImapFetchQuery everything = { .items = G_MAXUINT,
                                      .changed_since = 5,
                                      .want_vanished = TRUE };
  g_autoptr(ImapUidSet) uids = scripted_uids ("10");
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                           "C: AAAB UID FETCH 10 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE "
                           "BODYSTRUCTURE)", "S: AAAB OK done", "C: AAAC UID SEARCH ALL",
                           "S: * SEARCH", "S: AAAC OK done",
                           "C: AAAD UID STORE 10 +FLAGS (\\Seen)", "S: AAAD OK done",
                           "C: AAAE STATUS \"b\" (MESSAGES RECENT UNSEEN UIDNEXT UIDVALIDITY)",
                           "S: AAAE OK done", "C: AAAF LIST \"\" \"*\"", "S: AAAF OK done"));
  worker_assert (&scripted.worker,
                 imap_session_uid_fetch (session_of (&scripted), uids, &everything, NULL, NULL));
  worker_assert (&scripted.worker, imap_session_uid_search (session_of (&scripted), "ALL"));
  worker_assert (
    &scripted.worker,
    imap_session_uid_store (session_of (&scripted), uids, IMAP_STORE_ADD, IMAP_FLAG_SEEN, NULL, 5));
  worker_assert (&scripted.worker, imap_session_status (session_of (&scripted), "b", G_MAXUINT));
  worker_assert (&scripted.worker, imap_session_list (session_of (&scripted), "*", G_MAXUINT));
  scripted_finish (&scripted);
}

/* Rising, falling, mixed: each number means the message that has it then */
static void
test_65 (void)
{
  static const struct { const char *const lines[3]; const char *applied;
  } orders[] = {
    { { "S: * 1 EXPUNGE", "S: * 1 EXPUNGE", "S: * 1 EXPUNGE" },
      "EXPUNGE 10;EXPUNGE 20;EXPUNGE 30;" },
    { { "S: * 3 EXPUNGE", "S: * 2 EXPUNGE", "S: * 1 EXPUNGE" },
      "EXPUNGE 30;EXPUNGE 20;EXPUNGE 10;" },
    { { "S: * 2 EXPUNGE", "S: * 2 EXPUNGE", "S: * 1 EXPUNGE" },
      "EXPUNGE 20;EXPUNGE 30;EXPUNGE 10;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      Scripted scripted;

      scripted_open (&scripted,
                     SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "C: AAAB UID SEARCH ALL",
                               "S: * SEARCH 30 10 20", "S: AAAB OK done", "C: AAAC NOOP",
                               orders[i].lines[0], orders[i].lines[1], orders[i].lines[2],
                               "S: AAAC OK done"));
      worker_assert (&scripted.worker, imap_session_uid_search (session_of (&scripted), "ALL"));
      scripted_applied (&scripted);
      noop (&scripted);
      g_assert_cmpstr (scripted_applied (&scripted), ==, orders[i].applied);
      scripted_finish (&scripted);
    }
}

/* No line is longer than servers take: 1000 octets, with CONDSTORE 8192 */
static void
assert_lines (const char *hello,
              const char *select,
              const char *measure)
{
  g_autoptr(ImapUidSet) uids = imap_uid_set_new ();
  g_autoptr(ImapCommand) command = NULL;
  Scripted scripted;

  for (guint uid = 1; uid < 20000; uid += 2)
    imap_uid_set_add (uids, uid);
  scripted_open (&scripted, SCRIPTED (hello, select, "S: * 3 EXISTS", "S: AAAA OK done", measure));
  command = imap_session_uid_fetch (session_of (&scripted), uids, &header_query, NULL, NULL);
  worker_run_for (&scripted.worker, 20);
  imap_session_close (session_of (&scripted));
  scripted_finish (&scripted);
}

static void
test_67 (void)
{
  assert_lines (SCRIPTED_HELLO "IDLE] hi", "C: AAAA SELECT \"a\"", "C< 1000");
  assert_lines (SCRIPTED_HELLO "CONDSTORE] hi", "C: AAAA SELECT \"a\" (CONDSTORE)", "C< 8192");
}

/* A password in quotes, whatever the server could do with literals; no CRAM-MD5 */
static void
test_70 (void)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("se\"s\\ame");
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 LITERAL+ AUTH=CRAM-MD5] hi",
                                       "C: AAAA LOGIN \"me\" \"se\\\"s\\\\ame\"",
                                       "S: AAAA OK [CAPABILITY IMAP4rev1] done", "silence"));
  scripted_connect (&scripted);
  g_assert_true (imap_session_sign_in (session_of (&scripted), "me", secret, NULL, NULL));
  scripted_finish (&scripted);

  scripted_begin (
    &scripted,
    SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5] hi", "silence"));
  scripted_connect (&scripted);
  g_assert_false (imap_session_sign_in (session_of (&scripted), "me", secret, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED);
  scripted_finish (&scripted);
}

static void
test_71 (void)
{
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED ("S: * BYE Too many connections", "silence"));
  g_assert_false (imap_session_connect (session_of (&scripted), NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_TOO_MANY_CONNECTIONS);
  scripted_finish (&scripted);
}

static void
test_72 (void)
{
  g_autoptr(ImapCommand) select = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT));
  scripted_connect (&scripted);
  select = imap_session_select (session_of (&scripted), "a", FALSE);
  g_assert_true (imap_command_await (select, NULL, NULL));
  g_assert_false (imap_command_get_selected (select)->has_permanent_flags);
  scripted_finish (&scripted);
}

static void
test_73 (void)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("sesame");
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_begin (&scripted,
                  SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi", "silence"));
  scripted_connect (&scripted);
  g_assert_false (imap_session_sign_in (session_of (&scripted), "me", secret, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED);
  g_assert_cmpuint (count_sent (&scripted, "LOGIN \""), ==, 0);
  scripted_finish (&scripted);
}

/* What was offered before the sign-in is not what there is afterwards; a MOVE that cannot be is an
 * answer, and the connection goes on */
static void
test_74 (void)
{
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  begin_signed_in (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1 MOVE QRESYNC] hi",
                                        "C* AAAA LOGIN *", "S: AAAA OK done", "C: AAAB CAPABILITY",
                                        "S: * CAPABILITY IMAP4rev1 MOVE", "S: AAAB OK done",
                                        "C: AAAC SELECT \"a\"", "S: * 3 EXISTS", "S: AAAC OK done",
                                        "C: AAAD UID MOVE 10 \"b\"", "S: AAAD NO [CANNOT] not here",
                                        "C: AAAE NOOP", "S: AAAE OK done"));
  g_assert_false (imap_session_has (session_of (&scripted), IMAP_CAPABILITY_QRESYNC));
  scripted_select (&scripted);
  error = scripted_try (&scripted, move (&scripted, "10"));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_NO);
  noop (&scripted);
  scripted_finish (&scripted);
}

/* Anything at any time, in pieces, with NULs between */
static void
test_76 (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT,
                           "C: AAAB UID FETCH 10,20 (UID FLAGS)", "S: * LIST () \"/\" elsewhere",
                           "S: * 4 EXISTS", "S: * 1 FETCH (UID 10)", "S> \\0\\0",
                           "S: * STATUS x (MESSAGES 3)", "S: * 1 FETCH (FLAGS (\\Seen))",
                           "S: * 3 FETCH (UID 0 FLAGS ())", "S: * 2 FETCH (UID 20 FLAGS ())",
                           "S: AAAB OK done"));
  worker_assert (&scripted.worker, fetch (&scripted, "10,20"));
  g_assert_cmpstr (scripted_applied (&scripted), ==,
                   "LIST;EXISTS;FETCH 10;STATUS;FETCH 10;FETCH;FETCH 20;");
  scripted_finish (&scripted);
}

static const struct
{
  const char *name;
  void (*func) (void);
} conversations[] = {
  { "09-move-drops-the-connection", test_09 },
  { "10-limits-in-words", test_10 },
  { "12-sent-is-filed", test_12 },
  { "14-few-status-under-way", test_14 },
  { "15-wrong-size", test_15 },
  { "16-broken-partial-fetch", test_16 },
  { "17-authenticated-not-connected", test_17 },
  { "18-garbage-ends-it", test_18 },
  { "20-copyuid-says-nothing", test_20 },
  { "21-search-returns-all", test_21 },
  { "24-exists-before-idling", test_24 },
  { "25-id-nil", test_25 },
  { "26-continuation-without-space-signs-in", test_26 },
  { "27-many-hits", test_27 },
  { "29-no-namespace", test_29 },
  { "31-domain-user", test_31 },
  { "32-descending-fetch", test_32 },
  { "34-few-uids-a-command", test_34 },
  { "35-75-no-charset", test_35_and_75 },
  { "36-few-keywords", test_36 },
  { "37-append-ends-with-crlf", test_37 },
  { "39-ok-without-body", test_39 },
  { "40-nothing-enabled", test_40 },
  { "41-esearch-without-all", test_41 },
  { "42-53-zero-as-value", test_42_and_53 },
  { "44-capabilities-asked-again", test_44 },
  { "46-idle-alone", test_46 },
  { "47-list-asks-for-all", test_47 },
  { "48-no-authorization-identity", test_48 },
  { "49-courier", test_49 },
  { "50-old-cyrus", test_50 },
  { "51-old-zimbra", test_51 },
  { "52-delete-selected", test_52 },
  { "54-tight-header-fields", test_54 },
  { "54-whole-header", test_54_whole },
  { "55-bye-for-ever", test_55 },
  { "56-unsafe-login", test_56 },
  { "56-unsafe-login-stays", test_56_refused },
  { "57-rising-sets", test_57 },
  { "58-short-literal", test_58 },
  { "59-62-plain-list", test_59_and_62 },
  { "63-only-what-is-offered", test_63 },
  { "65-expunge-in-any-order", test_65 },
  { "67-line-length", test_67 },
  { "70-quoted-password", test_70 },
  { "71-bye-as-greeting", test_71 },
  { "72-no-permanentflags", test_72 },
  { "73-logindisabled", test_73 },
  { "74-capabilities-change", test_74 },
  { "75-no-charset-at-all", test_75_refused },
  { "76-anything-at-any-time", test_76 },
};

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (conversations); i++)
    {
      g_autofree char *path = g_strconcat ("/imap/quirks/", conversations[i].name, NULL);

      g_test_add_func (path, conversations[i].func);
    }
  return g_test_run ();
}
