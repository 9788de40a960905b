#include "base-resume.h"
#include "base-time.h"

static gboolean
count_cb (gpointer user_data)
{
  ++*(guint *) user_data;
  return G_SOURCE_CONTINUE;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* The time asleep does not run while nobody sleeps, and the source keeps quiet. */
static void
test_awake (void)
{
  g_autoptr(GSource) source = base_resume_source_new ();
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gint64 before_us = base_time_asleep_us ();
  guint n_resumed = 0;

  g_source_set_callback (source, count_cb, &n_resumed, NULL);
  g_source_attach (source, NULL);
  g_timeout_add (200, quit_cb, loop);
  g_main_loop_run (loop);
  g_source_destroy (source);

  g_assert_cmpuint (n_resumed, ==, 0);
  g_assert_cmpint (before_us, >=, -1000);
  g_assert_cmpint (ABS (base_time_asleep_us () - before_us), <, 100 * 1000);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/resume/awake", test_awake);

  return g_test_run ();
}
