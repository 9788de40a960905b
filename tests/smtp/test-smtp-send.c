/* A message's way to the server, and every way in which it can end. */

#include <string.h>

#include "base-time.h"
#include "net-test-worker.h"
#include "smtp-test-dialogue.h"

#define MESSAGE "From: a@b.c\r\nBcc: z@b.c,\r\n y@b.c\r\nSubject: Hi\r\n\r\nText\n.dot\n"
#define WIRE "From: a@b.c\r\nSubject: Hi\r\n\r\nText\r\n..dot\r\n"

#define BEGIN "S: 220 hello", "C: EHLO [127.0.0.1]", "S: 250-hello"

typedef struct
{
  Dialogue dialogue;
  SmtpPolicy policy;
  const char *sender;
  const char *recipients[4];
  GBytes *message;           /* (owned) */
  SmtpCommitFunc commit;
  SmtpResult *result;        /* (owned) (nullable) */
  GError *error;             /* (owned) (nullable) */
  guint commits;
  gboolean dot_before_commit;
} Sending;

static gboolean
on_commit (gpointer   user_data,
           GError   **error)
{
  Sending *self = user_data;

  self->commits++;

  /* long enough for a dot that had been written to arrive */
  g_usleep (100 * 1000);
  self->dot_before_commit = g_atomic_int_get (&self->dialogue.dot_seen) != 0;

  return TRUE;
}

static void
sending_begin (Sending            *self,
               const char * const *lines)
{
  static const SmtpTimeouts impatient = { 3000, 3000, 500 };

  *self = (Sending) { 0 };
  self->sender = "a@b.c";
  self->recipients[0] = "d@e.f";
  self->message = g_bytes_new_static (MESSAGE, strlen (MESSAGE));
  self->commit = on_commit;
  dialogue_begin (&self->dialogue, lines, NET_SECURITY_NONE, NULL);
  smtp_session_set_timeouts (self->dialogue.session, &impatient);
  smtp_session_connect (self->dialogue.session, NULL, &self->error);
  g_assert_no_error (self->error);
}

static gboolean
sending_run (Sending *self)
{
  gboolean success;

  g_clear_error (&self->error);
  g_clear_pointer (&self->result, smtp_result_unref);
  success = smtp_session_send (self->dialogue.session, self->sender, self->recipients,
                               self->message, self->policy, self->commit, self, &self->result,
                               self->dialogue.cancellable, &self->error);
  g_assert_cmpint (success, ==, self->error == NULL);
  if (self->error != NULL)
    g_test_message ("%s", self->error->message);

  return success;
}

static gboolean
sending_is_open (Sending *self)
{
  return smtp_session_is_open (self->dialogue.session);
}

static void
sending_end (Sending *self)
{
  dialogue_end (&self->dialogue);
  dialogue_clear (&self->dialogue);
  g_clear_pointer (&self->result, smtp_result_unref);
  g_clear_pointer (&self->message, g_bytes_unref);
  g_clear_error (&self->error);
}

static void
sending_set_message (Sending    *self,
                     const char *text)
{
  g_bytes_unref (self->message);
  self->message = g_bytes_new (text, strlen (text));
}

/* Success */

static void
test_one_by_one (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 SIZE",
    "C: MAIL FROM:<a@b.c> SIZE=40", "sleep", "S: 250 2.1.0 fine",
    "C: RCPT TO:<d@e.f>", "S: 250 2.1.5 fine",
    "C: RCPT TO:<g@h.i>", "S: 251 2.1.5 forwarded",
    "C: DATA", "S: 354 go on", "data", "S: 250 2.0.0 queued as 42",
    "C: QUIT", "S: 221 bye", NULL
  };
  Sending sending;
  g_autofree char *text = NULL;

  sending_begin (&sending, lines);
  sending.recipients[1] = "g@h.i";
  sending_run (&sending);
  g_assert_no_error (sending.error);
  g_assert_cmpuint (sending.commits, ==, 1);
  g_assert_false (sending.dot_before_commit);
  g_assert_cmpuint (smtp_result_count_accepted (sending.result), ==, 2);
  g_assert_cmpstr (smtp_result_get_recipient (sending.result, 1), ==, "g@h.i");
  g_assert_cmpuint (smtp_reply_get_code (smtp_result_get_recipient_reply (sending.result, 1)), ==,
                    251);
  text = smtp_reply_dup_text (smtp_result_get_final_reply (sending.result));
  g_assert_cmpstr (text, ==, "250 2.0.0 queued as 42");

  smtp_session_quit (sending.dialogue.session, NULL);
  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.data->str, ==, WIRE);
  sending_end (&sending);
}

