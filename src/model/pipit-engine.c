#include "pipit-engine.h"

struct _PipitEngine
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (PipitEngine, pipit_engine, G_TYPE_OBJECT)

static void
pipit_engine_class_init (PipitEngineClass *klass)
{
}

static void
pipit_engine_init (PipitEngine *self)
{
}

PipitEngine *
pipit_engine_new (void)
{
  return g_object_new (PIPIT_TYPE_ENGINE, NULL);
}
