#include "discovery-test-private.h"

/* A try of an account's servers, step by step, with every step reported while it happens. The
 * work is done by a thread of its own; this object lives where it was made. */

struct _DiscoveryTest
{
  GObject parent_instance;

  DiscoveryRun *run; /* (owned) the worker's while is_running */
  GPtrArray *steps;  /* (owned) of DiscoveryStep, in the order of events */
  gboolean is_running;
  gboolean has_run;
};

G_DEFINE_FINAL_TYPE (DiscoveryTest, discovery_test, G_TYPE_OBJECT)

static guint step_signal;

static void
discovery_test_finalize (GObject *object)
{
  DiscoveryTest *self = DISCOVERY_TEST (object);

  g_clear_pointer (&self->run, discovery_run_unref);
  g_clear_pointer (&self->steps, g_ptr_array_unref);

  G_OBJECT_CLASS (discovery_test_parent_class)->finalize (object);
}

static void
discovery_test_class_init (DiscoveryTestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = discovery_test_finalize;

  /**
   * DiscoveryTest::step:
   * @step: what has begun, passed or failed
   *
   * Comes on the main context that discovery_test_run_async () was called on. When a provider's
   * first server cannot be reached, the steps begin again with another endpoint.
   */
  step_signal = g_signal_new ("step", DISCOVERY_TYPE_TEST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, DISCOVERY_TYPE_STEP);
}

static void
discovery_test_init (DiscoveryTest *self)
{
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) discovery_step_unref);
}

/**
 * discovery_test_new:
 * @trust: whom to trust beyond the system's authorities
 *
 * Returns: (transfer full): a test, for one run
 */
DiscoveryTest *
discovery_test_new (NetTrust *trust)
{
  DiscoveryTest *self;

  g_return_val_if_fail (trust != NULL, NULL);

  self = g_object_new (DISCOVERY_TYPE_TEST, NULL);
  self->run = discovery_run_new (trust);

  return self;
}

/**
 * discovery_test_set_sign_in:
 * @purpose: which server
 * @username: (nullable): the name, or %NULL not to sign in there
 * @secret: (nullable): the password
 */
void
discovery_test_set_sign_in (DiscoveryTest *self,
                            NetPurpose     purpose,
                            const char    *username,
                            BaseSecret    *secret)
{
  DiscoveryRunServer *server;

  g_return_if_fail (DISCOVERY_IS_TEST (self));
  g_return_if_fail (purpose <= NET_PURPOSE_SMTP);
  g_return_if_fail (username == NULL || secret != NULL);
  g_return_if_fail (!self->has_run);

  server = &self->run->servers[purpose];
  g_free (server->username);
  g_clear_pointer (&server->secret, base_secret_unref);
  server->username = g_strdup (username);
  server->secret = username != NULL ? base_secret_ref (secret) : NULL;
}

/**
 * discovery_test_set_sender:
 * @address: (nullable): the sender's address, which the server for sending shall accept
 */
void
discovery_test_set_sender (DiscoveryTest *self,
                           const char    *address)
{
  g_return_if_fail (DISCOVERY_IS_TEST (self));
  g_return_if_fail (!self->has_run);

  g_free (self->run->sender);
  self->run->sender = g_strdup (address);
}

static void
add_target (DiscoveryTest *self,
            NetEndpoint   *endpoint,
            gboolean       is_guess)
{
  DiscoveryTarget target = { net_endpoint_ref (endpoint), is_guess };
  NetPurpose purpose = net_endpoint_get_purpose (endpoint);

  g_array_append_val (self->run->servers[purpose].targets, target);
}

/**
 * discovery_test_add_endpoint:
 * @endpoint: a server that the person or a known provider has named, by its purpose for reading or
 *   for sending
 *
 * Adds a server to try. The next of the same purpose is tried when one cannot be reached. The
 * password goes to the first that is reached, encrypted and verified.
 */
void
discovery_test_add_endpoint (DiscoveryTest *self,
                             NetEndpoint   *endpoint)
{
  g_return_if_fail (DISCOVERY_IS_TEST (self));
  g_return_if_fail (endpoint != NULL);
  g_return_if_fail (!self->has_run);

  add_target (self, endpoint, FALSE);
}

/**
 * discovery_test_add_guess:
 * @endpoint: a server that nobody has named
 *
 * Adds a server to look for. No password goes there: if it answers, the test stops with
 * %DISCOVERY_ERROR_UNCONFIRMED, and discovery_test_get_endpoint () is what the person has to
 * confirm.
 */
void
discovery_test_add_guess (DiscoveryTest *self,
                          NetEndpoint   *endpoint)
{
  g_return_if_fail (DISCOVERY_IS_TEST (self));
  g_return_if_fail (endpoint != NULL);
  g_return_if_fail (!self->has_run);

  add_target (self, endpoint, TRUE);
}

/**
 * discovery_test_set_step_timeout:
 * @timeout_ms: how long a step may take at most, in milliseconds; 0 for what is usual
 */
void
discovery_test_set_step_timeout (DiscoveryTest *self,
                                 guint          timeout_ms)
{
  g_return_if_fail (DISCOVERY_IS_TEST (self));
  g_return_if_fail (!self->has_run);

  self->run->timeout_ms = timeout_ms;
}

/* On the caller's context, from the worker's reports. */
void
discovery_test_report (DiscoveryTest *self,
                       DiscoveryStep *step)
{
  g_ptr_array_add (self->steps, discovery_step_ref (step));
  g_signal_emit (self, step_signal, 0, step);
}