/* All three commands are there before any is answered */
static void
test_pipelined (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 PIPELINING",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA",
    "S: 250 fine", "S: 250 fine", "S: 354 go on", "data", "S: 250 taken",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA",
    "S: 250 fine", "S: 250 fine", "S: 354 go on", "data", "S: 250 taken", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_true (sending_run (&sending));
  g_assert_true (sending_run (&sending));
  g_assert_true (sending_is_open (&sending));
  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.data->str, ==, WIRE WIRE);
  sending_end (&sending);
}

static void
test_no_sender (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 HELP", "C: MAIL FROM:<>", "S: 250 fine", "C: RCPT TO:<d@e.f>", "S: 250 fine",
    "C: DATA", "S: 354 go on", "data", "S: 250 taken", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  sending.sender = "";
  g_assert_true (sending_run (&sending));
  sending_end (&sending);
}

static void
test_8bit (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250-8BITMIME", "S: 250 SMTPUTF8",
    "C: MAIL FROM:<a@b.c> BODY=8BITMIME", "S: 250 fine", "C: RCPT TO:<d@e.f>", "S: 250 fine",
    "C: DATA", "S: 354 go on", "data", "S: 250 taken",
    "C: MAIL FROM:<a@b.c> BODY=8BITMIME SMTPUTF8", "S: 250 fine", "C: RCPT TO:<dö@xn--fiqs8s>",
    "S: 250 fine", "C: DATA", "S: 354 go on", "data", "S: 250 taken",
    "C: MAIL FROM:<a@xn--b-jga.c>", "S: 250 fine", "C: RCPT TO:<d@e.f>", "S: 250 fine",
    "C: DATA", "S: 354 go on", "data", "S: 250 taken", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  sending_set_message (&sending, "A: b\r\n\r\nü\r\n");
  g_assert_true (sending_run (&sending));

  sending.recipients[0] = "dö@中国";
  g_assert_true (sending_run (&sending));

  /* an international domain alone needs nothing of the server */
  sending_set_message (&sending, "A: b\r\n\r\nu\r\n");
  sending.sender = "a@bí.c";
  sending.recipients[0] = "d@e.f";
  sending_run (&sending);
  g_assert_no_error (sending.error);
  sending_end (&sending);
}

/* Refused before anything is sent */

static void
assert_nothing_sent (Sending   *sending,
                     SmtpError  code)
{
  g_assert_false (sending_run (sending));
  g_assert_error (sending->error, SMTP_ERROR, (int) code);
  g_assert_null (sending->result);
  g_assert_true (sending_is_open (sending));
  g_assert_cmpuint (sending->commits, ==, 0);
}

static void
test_too_large (void)
{
  static const char * const lines[] = { BEGIN, "S: 250 SIZE 39", "wait", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  assert_nothing_sent (&sending, SMTP_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (sending.error->message, "40 bytes"));
  g_assert_nonnull (strstr (sending.error->message, "takes 39"));
  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.heard_at_end->str, ==, "");
  sending_end (&sending);
}

static void
test_not_supported (void)
{
  static const char * const lines[] = { BEGIN, "S: 250 SIZE", "wait", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  sending_set_message (&sending, "A: b\r\n\r\nü\r\n");
  assert_nothing_sent (&sending, SMTP_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (sending.error->message, "8BITMIME"));

  sending_set_message (&sending, "A: ü\r\n\r\nb\r\n");
  assert_nothing_sent (&sending, SMTP_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (sending.error->message, "SMTPUTF8"));

  sending_set_message (&sending, "A: b\r\n\r\nb\r\n");
  sending.recipients[0] = "ü@b.c";
  assert_nothing_sent (&sending, SMTP_ERROR_NOT_SUPPORTED);

  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.heard_at_end->str, ==, "");
  sending_end (&sending);
}

