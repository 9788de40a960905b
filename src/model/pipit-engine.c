#include "pipit-config.h"

#include "pipit-engine-struct-private.h"

#include "pipit-account-private.h"
#include "pipit-address.h"
#include "pipit-draft.h"
#include "pipit-folder-private.h"
#include "pipit-loader.h"
#include "pipit-outbox-item.h"
#include "pipit-overlays.h"
#include "pipit-problem.h"
#include "pipit-undo-private.h"

#include "store-reader.h"

#include <glib/gi18n-lib.h>

/**
 * PipitEngine:
 *
 * Everything below the window: the profile, its accounts, what is cached of them, and what waits
 * to be sent. There is one in a process. All of it belongs to the main thread.
 */
enum
{
  PROP_0,
  PROP_OPENED,
  PROP_STATE,
  PROP_STATUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint signals[PIPIT_ENGINE_N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitEngine, pipit_engine, G_TYPE_OBJECT)

static void
pipit_engine_dispose (GObject *object)
{
  PipitEngine *self = PIPIT_ENGINE (object);

  pipit_engine_close (self);
  g_clear_pointer (&self->loader, pipit_loader_free);
  g_clear_pointer (&self->overlays, pipit_overlays_free);
  g_clear_object (&self->accounts);
  g_clear_object (&self->outbox);
  g_clear_object (&self->drafts);
  g_clear_object (&self->all_inboxes);
  g_clear_object (&self->outbox_folder);
  g_clear_object (&self->drafts_folder);
  g_clear_object (&self->undo);
  g_clear_object (&self->list);
  g_clear_object (&self->secrets);
  g_clear_object (&self->trust);
  g_clear_object (&self->store);
  g_clear_object (&self->monitor);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->profile);
  g_clear_pointer (&self->dirty_folders, g_hash_table_unref);
  g_clear_pointer (&self->status, g_free);

  G_OBJECT_CLASS (pipit_engine_parent_class)->dispose (object);
}

