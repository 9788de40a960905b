#include "web-fetcher-private.h"

#include "web-address.h"

#include <libsoup/soup.h>

/**
 * WebFetcher:
 *
 * A thread with one context and one session of HTTP, that says nothing of who asks: no cookies, no
 * referrer, no name and no language of a program, no password. Everything below but the two calls is on
 * that thread.
 */
struct _WebFetcher
{
  gatomicrefcount ref_count;
  GMainContext *context;        /* (owned) */
  GMainLoop *loop;              /* (owned) */
  gboolean inwards;             /* also where it is not public */
  GTlsDatabase *trust;          /* (owned) (nullable) */
  guint timeout_ms;
  gsize max_bytes;

  SoupSession *session;         /* (owned) (nullable) until the thread runs */
  GHashTable *kept;             /* (owned) of char * to GBytes: what was fetched lately */
  GQueue kept_order;            /* (unowned) keys of it, the oldest first */
  gsize kept_bytes;
  GQueue running;               /* (unowned) of Fetch */
};

#define TIMEOUT_MS    30000
#define MAX_BYTES     (16 * 1024 * 1024)
#define MAX_REDIRECTS 5
#define PIECE_BYTES   65536

/* What is looked at again need not be fetched, and counted by its sender, again. */
#define MAX_KEPT_BYTES (32 * 1024 * 1024)

typedef struct
{
  WebFetcher *fetcher;       /* (owned) */
  char *address;             /* (owned) */
  GCancellable *outer;       /* (owned) (nullable): the caller's */

  GUri *uri;                 /* (owned) (nullable) */
  GCancellable *inner;       /* (owned) (nullable): of what is under way */
  GSource *outer_source;     /* (owned) (nullable) */
  GSource *timeout_source;   /* (owned) (nullable) */
  GByteArray *bytes;         /* (owned) (nullable) */
  guint n_redirects;
  gboolean timed_out;
  gboolean refused;          /* it has led to a machine that is not public */
} Fetch;

static void go (GTask *task);
static void read_on (GTask        *task,
                     GInputStream *stream);

static WebFetcher *
web_fetcher_ref (WebFetcher *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
web_fetcher_unref (WebFetcher *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->trust);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  clear_source (&fetch->outer_source);
  clear_source (&fetch->timeout_source);
  g_clear_object (&fetch->inner);
  g_clear_object (&fetch->outer);
  g_clear_pointer (&fetch->uri, g_uri_unref);
  g_clear_pointer (&fetch->bytes, g_byte_array_unref);
  g_free (fetch->address);
  web_fetcher_unref (fetch->fetcher);
  g_free (fetch);
}

/* What was fetched */

static void
keep (WebFetcher *self,
      const char *address,
      GBytes     *bytes)
{
  gsize size = g_bytes_get_size (bytes);
  char *key;

  if (size > MAX_KEPT_BYTES / 4 || g_hash_table_contains (self->kept, address))
    return;

  while (self->kept_bytes + size > MAX_KEPT_BYTES)
    {
      const char *oldest = g_queue_pop_head (&self->kept_order);

      self->kept_bytes -= g_bytes_get_size (g_hash_table_lookup (self->kept, oldest));
      g_hash_table_remove (self->kept, oldest);
    }
  key = g_strdup (address);
  g_hash_table_insert (self->kept, key, g_bytes_ref (bytes));
  g_queue_push_tail (&self->kept_order, key);
  self->kept_bytes += size;
}

/* The end of a fetch, well or not. @task: (transfer full) */

static void
stop (Fetch *fetch)
{
  g_queue_remove (&fetch->fetcher->running, fetch);
  clear_source (&fetch->outer_source);
  clear_source (&fetch->timeout_source);
}

static void
succeed (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  GBytes *bytes = g_byte_array_free_to_bytes (g_steal_pointer (&fetch->bytes));

  stop (fetch);
  keep (fetch->fetcher, fetch->address, bytes);
  g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  g_object_unref (task);
}

/* @error: (transfer full) */
static void
fail (GTask  *task,
      GError *error)
{
  Fetch *fetch = g_task_get_task_data (task);

  stop (fetch);
  g_debug ("A picture could not be fetched: %s", error->message);
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* An operation of GIO has ended badly, by itself or because it was to. @error: (transfer full) */
static void
fail_under_way (GTask  *task,
                GError *error)
{
  Fetch *fetch = g_task_get_task_data (task);

  if (fetch->refused || fetch->timed_out)
    g_clear_error (&error);
  if (fetch->refused)
    error = g_error_new_literal (WEB_ERROR, WEB_ERROR_ADDRESS, "Leads to no public network");
  else if (fetch->timed_out)
    error = g_error_new_literal (WEB_ERROR, WEB_ERROR_TIMED_OUT, "Not there in time");
  fail (task, error);
}

/* The answer */

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GBytes) piece = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                              &error);

  if (piece == NULL)
    {
      fail_under_way (task, error);
      return;
    }
  if (g_bytes_get_size (piece) == 0)
    {
      succeed (task);
      return;
    }
  if (fetch->bytes->len + g_bytes_get_size (piece) > fetch->fetcher->max_bytes)
    {
      fail (task, g_error_new_literal (WEB_ERROR, WEB_ERROR_TOO_LARGE, "Too large"));
      return;
    }

  g_byte_array_append (fetch->bytes, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
  read_on (task, G_INPUT_STREAM (source));
}