/* Nothing in an address becomes a command or a parameter */
static void
test_addresses (void)
{
  static const char * const bad[] = {
    "a", "@b.c", "a@", "a@b..c", "a@.c", "a@b c", "a b@c.d", "a@b.c>", "<a@b.c>", "a@b.c\r\nDATA",
    "a\n@b.c", "a@b.c\r\n.\r\n", "a@b.c NOTIFY=NEVER", "a@b.c> SIZE=1",
    "\"a\"b\"@c.d", "\"a\\\"@c.d",
    "a\xff@b.c", "a@[1.2.3.4", "a,b@c.d", "a@b@c.d", "",
  };
  static const char * const lines[] = { BEGIN, "S: 250 SMTPUTF8", "wait", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      sending.recipients[0] = bad[i];
      assert_nothing_sent (&sending, SMTP_ERROR_INVALID);
      sending.recipients[0] = "d@e.f";
      sending.sender = *bad[i] != '\0' ? bad[i] : "x";
      assert_nothing_sent (&sending, SMTP_ERROR_INVALID);
      sending.sender = "a@b.c";
    }

  sending.recipients[0] = NULL;
  assert_nothing_sent (&sending, SMTP_ERROR_INVALID);
  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.heard_at_end->str, ==, "");
  sending_end (&sending);
}

static void
test_unusual_addresses (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 HELP",
    "C: MAIL FROM:<a+b=c@b.c>", "S: 250 fine", "C: RCPT TO:<\"a b\"@e.f>", "S: 250 fine",
    "C: RCPT TO:<o'x_y#z@[192.0.2.1]>", "S: 250 fine",
    "C: DATA", "S: 354 go on", "data", "S: 250 taken", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  sending.sender = "a+b=c@b.c";
  sending.recipients[0] = "\"a b\"@e.f";
  sending.recipients[1] = "o'x_y#z@[192.0.2.1]";
  sending_run (&sending);
  g_assert_no_error (sending.error);
  sending_end (&sending);
}

/* Refused by the server */

static void
test_sender_refused (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 PIPELINING",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA",
    "S: 553 5.7.1 not yours", "S: 503 first MAIL", "S: 503 first MAIL",
    "C: RSET", "S: 250 fine",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA",
    "S: 250 fine", "S: 250 fine", "S: 354 go on", "data", "S: 250 taken", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_PERMANENT);
  g_assert_null (smtp_result_get_recipient_reply (sending.result, 0));
  g_assert_cmpuint (smtp_reply_get_code (smtp_result_get_final_reply (sending.result)), ==, 553);
  g_assert_cmpuint (sending.commits, ==, 0);

  g_assert_true (sending_run (&sending));
  sending_end (&sending);
}

static void
test_sender_refused_for_now (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 HELP", "C: MAIL FROM:<a@b.c>", "S: 451 4.3.0 later", "C: RSET", "S: 250 fine",
    "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_TEMPORARY);
  sending_end (&sending);
}

static void
test_too_large_says_the_server (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 SIZE", "C: MAIL FROM:<a@b.c> SIZE=40", "S: 552 5.3.4 too big", "C: RSET",
    "S: 250 fine", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_TOO_LARGE);
  sending_end (&sending);
}

static void
test_one_of_several_refused (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 PIPELINING",
    /* not with DATA: whether to go on is not known yet */
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: RCPT TO:<g@h.i>", "C: RCPT TO:<j@k.l>",
    "sleep", "S: 250 fine", "S: 250 fine", "S: 550 5.1.1 unknown", "S: 452 4.5.3 too many",
    "C: RSET", "S: 250 fine", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  sending.recipients[1] = "g@h.i";
  sending.recipients[2] = "j@k.l";
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_RECIPIENTS);
  g_assert_nonnull (strstr (sending.error->message, "2 of 3"));
  g_assert_nonnull (strstr (sending.error->message, "550 5.1.1 unknown"));
  g_assert_true (smtp_result_is_accepted (sending.result, 0));
  g_assert_false (smtp_result_is_accepted (sending.result, 1));
  g_assert_true (smtp_reply_is_permanent (
    smtp_result_get_recipient_reply (sending.result, 1)));
  g_assert_true (smtp_reply_is_temporary (
    smtp_result_get_recipient_reply (sending.result, 2)));
  g_assert_cmpuint (sending.commits, ==, 0);
  sending_end (&sending);
}

static void
test_sent_to_those_accepted (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 PIPELINING",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: RCPT TO:<g@h.i>", "C: DATA",
    "S: 250 fine", "S: 550 5.1.1 unknown", "S: 250 fine", "S: 354 go on", "data", "S: 250 taken",
    "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  sending.policy = SMTP_POLICY_ANY;
  sending.recipients[1] = "g@h.i";
  g_assert_true (sending_run (&sending));
  g_assert_cmpuint (smtp_result_count_accepted (sending.result), ==, 1);
  g_assert_false (smtp_result_is_accepted (sending.result, 0));
  g_assert_true (smtp_result_is_accepted (sending.result, 1));
  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.data->str, ==, WIRE);
  sending_end (&sending);
}