static void
pipit_engine_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  PipitEngine *self = PIPIT_ENGINE (object);

  switch (prop_id)
    {
    case PROP_OPENED:
      g_value_set_boolean (value, self->opened);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_signals (void)
{
  /* @account: whose server; @text: what it wants to be read, plain text */
  signals[PIPIT_ENGINE_ALERT] =
    g_signal_new ("alert", PIPIT_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, PIPIT_TYPE_ACCOUNT, G_TYPE_STRING);
  /* @problem: something failed that no account shows */
  signals[PIPIT_ENGINE_PROBLEM] =
    g_signal_new ("problem", PIPIT_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, PIPIT_TYPE_PROBLEM);
  /* For the model's own lists. @changes: what commits have changed */
  signals[PIPIT_ENGINE_STORE_CHANGED] =
    g_signal_new ("store-changed", PIPIT_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_POINTER);
  /* For the model's own lists. @locations: an array of gint64 that is not to be shown any more */
  signals[PIPIT_ENGINE_HIDDEN] =
    g_signal_new ("hidden", PIPIT_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_POINTER);
  /* For the model's own lists: they may miss rows and have to ask the store */
  signals[PIPIT_ENGINE_RELOAD] =
    g_signal_new ("reload", PIPIT_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  /* what pipit_engine_list_changes_async () reads has changed */
  signals[PIPIT_ENGINE_JOURNAL_CHANGED] =
    g_signal_new ("journal-changed", PIPIT_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
pipit_engine_class_init (PipitEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = pipit_engine_dispose;
  object_class->get_property = pipit_engine_get_property;

  properties[PROP_OPENED] = g_param_spec_boolean ("opened", NULL, NULL, FALSE, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PIPIT_TYPE_STATE,
                                              PIPIT_STATE_IDLE, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  install_signals ();
}

static void
pipit_engine_init (PipitEngine *self)
{
  self->accounts = g_list_store_new (PIPIT_TYPE_ACCOUNT);
  self->outbox = g_list_store_new (PIPIT_TYPE_OUTBOX_ITEM);
  self->drafts = g_list_store_new (PIPIT_TYPE_DRAFT);
  self->all_inboxes = pipit_folder_new_virtual (PIPIT_FOLDER_ALL_INBOXES);
  self->outbox_folder = pipit_folder_new_virtual (PIPIT_FOLDER_OUTBOX);
  self->drafts_folder = pipit_folder_new_virtual (PIPIT_FOLDER_LOCAL_DRAFTS);
  self->undo = pipit_undo_new ();
  self->overlays = pipit_overlays_new ();
  self->loader = pipit_loader_new (self);
  self->cancellable = g_cancellable_new ();
  self->dirty_folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/**
 * pipit_engine_new:
 * @profile_path: (nullable): a folder that holds everything, instead of the person's own folders
 *
 * Makes the engine of a profile. Makes the profile's folders where they are missing, and reads
 * nothing yet: see pipit_engine_open_async().
 *
 * Returns: (transfer full) (nullable): the engine
 */
PipitEngine *
pipit_engine_new (const char  *profile_path,
                  GError     **error)
{
  g_autoptr(AccountProfile) profile = account_profile_open (profile_path, error);
  PipitEngine *self;

  if (profile == NULL)
    return NULL;

  self = g_object_new (PIPIT_TYPE_ENGINE, NULL);
  self->profile = g_steal_pointer (&profile);

  return self;
}

void
pipit_engine_emit (PipitEngine *self,
                   guint        signal,
                   gpointer     argument)
{
  if (signal == PIPIT_ENGINE_RELOAD || signal == PIPIT_ENGINE_JOURNAL_CHANGED)
    g_signal_emit (self, signals[signal], 0);
  else
    g_signal_emit (self, signals[signal], 0, argument);
}

/* Opening: lock, settings, store, folders; then the window can show everything that is cached. */

static gboolean
update_proofs (gpointer user_data)
{
  PipitEngine *self = user_data;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      pipit_account_update_proofs (account);
    }

  return G_SOURCE_CONTINUE;
}

static void
folders_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  PipitEngine *self = PIPIT_ENGINE (source);
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (!pipit_engine_read_folders_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  self->watch_id = store_watch (self->store, pipit_engine_take_changes, self, NULL);
  self->proof_source_id = g_timeout_add_seconds (60, update_proofs, self);
  pipit_engine_read_outbox (self);
  pipit_engine_read_drafts (self);
  self->opened = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPENED]);
  pipit_engine_start_accounts (self);
  g_task_return_boolean (task, TRUE);
}

static void
store_opened_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->store = store_open_finish (result, &error);
  if (self->store == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  pipit_engine_attach_accounts (self);
  pipit_engine_read_folders_async (self, folders_read_cb, g_steal_pointer (&task));
}

/**
 * pipit_engine_open_async:
 * @cancellable: (nullable): stops it
 *
 * Opens the profile: takes its lock, reads the accounts and what is cached, and starts to keep
 * it equal to the servers. Ends when the folders can be shown, before any connection.
 */
void
pipit_engine_open_async (PipitEngine         *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_return_if_fail (PIPIT_IS_ENGINE (self));

  g_task_set_source_tag (task, pipit_engine_open_async);
  if (!account_profile_lock (self->profile, &error) || !pipit_engine_open_accounts (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  store_open_async (account_profile_get_data_dir (self->profile), STORE_OPEN_DEFAULT, cancellable,
                    store_opened_cb, g_steal_pointer (&task));
}

/**
 * pipit_engine_open_finish:
 *
 * Errors: ACCOUNT_ERROR_PROFILE_IN_USE, ACCOUNT_ERROR_MALFORMED, ACCOUNT_ERROR_NEWER,
 * STORE_ERROR of every kind. The message is for the log; pipit_engine_describe_error() is for
 * the person.
 *
 * Returns: %TRUE if it is open
 */
gboolean
pipit_engine_open_finish (PipitEngine   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * pipit_engine_close:
 *
 * Ends all connections and lets go of the profile. What waits to be sent stays on the disk. Does
 * nothing the second time.
 */
void
pipit_engine_close (PipitEngine *self)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  if (self->closed)
    return;
  self->closed = TRUE;

  g_clear_pointer (&self->fetcher, web_fetcher_free);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->dirty_source_id, g_source_remove);
  g_clear_handle_id (&self->proof_source_id, g_source_remove);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->store != NULL && self->watch_id != 0)
    store_unwatch (self->store, self->watch_id);
  self->watch_id = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      g_signal_handlers_disconnect_by_data (account, self);
      pipit_account_stop (account);
    }
}

/* How it stands, over all accounts */

static PipitAccount *
worst_account (PipitEngine *self)
{
  static const int weights[] = {
    [PIPIT_STATE_IDLE] = 0,    [PIPIT_STATE_PAUSED] = 1, [PIPIT_STATE_OFFLINE] = 2,
    [PIPIT_STATE_BUSY] = 3,    [PIPIT_STATE_PROBLEM] = 4,
  };
  PipitAccount *worst = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (pipit_account_get_status (account) == NULL)
        continue;
      if (worst == NULL || weights[pipit_account_get_state (account)] >
                             weights[pipit_account_get_state (worst)])
        worst = account;
    }

  return worst;
}

static char *
describe (PipitEngine  *self,
          PipitAccount *account)
{
  if (pipit_engine_is_sending (self))
    return g_strdup (_("Sending"));
  if (account == NULL)
    return NULL;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)) == 1)
    return g_strdup (pipit_account_get_status (account));

  /* Translators: an account's name and how it stands */
  return g_strdup_printf (_("%s: %s"), pipit_account_get_name (account),
                          pipit_account_get_status (account));
}

