#include "account-error.h"
#include "account-list.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  char *directory; /* (owned) */
  char *path;      /* (owned) accounts.ini */
  AccountProfile *profile;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("pipit-list-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->profile = account_profile_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (account_profile_get_config_dir (fixture->profile),
                                    "accounts.ini", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->profile);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static AccountList *
open_list (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  AccountList *list = account_list_open (fixture->profile, &error);

  g_assert_no_error (error);
  return list;
}

static NetEndpoint *
endpoint (NetPurpose  purpose,
          const char *text)
{
  g_autoptr(GError) error = NULL;
  NetEndpoint *self = net_endpoint_parse (purpose, text, &error);

  g_assert_no_error (error);
  return self;
}

static AccountSettings *
make_account (const char *address)
{
  AccountSettings *settings = account_settings_new (address);
  g_autoptr(NetEndpoint) imap = endpoint (NET_PURPOSE_IMAP, "imap.example.org:993:tls");
  g_autoptr(NetEndpoint) smtp = endpoint (NET_PURPOSE_SMTP, "smtp.example.org:587:starttls");

  account_settings_set_imap (settings, imap, address);
  account_settings_set_smtp (settings, smtp, address);
  return settings;
}

static void
add (AccountList     *list,
     AccountSettings *settings)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (account_list_add (list, settings, &error));
  g_assert_no_error (error);
}

static char *
read_file (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (fixture->path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
write_file (Fixture    *fixture,
            const char *text)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (fixture->path, text, -1, &error);
  g_assert_no_error (error);
}

static void
fill_in_everything (AccountSettings *settings)
{
  g_autoptr(GPtrArray) identities = NULL;
  g_autoptr(NetEndpoint) plain = endpoint (NET_PURPOSE_SMTP, "mail.example.org:25:none");
  g_autoptr(NetEndpoint) allowed = net_endpoint_allow_plain (plain);

  identities = g_ptr_array_new_with_free_func ((GDestroyNotify) account_identity_unref);
  g_ptr_array_add (identities, account_identity_new ("one", "Älice; Ash", "alice@example.org",
                                                     "-- \nÄlice;\n  indented\\ and\ttabs\n"));
  g_ptr_array_add (identities, account_identity_new ("two", NULL, "shop@example.org", NULL));

  account_settings_set_name (settings, " Work; [mail] ");
  account_settings_set_provider_id (settings, "runbox");
  account_settings_set_colour (settings, "#3584e4");
  account_settings_set_smtp (settings, allowed, NULL);
  account_settings_set_own_smtp_password (settings, TRUE);
  account_settings_set_password_source (settings, ACCOUNT_PASSWORD_COMMAND, "pass show 'my mail'; x");
  account_settings_set_poll_minutes (settings, 10);
  account_settings_set_paused (settings, TRUE);
  account_settings_set_offline (settings, ACCOUNT_OFFLINE_ALL, TRUE);
  account_settings_set_folder (settings, ACCOUNT_FOLDER_SENT, "Gesendete Ünterlagen/2026");
  account_settings_set_identities (settings, identities);
}

static void
check_everything (AccountSettings *settings)
{
  NetEndpoint *smtp = account_settings_get_smtp (settings);
  AccountIdentity *first = account_settings_get_identity (settings, 0);
  AccountIdentity *second = account_settings_get_identity (settings, 1);
  g_autofree char *imap = net_endpoint_to_string (account_settings_get_imap (settings));

  g_assert_cmpstr (account_settings_get_address (settings), ==, "alice@example.org");
  g_assert_cmpstr (account_settings_get_name (settings), ==, " Work; [mail] ");
  g_assert_cmpstr (account_settings_get_provider_id (settings), ==, "runbox");
  g_assert_cmpstr (account_settings_get_colour (settings), ==, "#3584e4");
  g_assert_cmpstr (imap, ==, "imap.example.org:993:tls");
  g_assert_cmpstr (account_settings_get_imap_username (settings), ==, "alice@example.org");
  g_assert_cmpint (net_endpoint_get_security (smtp), ==, NET_SECURITY_NONE);
  g_assert_true (net_endpoint_is_plain_allowed (smtp));
  g_assert_null (account_settings_get_smtp_username (settings));
  g_assert_true (account_settings_has_own_smtp_password (settings));
  g_assert_cmpint (account_settings_get_password_source (settings), ==, ACCOUNT_PASSWORD_COMMAND);
  g_assert_cmpstr (account_settings_get_password_command (settings), ==, "pass show 'my mail'; x");
  g_assert_cmpuint (account_settings_get_poll_minutes (settings), ==, 10);
  g_assert_true (account_settings_is_paused (settings));
  g_assert_cmpint (account_settings_get_offline (settings), ==, ACCOUNT_OFFLINE_ALL);
  g_assert_true (account_settings_keeps_attachments (settings));
  g_assert_cmpstr (account_settings_get_folder (settings, ACCOUNT_FOLDER_SENT), ==,
                   "Gesendete Ünterlagen/2026");
  g_assert_null (account_settings_get_folder (settings, ACCOUNT_FOLDER_TRASH));

  g_assert_cmpuint (account_settings_get_n_identities (settings), ==, 2);
  g_assert_cmpstr (account_identity_get_id (first), ==, "one");
  g_assert_cmpstr (account_identity_get_name (first), ==, "Älice; Ash");
  g_assert_cmpstr (account_identity_get_signature (first), ==,
                   "-- \nÄlice;\n  indented\\ and\ttabs\n");
  g_assert_cmpstr (account_identity_get_address (second), ==, "shop@example.org");
  g_assert_cmpstr (account_identity_get_name (second), ==, "");
  g_assert_true (account_settings_find_identity (settings, "Shop@Example.ORG") == second);
  g_assert_null (account_settings_find_identity (settings, "nobody@example.org"));
}

static void
test_everything_comes_back (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountList) again = NULL;
  g_autoptr(AccountSettings) settings = make_account ("alice@example.org");
  g_autoptr(AccountSettings) copy = NULL;

  fill_in_everything (settings);
  copy = account_settings_copy (settings);
  check_everything (copy);
  add (list, settings);

  again = open_list (fixture);
  g_assert_cmpuint (account_list_get_n (again), ==, 1);
  check_everything (account_list_get (again, 0));
  g_assert_cmpstr (account_settings_get_uuid (account_list_get (again, 0)), ==,
                   account_settings_get_uuid (settings));
}

