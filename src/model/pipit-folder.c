#include "pipit-config.h"

#include "pipit-folder-private.h"

#include "pipit-account.h"
#include "pipit-date.h"

#include <glib/gi18n-lib.h>

/**
 * PipitFolder:
 *
 * A folder as the sidebar and the list's head show it.
 */
struct _PipitFolder
{
  GObject parent_instance;

  PipitAccount *account;   /* (unowned) (nullable): holds this; %NULL for all inboxes and outbox */
  gint64 id;               /* 0 for what is no folder on a server */
  PipitFolderRole role;
  StoreFolder *row;        /* (owned) (nullable) for a mere level of the tree */
  char *name;              /* (owned) */
  char *path;              /* (owned) */
  char *status;            /* (owned) (nullable) */
  guint unread;
  guint total;
  gint64 n_waiting;
  GListStore *children;    /* (owned) (nullable) */
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_ROLE,
  PROP_ICON_NAME,
  PROP_UNREAD,
  PROP_TOTAL,
  PROP_STATUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PipitFolder, pipit_folder, G_TYPE_OBJECT)

void
pipit_folder_facts_free (PipitFolderFacts *facts)
{
  g_clear_pointer (&facts->row, store_folder_free);
  g_free (facts);
}

static PipitFolderRole
role_of_use (StoreSpecialUse use)
{
  switch (use)
    {
    case STORE_SPECIAL_INBOX:
      return PIPIT_FOLDER_INBOX;
    case STORE_SPECIAL_DRAFTS:
      return PIPIT_FOLDER_DRAFTS;
    case STORE_SPECIAL_SENT:
      return PIPIT_FOLDER_SENT;
    case STORE_SPECIAL_ARCHIVE:
      return PIPIT_FOLDER_ARCHIVE;
    case STORE_SPECIAL_JUNK:
      return PIPIT_FOLDER_JUNK;
    case STORE_SPECIAL_TRASH:
      return PIPIT_FOLDER_TRASH;
    case STORE_SPECIAL_ALL:
      return PIPIT_FOLDER_ALL_MAIL;
    case STORE_SPECIAL_FLAGGED:
      return PIPIT_FOLDER_STARRED;
    case STORE_SPECIAL_IMPORTANT:
    case STORE_SPECIAL_NONE:
    default:
      return PIPIT_FOLDER_PLAIN;
    }
}

/* Special folders are named by what they are for, whatever the server calls them. */
static const char *
role_name (PipitFolderRole role)
{
  switch (role)
    {
    case PIPIT_FOLDER_ALL_INBOXES:
      return _("All Inboxes");
    case PIPIT_FOLDER_INBOX:
      return _("Inbox");
    case PIPIT_FOLDER_STARRED:
      return _("Starred");
    case PIPIT_FOLDER_DRAFTS:
      return _("Drafts");
    case PIPIT_FOLDER_SENT:
      return _("Sent");
    case PIPIT_FOLDER_ARCHIVE:
      return _("Archive");
    case PIPIT_FOLDER_JUNK:
      return _("Junk");
    case PIPIT_FOLDER_TRASH:
      return _("Trash");
    case PIPIT_FOLDER_ALL_MAIL:
      return _("All Mail");
    case PIPIT_FOLDER_LOCAL_DRAFTS:
      /* Translators: drafts that are kept on this computer, beside those of an account */
      return _("Local Drafts");
    case PIPIT_FOLDER_OUTBOX:
      return _("Outbox");
    case PIPIT_FOLDER_PLAIN:
    default:
      return NULL;
    }
}

static void
pipit_folder_finalize (GObject *object)
{
  PipitFolder *self = PIPIT_FOLDER (object);

  g_clear_weak_pointer (&self->account);
  g_clear_pointer (&self->row, store_folder_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->status, g_free);
  g_clear_object (&self->children);

  G_OBJECT_CLASS (pipit_folder_parent_class)->finalize (object);
}

static void
pipit_folder_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  PipitFolder *self = PIPIT_FOLDER (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, pipit_folder_get_icon_name (self));
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_TOTAL:
      g_value_set_uint (value, self->total);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_folder_class_init (PipitFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = pipit_folder_finalize;
  object_class->get_property = pipit_folder_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_ROLE] = g_param_spec_enum ("role", NULL, NULL, PIPIT_TYPE_FOLDER_ROLE,
                                             PIPIT_FOLDER_PLAIN, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_TOTAL] = g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pipit_folder_init (PipitFolder *self)
{
  self->role = PIPIT_FOLDER_PLAIN;
  self->name = g_strdup ("");
  self->path = g_strdup ("");
}

/* A folder of an account, or with @id 0 a mere level of its tree. */
PipitFolder *
pipit_folder_new (PipitAccount *account,
                  gint64        id)
{
  PipitFolder *self = g_object_new (PIPIT_TYPE_FOLDER, NULL);

  g_set_weak_pointer (&self->account, account);
  self->id = id;

  return self;
}

