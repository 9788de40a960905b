#include "account-error.h"
#include "account-secrets.h"

#include <glib/gstdio.h>
#include <string.h>

/* Passwords that come from elsewhere than a keyring. What needs one is in test-account-keyring. */

typedef struct
{
  char *directory; /* (owned) */
  AccountProfile *profile;
  AccountSecrets *secrets;
  AccountSettings *settings;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("pipit-secrets-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->profile = account_profile_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->secrets = account_secrets_new (fixture->profile);
  fixture->settings = account_settings_new ("alice@example.org");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->secrets);
  account_settings_unref (fixture->settings);
  g_object_unref (fixture->profile);
  g_free (fixture->directory);
}

static void
use_command (Fixture    *fixture,
             const char *command)
{
  account_settings_set_password_source (fixture->settings, ACCOUNT_PASSWORD_COMMAND, command);
}

static void
check_password (Fixture        *fixture,
                AccountService  service,
                const char     *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BaseSecret) secret = NULL;

  secret = account_secrets_lookup (fixture->secrets, fixture->settings, service, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (base_secret_peek (secret), ==, expected);
}

static void
check_error (Fixture      *fixture,
             AccountError  code)
{
  g_autoptr(GError) error = NULL;
  BaseSecret *secret;

  secret = account_secrets_lookup (fixture->secrets, fixture->settings, ACCOUNT_SERVICE_IMAP,
                                   &error);
  g_assert_null (secret);
  g_assert_error (error, ACCOUNT_ERROR, (int) code);
}

static void
test_command_s_first_line_is_the_password (Fixture       *fixture,
                                           gconstpointer  data)
{
  use_command (fixture, "printf 'p\\303\\244ss \"q\\\\\\n'");
  check_password (fixture, ACCOUNT_SERVICE_IMAP, "päss \"q\\");

  use_command (fixture, "printf 'secret\\r\\nuser: alice\\n'");
  check_password (fixture, ACCOUNT_SERVICE_IMAP, "secret");

  use_command (fixture, "printf ' spaces stay '");
  check_password (fixture, ACCOUNT_SERVICE_IMAP, " spaces stay ");
}

static void
test_no_shell_takes_part (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autofree char *trap = g_build_filename (fixture->directory, "trap", NULL);
  g_autofree char *command = g_strdup_printf ("echo x; touch %s $(touch %s) | touch %s", trap, trap, trap);
  g_autofree char *expected = g_strdup_printf ("x; touch %s $(touch %s) | touch %s", trap, trap, trap);

  use_command (fixture, command);
  check_password (fixture, ACCOUNT_SERVICE_IMAP, expected);
  g_assert_false (g_file_test (trap, G_FILE_TEST_EXISTS));
}

static void
test_commands_that_fail (Fixture       *fixture,
                         gconstpointer  data)
{
  static const char * const commands[] = {
    "false",
    "sh -c 'echo secret; exit 3'",
    "sh -c 'echo secret; kill -9 $$'",
    "true",
    "echo",
    "printf '\\377\\376'",
    "printf 'a\\000b'",
    "/nonexistent/program",
    "echo 'unbalanced",
    "head -c 100000 /dev/zero",
    "yes",
  };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_test_message ("%s", commands[i]);
      use_command (fixture, commands[i]);
      check_error (fixture, ACCOUNT_ERROR_COMMAND_FAILED);
    }
}

static void
test_command_s_input_is_empty (Fixture       *fixture,
                               gconstpointer  data)
{
  use_command (fixture, "sh -c 'cat; echo secret'");
  check_password (fixture, ACCOUNT_SERVICE_IMAP, "secret");
}

static void
test_command_knows_the_service (Fixture       *fixture,
                                gconstpointer  data)
{
  use_command (fixture, "sh -c 'echo \"for $PIPIT_SERVICE\"'");
  check_password (fixture, ACCOUNT_SERVICE_IMAP, "for imap");
  check_password (fixture, ACCOUNT_SERVICE_SMTP, "for imap");
  account_settings_set_own_smtp_password (fixture->settings, TRUE);
  check_password (fixture, ACCOUNT_SERVICE_SMTP, "for smtp");
}