void
pipit_engine_update_state (PipitEngine *self)
{
  PipitAccount *account = worst_account (self);
  PipitState state = account != NULL ? pipit_account_get_state (account) : PIPIT_STATE_IDLE;
  g_autofree char *status = describe (self, account);

  if (pipit_engine_is_sending (self))
    state = PIPIT_STATE_BUSY;
  if (state != self->state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (g_strcmp0 (status, self->status) != 0)
    {
      g_free (self->status);
      self->status = g_steal_pointer (&status);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
    }
}

AccountProfile *
pipit_engine_get_profile (PipitEngine *self)
{
  return self->profile;
}

AccountList *
pipit_engine_get_account_list (PipitEngine *self)
{
  return self->list;
}

AccountSecrets *
pipit_engine_get_secrets (PipitEngine *self)
{
  return self->secrets;
}

/* Another process has written into the store: of that it gives no notice. */
void
pipit_engine_reload (PipitEngine *self)
{
  pipit_engine_dirty_all (self);
  pipit_engine_read_outbox (self);
  pipit_engine_emit (self, PIPIT_ENGINE_RELOAD, NULL);
  pipit_engine_emit (self, PIPIT_ENGINE_JOURNAL_CHANGED, NULL);
}

/* Returns: (transfer none) (nullable): who fetches pictures; %NULL once all is closed */
WebFetcher *
pipit_engine_get_fetcher (PipitEngine *self)
{
  if (self->fetcher == NULL && !self->closed)
    self->fetcher = web_fetcher_new ();

  return self->fetcher;
}

AccountTrust *
pipit_engine_get_trust (PipitEngine *self)
{
  return self->trust;
}

Store *
pipit_engine_get_store (PipitEngine *self)
{
  return self->store;
}

/* Returns: (nullable): %NULL when the engine is going away */
PipitLoader *
pipit_engine_get_loader (PipitEngine *self)
{
  return self->loader;
}

PipitOverlays *
pipit_engine_get_overlays (PipitEngine *self)
{
  return self->overlays;
}

PipitFolder *
pipit_engine_find_folder (PipitEngine *self,
                          gint64       folder_id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      PipitFolder *folder = pipit_account_find_folder (account, folder_id);

      if (folder != NULL)
        return folder;
    }

  return NULL;
}

gboolean
pipit_engine_is_own_address (PipitEngine *self,
                             const char  *address)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (pipit_account_has_address (account, address))
        return TRUE;
    }

  return FALSE;
}

