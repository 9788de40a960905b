#include "pipit-account-private.h"

#include "pipit-account-words.h"
#include "pipit-certificate-private.h"
#include "pipit-engine-private.h"
#include "pipit-folder-tree.h"
#include "pipit-identity.h"
#include "pipit-problem.h"

#include "mime-address.h"

/**
 * PipitAccount:
 *
 * An account as the window shows it: its folders, who the person is in it, and how it stands.
 */
struct _PipitAccount
{
  GObject parent_instance;

  PipitEngine *engine;        /* (unowned): owns this through its list */
  AccountSettings *settings;  /* (owned) */
  SyncAccount *sync;          /* (owned) */
  PipitFolderTree *tree;      /* (owned) */
  GListStore *identities;     /* (owned) of PipitIdentity */

  PipitState state;
  char *status;               /* (owned) (nullable) */
  PipitProblem *problem;      /* (owned) (nullable) */
  double progress;
  guint n_waiting;
  char *alert;                /* (owned) (nullable): the last that was told */
  GError *error;              /* (owned) (nullable): what problem is made of */
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_ADDRESS,
  PROP_STATE,
  PROP_STATUS,
  PROP_PROBLEM,
  PROP_PROGRESS,
  N_PROPS
};

enum
{
  SIGNAL_ALERT,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitAccount, pipit_account, G_TYPE_OBJECT)

static void
pipit_account_dispose (GObject *object)
{
  PipitAccount *self = PIPIT_ACCOUNT (object);

  if (self->sync != NULL)
    g_signal_handlers_disconnect_by_data (self->sync, self);
  g_clear_object (&self->sync);
  g_clear_object (&self->identities);
  g_clear_object (&self->problem);
  g_clear_pointer (&self->tree, pipit_folder_tree_free);
  g_clear_pointer (&self->settings, account_settings_unref);
  g_clear_pointer (&self->status, g_free);
  g_clear_pointer (&self->alert, g_free);
  g_clear_error (&self->error);
  g_clear_weak_pointer (&self->engine);

  G_OBJECT_CLASS (pipit_account_parent_class)->dispose (object);
}

