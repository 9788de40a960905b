#include "pipit-engine-private.h"

struct _PipitEngine
{
  GObject parent_instance;

  AccountProfile *profile; /* (owned) */
};

G_DEFINE_FINAL_TYPE (PipitEngine, pipit_engine, G_TYPE_OBJECT)

static void
pipit_engine_dispose (GObject *object)
{
  PipitEngine *self = PIPIT_ENGINE (object);

  g_clear_object (&self->profile);

  G_OBJECT_CLASS (pipit_engine_parent_class)->dispose (object);
}

static void
pipit_engine_class_init (PipitEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pipit_engine_dispose;
}

static void
pipit_engine_init (PipitEngine *self)
{
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
