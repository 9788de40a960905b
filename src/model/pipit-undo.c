#include "pipit-config.h"

#include "pipit-undo-private.h"

#include <glib/gi18n-lib.h>

/* Actions of one kind that follow each other within this time are one to take back. */
#define ADDS_UP_US (8 * G_USEC_PER_SEC)

/* More is not remembered. */
#define MAX_GROUPS 50

typedef struct
{
  SyncAccount *sync; /* (owned) */
  gint64 change_id;
} Change;

typedef struct
{
  PipitUndoKind kind;
  GArray *changes; /* (owned) of Change, oldest first */
  guint n_messages;
  gint64 last_us;
} Group;

/**
 * PipitUndo:
 *
 * What the person did last, and can take back. Emits "offer" with the sentence for a toast when
 * an action has become durable, and "withdrawn" when there is nothing to take back.
 */
struct _PipitUndo
{
  GObject parent_instance;

  GQueue groups; /* of (owned) Group, the last at the tail */
};

enum
{
  PROP_0,
  PROP_CAN_UNDO,
  PROP_TEXT,
  N_PROPS
};

enum
{
  SIGNAL_OFFER,
  SIGNAL_WITHDRAWN,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitUndo, pipit_undo, G_TYPE_OBJECT)

static void
change_clear (gpointer data)
{
  g_clear_object (&((Change *) data)->sync);
}

static void
group_free (gpointer data)
{
  Group *group = data;

  g_array_unref (group->changes);
  g_free (group);
}

static char *
group_text (Group *group)
{
  guint n = group->n_messages;

  switch (group->kind)
    {
    case PIPIT_UNDO_ARCHIVED:
      return g_strdup_printf (ngettext ("Message archived", "%u messages archived", n), n);
    case PIPIT_UNDO_DELETED:
      return g_strdup_printf (ngettext ("Message deleted", "%u messages deleted", n), n);
    case PIPIT_UNDO_MOVED:
      return g_strdup_printf (ngettext ("Message moved", "%u messages moved", n), n);
    case PIPIT_UNDO_JUNK:
      return g_strdup_printf (ngettext ("Message moved to Junk",
                                        "%u messages moved to Junk", n), n);
    case PIPIT_UNDO_NOT_JUNK:
      return g_strdup_printf (ngettext ("Message is not junk", "%u messages are not junk", n), n);
    case PIPIT_UNDO_READ:
      return g_strdup_printf (ngettext ("Message marked as read",
                                        "%u messages marked as read", n), n);
    case PIPIT_UNDO_UNREAD:
      return g_strdup_printf (ngettext ("Message marked as unread",
                                        "%u messages marked as unread", n), n);
    case PIPIT_UNDO_STARRED:
      return g_strdup_printf (ngettext ("Star added", "%u stars added", n), n);
    case PIPIT_UNDO_UNSTARRED:
    default:
      return g_strdup_printf (ngettext ("Star removed", "%u stars removed", n), n);
    }
}

static void
pipit_undo_finalize (GObject *object)
{
  PipitUndo *self = PIPIT_UNDO (object);

  g_queue_clear_full (&self->groups, group_free);

  G_OBJECT_CLASS (pipit_undo_parent_class)->finalize (object);
}

static void
pipit_undo_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  PipitUndo *self = PIPIT_UNDO (object);

  switch (prop_id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, pipit_undo_get_can_undo (self));
      break;
    case PROP_TEXT:
      g_value_take_string (value, pipit_undo_dup_text (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_undo_class_init (PipitUndoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = pipit_undo_finalize;
  object_class->get_property = pipit_undo_get_property;

  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* @text: what can be taken back, a sentence */
  signals[SIGNAL_OFFER] =
    g_signal_new ("offer", PIPIT_TYPE_UNDO, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_WITHDRAWN] =
    g_signal_new ("withdrawn", PIPIT_TYPE_UNDO, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
pipit_undo_init (PipitUndo *self)
{
  g_queue_init (&self->groups);
}

PipitUndo *
pipit_undo_new (void)
{
  return g_object_new (PIPIT_TYPE_UNDO, NULL);
}

static void
notify_all (PipitUndo *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

/**
 * pipit_undo_add:
 * @kind: what was done
 * @sync: by which account
 * @change_id: what the account calls it
 * @n_messages: to how many messages
 *
 * Remembers a change that is durable now, and offers to take it back.
 */
void
pipit_undo_add (PipitUndo     *self,
                PipitUndoKind  kind,
                SyncAccount   *sync,
                gint64         change_id,
                guint          n_messages)
{
  Group *group = g_queue_peek_tail (&self->groups);
  gint64 now_us = g_get_monotonic_time ();
  Change change = { g_object_ref (sync), change_id };
  g_autofree char *text = NULL;

  if (group == NULL || group->kind != kind || now_us - group->last_us > ADDS_UP_US)
    {
      group = g_new0 (Group, 1);
      group->kind = kind;
      group->changes = g_array_new (FALSE, FALSE, sizeof (Change));
      g_array_set_clear_func (group->changes, change_clear);
      g_queue_push_tail (&self->groups, group);
      if (g_queue_get_length (&self->groups) > MAX_GROUPS)
        group_free (g_queue_pop_head (&self->groups));
    }

  g_array_append_val (group->changes, change);
  group->n_messages += n_messages;
  group->last_us = now_us;

  text = group_text (group);
  notify_all (self);
  g_signal_emit (self, signals[SIGNAL_OFFER], 0, text);
}

/**
 * pipit_undo_get_can_undo:
 *
 * Returns: %TRUE if there is something to take back
 */
gboolean
pipit_undo_get_can_undo (PipitUndo *self)
{
  g_return_val_if_fail (PIPIT_IS_UNDO (self), FALSE);

  return !g_queue_is_empty (&self->groups);
}

/**
 * pipit_undo_dup_text:
 *
 * Returns: (transfer full) (nullable): what would be taken back, a sentence
 */
char *
pipit_undo_dup_text (PipitUndo *self)
{
  g_return_val_if_fail (PIPIT_IS_UNDO (self), NULL);

  return g_queue_is_empty (&self->groups) ? NULL : group_text (g_queue_peek_tail (&self->groups));
}

static void
undone_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!sync_account_undo_finish (SYNC_ACCOUNT (source), result, &error))
    g_warning ("A change could not be taken back: %s", error->message);
}

/**
 * pipit_undo_undo:
 *
 * Takes back what was done last, the newest change first. Without effect when there is nothing.
 */
void
pipit_undo_undo (PipitUndo *self)
{
  Group *group;

  g_return_if_fail (PIPIT_IS_UNDO (self));

  group = g_queue_pop_tail (&self->groups);
  if (group == NULL)
    return;

  for (guint i = group->changes->len; i-- > 0;)
    {
      Change *change = &g_array_index (group->changes, Change, i);

      sync_account_undo_async (change->sync, change->change_id, undone_cb, NULL);
    }
  group_free (group);

  notify_all (self);
  g_signal_emit (self, signals[SIGNAL_WITHDRAWN], 0);
}

/**
 * pipit_undo_forget:
 *
 * Forgets everything, for example after what can be done no more.
 */
void
pipit_undo_forget (PipitUndo *self)
{
  g_return_if_fail (PIPIT_IS_UNDO (self));

  g_queue_clear_full (&self->groups, group_free);
  notify_all (self);
  g_signal_emit (self, signals[SIGNAL_WITHDRAWN], 0);
}