static void
pipit_account_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  PipitAccount *self = PIPIT_ACCOUNT (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, pipit_account_get_name (self));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, pipit_account_get_address (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_PROBLEM:
      g_value_set_object (value, self->problem);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_account_class_init (PipitAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = pipit_account_dispose;
  object_class->get_property = pipit_account_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, "", flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PIPIT_TYPE_STATE,
                                              PIPIT_STATE_IDLE, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_object ("problem", NULL, NULL, PIPIT_TYPE_PROBLEM,
                                                  flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* @text: what the server wants to be read, plain text */
  signals[SIGNAL_ALERT] =
    g_signal_new ("alert", PIPIT_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pipit_account_init (PipitAccount *self)
{
  self->progress = -1;
}

static void
fill_identities (PipitAccount *self)
{
  g_list_store_remove_all (self->identities);
  for (guint i = 0; i < account_settings_get_n_identities (self->settings); i++)
    {
      AccountIdentity *one = account_settings_get_identity (self->settings, i);
      g_autoptr(PipitIdentity) identity =
        pipit_identity_new (self, account_identity_get_name (one),
                            account_identity_get_address (one),
                            account_identity_get_signature (one));

      g_list_store_append (self->identities, identity);
    }
}

static gboolean
same_error (const GError *a,
            const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return a->domain == b->domain && a->code == b->code && g_str_equal (a->message, b->message);
}

static void
take_problem (PipitAccount     *self,
              const SyncStatus *status,
              PipitState        before)
{
  g_autoptr(PipitProblem) problem = pipit_account_words_problem (status, self->settings);
  gboolean same = (problem == NULL) == (self->problem == NULL) && before == self->state &&
                  same_error (self->error, status->error);

  if (same)
    return;

  g_clear_error (&self->error);
  self->error = status->error != NULL ? g_error_copy (status->error) : NULL;
  if (g_set_object (&self->problem, problem))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
take_alert (PipitAccount *self,
            const char   *alert)
{
  if (alert == NULL || g_strcmp0 (alert, self->alert) == 0)
    return;

  g_free (self->alert);
  self->alert = g_strdup (alert);
  g_signal_emit (self, signals[SIGNAL_ALERT], 0, self->alert);
}

static void
on_status_changed (PipitAccount *self)
{
  g_autoptr(SyncStatus) status = sync_account_dup_status (self->sync);
  g_autofree char *sentence = pipit_account_words_status (status, self->settings);
  PipitState before = self->state;

  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  self->state = pipit_account_words_state (status, self->settings);
  self->n_waiting = status->n_operations_waiting + status->n_outbox_waiting;
  if (self->state != before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (g_strcmp0 (sentence, self->status) != 0)
    {
      g_free (self->status);
      self->status = g_steal_pointer (&sentence);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
    }
  self->progress = status->n_total > 0 ? (double) status->n_done / status->n_total : -1;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  take_problem (self, status, before);
  g_object_thaw_notify (G_OBJECT (self));

  take_alert (self, status->alert);
  g_object_unref (self);
}

/* Only the engine makes accounts. */
PipitAccount *
pipit_account_new (PipitEngine     *engine,
                   AccountSettings *settings,
                   Store           *store,
                   NetTrust        *trust)
{
  PipitAccount *self = g_object_new (PIPIT_TYPE_ACCOUNT, NULL);

  g_set_weak_pointer (&self->engine, engine);
  self->settings = account_settings_ref (settings);
  self->tree = pipit_folder_tree_new (self);
  self->identities = g_list_store_new (PIPIT_TYPE_IDENTITY);
  fill_identities (self);
  self->sync = sync_account_new (settings, store, trust);
  g_signal_connect_object (self->sync, "status-changed", G_CALLBACK (on_status_changed), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/* Begins to keep the account equal to its server, unless the person has paused it. */
void
pipit_account_start (PipitAccount *self,
                     BaseSecret   *imap_password,
                     BaseSecret   *smtp_password)
{
  sync_account_set_passwords (self->sync, imap_password, smtp_password);
  if (!account_settings_is_paused (self->settings))
    sync_account_start (self->sync, SYNC_MODE_LIVE);
}

void
pipit_account_stop (PipitAccount *self)
{
  sync_account_stop_async (self->sync, NULL, NULL);
}

SyncAccount *
pipit_account_get_sync (PipitAccount *self)
{
  return self->sync;
}

AccountSettings *
pipit_account_get_settings (PipitAccount *self)
{
  return self->settings;
}

void
pipit_account_set_settings (PipitAccount    *self,
                            AccountSettings *settings)
{
  account_settings_ref (settings);
  account_settings_unref (self->settings);
  self->settings = settings;
  sync_account_set_settings (self->sync, settings);
  fill_identities (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

void
pipit_account_set_net_trust (PipitAccount *self,
                             NetTrust     *trust)
{
  sync_account_set_trust (self->sync, trust);
}

void
pipit_account_change_passwords (PipitAccount *self,
                                BaseSecret   *imap_password,
                                BaseSecret   *smtp_password)
{
  sync_account_change_passwords (self->sync, imap_password, smtp_password);
}

/* A server on this computer can be reached without any network. */
void
pipit_account_set_network (PipitAccount *self,
                           gboolean      available,
                           gboolean      metered)
{
  NetEndpoint *endpoint = account_settings_get_imap (self->settings);
  gboolean is_here = endpoint != NULL && net_endpoint_is_loopback (endpoint);

  sync_account_set_network (self->sync, available || is_here, metered);
}

/* @facts: (element-type PipitFolderFacts): of every folder; the elements are taken */
void
pipit_account_take_folders (PipitAccount *self,
                            GPtrArray    *facts)
{
  pipit_folder_tree_update (self->tree, facts);
}

PipitFolder *
pipit_account_find_folder (PipitAccount *self,
                           gint64        folder_id)
{
  return pipit_folder_tree_find (self->tree, folder_id);
}

static void
update_proof (gpointer data,
              gpointer user_data)
{
  pipit_folder_update_status (data);
}

/* Sentences with "Yesterday" in them grow old. */
void
pipit_account_update_proofs (PipitAccount *self)
{
  pipit_folder_tree_foreach (self->tree, update_proof, NULL);
}

/* These are on the screen and lack their first words. */
void
pipit_account_hint (PipitAccount *self,
                    GArray       *locations)
{
  sync_account_hint_locations (self->sync, (const gint64 *) locations->data, locations->len);
}

void
pipit_account_set_visible (PipitAccount *self,
                           gint64        folder_id)
{
  sync_account_set_visible_folder (self->sync, folder_id);
}

gboolean
pipit_account_has_address (PipitAccount *self,
                           const char   *address)
{
  for (guint i = 0; i < account_settings_get_n_identities (self->settings); i++)
    {
      AccountIdentity *identity = account_settings_get_identity (self->settings, i);

      if (mime_address_equal (account_identity_get_address (identity), address))
        return TRUE;
    }

  return mime_address_equal (account_settings_get_address (self->settings), address);
}

guint
pipit_account_get_n_waiting (PipitAccount *self)
{
  return self->n_waiting;
}

/**
 * pipit_account_get_engine:
 *
 * Returns: (transfer none) (nullable): the engine
 */
PipitEngine *
pipit_account_get_engine (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return self->engine;
}

/**
 * pipit_account_get_id:
 *
 * Returns: (transfer none): the same for ever
 */
const char *
pipit_account_get_id (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return account_settings_get_uuid (self->settings);
}

/**
 * pipit_account_get_name:
 *
 * Returns: (transfer none): what the sidebar calls it
 */
const char *
pipit_account_get_name (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return account_settings_get_address (self->settings);
}

/**
 * pipit_account_get_address:
 *
 * Returns: (transfer none): its first address
 */
const char *
pipit_account_get_address (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return account_settings_get_address (self->settings);
}

/**
 * pipit_account_get_state:
 *
 * Returns: how it stands
 */
PipitState
pipit_account_get_state (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), PIPIT_STATE_IDLE);

  return self->state;
}

/**
 * pipit_account_get_status:
 *
 * Returns: (transfer none) (nullable): how it stands, a sentence
 */
const char *
pipit_account_get_status (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return self->status;
}

/**
 * pipit_account_get_progress:
 *
 * Returns: 0 to 1 of what is being received, -1 when nothing is or it is not known
 */
double
pipit_account_get_progress (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), -1);

  return self->progress;
}

/**
 * pipit_account_get_problem:
 *
 * Returns: (transfer none) (nullable): what is wrong
 */
PipitProblem *
pipit_account_get_problem (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return self->problem;
}

/**
 * pipit_account_get_folders:
 *
 * Returns: (transfer none): its folders of the first level, special ones first
 */
GListModel *
pipit_account_get_folders (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return pipit_folder_tree_get_top (self->tree);
}

/**
 * pipit_account_get_identities:
 *
 * Returns: (transfer none): of #PipitIdentity, the usual one first
 */
GListModel *
pipit_account_get_identities (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return G_LIST_MODEL (self->identities);
}

/**
 * pipit_account_get_identity:
 *
 * Returns: (transfer none) (nullable): the usual one
 */
PipitIdentity *
pipit_account_get_identity (PipitAccount *self)
{
  g_autoptr(PipitIdentity) identity = NULL;

  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  identity = g_list_model_get_item (G_LIST_MODEL (self->identities), 0);

  return identity;
}

/**
 * pipit_account_get_folder:
 * @role: what it is for
 *
 * Returns: (transfer none) (nullable): the folder, where there is one
 */
PipitFolder *
pipit_account_get_folder (PipitAccount    *self,
                          PipitFolderRole  role)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), NULL);

  return pipit_folder_tree_find_role (self->tree, role);
}

/**
 * pipit_account_check_mail:
 *
 * Looks for new mail now.
 */
void
pipit_account_check_mail (PipitAccount *self)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT (self));

  sync_account_check_now (self->sync);
}

/**
 * pipit_account_retry:
 *
 * Tries again now what has failed, without waiting for its time.
 */
void
pipit_account_retry (PipitAccount *self)
{
  pipit_account_check_mail (self);
}
