#include "model-fixture.h"

#include "pipit-address.h"
#include "pipit-attachment.h"
#include "pipit-composition.h"

/* Writing a message: how it begins, what may be sent, and that a draft comes back as it was. */

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
assert_recipients (PipitComposition     *composition,
                   PipitRecipientsField  field,
                   const char           *expected)
{
  g_autofree char *text = pipit_address_format_list (
    pipit_composition_get_recipients (composition, field));

  g_assert_cmpstr (text, ==, expected);
}

static void
set_recipients (PipitComposition     *composition,
                PipitRecipientsField  field,
                const char           *text)
{
  g_autoptr(GListModel) addresses = pipit_address_parse_list (text);

  pipit_composition_set_recipients (composition, field, addresses);
}

static void
test_mailto (ModelFixture  *fixture,
             gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new_from_uri (
    fixture->engine, "mailto:jonas@harbour.example,ode@fairweather.example"
                     "?cc=salma@idris.example&Subject=North%20pier&body=one%0D%0Atwo"
                     "&attach=/etc/passwd&X-Evil=1");

  assert_recipients (composition, PIPIT_RECIPIENTS_TO,
                     "jonas@harbour.example, ode@fairweather.example");
  assert_recipients (composition, PIPIT_RECIPIENTS_CC, "salma@idris.example");
  g_assert_cmpstr (pipit_composition_get_subject (composition), ==, "North pier");
  g_assert_true (g_str_has_prefix (pipit_composition_get_text (composition), "one\ntwo"));
  g_assert_cmpuint (
    g_list_model_get_n_items (pipit_composition_get_attachments (composition)), ==, 0);
  g_assert_false (pipit_composition_get_modified (composition));
}

static void
test_mailto_nonsense (ModelFixture  *fixture,
                      gconstpointer  data)
{
  static const char *const uris[] = { "", "mailto:", "mailto:?", "mailto:?&&=&subject",
                                      "mailto:%ff%00?subject=%zz", "http://a.example/", "mailto" };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr(PipitComposition) composition = pipit_composition_new_from_uri (fixture->engine,
                                                                                uris[i]);

      g_assert_nonnull (composition);
      g_assert_true (g_utf8_validate (pipit_composition_get_subject (composition), -1, NULL));
    }
}

static void
assert_cannot_send (PipitComposition *composition)
{
  g_autofree char *reason = NULL;

  g_assert_false (pipit_composition_can_send (composition, &reason));
  g_assert_nonnull (reason);
}

static void
test_what_may_be_sent (ModelFixture  *fixture,
                       gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);
  g_autofree char *warning = NULL;

  g_assert_nonnull (pipit_composition_get_identity (composition));
  assert_cannot_send (composition);
  set_recipients (composition, PIPIT_RECIPIENTS_TO, "not an address");
  assert_cannot_send (composition);
  set_recipients (composition, PIPIT_RECIPIENTS_TO, "");
  set_recipients (composition, PIPIT_RECIPIENTS_BCC, "Ode <ode@fairweather.example>");
  g_assert_true (pipit_composition_can_send (composition, NULL));

  /* no subject */
  warning = pipit_composition_dup_send_warning (composition);
  g_assert_nonnull (warning);
  pipit_composition_discard (composition);
}

static void
test_promised_attachment (ModelFixture  *fixture,
                          gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);
  g_autofree char *without = NULL;
  g_autofree char *quoted = NULL;
  g_autofree char *promised = NULL;

  pipit_composition_set_subject (composition, "Table");
  pipit_composition_set_text (composition, "Here it is.\n");
  without = pipit_composition_dup_send_warning (composition);
  g_assert_null (without);

  pipit_composition_set_text (composition, "Thanks.\n\n> The table is attached.\n");
  quoted = pipit_composition_dup_send_warning (composition);
  g_assert_null (quoted);

  pipit_composition_set_text (composition, "The table is Attached.\n");
  promised = pipit_composition_dup_send_warning (composition);
  g_assert_nonnull (promised);
  pipit_composition_discard (composition);
}

static GFile *
write_file (ModelFixture *fixture,
            const char   *name,
            const char   *content)
{
  g_autofree char *path = g_build_filename (fixture->directory, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);

  return g_file_new_for_path (path);
}

static GListModel *
restore (ModelFixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GListModel *drafts;

  pipit_composition_restore_async (fixture->engine, NULL, NULL, on_result, &result);
  model_fixture_wait (result != NULL);
  drafts = pipit_composition_restore_finish (fixture->engine, result, &error);
  g_assert_no_error (error);

  return drafts;
}

static guint
count_drafts (ModelFixture *fixture)
{
  g_autoptr(GListModel) drafts = restore (fixture);

  return g_list_model_get_n_items (drafts);
}

static void
attach (PipitComposition *composition,
        GFile            *file,
        int               expected_code)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  pipit_composition_attach_async (composition, file, NULL, on_result, &result);
  model_fixture_wait (result != NULL);
  pipit_composition_attach_finish (composition, result, &error);
  if (expected_code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, G_IO_ERROR, expected_code);
}

