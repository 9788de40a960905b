#include "pipit-config.h"

#include "pipit-composition-private.h"

#include "pipit-attachment-private.h"
#include "pipit-date.h"
#include "pipit-engine-private.h"
#include "pipit-problem-private.h"
#include "store-reader.h"
#include "store-transaction.h"

#include <glib/gi18n.h>

/* The draft: kept in the journal a second after the last change, so that a crash loses no more
 * than that. Its content is a GVariant dictionary; attachments lie beside it, one by one, since
 * they do not change. */

#define PAUSE_MS 1000

/* What one save writes. */
typedef struct
{
  StoreDraft draft;       /* (owned members) */
  GPtrArray *added;       /* (owned) of StoreDraftAttachment */
  GPtrArray *removed;     /* (owned) of char: keys */
} Save;

static const char *const recipient_keys[] = { "to", "cc", "bcc" };

static void
save_free (Save *save)
{
  g_free (save->draft.uuid);
  g_free (save->draft.account_uuid);
  g_free (save->draft.to_text);
  g_free (save->draft.subject);
  g_free (save->draft.summary);
  g_clear_pointer (&save->draft.content, g_bytes_unref);
  g_ptr_array_unref (save->added);
  g_ptr_array_unref (save->removed);
  g_free (save);
}

static GVariant *
pack_addresses (GListModel *addresses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < g_list_model_get_n_items (addresses); i++)
    {
      g_autoptr(PipitAddress) address = g_list_model_get_item (addresses, i);
      const char *name = pipit_address_get_name (address);

      g_variant_builder_add (&builder, "(ss)", name != NULL ? name : "",
                             pipit_address_get_address (address));
    }

  return g_variant_builder_end (&builder);
}

static GBytes *
pack (PipitComposition *self)
{
  g_autoptr(GVariant) content = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "version", "u", 1);
  g_variant_dict_insert (&dict, "kind", "u", (guint32) self->kind);
  g_variant_dict_insert (&dict, "subject", "s", self->subject);
  g_variant_dict_insert (&dict, "text", "s", self->text);
  if (self->identity != NULL)
    g_variant_dict_insert (&dict, "from", "s", pipit_identity_get_address (self->identity));
  for (gsize i = 0; i < G_N_ELEMENTS (recipient_keys); i++)
    g_variant_dict_insert_value (&dict, recipient_keys[i],
                                 pack_addresses (G_LIST_MODEL (self->recipients[i])));
  if (self->in_reply_to != NULL)
    g_variant_dict_insert (&dict, "in-reply-to", "s", self->in_reply_to);
  if (self->references != NULL)
    g_variant_dict_insert (&dict, "references", "^as", self->references);
  /* these ids are the cache's, and mean nothing after it was rebuilt: the mark of an answer is
   * then left out, which loses nothing of the message */
  g_variant_dict_insert (&dict, "answered", "x", self->answered_id);
  g_variant_dict_insert (&dict, "forwarded", "x", self->forwarded_id);

  content = g_variant_ref_sink (g_variant_dict_end (&dict));

  return g_variant_get_data_as_bytes (content);
}

static char *
summarize (const char *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 100));

  return g_strdup (g_strstrip (g_strdelimit (start, "\n\t", ' ')));
}

static void
list_attachment_changes (PipitComposition *self,
                         Save             *save)
{
  GHashTableIter iter;
  gpointer attachment, key;
  guint position;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    {
      g_autoptr(PipitAttachment) item = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);
      StoreDraftAttachment *added;

      if (g_hash_table_contains (self->kept, item))
        continue;

      added = g_new0 (StoreDraftAttachment, 1);
      added->key = g_uuid_string_random ();
      added->name = g_strdup (pipit_attachment_get_name (item));
      added->content_type = g_strdup (pipit_attachment_get_content_type (item));
      added->bytes = g_bytes_ref (pipit_attachment_get_bytes (item));
      added->size_bytes = (gint64) g_bytes_get_size (added->bytes);
      g_ptr_array_add (save->added, added);
      g_hash_table_insert (self->kept, g_object_ref (item), g_strdup (added->key));
    }

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &attachment, &key))
    if (!g_list_store_find (self->attachments, attachment, &position))
      {
        g_ptr_array_add (save->removed, g_strdup (key));
        g_hash_table_iter_remove (&iter);
      }
}