/* Tells the person, through the window. */
void
pipit_engine_report (PipitEngine  *self,
                     PipitProblem *problem)
{
  pipit_engine_emit (self, PIPIT_ENGINE_PROBLEM, problem);
}

/**
 * pipit_engine_get_application_id:
 *
 * Returns: (transfer none): the application id of the profile
 */
const char *
pipit_engine_get_application_id (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return account_profile_get_application_id (self->profile);
}

/**
 * pipit_engine_get_settings_path:
 *
 * Returns: (transfer none) (nullable): a key file for the window's preferences; %NULL for the
 *   desktop's own settings
 */
const char *
pipit_engine_get_settings_path (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return account_profile_get_preferences_path (self->profile);
}

/**
 * pipit_engine_get_opened:
 *
 * Returns: %TRUE once everything that is cached can be shown
 */
gboolean
pipit_engine_get_opened (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), FALSE);

  return self->opened;
}

/**
 * pipit_engine_get_state:
 *
 * Returns: how it stands, over all accounts
 */
PipitState
pipit_engine_get_state (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), PIPIT_STATE_IDLE);

  return self->state;
}

/**
 * pipit_engine_get_status:
 *
 * Returns: (transfer none) (nullable): a sentence, %NULL when there is nothing to say
 */
const char *
pipit_engine_get_status (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return self->status;
}

/**
 * pipit_engine_get_accounts:
 *
 * Returns: (transfer none): of #PipitAccount, in the person's order
 */
GListModel *
pipit_engine_get_accounts (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return G_LIST_MODEL (self->accounts);
}

/**
 * pipit_engine_get_outbox:
 *
 * Returns: (transfer none): of #PipitOutboxItem, the newest first
 */
GListModel *
pipit_engine_get_outbox (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return G_LIST_MODEL (self->outbox);
}

/**
 * pipit_engine_get_outbox_folder:
 *
 * Returns: (transfer none): what stands for the outbox in the sidebar
 */
PipitFolder *
pipit_engine_get_outbox_folder (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return self->outbox_folder;
}

/**
 * pipit_engine_get_all_inboxes:
 *
 * Returns: (transfer none): what stands for the inboxes of all accounts together
 */
PipitFolder *
pipit_engine_get_all_inboxes (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return self->all_inboxes;
}

/**
 * pipit_engine_get_account:
 * @account_id: what pipit_account_get_id() returned
 *
 * Returns: (transfer none) (nullable): the account
 */
PipitAccount *
pipit_engine_get_account (PipitEngine *self,
                          const char  *account_id)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (g_strcmp0 (pipit_account_get_id (account), account_id) == 0)
        return account;
    }

  return NULL;
}

/**
 * pipit_engine_get_undo:
 *
 * Returns: (transfer none): what was done last
 */
PipitUndo *
pipit_engine_get_undo (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), NULL);

  return self->undo;
}

/**
 * pipit_engine_has_accounts:
 *
 * Returns: %FALSE if the person has to set one up first
 */
gboolean
pipit_engine_has_accounts (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), FALSE);

  return g_list_model_get_n_items (G_LIST_MODEL (self->accounts)) > 0;
}

/**
 * pipit_engine_is_sending:
 *
 * Returns: %TRUE while a message is on its way, and the process should not end
 */
gboolean
pipit_engine_is_sending (PipitEngine *self)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (self), FALSE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outbox)); i++)
    {
      g_autoptr(PipitOutboxItem) item = g_list_model_get_item (G_LIST_MODEL (self->outbox), i);

      if (pipit_outbox_item_get_state (item) == PIPIT_OUTBOX_SENDING)
        return TRUE;
    }

  return FALSE;
}

/**
 * pipit_engine_check_mail:
 *
 * Looks for new mail in all accounts now.
 */
void
pipit_engine_check_mail (PipitEngine *self)
{
  g_return_if_fail (PIPIT_IS_ENGINE (self));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      pipit_account_check_mail (account);
    }
}