static void
test_no_file_is_no_account (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);

  g_assert_cmpuint (account_list_get_n (list), ==, 0);
  g_assert_null (account_list_get (list, 0));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_file_is_for_its_owner_only (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) settings = make_account ("alice@example.org");
  GStatBuf info;

  add (list, settings);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
count_cb (AccountList *list,
          gpointer     data)
{
  (*(guint *) data)++;
}

static void
count_account_cb (AccountList     *list,
                  AccountSettings *settings,
                  gpointer         data)
{
  g_assert_nonnull (account_settings_get_uuid (settings));
  (*(guint *) data)++;
}

typedef struct
{
  guint added, changed, removed, any;
} Counts;

static void
count_signals (AccountList *list,
               Counts      *counts)
{
  g_signal_connect (list, "account-added", G_CALLBACK (count_account_cb), &counts->added);
  g_signal_connect (list, "account-changed", G_CALLBACK (count_account_cb), &counts->changed);
  g_signal_connect (list, "account-removed", G_CALLBACK (count_account_cb), &counts->removed);
  g_signal_connect (list, "changed", G_CALLBACK (count_cb), &counts->any);
}

static void
check_counts (const Counts *counts,
              guint         added,
              guint         changed,
              guint         removed,
              guint         any)
{
  g_assert_cmpuint (counts->added, ==, added);
  g_assert_cmpuint (counts->changed, ==, changed);
  g_assert_cmpuint (counts->removed, ==, removed);
  g_assert_cmpuint (counts->any, ==, any);
}

static void
test_add_edit_move_remove (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(AccountSettings) bob = make_account ("bob@example.org");
  g_autoptr(AccountSettings) edited = NULL;
  g_autoptr(GError) error = NULL;
  Counts counts = { 0 };

  count_signals (list, &counts);
  add (list, alice);
  add (list, bob);
  check_counts (&counts, 2, 0, 0, 2);

  edited = account_settings_copy (alice);
  account_settings_set_name (edited, "Home");
  g_assert_true (account_list_update (list, edited, &error));
  check_counts (&counts, 2, 1, 0, 3);
  g_assert_true (account_list_match (list, "Home") == account_list_get (list, 0));
  g_assert_true (account_list_match (list, "ALICE@example.org") == account_list_get (list, 0));
  g_assert_true (account_list_match (list, account_settings_get_uuid (bob)) ==
                 account_list_get (list, 1));

  g_assert_true (account_list_move (list, account_settings_get_uuid (bob), 0, &error));
  check_counts (&counts, 2, 1, 0, 4);
  g_assert_cmpstr (account_settings_get_address (account_list_get (list, 0)), ==, "bob@example.org");

  g_assert_true (account_list_remove (list, account_settings_get_uuid (bob), &error));
  check_counts (&counts, 2, 1, 1, 5);
  g_assert_cmpuint (account_list_get_n (list), ==, 1);
  g_assert_null (account_list_find (list, account_settings_get_uuid (bob)));
  g_assert_no_error (error);
}