/* All inboxes, local drafts, or the outbox. */
PipitFolder *
pipit_folder_new_virtual (PipitFolderRole role)
{
  PipitFolder *self = g_object_new (PIPIT_TYPE_FOLDER, NULL);

  self->role = role;
  pipit_folder_set_place (self, role_name (role), role_name (role));

  return self;
}

/**
 * pipit_folder_set_place:
 * @name: its own name, without those of the levels above
 * @path: with them
 */
void
pipit_folder_set_place (PipitFolder *self,
                        const char  *name,
                        const char  *path)
{
  if (g_strcmp0 (self->path, path) != 0)
    {
      g_free (self->path);
      self->path = g_strdup (path);
    }

  if (g_strcmp0 (self->name, name) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/**
 * pipit_folder_set_counts:
 * @unread: of what is shown, not read
 * @total: what is shown
 */
void
pipit_folder_set_counts (PipitFolder *self,
                         guint        unread,
                         guint        total)
{
  gboolean unread_changed = self->unread != unread;
  gboolean total_changed = self->total != total;

  self->unread = unread;
  self->total = total;
  if (unread_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
  if (total_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
}

static char *
proof_of (PipitFolder *self)
{
  g_autoptr(GDateTime) checked = g_date_time_new_from_unix_local (self->row->checked_unix);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = NULL;

  if (checked == NULL)
    return NULL;

  when = pipit_date_format_short (self->row->checked_unix, now);
  if (self->n_waiting > 0)
    /* Translators: the state of a folder: the time of the last check, and changes of the person's that are still to be sent */
    return g_strdup_printf (ngettext ("Checked %s, %d change waiting",
                                      "Checked %s, %d changes waiting", self->n_waiting),
                            when, (int) self->n_waiting);

  /* Translators: the state of a folder, with the time of the last check */
  return g_strdup_printf (_("Identical to the server, checked %s"), when);
}

static char *
status_of (PipitFolder *self)
{
  if (self->row == NULL)
    return NULL;

  switch (self->row->state)
    {
    case STORE_FOLDER_COMPLETE:
      return self->row->checked_unix > 0 ? proof_of (self) : NULL;
    case STORE_FOLDER_FILLING:
      if (self->row->server_exists <= 0)
        return g_strdup (_("Receiving"));
      /* Translators: numbers of messages while a folder is filled for the first time */
      return g_strdup_printf (_("Receiving %'u of %'u"), self->total,
                              (guint) self->row->server_exists);
    case STORE_FOLDER_REMATCHING:
      return g_strdup (_("Comparing with the server"));
    case STORE_FOLDER_NEW:
      return store_folder_is_selectable (self->row) ? g_strdup (_("Not received yet")) : NULL;
    case STORE_FOLDER_GONE:
    default:
      return NULL;
    }
}

/**
 * pipit_folder_update_status:
 *
 * Says again what is known of the folder, after time has passed or facts have changed.
 */
void
pipit_folder_update_status (PipitFolder *self)
{
  g_autofree char *status = status_of (self);

  if (g_strcmp0 (status, self->status) == 0)
    return;

  g_free (self->status);
  self->status = g_steal_pointer (&status);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

/* What STATUS said counts only until the folder's own messages are here. */
static guint
unread_of (const PipitFolderFacts *facts)
{
  if (facts->row->state == STORE_FOLDER_COMPLETE || facts->row->server_unseen < 0)
    return facts->counts.n_unread;

  return MAX (facts->counts.n_unread, facts->row->server_unseen);
}

/**
 * pipit_folder_take_facts:
 * @facts: (transfer full): what the store says
 */
void
pipit_folder_take_facts (PipitFolder      *self,
                         PipitFolderFacts *facts)
{
  PipitFolderRole role = role_of_use (facts->row->special_use);

  g_object_freeze_notify (G_OBJECT (self));
  if (role != self->role)
    {
      self->role = role;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ICON_NAME]);
    }
  pipit_folder_set_counts (self, unread_of (facts), facts->counts.n_shown);
  self->n_waiting = facts->n_waiting;
  g_clear_pointer (&self->row, store_folder_free);
  self->row = g_steal_pointer (&facts->row);
  pipit_folder_facts_free (facts);
  if (role_name (role) != NULL)
    pipit_folder_set_place (self, role_name (role), role_name (role));
  pipit_folder_update_status (self);
  /* whoever shows the state of its list looks at the row */
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
  g_object_thaw_notify (G_OBJECT (self));
}

const StoreFolder *
pipit_folder_get_row (PipitFolder *self)
{
  return self->row;
}

/* Returns: (transfer none): the list of its children, made if there is none */
GListStore *
pipit_folder_ensure_children (PipitFolder *self)
{
  if (self->children == NULL)
    self->children = g_list_store_new (PIPIT_TYPE_FOLDER);

  return self->children;
}

void
pipit_folder_drop_children (PipitFolder *self)
{
  g_clear_object (&self->children);
}

/**
 * pipit_folder_get_id:
 *
 * Returns: what it is named by on this computer; 0 for all inboxes, the outbox and mere levels
 */
gint64
pipit_folder_get_id (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), 0);

  return self->id;
}

/**
 * pipit_folder_get_account:
 *
 * Returns: (transfer none) (nullable): whose it is; %NULL for what belongs to no account
 */
PipitAccount *
pipit_folder_get_account (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), NULL);

  return self->account;
}

