#include "pipit-remedy.h"

struct _PipitRemedy
{
  GObject parent_instance;

  PipitRemedyKind kind;
  char *label; /* (owned) */
  char *value; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PipitRemedy, pipit_remedy, G_TYPE_OBJECT)

static void
pipit_remedy_finalize (GObject *object)
{
  PipitRemedy *self = PIPIT_REMEDY (object);

  g_free (self->label);
  g_free (self->value);

  G_OBJECT_CLASS (pipit_remedy_parent_class)->finalize (object);
}

static void
pipit_remedy_class_init (PipitRemedyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_remedy_finalize;
}

static void
pipit_remedy_init (PipitRemedy *self)
{
}

/**
 * pipit_remedy_new:
 * @kind: what the button does
 * @label: its text, translated
 * @value: (nullable): the link, the name, or the server as host:port:security
 *
 * Returns: (transfer full): a remedy
 */
PipitRemedy *
pipit_remedy_new (PipitRemedyKind  kind,
                  const char      *label,
                  const char      *value)
{
  PipitRemedy *self = g_object_new (PIPIT_TYPE_REMEDY, NULL);

  self->kind = kind;
  self->label = g_strdup (label);
  self->value = g_strdup (value);

  return self;
}

/**
 * pipit_remedy_get_kind:
 *
 * Returns: what the button does
 */
PipitRemedyKind
pipit_remedy_get_kind (PipitRemedy *self)
{
  g_return_val_if_fail (PIPIT_IS_REMEDY (self), PIPIT_REMEDY_TRY_AGAIN);

  return self->kind;
}

/**
 * pipit_remedy_get_label:
 *
 * Returns: (transfer none): the button's text, translated
 */
const char *
pipit_remedy_get_label (PipitRemedy *self)
{
  g_return_val_if_fail (PIPIT_IS_REMEDY (self), NULL);

  return self->label;
}

/**
 * pipit_remedy_get_value:
 *
 * Returns: (transfer none) (nullable): the link, the name, or the server as host:port:security
 */
const char *
pipit_remedy_get_value (PipitRemedy *self)
{
  g_return_val_if_fail (PIPIT_IS_REMEDY (self), NULL);

  return self->value;
}
