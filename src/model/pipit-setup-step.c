#include "pipit-setup-step-private.h"

struct _PipitSetupStep
{
  GObject parent_instance;

  PipitServer server;
  char *title;  /* (owned) */
  char *detail; /* (owned) (nullable) */
  PipitStepState state;
  guint elapsed_ms;
};

enum
{
  PROP_TITLE = 1,
  PROP_DETAIL,
  PROP_STATE,
  PROP_ELAPSED_MS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PipitSetupStep, pipit_setup_step, G_TYPE_OBJECT)

static void
pipit_setup_step_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  PipitSetupStep *self = PIPIT_SETUP_STEP (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ELAPSED_MS:
      g_value_set_uint (value, self->elapsed_ms);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_setup_step_finalize (GObject *object)
{
  PipitSetupStep *self = PIPIT_SETUP_STEP (object);

  g_free (self->title);
  g_free (self->detail);

  G_OBJECT_CLASS (pipit_setup_step_parent_class)->finalize (object);
}

static void
pipit_setup_step_class_init (PipitSetupStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pipit_setup_step_get_property;
  object_class->finalize = pipit_setup_step_finalize;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PIPIT_TYPE_STEP_STATE,
                                              PIPIT_STEP_WAITING, flags);
  properties[PROP_ELAPSED_MS] = g_param_spec_uint ("elapsed-ms", NULL, NULL, 0, G_MAXUINT, 0,
                                                   flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
pipit_setup_step_init (PipitSetupStep *self)
{
  self->state = PIPIT_STEP_WAITING;
}

/*
 * pipit_setup_step_new:
 * @server: for receiving or for sending
 * @title: translated
 *
 * Returns: (transfer full): a step that waits for its turn
 */
PipitSetupStep *
pipit_setup_step_new (PipitServer  server,
                      const char  *title)
{
  PipitSetupStep *self = g_object_new (PIPIT_TYPE_SETUP_STEP, NULL);

  self->server = server;
  self->title = g_strdup (title);

  return self;
}

/*
 * pipit_setup_step_update:
 * @detail: (nullable): one line below the title
 * @elapsed_ms: how long it took so far
 */
void
pipit_setup_step_update (PipitSetupStep *self,
                         PipitStepState  state,
                         const char     *detail,
                         guint           elapsed_ms)
{
  g_return_if_fail (PIPIT_IS_SETUP_STEP (self));

  g_object_freeze_notify (G_OBJECT (self));

  if (g_strcmp0 (self->detail, detail) != 0)
    {
      g_free (self->detail);
      self->detail = g_strdup (detail);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
    }

  if (self->elapsed_ms != elapsed_ms)
    {
      self->elapsed_ms = elapsed_ms;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELAPSED_MS]);
    }

  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }

  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * pipit_setup_step_get_title:
 *
 * Returns: (transfer none): what is tried, translated: "Connect, port 993"
 */
const char *
pipit_setup_step_get_title (PipitSetupStep *self)
{
  g_return_val_if_fail (PIPIT_IS_SETUP_STEP (self), NULL);

  return self->title;
}

/**
 * pipit_setup_step_get_detail:
 *
 * Returns: (transfer none) (nullable): what came of it: "TLS 1.3", or why it failed
 */
const char *
pipit_setup_step_get_detail (PipitSetupStep *self)
{
  g_return_val_if_fail (PIPIT_IS_SETUP_STEP (self), NULL);

  return self->detail;
}

/**
 * pipit_setup_step_get_state:
 *
 * Returns: whether it waits, runs, is done or has failed
 */
PipitStepState
pipit_setup_step_get_state (PipitSetupStep *self)
{
  g_return_val_if_fail (PIPIT_IS_SETUP_STEP (self), PIPIT_STEP_WAITING);

  return self->state;
}

/**
 * pipit_setup_step_get_server:
 *
 * Returns: whether it is a step towards the server for receiving or the one for sending
 */
PipitServer
pipit_setup_step_get_server (PipitSetupStep *self)
{
  g_return_val_if_fail (PIPIT_IS_SETUP_STEP (self), PIPIT_SERVER_RECEIVING);

  return self->server;
}

/**
 * pipit_setup_step_get_elapsed_ms:
 *
 * Returns: milliseconds that it took; 0 while it waits or runs
 */
guint
pipit_setup_step_get_elapsed_ms (PipitSetupStep *self)
{
  g_return_val_if_fail (PIPIT_IS_SETUP_STEP (self), 0);

  return self->elapsed_ms;
}