static void
read_on (GTask        *task,
         GInputStream *stream)
{
  Fetch *fetch = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (stream, PIECE_BYTES, G_PRIORITY_DEFAULT, fetch->inner, read_cb,
                                   task);
}

static gboolean
is_redirection (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND ||
         status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT ||
         status == SOUP_STATUS_PERMANENT_REDIRECT;
}

/* Goes where the server sends it, if that is an address like any other. @task: (transfer full) */
static void
follow (GTask       *task,
        SoupMessage *message)
{
  Fetch *fetch = g_task_get_task_data (task);
  const char *location =
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  GError *error = NULL;
  GUri *next;

  if (location == NULL || ++fetch->n_redirects > MAX_REDIRECTS)
    {
      fail (task, g_error_new_literal (WEB_ERROR, WEB_ERROR_REDIRECTS, "Sent on without an end"));
      return;
    }
  next = web_address_parse (location, fetch->uri, &error);
  if (next == NULL)
    {
      fail (task, error);
      return;
    }

  g_uri_unref (fetch->uri);
  fetch->uri = next;
  go (task);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  guint status = soup_message_get_status (message);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_autoptr(GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    fail_under_way (task, error);
  else if (is_redirection (status))
    follow (task, message);
  else if (status != SOUP_STATUS_OK)
    fail (task, g_error_new (WEB_ERROR, WEB_ERROR_STATUS, "The answer is %u", status));
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           (guint64) soup_message_headers_get_content_length (headers) > fetch->fetcher->max_bytes)
    fail (task, g_error_new_literal (WEB_ERROR, WEB_ERROR_TOO_LARGE, "Too large"));
  else
    {
      fetch->bytes = g_byte_array_new ();
      read_on (task, stream);
    }
}

/* The question */

/*
 * Where a name has led is known when its address is connected to, before a byte is said. A proxy that
 * the person has set may lie in this network; it then decides what lies behind it.
 */
