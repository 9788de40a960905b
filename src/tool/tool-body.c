#include "tool-body.h"

#include "store-error.h"
#include "sync-message.h"

/* A message's bytes, from the cache or from the server. */

static GBytes *
read_body (ToolEngine  *engine,
           gint64       location,
           SyncFetch    fetch,
           GError     **error)
{
  gboolean is_whole = FALSE;
  g_autoptr(GBytes) bytes = NULL;

  bytes = sync_message_read (tool_engine_get_reader (engine), location, &is_whole, error);
  if (bytes != NULL && fetch == SYNC_FETCH_WHOLE && !is_whole)
    return NULL;

  return g_steal_pointer (&bytes);
}

static gboolean
fetch_body (ToolEngine  *engine,
            gint64       location,
            SyncFetch    fetch,
            GError     **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  AccountSettings *settings = tool_engine_find_owner (engine, location, error);
  g_autoptr(GAsyncResult) result = NULL;
  SyncAccount *account;

  if (settings == NULL)
    return FALSE;

  account = tool_engine_start_account (engine, settings, error);
  if (account == NULL)
    return FALSE;

  sync_account_fetch_message_async (account, location, fetch, tool_context_get_cancellable (context),
                                    tool_context_result_cb, &result);
  return sync_account_fetch_message_finish (account, tool_context_wait (context, &result), error);
}

/**
 * tool_body_load:
 * @location: the id of a message
 * @fetch: how much of it is needed
 *
 * Reads a message out of the cache; what is missing there is fetched, if the profile is free.
 *
 * Errors: STORE_ERROR_NOT_FOUND, ACCOUNT_ERROR_PROFILE_IN_USE, those of fetching.
 *
 * Returns: (transfer full): the message
 */
MimeMessage *
tool_body_load (ToolEngine  *engine,
                gint64       location,
                SyncFetch    fetch,
                GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) bytes = read_body (engine, location, fetch, &local_error);

  if (bytes == NULL && local_error == NULL && fetch_body (engine, location, fetch, &local_error))
    bytes = read_body (engine, location, fetch, &local_error);

  if (bytes != NULL)
    return mime_message_new (bytes);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                 "There is no message %" G_GINT64_FORMAT, location);
  return NULL;
}
