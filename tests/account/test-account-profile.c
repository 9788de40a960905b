#include "account-error.h"
#include "account-profile.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *
make_directory (void)
{
  g_autoptr(GError) error = NULL;
  char *directory = g_dir_make_tmp ("pipit-profile-XXXXXX", &error);

  g_assert_no_error (error);
  return directory;
}

static AccountProfile *
open_profile (const char *directory)
{
  g_autoptr(GError) error = NULL;
  AccountProfile *profile = account_profile_open (directory, &error);

  g_assert_no_error (error);
  return profile;
}

static void
check_is_private_folder (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_true (S_ISDIR (info.st_mode));
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
}

static void
test_own_directory_holds_everything (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *below = g_build_filename (directory, "a", "b", NULL);
  g_autoptr(AccountProfile) profile = open_profile (below);
  const char *paths[] = {
    account_profile_get_config_dir (profile),
    account_profile_get_data_dir (profile),
    account_profile_get_cache_dir (profile),
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_assert_true (g_str_has_prefix (paths[i], below));
      check_is_private_folder (paths[i]);
    }

  g_assert_cmpstr (account_profile_get_directory (profile), ==, below);
  g_assert_true (g_str_has_prefix (account_profile_get_preferences_path (profile), below));
}

static void
test_normal_profile_lies_in_the_standard_folders (void)
{
  g_autoptr(AccountProfile) profile = open_profile (NULL);

  g_assert_null (account_profile_get_directory (profile));
  g_assert_true (g_str_has_prefix (account_profile_get_config_dir (profile),
                                   g_get_user_config_dir ()));
  g_assert_true (g_str_has_prefix (account_profile_get_data_dir (profile), g_get_user_data_dir ()));
  g_assert_true (g_str_has_prefix (account_profile_get_cache_dir (profile),
                                   g_get_user_cache_dir ()));
}

static void
test_ids_are_the_profile_s_own (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *other_directory = make_directory ();
  g_autofree char *detour = g_build_filename (directory, "..", strrchr (directory, '/') + 1, NULL);
  g_autofree char *link = g_build_filename (other_directory, "link", NULL);
  g_autoptr(AccountProfile) normal = open_profile (NULL);
  g_autoptr(AccountProfile) profile = open_profile (directory);
  g_autoptr(AccountProfile) other = open_profile (other_directory);
  g_autoptr(AccountProfile) same = open_profile (detour);
  g_autoptr(AccountProfile) linked = NULL;
  const char *id = account_profile_get_application_id (profile);

  g_assert_cmpint (symlink (directory, link), ==, 0);
  linked = open_profile (link);

  g_assert_true (g_application_id_is_valid (id));
  g_assert_true (g_dbus_is_name (id));
  g_assert_cmpstr (id, !=, account_profile_get_application_id (normal));
  g_assert_cmpstr (id, !=, account_profile_get_application_id (other));
  g_assert_cmpstr (id, ==, account_profile_get_application_id (same));
  g_assert_cmpstr (id, ==, account_profile_get_application_id (linked));

  g_assert_cmpstr (account_profile_get_secret_attribute (profile), !=,
                   account_profile_get_secret_attribute (other));
  g_assert_cmpstr (account_profile_get_secret_attribute (profile), !=,
                   account_profile_get_secret_attribute (normal));
  g_assert_cmpstr (account_profile_get_secret_attribute (profile), ==,
                   account_profile_get_secret_attribute (linked));
}

static void
test_one_holds_the_lock (void)
{
  g_autofree char *directory = make_directory ();
  g_autoptr(AccountProfile) first = open_profile (directory);
  g_autoptr(AccountProfile) second = open_profile (directory);
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autoptr(GError) error = NULL;

  g_assert_true (account_profile_lock (first, &error));
  g_assert_no_error (error);
  g_assert_true (account_profile_lock (first, NULL));
  g_assert_true (account_profile_is_locked (first));

  g_assert_false (account_profile_lock (second, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE);
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_false (account_profile_is_locked (second));

  /* The failed attempt, whose file descriptor is closed by now, took nothing away. */
  g_clear_error (&error);
  g_assert_false (account_profile_lock (second, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE);

  account_profile_unlock (first);
  g_clear_error (&error);
  g_assert_true (account_profile_lock (second, &error));
  g_assert_no_error (error);
}

static void
test_the_lock_falls_with_its_process (void)
{
  g_autofree char *directory = make_directory ();
  g_autoptr(AccountProfile) profile = open_profile (directory);
  g_autoptr(GError) error = NULL;
  int ready[2], status;
  char byte;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      g_autoptr(AccountProfile) theirs = account_profile_open (directory, NULL);

      if (!account_profile_lock (theirs, NULL) || write (ready[1], "x", 1) != 1)
        _exit (1);
      pause ();
      _exit (0);
    }

  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_false (account_profile_lock (profile, &error));
  g_assert_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE);

  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (account_profile_lock (profile, NULL));

  close (ready[0]);
  close (ready[1]);
}

static void
test_impossible_directory_is_an_error (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (account_profile_open ("/dev/null/profile", &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == G_IO_ERROR);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/account/profile/own-directory", test_own_directory_holds_everything);
  g_test_add_func ("/account/profile/standard", test_normal_profile_lies_in_the_standard_folders);
  g_test_add_func ("/account/profile/ids", test_ids_are_the_profile_s_own);
  g_test_add_func ("/account/profile/lock", test_one_holds_the_lock);
  g_test_add_func ("/account/profile/lock-falls", test_the_lock_falls_with_its_process);
  g_test_add_func ("/account/profile/impossible", test_impossible_directory_is_an_error);

  return g_test_run ();
}