static void
on_network_event (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  Fetch              *fetch)
{
  g_autoptr(GSocketAddress) address = NULL;

  if (event != G_SOCKET_CLIENT_CONNECTING && event != G_SOCKET_CLIENT_CONNECTED)
    return;
  if (!G_IS_SOCKET_CONNECTION (connection) || fetch->fetcher->inwards)
    return;

  address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
  if (G_IS_PROXY_ADDRESS (address) || !G_IS_INET_SOCKET_ADDRESS (address))
    return;
  if (!web_address_is_public (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    {
      fetch->refused = TRUE;
      g_cancellable_cancel (fetch->inner);
    }
}

/* @task: (transfer full) */
static void
go (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(SoupMessage) message = soup_message_new_from_uri (SOUP_METHOD_GET, fetch->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  /* what every browser says, for the sake of servers that answer nobody else */
  soup_message_headers_append (headers, "User-Agent", "Mozilla/5.0");
  soup_message_headers_append (headers, "Accept",
                               "image/avif,image/webp,image/png,image/jpeg,image/gif,*/*;q=0.5");
  soup_message_headers_append (headers, "Accept-Encoding", "identity");
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), fetch);
  soup_session_send_async (fetch->fetcher->session, message, G_PRIORITY_DEFAULT, fetch->inner,
                           sent_cb, task);
}

static gboolean
on_outer_cancelled (GCancellable *outer,
                    gpointer      user_data)
{
  Fetch *fetch = user_data;

  g_cancellable_cancel (fetch->inner);

  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Fetch *fetch = user_data;

  fetch->timed_out = TRUE;
  g_cancellable_cancel (fetch->inner);

  return G_SOURCE_REMOVE;
}

static void
watch (Fetch *fetch)
{
  WebFetcher *self = fetch->fetcher;

  g_queue_push_tail (&self->running, fetch);
  fetch->inner = g_cancellable_new ();
  fetch->timeout_source = g_timeout_source_new (self->timeout_ms);
  g_source_set_callback (fetch->timeout_source, on_timeout, fetch, NULL);
  g_source_attach (fetch->timeout_source, self->context);
  if (fetch->outer == NULL)
    return;

  fetch->outer_source = g_cancellable_source_new (fetch->outer);
  g_source_set_callback (fetch->outer_source, G_SOURCE_FUNC (on_outer_cancelled), fetch, NULL);
  g_source_attach (fetch->outer_source, self->context);
}

static gboolean
begin (gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GBytes *kept = g_hash_table_lookup (fetch->fetcher->kept, fetch->address);
  GError *error = NULL;

  if (kept != NULL)
    {
      g_task_return_pointer (task, g_bytes_ref (kept), (GDestroyNotify) g_bytes_unref);
      g_object_unref (task);
      return G_SOURCE_REMOVE;
    }

  fetch->uri = web_address_parse (fetch->address, NULL, &error);
  if (fetch->uri != NULL && !g_main_loop_is_running (fetch->fetcher->loop))
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nothing is fetched any more");
  if (error != NULL)
    {
      fail (task, error);
      return G_SOURCE_REMOVE;
    }
  watch (fetch);
  go (task);

  return G_SOURCE_REMOVE;
}

static SoupSession *
make_session (WebFetcher *self)
{
  SoupSession *session = soup_session_new_with_options ("accept-language-auto", FALSE,
                                                        "idle-timeout", 10,
                                                        "max-conns", 12,
                                                        "max-conns-per-host", 4,
                                                        "timeout", 20,
                                                        NULL);

  /* it has no cookies and no cache unless they are added */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (self->trust != NULL)
    soup_session_set_tls_database (session, self->trust);

  return session;
}

static gpointer
run (gpointer data)
{
  WebFetcher *self = data;

  g_main_context_push_thread_default (self->context);
  self->session = make_session (self);
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_bytes_unref);
  g_queue_init (&self->kept_order);
  g_main_loop_run (self->loop);

  /* what is under way ends as if the caller had stopped it */
  for (GList *link = self->running.head; link != NULL; link = link->next)
    g_cancellable_cancel (((Fetch *) link->data)->inner);
  while (self->running.length > 0 || g_main_context_pending (self->context))
    g_main_context_iteration (self->context, TRUE);
  g_clear_object (&self->session);
  g_queue_clear (&self->kept_order);
  g_clear_pointer (&self->kept, g_hash_table_unref);
  g_main_context_pop_thread_default (self->context);
  web_fetcher_unref (self);

  return NULL;
}

/* Returns: (transfer full): a fetcher that does as @options say */
WebFetcher *
web_fetcher_new_with (const WebFetcherOptions *options)
{
  WebFetcher *self = g_new0 (WebFetcher, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->inwards = options->inwards;
  self->trust = options->trust != NULL ? g_object_ref (options->trust) : NULL;
  self->timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : TIMEOUT_MS;
  self->max_bytes = options->max_bytes != 0 ? options->max_bytes : MAX_BYTES;
  g_thread_unref (g_thread_new ("web", run, web_fetcher_ref (self)));

  return self;
}

/**
 * web_fetcher_new:
 *
 * Starts the thread that fetches. It asks nobody for anything by itself.
 *
 * Returns: (transfer full): a fetcher
 */
WebFetcher *
web_fetcher_new (void)
{
  return web_fetcher_new_with (&(WebFetcherOptions) { 0 });
}

static gboolean
quit (gpointer user_data)
{
  WebFetcher *self = user_data;

  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

/**
 * web_fetcher_free:
 * @self: (transfer full): a fetcher
 *
 * Stops what is under way: it ends with an error. Does not wait.
 */
void
web_fetcher_free (WebFetcher *self)
{
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, quit, web_fetcher_ref (self),
                              (GDestroyNotify) web_fetcher_unref);
  web_fetcher_unref (self);
}

/**
 * web_fetcher_fetch_async:
 * @address: of a picture, as a letter has it: not to be trusted
 * @cancellable: (nullable): stops it
 *
 * Fetches by HTTPS and nothing else; an address of http: is asked for by https:. Only from the public
 * network. What comes is bytes: what they are is for the caller to find out.
 *
 * Limits: 30 s, 16 MB, 5 redirections.
 * Thread: any; @callback is called in the caller's context.
 */
void
web_fetcher_fetch_async (WebFetcher          *self,
                         const char          *address,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->fetcher = web_fetcher_ref (self);
  fetch->address = g_strdup (address);
  fetch->outer = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_task_set_source_tag (task, web_fetcher_fetch_async);
  g_task_set_task_data (task, fetch, fetch_free);
  g_main_context_invoke (self->context, begin, task);
}

/**
 * web_fetcher_fetch_finish:
 *
 * Errors: WEB_ERROR of every kind, G_IO_ERROR, G_TLS_ERROR, G_RESOLVER_ERROR.
 *
 * Returns: (transfer full) (nullable): what lies there
 */
GBytes *
web_fetcher_fetch_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
