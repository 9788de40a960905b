#include "pipit-engine.h"

struct _PipitEngine
{
  GObject parent_instance;

  char *profile_path; /* (owned) (nullable) the person's own folders */
};

G_DEFINE_FINAL_TYPE (PipitEngine, pipit_engine, G_TYPE_OBJECT)

static void
pipit_engine_finalize (GObject *object)
{
  PipitEngine *self = PIPIT_ENGINE (object);

  g_clear_pointer (&self->profile_path, g_free);

  G_OBJECT_CLASS (pipit_engine_parent_class)->finalize (object);
}

static void
pipit_engine_class_init (PipitEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_engine_finalize;
}

static void
pipit_engine_init (PipitEngine *self)
{
}

/**
 * pipit_engine_new:
 * @profile_path: (nullable): a folder that holds everything, instead of the person's own folders
 *
 * Makes the engine of a profile. Reads nothing yet: see pipit_engine_open_async().
 *
 * Returns: (transfer full): the engine
 */
PipitEngine *
pipit_engine_new (const char *profile_path)
{
  PipitEngine *self = g_object_new (PIPIT_TYPE_ENGINE, NULL);

  self->profile_path = g_strdup (profile_path);

  return self;
}