static Save *
prepare_save (PipitComposition *self)
{
  Save *save = g_new0 (Save, 1);
  PipitAccount *account = self->identity != NULL ? pipit_identity_get_account (self->identity)
                                                 : NULL;

  save->added = g_ptr_array_new_with_free_func ((GDestroyNotify) store_draft_attachment_free);
  save->removed = g_ptr_array_new_with_free_func (g_free);
  save->draft.uuid = g_strdup (self->draft_uuid);
  save->draft.account_uuid = g_strdup (account != NULL ? pipit_account_get_id (account) : "");
  save->draft.to_text = pipit_address_format_list (G_LIST_MODEL (self->recipients[0]));
  save->draft.subject = g_strdup (self->subject);
  save->draft.summary = summarize (self->text);
  save->draft.content = pack (self);
  list_attachment_changes (self, save);

  return save;
}

static gboolean
write_draft (StoreTransaction  *tx,
             gpointer           user_data,
             GError           **error)
{
  Save *save = user_data;

  if (!store_tx_put_draft (tx, &save->draft, NULL, error))
    return FALSE;

  for (guint i = 0; i < save->added->len; i++)
    if (!store_tx_put_draft_attachment (tx, save->draft.uuid, save->added->pdata[i], error))
      return FALSE;

  for (guint i = 0; i < save->removed->len; i++)
    if (!store_tx_remove_draft_attachment (tx, save->draft.uuid, save->removed->pdata[i], error))
      return FALSE;

  return TRUE;
}

static void
show_kept (PipitComposition *self)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = pipit_date_format_time (now);
  /* Translators: %s is the time of day */
  g_autofree char *status = g_strdup_printf (_("Draft kept %s"), time);

  pipit_composition_set_status (self, status);
}

static void
draft_written_cb (GObject      *source_object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitComposition *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (store_write_finish (STORE_STORE (source_object), result, &error))
    {
      self->draft_there = TRUE;
      show_kept (self);
      g_task_return_boolean (task, TRUE);
      return;
    }

  /* nothing was written: the attachments have to be put again with the next attempt */
  g_hash_table_remove_all (self->kept);
  pipit_composition_set_status (self, _("The draft could not be kept"));
  g_task_return_error (task, error);
}

/**
 * pipit_composition_save_async:
 *
 * Keeps the draft in the journal at once.
 */
void
pipit_composition_save_async (PipitComposition    *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (PIPIT_IS_COMPOSITION (self));

  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_composition_save_async);
  store_write_async (pipit_engine_get_store (self->engine), STORE_PRIORITY_PERSON, write_draft,
                     prepare_save (self), (GDestroyNotify) save_free, NULL, draft_written_cb, task);
}

/**
 * pipit_composition_save_finish:
 *
 * Errors: STORE_ERROR_*
 *
 * Returns: %TRUE if the draft is durable
 */
gboolean
pipit_composition_save_finish (PipitComposition  *self,
                               GAsyncResult      *result,
                               GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
kept_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  PipitComposition *self = PIPIT_COMPOSITION (source_object);
  g_autoptr(PipitProblem) problem = NULL;
  g_autoptr(GError) error = NULL;

  if (pipit_composition_save_finish (self, result, &error))
    return;

  g_warning ("The draft was not kept: %s", error->message);
  problem = pipit_problem_new_from_error (error, NULL, PIPIT_SERVER_SENDING, NULL);
  g_signal_emit_by_name (self, "draft-failed", problem);
}

static gboolean
pause_cb (gpointer user_data)
{
  PipitComposition *self = user_data;

  self->draft_timeout = 0;
  pipit_composition_save_async (self, NULL, kept_cb, NULL);

  return G_SOURCE_REMOVE;
}

/*
 * pipit_composition_keep_soon:
 *
 * Something has changed: the draft is kept when the person makes a pause.
 */
void
pipit_composition_keep_soon (PipitComposition *self)
{
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  self->draft_timeout = g_timeout_add (PAUSE_MS, pause_cb, self);
}

