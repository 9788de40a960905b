#include "model-fixture.h"

#include "pipit-conversation.h"
#include "pipit-message-list.h"
#include "pipit-message.h"
#include "pipit-undo.h"

#include "store-flags.h"

typedef struct
{
  guint n_offers;
  char *text; /* (owned) */
} Offers;

static void
on_offer (PipitUndo  *undo,
          const char *text,
          Offers     *offers)
{
  offers->n_offers++;
  g_free (offers->text);
  offers->text = g_strdup (text);
}

static guint
n_items (gpointer list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static GArray *
ids_at (PipitMessageList *list,
        guint             first,
        guint             n)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < n; i++)
    {
      gint64 id = pipit_message_list_get_id_at (list, first + i);

      g_array_append_val (ids, id);
    }

  return ids;
}

static void
test_adds_up (ModelFixture  *fixture,
              gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitUndo *undo = pipit_engine_get_undo (fixture->engine);
  g_autoptr(PipitMessageList) list = NULL;
  Offers offers = { 0 };

  model_fixture_add_folder (fixture, "Archive", '/', 0, STORE_SPECIAL_ARCHIVE);
  for (guint i = 0; i < 5; i++)
    model_fixture_add (fixture, inbox, 1700000000 + i, 0, NULL);
  list = pipit_message_list_new (fixture->engine, inbox);
  model_fixture_wait (n_items (list) == 5);
  g_signal_connect (undo, "offer", G_CALLBACK (on_offer), &offers);

  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr(GArray) ids = ids_at (list, 0, 1);

      pipit_engine_archive (fixture->engine, ids);
      model_fixture_wait (offers.n_offers == i);
    }
  g_assert_cmpstr (offers.text, ==, "3 messages archived");

  /* one step takes all three back, where they were */
  pipit_undo_undo (undo);
  g_assert_false (pipit_undo_get_can_undo (undo));
  model_fixture_wait (n_items (list) == 5);
  g_free (offers.text);
}

static void
test_restores_what_was (ModelFixture  *fixture,
                        gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitUndo *undo = pipit_engine_get_undo (fixture->engine);
  g_autoptr(PipitMessageList) list = NULL;
  g_autoptr(GArray) ids = NULL;

  for (guint i = 0; i < 6; i++)
    model_fixture_add (fixture, inbox, 1700000000 + i, i % 2 == 0 ? STORE_FLAG_SEEN : 0, NULL);
  list = pipit_message_list_new (fixture->engine, inbox);
  model_fixture_wait (n_items (list) == 6 && pipit_folder_get_unread (inbox) == 3);

  /* "all read" and back: those that were read before stay read */
  ids = ids_at (list, 0, 6);
  pipit_engine_set_unread (fixture->engine, ids, FALSE, TRUE);
  model_fixture_wait (pipit_folder_get_unread (inbox) == 0);
  model_fixture_wait (pipit_undo_get_can_undo (undo));
  pipit_undo_undo (undo);
  model_fixture_wait (pipit_folder_get_unread (inbox) == 3);

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr(PipitMessage) message = g_list_model_get_item (G_LIST_MODEL (list), i);

      model_fixture_wait (pipit_message_get_loaded (message));
      model_fixture_wait (pipit_message_get_unread (message) == (i % 2 == 0));
    }
}

static void
test_steps_back_in_order (ModelFixture  *fixture,
                          gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitUndo *undo = pipit_engine_get_undo (fixture->engine);
  g_autoptr(PipitMessageList) list = NULL;
  g_autoptr(GArray) first = NULL;
  g_autoptr(GArray) second = NULL;
  g_autofree char *text = NULL;
  Offers offers = { 0 };

  model_fixture_add_folder (fixture, "Archive", '/', 0, STORE_SPECIAL_ARCHIVE);
  model_fixture_add_folder (fixture, "Trash", '/', 0, STORE_SPECIAL_TRASH);
  for (guint i = 0; i < 3; i++)
    model_fixture_add (fixture, inbox, 1700000000 + i, 0, NULL);
  list = pipit_message_list_new (fixture->engine, inbox);
  model_fixture_wait (n_items (list) == 3);
  g_signal_connect (undo, "offer", G_CALLBACK (on_offer), &offers);

  first = ids_at (list, 0, 1);
  pipit_engine_archive (fixture->engine, first);
  model_fixture_wait (offers.n_offers == 1);
  second = ids_at (list, 0, 1);
  pipit_engine_delete (fixture->engine, second);
  model_fixture_wait (offers.n_offers == 2);
  g_assert_cmpstr (offers.text, ==, "Message deleted");
  g_assert_cmpuint (n_items (list), ==, 1);

  pipit_undo_undo (undo);
  model_fixture_wait (n_items (list) == 2);
  text = pipit_undo_dup_text (undo);
  g_assert_cmpstr (text, ==, "Message archived");
  pipit_undo_undo (undo);
  model_fixture_wait (n_items (list) == 3);
  g_free (offers.text);
}

static void
test_conversation (ModelFixture  *fixture,
                   gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitFolder *sent = model_fixture_add_folder (fixture, "Sent", '/', 0, STORE_SPECIAL_SENT);
  PipitFolder *trash = model_fixture_add_folder (fixture, "Trash", '/', 0, STORE_SPECIAL_TRASH);
  g_autoptr(PipitMessageList) list = NULL;
  g_autoptr(PipitMessage) message = NULL;
  g_autoptr(PipitMessage) answer = NULL;
  g_autoptr(PipitConversation) conversation = NULL;
  g_autofree char *reference = NULL;

  guint32 uid = model_fixture_add (fixture, inbox, 1700000000, 0, NULL);

  reference = g_strdup_printf ("%" G_GINT64_FORMAT ".%u@lind.example",
                               pipit_folder_get_id (inbox), uid);
  model_fixture_add (fixture, sent, 1700000100, STORE_FLAG_SEEN, reference);
  model_fixture_add (fixture, trash, 1700000050, STORE_FLAG_SEEN, reference);
  list = pipit_message_list_new (fixture->engine, inbox);
  model_fixture_wait (n_items (list) == 1);

  /* oldest first, over folders, without what was thrown away */
  message = g_list_model_get_item (G_LIST_MODEL (list), 0);
  model_fixture_wait (pipit_message_get_loaded (message));
  conversation = pipit_conversation_new (message);
  model_fixture_wait (n_items (conversation) == 2);
  answer = g_list_model_get_item (G_LIST_MODEL (conversation), 1);
  g_assert_true (pipit_message_get_folder (answer) == sent);

  /* and what arrives meanwhile */
  model_fixture_add (fixture, inbox, 1700000200, 0, reference);
  model_fixture_wait (n_items (conversation) == 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  model_test_add ("/model/undo/adds-up", test_adds_up);
  model_test_add ("/model/undo/restores-what-was", test_restores_what_was);
  model_test_add ("/model/undo/steps-back-in-order", test_steps_back_in_order);
  model_test_add ("/model/conversation", test_conversation);

  return g_test_run ();
}