static void
save (PipitComposition *composition)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  pipit_composition_save_async (composition, NULL, on_result, &result);
  model_fixture_wait (result != NULL);
  pipit_composition_save_finish (composition, result, &error);
  g_assert_no_error (error);
}

static void
test_draft_comes_back (ModelFixture  *fixture,
                       gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);
  g_autoptr(GFile) file = write_file (fixture, "Tide – größer.txt", "4.8 m\n");
  g_autoptr(GListModel) drafts = NULL;
  g_autoptr(PipitComposition) draft = NULL;
  g_autoptr(PipitAttachment) attachment = NULL;

  set_recipients (composition, PIPIT_RECIPIENTS_TO, "渡辺 由紀 <yuki@minato.example>");
  set_recipients (composition, PIPIT_RECIPIENTS_BCC, "ode@fairweather.example");
  pipit_composition_set_subject (composition, "Höhe");
  pipit_composition_set_text (composition, "zwei\nZeilen – und mehr\n");
  attach (composition, file, -1);
  save (composition);

  drafts = restore (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (drafts), ==, 1);
  draft = g_list_model_get_item (drafts, 0);
  assert_recipients (draft, PIPIT_RECIPIENTS_TO, "渡辺 由紀 <yuki@minato.example>");
  assert_recipients (draft, PIPIT_RECIPIENTS_BCC, "ode@fairweather.example");
  g_assert_cmpstr (pipit_composition_get_subject (draft), ==, "Höhe");
  g_assert_cmpstr (pipit_composition_get_text (draft), ==, "zwei\nZeilen – und mehr\n");
  attachment = g_list_model_get_item (pipit_composition_get_attachments (draft), 0);
  g_assert_nonnull (attachment);
  g_assert_cmpstr (pipit_attachment_get_name (attachment), ==, "Tide – größer.txt");
  g_assert_cmpint (pipit_attachment_get_size_bytes (attachment), ==, 6);
  pipit_composition_discard (composition);
}

static void
test_detached_file_leaves_the_draft (ModelFixture  *fixture,
                                     gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);
  g_autoptr(GFile) file = write_file (fixture, "a.txt", "a");
  g_autoptr(PipitAttachment) attachment = NULL;
  g_autoptr(GListModel) drafts = NULL;
  g_autoptr(PipitComposition) draft = NULL;

  pipit_composition_set_subject (composition, "One");
  attach (composition, file, -1);
  save (composition);
  attachment = g_list_model_get_item (pipit_composition_get_attachments (composition), 0);
  pipit_composition_detach (composition, attachment);
  save (composition);

  drafts = restore (fixture);
  draft = g_list_model_get_item (drafts, 0);
  g_assert_cmpuint (g_list_model_get_n_items (pipit_composition_get_attachments (draft)), ==, 0);
  pipit_composition_discard (composition);
}

static void
test_discarded_draft_is_gone (ModelFixture  *fixture,
                              gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);

  pipit_composition_set_subject (composition, "Never mind");
  save (composition);
  g_assert_cmpuint (count_drafts (fixture), ==, 1);
  pipit_composition_discard (composition);
  model_fixture_wait (count_drafts (fixture) == 0);
}

static void
test_pause_keeps_the_draft (ModelFixture  *fixture,
                            gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);

  g_assert_null (pipit_composition_get_draft_status (composition));
  pipit_composition_set_subject (composition, "Typing…");
  g_assert_true (pipit_composition_get_modified (composition));
  model_fixture_wait (pipit_composition_get_draft_status (composition) != NULL);
  pipit_composition_discard (composition);
}

static void
test_folder_is_not_attached (ModelFixture  *fixture,
                             gconstpointer  data)
{
  g_autoptr(PipitComposition) composition = pipit_composition_new (fixture->engine);
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->directory);
  g_autoptr(GFile) missing = g_file_get_child (folder, "is-not-there");

  attach (composition, folder, G_IO_ERROR_IS_DIRECTORY);
  attach (composition, missing, G_IO_ERROR_NOT_FOUND);
  g_assert_false (pipit_composition_get_modified (composition));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  model_test_add ("/model/composition/mailto", test_mailto);
  model_test_add ("/model/composition/mailto-nonsense", test_mailto_nonsense);
  model_test_add ("/model/composition/may-be-sent", test_what_may_be_sent);
  model_test_add ("/model/composition/promised-attachment", test_promised_attachment);
  model_test_add ("/model/composition/draft-comes-back", test_draft_comes_back);
  model_test_add ("/model/composition/detached", test_detached_file_leaves_the_draft);
  model_test_add ("/model/composition/discarded", test_discarded_draft_is_gone);
  model_test_add ("/model/composition/pause", test_pause_keeps_the_draft);
  model_test_add ("/model/composition/folder", test_folder_is_not_attached);

  return g_test_run ();
}