static void
result_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
test_a_command_can_be_cancelled (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  gint64 began_us = g_get_monotonic_time ();

  use_command (fixture, "sleep 60");
  account_secrets_lookup_async (fixture->secrets, fixture->settings, ACCOUNT_SERVICE_IMAP,
                                cancellable, result_cb, &result);
  g_timeout_add (50, cancel_cb, cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_null (account_secrets_lookup_finish (fixture->secrets, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 10 * G_USEC_PER_SEC);
}

static void
test_nothing_is_stored_beside_a_command (Fixture       *fixture,
                                         gconstpointer  data)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("other");
  g_autoptr(GError) error = NULL;

  use_command (fixture, "echo secret");
  g_assert_false (account_secrets_store (fixture->secrets, fixture->settings, ACCOUNT_SERVICE_IMAP,
                                         secret, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_INVALID);
}

static void
test_session_s_password_is_kept_in_memory (Fixture       *fixture,
                                           gconstpointer  data)
{
  g_autoptr(AccountSecrets) next_run = account_secrets_new (fixture->profile);
  g_autoptr(BaseSecret) secret = base_secret_new ("secret");
  g_autoptr(GError) error = NULL;

  account_settings_set_password_source (fixture->settings, ACCOUNT_PASSWORD_SESSION, NULL);
  check_error (fixture, ACCOUNT_ERROR_NO_SECRET);

  g_assert_true (account_secrets_store (fixture->secrets, fixture->settings, ACCOUNT_SERVICE_SMTP,
                                        secret, &error));
  g_assert_no_error (error);
  check_password (fixture, ACCOUNT_SERVICE_IMAP, "secret");
  check_password (fixture, ACCOUNT_SERVICE_SMTP, "secret");

  account_settings_set_own_smtp_password (fixture->settings, TRUE);
  account_secrets_keep (fixture->secrets, account_settings_get_uuid (fixture->settings),
                        ACCOUNT_SERVICE_IMAP, NULL);
  check_error (fixture, ACCOUNT_ERROR_NO_SECRET);

  g_assert_null (account_secrets_lookup (next_run, fixture->settings, ACCOUNT_SERVICE_IMAP, NULL));
}

static void
test_without_a_bus_there_is_no_keyring (Fixture       *fixture,
                                        gconstpointer  data)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("secret");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  check_error (fixture, ACCOUNT_ERROR_KEYRING_MISSING);
  g_assert_false (account_secrets_store (fixture->secrets, fixture->settings, ACCOUNT_SERVICE_IMAP,
                                         secret, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_KEYRING_MISSING);
  g_assert_null (strstr (error->message, "secret"));
  g_clear_error (&error);

  g_assert_false (account_secrets_forget (fixture->secrets, "nobody", &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_KEYRING_MISSING);
  g_clear_error (&error);

  account_secrets_probe_async (fixture->secrets, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (account_secrets_probe_finish (fixture->secrets, result, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_KEYRING_MISSING);

  /* What was typed for this run helps all the same. */
  account_secrets_keep (fixture->secrets, account_settings_get_uuid (fixture->settings),
                        ACCOUNT_SERVICE_IMAP, secret);
  check_password (fixture, ACCOUNT_SERVICE_IMAP, "secret");
}

static void
check_file (Fixture    *fixture,
            const char *text,
            const char *expected)
{
  g_autofree char *path = g_build_filename (fixture->directory, "password", NULL);
  g_autoptr(BaseSecret) secret = NULL;
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, -1, NULL);
  secret = account_secret_read_file (path, &error);
  if (expected == NULL)
    {
      g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NO_SECRET);
      g_assert_null (secret);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpstr (base_secret_peek (secret), ==, expected);
}

static void
test_password_in_a_file (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *long_text = g_strnfill (20000, 'x');
  g_autoptr(GError) error = NULL;

  check_file (fixture, "secret", "secret");
  check_file (fixture, "secret\n", "secret");
  check_file (fixture, "secret\r\nmore\n", "secret");
  check_file (fixture, " p w ", " p w ");
  check_file (fixture, "", NULL);
  check_file (fixture, "\nsecret\n", NULL);
  check_file (fixture, "\xff\n", NULL);
  check_file (fixture, long_text, NULL);

  g_assert_null (account_secret_read_file ("/nonexistent/file", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

#define ADD(name, function) \
  g_test_add ("/account/secrets/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("command", test_command_s_first_line_is_the_password);
  ADD ("no-shell", test_no_shell_takes_part);
  ADD ("command-fails", test_commands_that_fail);
  ADD ("command-input", test_command_s_input_is_empty);
  ADD ("command-service", test_command_knows_the_service);
  ADD ("command-cancelled", test_a_command_can_be_cancelled);
  ADD ("command-store", test_nothing_is_stored_beside_a_command);
  ADD ("session", test_session_s_password_is_kept_in_memory);
  ADD ("no-keyring", test_without_a_bus_there_is_no_keyring);
  ADD ("file", test_password_in_a_file);

  return g_test_run ();
}
