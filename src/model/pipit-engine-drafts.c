#include "pipit-config.h"

#include "pipit-engine-struct-private.h"

#include "pipit-draft-private.h"
#include "pipit-folder-private.h"
#include "pipit-problem-private.h"

#include "store-reader.h"
#include "store-transaction.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GPtrArray *rows; /* (owned) (nullable) of StoreDraft: out */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_clear_pointer (&query->rows, g_ptr_array_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;

  query->rows = store_reader_list_drafts (reader, NULL, error);

  return query->rows != NULL;
}

/* Drafts are few, and change while somebody writes: rows that show the same stay. */
static void
fit_drafts (PipitEngine *self,
            GPtrArray   *rows)
{
  guint i;

  for (i = 0; i < rows->len; i++)
    {
      g_autoptr(PipitDraft) draft = pipit_draft_new (g_ptr_array_index (rows, i));
      g_autoptr(PipitDraft) there = g_list_model_get_item (G_LIST_MODEL (self->drafts), i);
      gpointer additions[] = { draft };

      if (there == NULL)
        g_list_store_append (self->drafts, draft);
      else if (!pipit_draft_equal (there, draft))
        g_list_store_splice (self->drafts, i, 1, additions, 1);
    }
  g_list_store_splice (self->drafts, i,
                       g_list_model_get_n_items (G_LIST_MODEL (self->drafts)) - i, NULL, 0);
  pipit_folder_set_counts (self->drafts_folder, 0, rows->len);
}

static void
drafts_read_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(PipitEngine) self = user_data;
  g_autoptr(GError) error = NULL;
  Query *query = store_read_get_data (result);

  self->drafts_reading = FALSE;
  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("The drafts could not be read: %s", error->message);
      return;
    }

  if (self->closed)
    return;
  fit_drafts (self, query->rows);
  if (self->drafts_again)
    pipit_engine_read_drafts (self);
}

/* Reads which drafts are kept, after one has changed. */
void
pipit_engine_read_drafts (PipitEngine *self)
{
  if (self->drafts_reading)
    {
      self->drafts_again = TRUE;
      return;
    }

  self->drafts_reading = TRUE;
  self->drafts_again = FALSE;
  store_read_async (self->store, G_PRIORITY_LOW, run_query, g_new0 (Query, 1), query_free,
                    self->cancellable, drafts_read_cb, g_object_ref (self));
}

/* Runs on the store's writer thread. */
static gboolean
remove_draft (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  return store_tx_remove_draft (tx, data, error);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(PipitEngine) self = user_data;
  g_autoptr(PipitProblem) problem = NULL;
  g_autoptr(GError) error = NULL;

  if (store_write_finish (STORE_STORE (source), result, &error))
    return;

  problem = pipit_problem_new (PIPIT_PROBLEM_LOCAL, _("The draft could not be discarded"), NULL,
                               error->message, PIPIT_SERVER_RECEIVING, NULL, NULL);
  pipit_engine_report (self, problem);
}

/**
 * pipit_engine_get_drafts:
 *
 * Returns: (transfer none): of #PipitDraft: the messages being written that are kept on this
 *   computer, the last changed first
 */
GListModel *
pipit_engine_get_drafts (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return G_LIST_MODEL (self->drafts);
}

/**
 * pipit_engine_get_drafts_folder:
 *
 * Returns: (transfer none): what stands for them in the sidebar
 */
PipitFolder *
pipit_engine_get_drafts_folder (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return self->drafts_folder;
}

/**
 * pipit_engine_discard_draft:
 * @draft: a draft that no composer is open for
 *
 * Removes a draft. The person has been asked: there is no other copy.
 */
void
pipit_engine_discard_draft (PipitEngine *self,
                            PipitDraft  *draft)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));
  g_return_if_fail (PIPIT_IS_DRAFT (draft));

  store_write_async (self->store, STORE_PRIORITY_PERSON, remove_draft,
                     g_strdup (pipit_draft_get_id (draft)), g_free, NULL, removed_cb,
                     g_object_ref (self));
}
