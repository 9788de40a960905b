#include "sync-roles.h"

static void
assert_uses (SyncRoleCandidate *candidates,
             guint n_candidates,
             AccountSettings *settings,
             const StoreSpecialUse *expected)
{
  sync_roles_find (candidates, n_candidates, settings);
  for (guint i = 0; i < n_candidates; i++)
    g_assert_cmpint (candidates[i].use, ==, expected[i]);
}

static void
test_server_says (void)
{
  g_autoptr(AccountSettings) settings = account_settings_new ("a@b.example");
  SyncRoleCandidate candidates[] = {
    { "inbox", "inbox", '/', TRUE, STORE_SPECIAL_NONE, 0 },
    { "Sent", "Sent", '/', TRUE, STORE_SPECIAL_NONE, 0 },
    { "Elsewhere", "Elsewhere", '/', TRUE, STORE_SPECIAL_SENT, 0 },
    { "Other", "Other", '/', TRUE, STORE_SPECIAL_SENT, 0 },
  };

  assert_uses (candidates, G_N_ELEMENTS (candidates), settings,
               (StoreSpecialUse[]) { STORE_SPECIAL_INBOX, STORE_SPECIAL_NONE, STORE_SPECIAL_SENT,
                                     STORE_SPECIAL_NONE });
}

static void
test_names_are_the_custom (void)
{
  g_autoptr(AccountSettings) settings = account_settings_new ("a@b.example");
  SyncRoleCandidate candidates[] = {
    { "INBOX", "INBOX", '.', TRUE, STORE_SPECIAL_NONE, 0 },
    { "INBOX.Gel&APY-schte Objekte", "INBOX.Gelöschte Objekte", '.', TRUE, 0, 0 },
    { "INBOX.Papierkorb", "INBOX.PAPIERKORB", '.', TRUE, STORE_SPECIAL_NONE, 0 },
    { "INBOX.Sent", "INBOX.Sent", '.', FALSE, STORE_SPECIAL_NONE, 0 },
    { "INBOX.Work.Drafts", "INBOX.Work.Drafts", '.', TRUE, STORE_SPECIAL_NONE, 0 },
    { "INBOX.Spam", "INBOX.Spam", '.', TRUE, STORE_SPECIAL_NONE, 0 },
  };

  /* Papierkorb stands before Gelöschte Objekte; what cannot be opened and what lies deeper is not
   * taken */
  assert_uses (candidates, G_N_ELEMENTS (candidates), settings,
               (StoreSpecialUse[]) { STORE_SPECIAL_INBOX, STORE_SPECIAL_NONE, STORE_SPECIAL_TRASH,
                                     STORE_SPECIAL_NONE, STORE_SPECIAL_NONE, STORE_SPECIAL_JUNK });
}

static void
test_person_decides (void)
{
  g_autoptr(AccountSettings) settings = account_settings_new ("a@b.example");
  SyncRoleCandidate candidates[] = {
    { "INBOX", "INBOX", '/', TRUE, STORE_SPECIAL_NONE, 0 },
    { "Archive", "Archive", '/', TRUE, STORE_SPECIAL_ARCHIVE, 0 },
    { "Keep/2023", "Keep/2023", '/', TRUE, STORE_SPECIAL_NONE, 0 },
  };

  account_settings_set_folder (settings, ACCOUNT_FOLDER_ARCHIVE, "Keep/2023");
  assert_uses (candidates, G_N_ELEMENTS (candidates), settings,
               (StoreSpecialUse[]) { STORE_SPECIAL_INBOX, STORE_SPECIAL_NONE,
                                     STORE_SPECIAL_ARCHIVE });

  /* a folder that is no longer there decides nothing */
  account_settings_set_folder (settings, ACCOUNT_FOLDER_ARCHIVE, "Gone");
  assert_uses (candidates, G_N_ELEMENTS (candidates), settings,
               (StoreSpecialUse[]) { STORE_SPECIAL_INBOX, STORE_SPECIAL_ARCHIVE,
                                     STORE_SPECIAL_NONE });
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync/roles/server-says", test_server_says);
  g_test_add_func ("/sync/roles/names-are-the-custom", test_names_are_the_custom);
  g_test_add_func ("/sync/roles/person-decides", test_person_decides);

  return g_test_run ();
}