/* The worker's thread. It knows the run, and never holds the test. */
static gpointer
work (gpointer data)
{
  GTask *task = data;
  DiscoveryRun *run = g_task_get_task_data (task);
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GError) error = NULL;
  gboolean passed;

  g_main_context_acquire (context);
  g_main_context_push_thread_default (context);
  passed = discovery_run_work (run, g_task_get_cancellable (task), &error);
  g_main_context_pop_thread_default (context);
  g_main_context_release (context);

  if (passed)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));

  g_object_unref (task);
  return NULL;
}

static void
worked_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  DiscoveryTest *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->is_running = FALSE;
  self->run->test = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * discovery_test_run_async:
 *
 * Runs the test: for the server for reading, find it, connect, encrypt, greet, sign in, list the
 * folders; then for the server for sending the same, with a check of the sender's address in
 * place of the folders. It stops at the first step that fails. Each step has its own deadline.
 *
 * A test runs once.
 */
void
discovery_test_run_async (DiscoveryTest       *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task, *inner;

  g_return_if_fail (DISCOVERY_IS_TEST (self));
  g_return_if_fail (!self->has_run);

  self->has_run = TRUE;
  self->is_running = TRUE;
  self->run->test = self;
  self->run->context = g_main_context_ref_thread_default ();

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, discovery_test_run_async);

  /* The worker gets a task of its own without a source object: what it lets go of last must not
   * be an object of this thread. */
  inner = g_task_new (NULL, cancellable, worked_cb, task);
  g_task_set_source_tag (inner, discovery_test_run_async);
  g_task_set_check_cancellable (inner, FALSE);
  g_task_set_task_data (inner, discovery_run_ref (self->run),
                        (GDestroyNotify) discovery_run_unref);
  g_thread_unref (g_thread_new ("pipit-test", work, inner));
}

/**
 * discovery_test_run_finish:
 *
 * Errors: NET_ERROR for what failed, %DISCOVERY_ERROR_UNCONFIRMED, SMTP_ERROR and IMAP_ERROR for
 *   what the servers refuse; discovery_test_get_failure () says more. G_IO_ERROR_CANCELLED.
 *
 * Returns: whether all steps passed
 */
gboolean
discovery_test_run_finish (DiscoveryTest  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * discovery_test_get_steps:
 *
 * Returns: (transfer none) (element-type DiscoveryStep): what has been reported so far
 */
GPtrArray *
discovery_test_get_steps (DiscoveryTest *self)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);

  return self->steps;
}

/**
 * discovery_test_get_failure:
 *
 * Returns: (nullable) (transfer none): where and why the test stopped; %NULL when it passed, was
 *   cancelled, or is still running
 */
DiscoveryFailure *
discovery_test_get_failure (DiscoveryTest *self)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);

  return self->is_running ? NULL : self->run->failure;
}

/**
 * discovery_test_get_endpoint:
 *
 * Returns: (nullable) (transfer none): which of the servers it was in the end, after the test; the
 *   one that the settings should name
 */
NetEndpoint *
discovery_test_get_endpoint (DiscoveryTest *self,
                             NetPurpose     purpose)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);
  g_return_val_if_fail (purpose <= NET_PURPOSE_SMTP, NULL);

  return self->is_running ? NULL : self->run->servers[purpose].reached;
}

/**
 * discovery_test_get_capabilities:
 *
 * Returns: (nullable) (array zero-terminated=1): after the test, what the server said it can do:
 *   IMAP's capabilities, SMTP's mechanisms for signing in
 */
const char * const *
discovery_test_get_capabilities (DiscoveryTest *self,
                                 NetPurpose     purpose)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);
  g_return_val_if_fail (purpose <= NET_PURPOSE_SMTP, NULL);

  return self->is_running ? NULL : (const char * const *) self->run->servers[purpose].capabilities;
}

/**
 * discovery_test_get_server_name:
 *
 * Returns: (nullable) (transfer none): after the test, what the IMAP server says of itself, as
 *   imap_session_get_server_name ()
 */
const char *
discovery_test_get_server_name (DiscoveryTest *self)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);

  return self->is_running ? NULL : self->run->servers[NET_PURPOSE_IMAP].name;
}

/**
 * discovery_test_get_quirks:
 *
 * Returns: (nullable) (array zero-terminated=1): after the test, as what the IMAP server is treated:
 *   names of rows of the table of servers
 */
const char * const *
discovery_test_get_quirks (DiscoveryTest *self)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);

  return self->is_running ? NULL
                          : (const char * const *) self->run->servers[NET_PURPOSE_IMAP].quirks;
}

/**
 * discovery_test_get_folders:
 *
 * Returns: (nullable) (array zero-terminated=1): after the test, the names of the folders, UTF-8
 */
const char * const *
discovery_test_get_folders (DiscoveryTest *self)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);

  return self->is_running ? NULL : (const char * const *) self->run->folders;
}

/**
 * discovery_test_get_special_use:
 *
 * Returns: (nullable): after the test, the folder, UTF-8, that the server itself names for @role
 */
const char *
discovery_test_get_special_use (DiscoveryTest     *self,
                                AccountFolderRole  role)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);
  g_return_val_if_fail (role < ACCOUNT_N_FOLDER_ROLES, NULL);

  return self->is_running ? NULL : self->run->special_use[role];
}

/**
 * discovery_test_dup_transcript:
 *
 * Returns: (transfer full): what was said on the wire so far, without secrets
 */
char *
discovery_test_dup_transcript (DiscoveryTest *self)
{
  g_return_val_if_fail (DISCOVERY_IS_TEST (self), NULL);

  return net_transcript_dup_text (self->run->transcript);
}
