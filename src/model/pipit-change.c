#include "pipit-config.h"

#include "pipit-change-private.h"

#include "store-flags.h"

#include <glib/gi18n-lib.h>

/**
 * PipitChange:
 *
 * Something that the person did, as the journal has it.
 */
struct _PipitChange
{
  GObject parent_instance;

  char *title;  /* (owned) */
  char *status; /* (owned) */
  PipitStepState state;
  gint64 date_unix;
};

G_DEFINE_FINAL_TYPE (PipitChange, pipit_change, G_TYPE_OBJECT)

static void
pipit_change_finalize (GObject *object)
{
  g_free (PIPIT_CHANGE (object)->title);
  g_free (PIPIT_CHANGE (object)->status);

  G_OBJECT_CLASS (pipit_change_parent_class)->finalize (object);
}

static void
pipit_change_class_init (PipitChangeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_change_finalize;
}

static void
pipit_change_init (PipitChange *self)
{
}

static char *
flags_title (const StoreOperation *operation,
             guint                 n)
{
  if (operation->add_flags & STORE_FLAG_SEEN)
    return g_strdup_printf (ngettext ("%u message read", "%u messages read", n), n);
  if (operation->remove_flags & STORE_FLAG_SEEN)
    return g_strdup_printf (ngettext ("%u message marked as unread",
                                      "%u messages marked as unread", n), n);
  if (operation->add_flags & STORE_FLAG_FLAGGED)
    return g_strdup_printf (ngettext ("Star added to %u message", "Star added to %u messages", n),
                            n);
  if (operation->remove_flags & STORE_FLAG_FLAGGED)
    return g_strdup_printf (ngettext ("Star removed from %u message",
                                      "Star removed from %u messages", n), n);
  if (operation->add_flags & STORE_FLAG_ANSWERED)
    return g_strdup_printf (ngettext ("%u message answered", "%u messages answered", n), n);
  if (operation->add_flags & STORE_FLAG_FORWARDED)
    return g_strdup_printf (ngettext ("%u message forwarded", "%u messages forwarded", n), n);

  return g_strdup_printf (ngettext ("%u message changed", "%u messages changed", n), n);
}

static char *
title_of (const StoreOperation *operation,
          guint                 n,
          const char           *target)
{
  switch (operation->kind)
    {
    case STORE_OPERATION_MOVE:
      if (target != NULL)
        /* Translators: a number of messages, and a folder's name */
        return g_strdup_printf (ngettext ("%u message moved to “%s”",
                                          "%u messages moved to “%s”", n), n, target);
      return g_strdup_printf (ngettext ("%u message moved", "%u messages moved", n), n);
    case STORE_OPERATION_COPY:
      return g_strdup_printf (ngettext ("%u message copied", "%u messages copied", n), n);
    case STORE_OPERATION_EXPUNGE:
      return g_strdup_printf (ngettext ("%u message deleted for good",
                                        "%u messages deleted for good", n), n);
    case STORE_OPERATION_FLAGS:
    default:
      return flags_title (operation, n);
    }
}

static char *
status_of (const StoreOperation *operation)
{
  switch (operation->state)
    {
    case STORE_OPERATION_WAITING:
      return g_strdup (_("Waits for the server"));
    case STORE_OPERATION_SENT:
      return g_strdup (_("Under way"));
    case STORE_OPERATION_DOUBTFUL:
      return g_strdup (_("The connection broke; the server is asked whether it was done"));
    case STORE_OPERATION_DONE:
      return g_strdup (_("Done"));
    case STORE_OPERATION_UNDONE:
      return g_strdup (_("Taken back"));
    case STORE_OPERATION_REFUSED:
    default:
      if (operation->answer != NULL)
        /* Translators: what the mail server said */
        return g_strdup_printf (_("Refused: %s"), operation->answer);
      return g_strdup (_("Refused"));
    }
}

static PipitStepState
state_of (StoreOperationState state)
{
  switch (state)
    {
    case STORE_OPERATION_WAITING:
      return PIPIT_STEP_WAITING;
    case STORE_OPERATION_SENT:
    case STORE_OPERATION_DOUBTFUL:
      return PIPIT_STEP_RUNNING;
    case STORE_OPERATION_DONE:
    case STORE_OPERATION_UNDONE:
      return PIPIT_STEP_DONE;
    case STORE_OPERATION_REFUSED:
    default:
      return PIPIT_STEP_FAILED;
    }
}

/**
 * pipit_change_new:
 * @operation: one of the change's operations, the one that is furthest from done
 * @n_messages: how many it has
 * @target: (nullable): the name of the folder that they move to
 *
 * Returns: (transfer full): the change in words
 */
PipitChange *
pipit_change_new (const StoreOperation *operation,
                  guint                 n_messages,
                  const char           *target)
{
  PipitChange *self = g_object_new (PIPIT_TYPE_CHANGE, NULL);

  self->title = title_of (operation, n_messages, target);
  self->status = status_of (operation);
  self->state = state_of (operation->state);
  self->date_unix = operation->created_unix;

  return self;
}

/**
 * pipit_change_get_title:
 *
 * Returns: (transfer none): what was done
 */
const char *
pipit_change_get_title (PipitChange *self)
{
  g_return_val_if_fail (PIPIT_IS_CHANGE (self), NULL);

  return self->title;
}

/**
 * pipit_change_get_status:
 *
 * Returns: (transfer none): how far it has come
 */
const char *
pipit_change_get_status (PipitChange *self)
{
  g_return_val_if_fail (PIPIT_IS_CHANGE (self), NULL);

  return self->status;
}

/**
 * pipit_change_get_state:
 *
 * Returns: how far it has come
 */
PipitStepState
pipit_change_get_state (PipitChange *self)
{
  g_return_val_if_fail (PIPIT_IS_CHANGE (self), PIPIT_STEP_WAITING);

  return self->state;
}

/**
 * pipit_change_get_date_unix:
 *
 * Returns: when it was done, in seconds since 1970
 */
gint64
pipit_change_get_date_unix (PipitChange *self)
{
  g_return_val_if_fail (PIPIT_IS_CHANGE (self), 0);

  return self->date_unix;
}