static void
test_all_refused (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 PIPELINING",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA",
    "S: 250 fine", "S: 550 5.1.1 unknown", "S: 554 5.5.1 no valid recipients",
    "C: RSET", "S: 250 fine", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  sending.policy = SMTP_POLICY_ANY;
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_RECIPIENTS);
  g_assert_true (sending_is_open (&sending));
  sending_end (&sending);
}

static void
test_all_refused_for_now (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 HELP",
    "C: MAIL FROM:<a@b.c>", "S: 250 fine", "C: RCPT TO:<d@e.f>", "S: 450 4.2.0 greylisted",
    "C: RSET", "S: 250 fine", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_TEMPORARY);
  sending_end (&sending);
}

/* A server that goes on although nobody is left: a dot would send an empty message */
static void
test_go_on_for_nobody (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 PIPELINING",
    "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA",
    "S: 250 fine", "S: 550 5.1.1 unknown", "S: 354 go on", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_RECIPIENTS);
  g_assert_false (sending_is_open (&sending));
  dialogue_end (&sending.dialogue);
  g_assert_cmpstr (sending.dialogue.heard_at_end->str, ==, "");
  sending_end (&sending);
}

static void
test_data_refused (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 HELP",
    "C: MAIL FROM:<a@b.c>", "S: 250 fine", "C: RCPT TO:<d@e.f>", "S: 250 fine", "C: DATA",
    "S: 451 4.3.0 no room", "C: RSET", "S: 250 fine", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_TEMPORARY);
  g_assert_cmpuint (sending.commits, ==, 0);
  sending_end (&sending);
}

/* Around the dot */

#define TO_DATA \
  BEGIN, "S: 250 PIPELINING", "C: MAIL FROM:<a@b.c>", "C: RCPT TO:<d@e.f>", "C: DATA", \
  "S: 250 fine", "S: 250 fine", "S: 354 go on"

