#include "base-await.h"
#include "base-time.h"

static gboolean
set_done_cb (gpointer user_data)
{
  gboolean *done = user_data;

  *done = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
attach (GSourceFunc function,
        gpointer    data)
{
  g_autoptr(GSource) source = g_timeout_source_new (10);

  g_source_set_callback (source, function, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* Runs a function as a worker's job: on a context that the thread owns. */
static void
run_on_worker (gconstpointer data)
{
  void (*job) (void) = (void (*) (void)) data;
  g_autoptr(GMainContext) context = g_main_context_new ();

  g_assert_true (g_main_context_acquire (context));
  g_main_context_push_thread_default (context);
  job ();
  g_main_context_pop_thread_default (context);
  g_main_context_release (context);
}

static void
test_returns_when_done (void)
{
  g_autoptr(GError) error = NULL;
  gboolean done = FALSE;

  attach (set_done_cb, &done);
  g_assert_true (base_await (&done, 0, NULL, &error));
  g_assert_no_error (error);
}

static void
test_deadline_ends_the_wait (void)
{
  g_autoptr(GError) error = NULL;
  gboolean done = FALSE;

  g_assert_false (base_await (&done, base_time_boottime_us () + 20000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_cancellable_ends_the_wait (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  gboolean done = FALSE;

  attach (cancel_cb, cancellable);
  g_assert_false (base_await (&done, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_result_of_an_asynchronous_call (void)
{
  g_autoptr(GFile) file = g_file_new_for_path ("/");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GFileInfo) info = NULL;
  g_autoptr(GError) error = NULL;

  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, NULL, base_await_result_cb, &result);
  info = g_file_query_info_finish (file, base_await_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_file_info_get_file_type (info), ==, G_FILE_TYPE_DIRECTORY);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/base/await/done", (gconstpointer) test_returns_when_done, run_on_worker);
  g_test_add_data_func ("/base/await/deadline", (gconstpointer) test_deadline_ends_the_wait, run_on_worker);
  g_test_add_data_func ("/base/await/cancelled", (gconstpointer) test_cancellable_ends_the_wait, run_on_worker);
  g_test_add_data_func ("/base/await/result", (gconstpointer) test_result_of_an_asynchronous_call, run_on_worker);

  return g_test_run ();
}