static void
test_removing_leaves_nothing_behind (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) settings = make_account ("alice@example.org");
  g_autofree char *text = NULL;

  add (list, settings);
  g_assert_true (account_list_remove (list, account_settings_get_uuid (settings), NULL));
  text = read_file (fixture);
  g_assert_null (strstr (text, "alice"));
  g_assert_null (strstr (text, account_settings_get_uuid (settings)));
}

static void
test_same_address_twice_is_refused (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(AccountSettings) twin = make_account ("Alice@Example.org");
  g_autoptr(AccountSettings) bob = make_account ("bob@example.org");
  g_autoptr(AccountSettings) edited = NULL;
  g_autoptr(GError) error = NULL;

  add (list, alice);
  add (list, bob);
  g_assert_false (account_list_add (list, twin, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_EXISTS);
  g_clear_error (&error);

  edited = account_settings_copy (bob);
  account_settings_set_address (edited, "alice@example.org");
  g_assert_false (account_list_update (list, edited, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_EXISTS);
  g_assert_cmpuint (account_list_get_n (list), ==, 2);
}

static void
test_unknown_accounts_are_not_found (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(GError) error = NULL;

  g_assert_false (account_list_update (list, alice, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (account_list_remove (list, "nobody", &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (account_list_move (list, "nobody", 0, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND);
}

static void
test_incomplete_settings_are_refused (Fixture       *fixture,
                                      gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) bare = account_settings_new ("alice@example.org");
  g_autoptr(AccountSettings) nobody = make_account ("nobody");
  g_autoptr(AccountSettings) commandless = make_account ("bob@example.org");
  AccountSettings *all[] = { bare, nobody, commandless };

  account_settings_set_password_source (commandless, ACCOUNT_PASSWORD_COMMAND, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (account_list_add (list, all[i], &error));
      g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_INVALID);
    }

  g_assert_cmpuint (account_list_get_n (list), ==, 0);
}

static void
test_what_is_unknown_stays (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(AccountSettings) edited = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *with_more = NULL;
  g_autofree char *after = NULL;

  add (list, alice);
  before = read_file (fixture);
  with_more = g_strconcat ("# mine\n", before, "future-key=a;b;\n\n[Of another version]\nx=1\n", NULL);
  write_file (fixture, with_more);

  edited = account_settings_copy (alice);
  account_settings_set_name (edited, "Home");
  g_assert_true (account_list_update (list, edited, &error));
  g_assert_no_error (error);

  after = read_file (fixture);
  g_assert_nonnull (strstr (after, "# mine\n"));
  g_assert_nonnull (strstr (after, "future-key=a;b;\n"));
  g_assert_nonnull (strstr (after, "[Of another version]\nx=1\n"));
  g_assert_nonnull (strstr (after, "name=Home\n"));
}

static void
test_two_lists_write_without_losing (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autoptr(AccountList) ours = open_list (fixture);
  g_autoptr(AccountList) theirs = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(AccountSettings) bob = make_account ("bob@example.org");
  g_autoptr(GError) error = NULL;
  Counts counts = { 0 };

  add (ours, alice);
  add (theirs, bob);
  g_assert_cmpuint (account_list_get_n (theirs), ==, 2);
  g_assert_cmpuint (account_list_get_n (ours), ==, 1);

  count_signals (ours, &counts);
  g_assert_true (account_list_reload (ours, &error));
  g_assert_cmpuint (account_list_get_n (ours), ==, 2);
  check_counts (&counts, 1, 0, 0, 1);

  g_assert_true (account_list_reload (ours, &error));
  check_counts (&counts, 1, 0, 0, 1);
}

static gboolean
give_up_cb (gpointer data)
{
  g_error ("the change of the file was not noticed");
  return G_SOURCE_REMOVE;
}

static void
test_watching_notices_other_processes (Fixture       *fixture,
                                       gconstpointer  data)
{
  g_autoptr(AccountList) ours = open_list (fixture);
  g_autoptr(AccountList) theirs = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(GError) error = NULL;
  guint give_up = g_timeout_add_seconds (10, give_up_cb, NULL);

  g_assert_true (account_list_watch (ours, &error));
  g_assert_no_error (error);
  add (theirs, alice);
  while (account_list_get_n (ours) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (give_up);
}

static void
check_is_refused_and_left_alone (Fixture      *fixture,
                                 const char   *text,
                                 AccountError  code)
{
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");
  g_autoptr(AccountList) before = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *after = NULL;

  g_unlink (fixture->path);
  before = open_list (fixture);
  write_file (fixture, text);

  g_assert_null (account_list_open (fixture->profile, &error));
  g_assert_error (error, ACCOUNT_ERROR, (int) code);
  g_clear_error (&error);

  /* An open list does not write over it either. */
  g_assert_false (account_list_add (before, alice, &error));
  g_assert_error (error, ACCOUNT_ERROR, (int) code);
  after = read_file (fixture);
  g_assert_cmpstr (after, ==, text);
}

#define HEAD "[Pipit]\nformat=1\naccounts=u1;\n"
#define ACCOUNT HEAD "[Account u1]\naddress=a@example.org\nimap=imap.example.org:993:tls\nimap-username=a\n"

static void
test_malformed_files_are_left_alone (Fixture       *fixture,
                                     gconstpointer  data)
{
  static const char * const texts[] = {
    "this is no key file",
    "[Another program]\nx=1\n",
    "[Pipit]\nformat=soon\n",
    HEAD,
    HEAD "[Account u1]\nname=x\n",
    ACCOUNT "smtp=nowhere\n",
    ACCOUNT "paused=perhaps\n",
    ACCOUNT "offline=sometimes\n",
    ACCOUNT "password=guess\n",
    ACCOUNT "poll-minutes=-1\n",
    ACCOUNT "identities=i1;\n",
    ACCOUNT "identities=i1;\n[Identity u1 i1]\nname=x\n",
    ACCOUNT "name=\xff\n",
  };
  g_autoptr(AccountList) list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    check_is_refused_and_left_alone (fixture, texts[i], ACCOUNT_ERROR_MALFORMED);

  check_is_refused_and_left_alone (fixture, "[Pipit]\nformat=2\naccounts=\n", ACCOUNT_ERROR_NEWER);

  write_file (fixture, ACCOUNT);
  list = open_list (fixture);
  g_assert_cmpuint (account_list_get_n (list), ==, 1);
  g_assert_cmpuint (account_settings_get_n_identities (account_list_get (list, 0)), ==, 1);
}

static void
test_setting_aside_loses_nothing (Fixture       *fixture,
                                  gconstpointer  data)
{
  g_autoptr(AccountList) list = NULL;
  g_autofree char *path = NULL;
  g_autofree char *second_path = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  write_file (fixture, "broken");
  g_assert_true (account_list_set_aside (fixture->profile, &path, &error));
  write_file (fixture, "broken again");
  g_assert_true (account_list_set_aside (fixture->profile, &second_path, &error));
  g_assert_no_error (error);

  g_assert_cmpstr (path, !=, second_path);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_cmpstr (text, ==, "broken");
  list = open_list (fixture);
  g_assert_cmpuint (account_list_get_n (list), ==, 0);
}

static void
test_frozen_settings_cannot_be_changed (Fixture       *fixture,
                                        gconstpointer  data)
{
  g_autoptr(AccountList) list = open_list (fixture);
  g_autoptr(AccountSettings) alice = make_account ("alice@example.org");

  add (list, alice);
  g_test_expect_message ("pipit-account", G_LOG_LEVEL_CRITICAL, "*frozen*");
  account_settings_set_paused (alice, TRUE);
  g_test_assert_expected_messages ();
  g_assert_false (account_settings_is_paused (alice));
}

#define ADD(name, function) \
  g_test_add ("/account/list/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("round-trip", test_everything_comes_back);
  ADD ("no-file", test_no_file_is_no_account);
  ADD ("private", test_file_is_for_its_owner_only);
  ADD ("add-edit-move-remove", test_add_edit_move_remove);
  ADD ("removed", test_removing_leaves_nothing_behind);
  ADD ("same-address", test_same_address_twice_is_refused);
  ADD ("not-found", test_unknown_accounts_are_not_found);
  ADD ("incomplete", test_incomplete_settings_are_refused);
  ADD ("unknown-keys", test_what_is_unknown_stays);
  ADD ("two-lists", test_two_lists_write_without_losing);
  ADD ("watch", test_watching_notices_other_processes);
  ADD ("malformed", test_malformed_files_are_left_alone);
  ADD ("set-aside", test_setting_aside_loses_nothing);
  ADD ("frozen", test_frozen_settings_cannot_be_changed);

  return g_test_run ();
}