static gboolean
remove_draft (StoreTransaction  *tx,
              gpointer           user_data,
              GError           **error)
{
  return store_tx_remove_draft (tx, user_data, error);
}

static void
removed_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!store_write_finish (STORE_STORE (source_object), result, &error))
    g_warning ("A discarded draft stays: %s", error->message);
}

/*
 * pipit_composition_forget_draft:
 *
 * The message was sent or discarded: no draft is kept from here on.
 */
void
pipit_composition_forget_draft (PipitComposition *self)
{
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  self->ended = TRUE;
}

/**
 * pipit_composition_discard:
 *
 * The person does not want the message: the draft is removed.
 */
void
pipit_composition_discard (PipitComposition *self)
{
  g_return_if_fail (PIPIT_IS_COMPOSITION (self));

  if (self->ended)
    return;

  pipit_composition_forget_draft (self);

  /* also when it seems not to be there: a save may be under way, and the writer keeps the order */
  store_write_async (pipit_engine_get_store (self->engine), STORE_PRIORITY_PERSON, remove_draft,
                     g_strdup (self->draft_uuid), g_free, NULL, removed_cb, NULL);
}

static void
unpack_addresses (PipitComposition     *self,
                  PipitRecipientsField  field,
                  GVariantDict         *dict)
{
  g_autoptr(GListStore) list = g_list_store_new (PIPIT_TYPE_ADDRESS);
  g_autoptr(GVariant) packed = NULL;
  GVariantIter iter;
  const char *name, *text;

  packed = g_variant_dict_lookup_value (dict, recipient_keys[field], G_VARIANT_TYPE ("a(ss)"));
  if (packed == NULL)
    return;

  g_variant_iter_init (&iter, packed);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &text))
    {
      g_autoptr(PipitAddress) address = pipit_address_new (*name != '\0' ? name : NULL, text);

      g_list_store_append (list, address);
    }

  pipit_composition_set_recipients (self, field, G_LIST_MODEL (list));
}

static PipitIdentity *
find_identity (PipitEngine *engine,
               const char  *account_uuid,
               const char  *from)
{
  PipitAccount *account = pipit_engine_get_account (engine, account_uuid);
  GListModel *identities;

  if (account == NULL)
    return NULL;

  identities = pipit_account_get_identities (account);
  for (guint i = 0; i < g_list_model_get_n_items (identities); i++)
    {
      g_autoptr(PipitIdentity) identity = g_list_model_get_item (identities, i);

      if (g_strcmp0 (pipit_identity_get_address (identity), from) == 0)
        return identity; /* the account holds it */
    }

  return pipit_account_get_identity (account);
}

/* A draft as it was read on the reader's thread: taken apart on the main one. */
typedef struct
{
  StoreDraft *draft;      /* (owned) */
  GPtrArray *attachments; /* (owned) of StoreDraftAttachment, with their bytes */
} Kept;

static void
kept_free (Kept *kept)
{
  g_clear_pointer (&kept->draft, store_draft_free);
  g_clear_pointer (&kept->attachments, g_ptr_array_unref);
  g_free (kept);
}

static PipitComposition *
unpack (PipitEngine *engine,
        Kept        *kept)
{
  g_autoptr(GVariant) content = NULL;
  g_autofree char *from = NULL;
  PipitComposition *self;
  GVariantDict dict;
  guint32 kind = PIPIT_COMPOSE_NEW;

  content = g_variant_ref_sink (
    g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, kept->draft->content, FALSE));
  g_variant_dict_init (&dict, content);
  g_variant_dict_lookup (&dict, "kind", "u", &kind);
  g_variant_dict_lookup (&dict, "from", "s", &from);

  self = pipit_composition_new_empty (engine, MIN (kind, PIPIT_COMPOSE_DRAFT),
                                      find_identity (engine, kept->draft->account_uuid, from));
  self->loading = TRUE;
  g_free (self->draft_uuid);
  self->draft_uuid = g_strdup (kept->draft->uuid);
  self->draft_there = TRUE;

  g_free (self->subject);
  g_free (self->text);
  if (!g_variant_dict_lookup (&dict, "subject", "s", &self->subject))
    self->subject = g_strdup ("");
  if (!g_variant_dict_lookup (&dict, "text", "s", &self->text))
    self->text = g_strdup ("");
  g_variant_dict_lookup (&dict, "in-reply-to", "s", &self->in_reply_to);
  g_variant_dict_lookup (&dict, "references", "^as", &self->references);
  g_variant_dict_lookup (&dict, "answered", "x", &self->answered_id);
  g_variant_dict_lookup (&dict, "forwarded", "x", &self->forwarded_id);
  for (guint field = 0; field < G_N_ELEMENTS (recipient_keys); field++)
    unpack_addresses (self, field, &dict);
  g_variant_dict_clear (&dict);

  for (guint i = 0; i < kept->attachments->len; i++)
    {
      const StoreDraftAttachment *item = kept->attachments->pdata[i];
      g_autoptr(PipitAttachment) attachment = NULL;

      attachment = pipit_attachment_new_for_bytes (item->name, item->content_type, item->bytes);
      g_hash_table_insert (self->kept, g_object_ref (attachment), g_strdup (item->key));
      pipit_composition_take_attachment (self, attachment);
    }

  self->loading = FALSE;
  self->modified = TRUE;

  return self;
}

