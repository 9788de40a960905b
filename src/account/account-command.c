#include "account-command-private.h"

#include "account-error.h"
#include "account-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Passwords that come from outside the keyring: from a command of the person's, or from a file.
 * The first line is the password. No shell takes part; what is read is wiped. */

#define MAX_SECRET_BYTES 8192

typedef struct
{
  GSubprocess *process;      /* (owned) */
  GCancellable *inner;       /* (owned) ends the reading, for whichever reason */
  GCancellable *cancellable; /* (owned) (nullable) the caller's */
  gulong cancelled_id;
  GSource *timeout;          /* (owned) (nullable) */
  gboolean timed_out;
  gsize size_bytes;
  char bytes[MAX_SECRET_BYTES];
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->cancelled_id != 0)
    g_cancellable_disconnect (run->cancellable, run->cancelled_id);
  if (run->timeout != NULL)
    g_source_destroy (run->timeout);
  g_clear_pointer (&run->timeout, g_source_unref);
  if (run->process != NULL)
    g_subprocess_force_exit (run->process);
  g_clear_object (&run->process);
  g_clear_object (&run->inner);
  g_clear_object (&run->cancellable);
  base_secret_wipe (run->bytes, sizeof run->bytes);
  g_free (run);
}

/* The first line of what was read, or NULL if that is no password. */
BaseSecret *
account_secret_from_bytes (const char *bytes,
                           gsize       size_bytes)
{
  const char *end = memchr (bytes, '\n', size_bytes);
  gsize length = end != NULL ? (gsize) (end - bytes) : size_bytes;

  if (length > 0 && bytes[length - 1] == '\r')
    length--;
  if (length == 0 || !g_utf8_validate_len (bytes, length, NULL))
    return NULL;

  return base_secret_new_take (g_strndup (bytes, length));
}

static void
fail_command (GTask      *task,
              const char *what)
{
  g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_COMMAND_FAILED,
                           "The password command %s", what);
}

/* The reason why the reading ended early, told in the caller's terms. */
static gboolean
return_if_stopped (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return TRUE;

  if (run->timed_out)
    {
      g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_COMMAND_TIMED_OUT,
                               "The password command did not end in time");
      return TRUE;
    }

  return FALSE;
}

static void
waited_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  BaseSecret *secret;

  if (!g_subprocess_wait_finish (run->process, result, &error))
    {
      if (!return_if_stopped (task))
        fail_command (task, error->message);
      return;
    }

  if (!g_subprocess_get_successful (run->process))
    {
      fail_command (task, "failed");
      return;
    }

  secret = account_secret_from_bytes (run->bytes, run->size_bytes);
  if (secret == NULL)
    fail_command (task, "printed no password");
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) base_secret_unref);
}

static void
read_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source_object), result, &run->size_bytes,
                                       &error))
    {
      if (!return_if_stopped (task))
        fail_command (task, error->message);
      return;
    }

  if (run->size_bytes == sizeof run->bytes)
    {
      fail_command (task, "prints more than any password");
      return;
    }

  g_subprocess_wait_async (run->process, run->inner, waited_cb, g_steal_pointer (&task));
}

static gboolean
timeout_cb (gpointer user_data)
{
  Run *run = user_data;

  run->timed_out = TRUE;
  g_cancellable_cancel (run->inner);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static Run *
run_new (guint         timeout_ms,
         GCancellable *cancellable)
{
  Run *run = g_new0 (Run, 1);

  run->inner = g_cancellable_new ();
  if (cancellable != NULL)
    {
      run->cancellable = g_object_ref (cancellable);
      run->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                 g_object_ref (run->inner), g_object_unref);
    }

  run->timeout = g_timeout_source_new (timeout_ms);
  g_source_set_callback (run->timeout, timeout_cb, run, NULL);
  g_source_attach (run->timeout, g_main_context_get_thread_default ());

  return run;
}

/**
 * account_command_run_async:
 * @command: a command line in the shell's quoting, run without a shell
 * @service: `imap` or `smtp`, which the command finds in its variable PIPIT_SERVICE
 * @timeout_ms: when to give up, in milliseconds
 *
 * Runs a command whose first line of output is a password. Its standard input is empty, its
 * standard error is ours.
 *
 * Thread: any with a main context.
 */
void
account_command_run_async (const char          *command,
                           const char          *service,
                           guint                timeout_ms,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) argv = NULL;
  Run *run = run_new (timeout_ms, cancellable);

  g_task_set_source_tag (task, account_command_run_async);
  g_task_set_task_data (task, run, run_free);

  if (!g_shell_parse_argv (command, NULL, &argv, &error))
    {
      fail_command (task, error->message);
      return;
    }

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_setenv (launcher, "PIPIT_SERVICE", service, TRUE);
  run->process = g_subprocess_launcher_spawnv (launcher, (const char * const *) argv, &error);
  if (run->process == NULL)
    {
      fail_command (task, error->message);
      return;
    }

  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (run->process), run->bytes,
                                 sizeof run->bytes, G_PRIORITY_DEFAULT, run->inner, read_cb,
                                 g_object_ref (task));
}

/**
 * account_command_run_finish:
 *
 * Errors: ACCOUNT_ERROR_COMMAND_FAILED, ACCOUNT_ERROR_COMMAND_TIMED_OUT, G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the password
 */
BaseSecret *
account_command_run_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gssize
read_first_line (int   fd,
                 char *bytes,
                 gsize max_bytes)
{
  gsize size_bytes = 0;

  while (size_bytes < max_bytes && memchr (bytes, '\n', size_bytes) == NULL)
    {
      gssize got = read (fd, bytes + size_bytes, max_bytes - size_bytes);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return -1;
      if (got == 0)
        break;
      size_bytes += (gsize) got;
    }

  return (gssize) size_bytes;
}

/**
 * account_secret_read_file:
 * @path: (type filename): a file, or `-` for the standard input
 *
 * Reads a password: the first line of the file, without the line's end. Waits for the file, so
 * it is for pipitctl only.
 *
 * Errors: ACCOUNT_ERROR_NO_SECRET when there is none in the file, G_IO_ERROR.
 *
 * Returns: (transfer full): the password
 */
BaseSecret *
account_secret_read_file (const char  *path,
                          GError     **error)
{
  gboolean is_stdin = strcmp (path, "-") == 0;
  int fd = is_stdin ? STDIN_FILENO : g_open (path, O_RDONLY | O_CLOEXEC, 0);
  char bytes[MAX_SECRET_BYTES];
  gssize size_bytes = fd != -1 ? read_first_line (fd, bytes, sizeof bytes) : -1;
  BaseSecret *secret = NULL;
  int code = errno;

  if (size_bytes < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Cannot read “%s”: %s", path,
                 g_strerror (code));
  else if (size_bytes < (gssize) sizeof bytes)
    secret = account_secret_from_bytes (bytes, (gsize) size_bytes);

  if (size_bytes >= 0 && secret == NULL)
    g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NO_SECRET, "There is no password in “%s”",
                 path);

  if (fd != -1 && !is_stdin)
    close (fd);
  base_secret_wipe (bytes, sizeof bytes);

  return secret;
}