/**
 * pipit_folder_get_role:
 *
 * Returns: what it is for
 */
PipitFolderRole
pipit_folder_get_role (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), PIPIT_FOLDER_PLAIN);

  return self->role;
}

/**
 * pipit_folder_get_name:
 *
 * Returns: (transfer none): its own name
 */
const char *
pipit_folder_get_name (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), NULL);

  return self->name;
}

/**
 * pipit_folder_get_path:
 *
 * Returns: (transfer none): its name with those of the levels above, for a list without a tree
 */
const char *
pipit_folder_get_path (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), NULL);

  return self->path;
}

/**
 * pipit_folder_get_icon_name:
 *
 * Returns: (transfer none): a symbolic icon
 */
const char *
pipit_folder_get_icon_name (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), NULL);

  switch (self->role)
    {
    case PIPIT_FOLDER_ALL_INBOXES:
      return "pipit-inboxes-symbolic";
    case PIPIT_FOLDER_INBOX:
      return "pipit-inbox-symbolic";
    case PIPIT_FOLDER_STARRED:
      return "pipit-star-symbolic";
    case PIPIT_FOLDER_DRAFTS:
    case PIPIT_FOLDER_LOCAL_DRAFTS:
      return "pipit-drafts-symbolic";
    case PIPIT_FOLDER_SENT:
      return "pipit-sent-symbolic";
    case PIPIT_FOLDER_ARCHIVE:
      return "pipit-archive-symbolic";
    case PIPIT_FOLDER_JUNK:
      return "pipit-junk-symbolic";
    case PIPIT_FOLDER_TRASH:
      return "pipit-trash-symbolic";
    case PIPIT_FOLDER_ALL_MAIL:
      return "pipit-all-mail-symbolic";
    case PIPIT_FOLDER_OUTBOX:
      return "pipit-outbox-symbolic";
    case PIPIT_FOLDER_PLAIN:
    default:
      return "pipit-folder-symbolic";
    }
}

/**
 * pipit_folder_get_status:
 *
 * Returns: (transfer none) (nullable): how it stands beside the server, a sentence
 */
const char *
pipit_folder_get_status (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), NULL);

  return self->status;
}

/**
 * pipit_folder_get_unread:
 *
 * Returns: how many of its messages have not been read
 */
guint
pipit_folder_get_unread (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), 0);

  return self->unread;
}

/**
 * pipit_folder_get_total:
 *
 * Returns: how many messages it has here
 */
guint
pipit_folder_get_total (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), 0);

  return self->total;
}

/**
 * pipit_folder_get_counter:
 *
 * Returns: the number beside its name: all messages in Drafts and the outbox, none in Sent,
 *   Trash and the like, else what is unread
 */
guint
pipit_folder_get_counter (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), 0);

  switch (self->role)
    {
    case PIPIT_FOLDER_DRAFTS:
    case PIPIT_FOLDER_LOCAL_DRAFTS:
    case PIPIT_FOLDER_OUTBOX:
      return self->total;
    case PIPIT_FOLDER_SENT:
    case PIPIT_FOLDER_TRASH:
    case PIPIT_FOLDER_STARRED:
    case PIPIT_FOLDER_ALL_MAIL:
      return 0;
    case PIPIT_FOLDER_ALL_INBOXES:
    case PIPIT_FOLDER_INBOX:
    case PIPIT_FOLDER_ARCHIVE:
    case PIPIT_FOLDER_JUNK:
    case PIPIT_FOLDER_PLAIN:
    default:
      return self->unread;
    }
}

/**
 * pipit_folder_can_open:
 *
 * Returns: %FALSE for a mere level of the tree
 */
gboolean
pipit_folder_can_open (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), FALSE);

  if (self->role == PIPIT_FOLDER_ALL_INBOXES || self->role == PIPIT_FOLDER_LOCAL_DRAFTS ||
      self->role == PIPIT_FOLDER_OUTBOX)
    return TRUE;

  return self->row != NULL && store_folder_is_selectable (self->row);
}

/**
 * pipit_folder_can_receive:
 *
 * Returns: %TRUE if messages can be moved into it
 */
gboolean
pipit_folder_can_receive (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), FALSE);

  return self->row != NULL && store_folder_is_selectable (self->row) &&
         self->role != PIPIT_FOLDER_ALL_MAIL && self->role != PIPIT_FOLDER_STARRED;
}

/**
 * pipit_folder_get_children:
 *
 * Returns: (transfer none) (nullable): the folders below it, of #PipitFolder
 */
GListModel *
pipit_folder_get_children (PipitFolder *self)
{
  g_return_val_if_fail (PIPIT_IS_FOLDER (self), NULL);

  return self->children != NULL ? G_LIST_MODEL (self->children) : NULL;
}
