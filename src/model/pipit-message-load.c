#include "pipit-config.h"

#include "pipit-account-private.h"
#include "pipit-body-private.h"
#include "pipit-engine-private.h"
#include "pipit-message-private.h"
#include "pipit-problem-private.h"

#include "net-error.h"
#include "store-reader.h"
#include "sync-message.h"

#include <glib/gi18n-lib.h>

/*
 * A message's content: from the store if it is there, else from the server into the store and
 * then from there. Reading is on the store's thread, parsing on one of the pool.
 */
typedef struct
{
  gint64 location;
  SyncFetch fetch;   /* what is needed */
  gboolean fetched;  /* the server has been asked */

  GBytes *bytes;     /* (owned) (nullable): out of the query */
  gboolean is_whole;
  char *structure;   /* (owned) (nullable) */
} Load;

static void read_again (GTask *task);

static void
load_free (gpointer data)
{
  Load *load = data;

  g_clear_pointer (&load->bytes, g_bytes_unref);
  g_free (load->structure);
  g_free (load);
}

/* Runs on the store's reader thread. */
static gboolean
read_message (StoreReader  *reader,
              gpointer      data,
              GError      **error)
{
  Load *load = data;
  g_autoptr(StoreMessage) details = NULL;
  g_autoptr(GError) own_error = NULL;

  g_clear_pointer (&load->bytes, g_bytes_unref);
  load->bytes = sync_message_read (reader, load->location, &load->is_whole, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  if (load->bytes == NULL || load->is_whole)
    return TRUE;

  details = store_reader_get_message (reader, load->location, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  g_free (load->structure);
  load->structure = details != NULL ? g_strdup (details->structure) : NULL;

  return TRUE;
}

/* Runs on a thread of the pool. */
static void
parse_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Load *load = task_data;

  g_task_return_pointer (task, pipit_body_new (source_object, load->bytes, load->is_whole,
                                               load->structure),
                         g_object_unref);
}

/* What went wrong, as a sentence. */
static void
return_error (GTask        *task,
              const GError *error)
{
  PipitMessage *self = g_task_get_source_object (task);
  PipitAccount *account = pipit_message_get_account (self);
  g_autoptr(PipitProblem) problem = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  if (account != NULL && pipit_account_get_state (account) == PIPIT_STATE_OFFLINE)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "%s",
                               _("This message has not been downloaded, and there is no connection to the server."));
      return;
    }

  problem = pipit_problem_new_from_error (error,
                                          account != NULL ? pipit_account_get_name (account) : "",
                                          PIPIT_SERVER_RECEIVING, NULL);
  g_message ("A message could not be loaded: %s", error->message);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                           error->domain == NET_ERROR ? pipit_problem_get_title (problem)
                                                      : error->message);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (sync_account_fetch_message_finish (SYNC_ACCOUNT (source), result, &error))
    read_again (g_steal_pointer (&task));
  else
    return_error (task, error);
}

/* @task: (transfer full) */
static void
fetch (GTask *task)
{
  PipitMessage *self = g_task_get_source_object (task);
  PipitAccount *account = pipit_message_get_account (self);
  Load *load = g_task_get_task_data (task);

  if (account == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                               _("This message is not here any more."));
      g_object_unref (task);
      return;
    }

  load->fetched = TRUE;
  sync_account_fetch_message_async (pipit_account_get_sync (account), load->location, load->fetch,
                                    g_task_get_cancellable (task), fetched_cb, task);
}

static void
message_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Load *load = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  gboolean enough;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      return_error (task, error);
      return;
    }

  enough = load->bytes != NULL && (load->is_whole || load->fetch == SYNC_FETCH_TEXT);
  if (!enough && !load->fetched)
    fetch (g_steal_pointer (&task));
  else if (!enough)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                             _("The server does not have this message any more."));
  else if (load->fetch == SYNC_FETCH_WHOLE)
    g_task_return_pointer (task, g_bytes_ref (load->bytes), (GDestroyNotify) g_bytes_unref);
  else
    g_task_run_in_thread (task, parse_in_thread);
}

/* @task: (transfer full) */
static void
read_again (GTask *task)
{
  PipitMessage *self = g_task_get_source_object (task);

  /* the task data outlives the query: the task is held by its callback */
  store_read_async (pipit_engine_get_store (pipit_message_get_engine (self)), G_PRIORITY_HIGH,
                    read_message, g_task_get_task_data (task), NULL,
                    g_task_get_cancellable (task), message_read_cb, task);
}

static void
load_async (PipitMessage        *self,
            SyncFetch            fetch_what,
            gpointer             source_tag,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  load->location = pipit_message_get_id (self);
  load->fetch = fetch_what;
  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, load, load_free);
  read_again (task);
}

/**
 * pipit_message_load_body_async:
 * @cancellable: (nullable): stops it
 *
 * Brings what is in the message, from the server if it is not here. Of a large message only what
 * is needed to read it.
 */
void
pipit_message_load_body_async (PipitMessage        *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (PIPIT_IS_MESSAGE (self));

  load_async (self, SYNC_FETCH_TEXT, pipit_message_load_body_async, cancellable, callback,
              user_data);
}

/**
 * pipit_message_load_body_finish:
 *
 * Returns: (transfer full) (nullable): the body; on failure @error is a sentence for a person,
 *   %G_IO_ERROR_NETWORK_UNREACHABLE while the account is offline
 */
PipitBody *
pipit_message_load_body_finish (PipitMessage  *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * pipit_message_load_source_async:
 * @cancellable: (nullable): stops it
 *
 * Brings the message byte for byte, from the server if it is not here.
 */
void
pipit_message_load_source_async (PipitMessage        *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (PIPIT_IS_MESSAGE (self));

  load_async (self, SYNC_FETCH_WHOLE, pipit_message_load_source_async, cancellable, callback,
              user_data);
}

/**
 * pipit_message_load_source_finish:
 *
 * Returns: (transfer full) (nullable): the message; on failure @error is a sentence for a person
 */
GBytes *
pipit_message_load_source_finish (PipitMessage  *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