/* Which drafts are taken up, and what was read of them. */
typedef struct
{
  char *draft_id; /* (owned) (nullable): only this one */
  GPtrArray *all; /* (owned) (element-type Kept): out */
} Restore;

static void
restore_free (Restore *restore)
{
  g_free (restore->draft_id);
  g_ptr_array_unref (restore->all);
  g_free (restore);
}

static gboolean
read_drafts (StoreReader  *reader,
             gpointer      user_data,
             GError      **error)
{
  Restore *restore = user_data;
  g_autoptr(GPtrArray) drafts = store_reader_list_drafts (reader, NULL, error);

  if (drafts == NULL)
    return FALSE;

  for (guint i = 0; i < drafts->len; i++)
    {
      const StoreDraft *listed = drafts->pdata[i];
      Kept *kept;

      if (restore->draft_id != NULL && !g_str_equal (restore->draft_id, listed->uuid))
        continue;

      kept = g_new0 (Kept, 1);
      g_ptr_array_add (restore->all, kept);
      kept->draft = store_reader_get_draft (reader, listed->uuid, error);
      if (kept->draft == NULL)
        return FALSE;
      kept->attachments = store_reader_list_draft_attachments (reader, listed->uuid, TRUE, error);
      if (kept->attachments == NULL)
        return FALSE;
    }

  return TRUE;
}

static void
drafts_read_cb (GObject      *source_object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitEngine *engine = g_task_get_source_object (task);
  GPtrArray *all = ((Restore *) store_read_get_data (result))->all;
  GListStore *list;
  GError *error = NULL;

  if (!store_read_finish (STORE_STORE (source_object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  list = g_list_store_new (PIPIT_TYPE_COMPOSITION);
  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr(PipitComposition) composition = unpack (engine, all->pdata[i]);

      g_list_store_append (list, composition);
    }

  g_task_return_pointer (task, list, g_object_unref);
}

/**
 * pipit_composition_restore_async:
 * @engine: an engine that is open
 * @draft_id: (nullable): what pipit_draft_get_id() says; %NULL for all
 *
 * Takes up a draft, or every draft, that is kept on this computer.
 */
void
pipit_composition_restore_async (PipitEngine         *engine,
                                 const char          *draft_id,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  Restore *restore;
  GTask *task;

  g_return_if_fail (PIPIT_IS_ENGINE (engine));

  restore = g_new0 (Restore, 1);
  restore->draft_id = g_strdup (draft_id);
  restore->all = g_ptr_array_new_with_free_func ((GDestroyNotify) kept_free);
  task = g_task_new (engine, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_composition_restore_async);
  store_read_async (pipit_engine_get_store (engine), G_PRIORITY_DEFAULT, read_drafts, restore,
                    (GDestroyNotify) restore_free, cancellable, drafts_read_cb, task);
}

/**
 * pipit_composition_restore_finish:
 *
 * Errors: STORE_ERROR_*
 *
 * Returns: (transfer full): a list of #PipitComposition
 */
GListModel *
pipit_composition_restore_finish (PipitEngine   *engine,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