static void
test_after_the_dot (void)
{
  static const struct
  {
    const char *answer;
    gboolean smtp;
    int code;
  } table[] = {
    { "S: 554 5.6.0 bad message", TRUE, SMTP_ERROR_PERMANENT },
    { "S: 550 5.7.1 spam", TRUE, SMTP_ERROR_PERMANENT },
    { "S: 552 5.3.4 too big", TRUE, SMTP_ERROR_TOO_LARGE },
    { "S: 552 message exceeds maximum size", TRUE, SMTP_ERROR_TOO_LARGE },
    { "S: 552 5.2.2 mailbox full", TRUE, SMTP_ERROR_PERMANENT },
    { "S: 451 4.3.0 later", TRUE, SMTP_ERROR_TEMPORARY },
    { "S: 421 4.3.2 closing", FALSE, NET_ERROR_SHUTTING_DOWN },
    /* none of these is an answer */
    { "wait", TRUE, SMTP_ERROR_UNSURE },
    { "reset", TRUE, SMTP_ERROR_UNSURE },
    { NULL, TRUE, SMTP_ERROR_UNSURE },
    { "raw 250", TRUE, SMTP_ERROR_UNSURE },
    { "raw 250-", TRUE, SMTP_ERROR_UNSURE },
    { "S: perhaps", TRUE, SMTP_ERROR_UNSURE },
    { "S: 354 go on", TRUE, SMTP_ERROR_UNSURE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char * const lines[] = { TO_DATA, "data", table[i].answer, "wait", NULL };
      GQuark domain = table[i].smtp ? SMTP_ERROR : NET_ERROR;
      Sending sending;

      g_test_message ("%s", table[i].answer);
      sending_begin (&sending, lines);
      g_assert_false (sending_run (&sending));
      g_assert_error (sending.error, domain, table[i].code);
      g_assert_cmpuint (sending.commits, ==, 1);
      g_assert_false (sending.dot_before_commit);
      g_assert_false (sending_is_open (&sending));
      dialogue_end (&sending.dialogue);
      g_assert_cmpstr (sending.dialogue.data->str, ==, WIRE);
      sending_end (&sending);
    }
}

static gboolean
on_commit_refused (gpointer   user_data,
                   GError   **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The disk is full");
  return FALSE;
}

static void
test_commit_refused (void)
{
  static const char * const lines[] = { TO_DATA, "wait", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  sending.commit = on_commit_refused;
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_false (sending_is_open (&sending));
  dialogue_end (&sending.dialogue);
  g_assert_cmpint (sending.dialogue.dot_seen, ==, 0);
  g_assert_cmpuint (sending.dialogue.heard_at_end->len, >, 0);
  sending_end (&sending);
}

static gboolean
on_commit_cancel (gpointer   user_data,
                  GError   **error)
{
  Sending *self = user_data;

  g_cancellable_cancel (self->dialogue.cancellable);
  return TRUE;
}

/* From the commit on only the answer counts: who gave up would not know what happened */
static void
test_cancelled_behind_the_commit (void)
{
  static const char * const lines[] = { TO_DATA, "data", "sleep", "S: 250 taken", "wait", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  sending.commit = on_commit_cancel;
  sending_run (&sending);
  g_assert_no_error (sending.error);
  sending_end (&sending);
}

static void
test_cancelled_before (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 HELP", "C: MAIL FROM:<a@b.c>", "cancel", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (sending_is_open (&sending));
  sending_end (&sending);
}

/* Large messages */

static GBytes *
large_message (gsize size)
{
  GString *text = g_string_new ("Subject: large\r\n\r\n");

  while (text->len < size)
    g_string_append (text, ".1234567890123456789012345678901234567890123456789012345\r\n");

  return g_string_free_to_bytes (text);
}

static void
make_large (Sending *self)
{
  g_bytes_unref (self->message);
  self->message = large_message (20 * 1000 * 1000);
}

static void
test_large (void)
{
  static const char * const lines[] = { TO_DATA, "sleep", "data", "S: 250 taken", "wait", NULL };
  Sending sending;
  gsize size;
  gint64 began_us;

  sending_begin (&sending, lines);
  make_large (&sending);
  size = g_bytes_get_size (sending.message);
  began_us = base_time_boottime_us ();
  sending_run (&sending);
  g_test_message ("%" G_GSIZE_FORMAT " bytes in %" G_GINT64_FORMAT " ms", size,
                  (base_time_boottime_us () - began_us) / 1000);
  g_assert_no_error (sending.error);
  dialogue_end (&sending.dialogue);
  g_assert_cmpuint (sending.dialogue.data->len, >, size);
  sending_end (&sending);
}

/* The server takes nothing more: the buffers are full, and the message stays incomplete */
static void
test_cancelled_in_the_message (void)
{
  static const char * const lines[] = { TO_DATA, "some", "cancel", "sleep", "sleep", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  make_large (&sending);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (sending.commits, ==, 0);
  g_assert_false (sending_is_open (&sending));
  sending_end (&sending);
}

static void
assert_cut_in_the_message (const char *end)
{
  const char * const lines[] = { TO_DATA, "some", end, NULL };
  Sending sending;

  sending_begin (&sending, lines);
  make_large (&sending);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, NET_ERROR, NET_ERROR_CLOSED);
  g_assert_cmpuint (sending.commits, ==, 0);
  sending_end (&sending);
}

static void
test_cut_in_the_message (void)
{
  assert_cut_in_the_message (NULL);
  assert_cut_in_the_message ("reset");
}

static void
test_refused_in_the_message (void)
{
  static const char * const lines[] = {
    TO_DATA, "some", "S: 552 5.3.4 enough", "wait", NULL
  };
  Sending sending;

  sending_begin (&sending, lines);
  make_large (&sending);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, SMTP_ERROR, SMTP_ERROR_TOO_LARGE);
  g_assert_cmpuint (sending.commits, ==, 0);
  g_assert_false (sending_is_open (&sending));
  sending_end (&sending);
}

static void
test_silent_in_the_message (void)
{
  static const SmtpTimeouts impatient = { 3000, 300, 3000 };
  static const char * const lines[] = { TO_DATA, "some", "sleep", "sleep", "sleep", NULL };
  Sending sending;

  sending_begin (&sending, lines);
  smtp_session_set_timeouts (sending.dialogue.session, &impatient);
  make_large (&sending);
  g_assert_false (sending_run (&sending));
  g_assert_error (sending.error, NET_ERROR, NET_ERROR_TIMED_OUT);
  g_assert_cmpuint (sending.commits, ==, 0);
  sending_end (&sending);
}

/* More commands and answers than fit into any buffer, answered as they come */

#define CROWD 20000

static void
answer_crowd (NetTestPeer *peer,
              gpointer     user_data)
{
  net_test_peer_write (peer, "220 hello\r\n");

  while (TRUE)
    {
      g_autofree char *line = net_test_peer_read_line (peer);

      if (line == NULL)
        return;
      if (g_str_has_prefix (line, "EHLO"))
        net_test_peer_write (peer, "250-hello\r\n250 PIPELINING\r\n");
      else if (g_str_equal (line, "DATA"))
        net_test_peer_write (peer, "354 go on\r\n");
      else if (g_str_has_prefix (line, "RCPT TO:<1"))
        net_test_peer_write (peer, "550 5.1.1 This one is not known here, and never was\r\n");
      else if (g_str_has_prefix (line, "RCPT") || g_str_has_prefix (line, "MAIL") ||
               g_str_equal (line, "."))
        net_test_peer_write (peer, "250 2.1.5 This one is known here and always was\r\n");
    }
}

static void
test_many_recipients (void)
{
  g_autoptr(NetTestServer) server = net_test_server_new (answer_crowd, NULL);
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(SmtpSession) session = NULL;
  g_autoptr(SmtpResult) result = NULL;
  g_autoptr(GBytes) message = g_bytes_new_static (MESSAGE, strlen (MESSAGE));
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) recipients = g_new0 (char *, CROWD + 1);

  for (guint i = 0; i < CROWD; i++)
    recipients[i] = g_strdup_printf ("%u@example.org", i + 1);

  endpoint = net_endpoint_new (NET_PURPOSE_SMTP, "127.0.0.1", net_test_server_get_port (server),
                               NET_SECURITY_NONE);
  session = smtp_session_new (endpoint, NULL, NULL);
  g_assert_true (smtp_session_connect (session, NULL, NULL));
  smtp_session_send (session, "a@b.c", (const char * const *) recipients, message, SMTP_POLICY_ANY,
                     NULL, NULL, &result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (smtp_result_count_accepted (result), ==, CROWD - 11111);
  g_assert_false (smtp_result_is_accepted (result, 0));
  g_assert_true (smtp_result_is_accepted (result, 1));
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  net_test_worker_begin ();

  g_test_add_func ("/smtp/send/one-by-one", test_one_by_one);
  g_test_add_func ("/smtp/send/pipelined", test_pipelined);
  g_test_add_func ("/smtp/send/no-sender", test_no_sender);
  g_test_add_func ("/smtp/send/8bit", test_8bit);
  g_test_add_func ("/smtp/send/too-large", test_too_large);
  g_test_add_func ("/smtp/send/not-supported", test_not_supported);
  g_test_add_func ("/smtp/send/addresses", test_addresses);
  g_test_add_func ("/smtp/send/unusual-addresses", test_unusual_addresses);
  g_test_add_func ("/smtp/refused/sender", test_sender_refused);
  g_test_add_func ("/smtp/refused/sender-for-now", test_sender_refused_for_now);
  g_test_add_func ("/smtp/refused/too-large", test_too_large_says_the_server);
  g_test_add_func ("/smtp/refused/one-of-several", test_one_of_several_refused);
  g_test_add_func ("/smtp/refused/sent-to-those-accepted", test_sent_to_those_accepted);
  g_test_add_func ("/smtp/refused/all", test_all_refused);
  g_test_add_func ("/smtp/refused/all-for-now", test_all_refused_for_now);
  g_test_add_func ("/smtp/refused/go-on-for-nobody", test_go_on_for_nobody);
  g_test_add_func ("/smtp/refused/data", test_data_refused);
  g_test_add_func ("/smtp/dot/after", test_after_the_dot);
  g_test_add_func ("/smtp/dot/commit-refused", test_commit_refused);
  g_test_add_func ("/smtp/dot/cancelled-behind-the-commit", test_cancelled_behind_the_commit);
  g_test_add_func ("/smtp/cancel/before", test_cancelled_before);
  g_test_add_func ("/smtp/large/sent", test_large);
  g_test_add_func ("/smtp/large/cancelled", test_cancelled_in_the_message);
  g_test_add_func ("/smtp/large/cut", test_cut_in_the_message);
  g_test_add_func ("/smtp/large/refused", test_refused_in_the_message);
  g_test_add_func ("/smtp/large/silent", test_silent_in_the_message);
  g_test_add_func ("/smtp/large/many-recipients", test_many_recipients);

  status = g_test_run ();
  net_test_worker_end ();

  return status;
}
