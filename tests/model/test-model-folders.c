#include "model-fixture.h"

#include "store-flags.h"

/* Writes a tree as names with their depth: "Inbox|Projects|.Pier". */
static void
append_names (GString    *text,
              GListModel *folders,
              guint       depth)
{
  for (guint i = 0; folders != NULL && i < g_list_model_get_n_items (folders); i++)
    {
      g_autoptr(PipitFolder) folder = g_list_model_get_item (folders, i);

      if (text->len > 0)
        g_string_append_c (text, '|');
      for (guint j = 0; j < depth; j++)
        g_string_append_c (text, '.');
      g_string_append (text, pipit_folder_get_name (folder));
      append_names (text, pipit_folder_get_children (folder), depth + 1);
    }
}

static char *
tree_names (ModelFixture *fixture)
{
  GString *text = g_string_new (NULL);

  append_names (text, pipit_account_get_folders (fixture->account), 0);

  return g_string_free (text, FALSE);
}

static gboolean
tree_is (ModelFixture *fixture,
         const char   *expected)
{
  g_autofree char *names = tree_names (fixture);

  return g_str_equal (names, expected);
}

static void
test_special_first (ModelFixture  *fixture,
                    gconstpointer  data)
{
  model_fixture_add_folder (fixture, "Zebra", '/', 0, STORE_SPECIAL_NONE);
  model_fixture_add_folder (fixture, "Gelöscht", '/', 0, STORE_SPECIAL_TRASH);
  model_fixture_add_folder (fixture, "apple 10", '/', 0, STORE_SPECIAL_NONE);
  model_fixture_add_folder (fixture, "apple 9", '/', 0, STORE_SPECIAL_NONE);
  model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  model_fixture_add_folder (fixture, "Sent Items", '/', 0, STORE_SPECIAL_SENT);

  model_fixture_wait (tree_is (fixture, "Inbox|Sent|Trash|apple 9|apple 10|Zebra"));
}

static void
test_levels (ModelFixture  *fixture,
             gconstpointer  data)
{
  PipitFolder *pier;

  model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  pier = model_fixture_add_folder (fixture, "Projects/Harbour/Pier", '/', 0, STORE_SPECIAL_NONE);
  model_fixture_add_folder (fixture, "Projects", '/', 0, STORE_SPECIAL_NONE);

  /* a level that the server has no folder for stands in the tree, and cannot be opened */
  model_fixture_wait (tree_is (fixture, "Inbox|Projects|.Harbour|..Pier"));
  g_assert_cmpstr (pipit_folder_get_path (pier), ==, "Projects / Harbour / Pier");
}

static void
test_namespace_below_inbox (ModelFixture  *fixture,
                            gconstpointer  data)
{
  model_fixture_add_folder (fixture, "INBOX", '.', 0, STORE_SPECIAL_INBOX);
  model_fixture_add_folder (fixture, "INBOX.Trash", '.', 0, STORE_SPECIAL_TRASH);
  model_fixture_add_folder (fixture, "INBOX.Harbour", '.', 0, STORE_SPECIAL_NONE);
  model_fixture_add_folder (fixture, "INBOX.Harbour.Pier", '.', 0, STORE_SPECIAL_NONE);

  model_fixture_wait (tree_is (fixture, "Inbox|Trash|Harbour|.Pier"));
}

static void
test_level_of_special_folders_only (ModelFixture  *fixture,
                                    gconstpointer  data)
{
  model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  model_fixture_add_folder (fixture, "[Gmail]", '/', STORE_FOLDER_NO_SELECT, STORE_SPECIAL_NONE);
  model_fixture_add_folder (fixture, "[Gmail]/Bin", '/', 0, STORE_SPECIAL_TRASH);

  model_fixture_wait (tree_is (fixture, "Inbox|Trash"));
}

static gboolean
remove_folder (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  return store_tx_remove_folder (tx, *(gint64 *) data, error);
}

static void
test_folders_keep_their_objects (ModelFixture  *fixture,
                                 gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitFolder *projects = model_fixture_add_folder (fixture, "Projects", '/', 0,
                                                    STORE_SPECIAL_NONE);
  PipitFolder *pier = model_fixture_add_folder (fixture, "Projects/Pier", '/', 0,
                                                STORE_SPECIAL_NONE);
  gint64 id = pipit_folder_get_id (pier);

  model_fixture_wait (tree_is (fixture, "Inbox|Projects|.Pier"));
  model_fixture_write (fixture, remove_folder, &id);
  model_fixture_wait (tree_is (fixture, "Inbox|Projects"));
  g_assert_null (pipit_folder_get_children (projects));
  g_assert_true (pipit_engine_find_folder (fixture->engine, pipit_folder_get_id (inbox)) == inbox);
  g_assert_true (pipit_engine_find_folder (fixture->engine, pipit_folder_get_id (projects)) ==
                 projects);
  g_assert_null (pipit_engine_find_folder (fixture->engine, id));
}

static void
test_counters_follow (ModelFixture  *fixture,
                      gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitFolder *drafts = model_fixture_add_folder (fixture, "Drafts", '/', 0,
                                                  STORE_SPECIAL_DRAFTS);
  guint32 uid = model_fixture_add (fixture, inbox, 1700000000, 0, NULL);

  model_fixture_add (fixture, inbox, 1700000001, STORE_FLAG_SEEN, NULL);
  model_fixture_add (fixture, drafts, 1700000002, STORE_FLAG_SEEN | STORE_FLAG_DRAFT, NULL);
  model_fixture_wait (pipit_folder_get_unread (inbox) == 1 && pipit_folder_get_total (inbox) == 2);
  model_fixture_wait (pipit_folder_get_counter (drafts) == 1);
  g_assert_cmpuint (pipit_folder_get_counter (inbox), ==, 1);
  g_assert_cmpuint (pipit_folder_get_unread (pipit_engine_get_all_inboxes (fixture->engine)), ==,
                    1);

  model_fixture_set_flags (fixture, inbox, uid, STORE_FLAG_SEEN);
  model_fixture_wait (pipit_folder_get_unread (inbox) == 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  model_test_add ("/model/folders/special-first", test_special_first);
  model_test_add ("/model/folders/levels", test_levels);
  model_test_add ("/model/folders/namespace-below-inbox", test_namespace_below_inbox);
  model_test_add ("/model/folders/level-of-special-folders-only",
                  test_level_of_special_folders_only);
  model_test_add ("/model/folders/folders-keep-their-objects", test_folders_keep_their_objects);
  model_test_add ("/model/folders/counters-follow", test_counters_follow);

  return g_test_run ();
}
