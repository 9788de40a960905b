#include "pipit-problem-private.h"

#include "pipit-certificate.h"
#include "pipit-remedy.h"

/**
 * PipitProblem:
 *
 * A failure in words for a person. Immutable.
 */
struct _PipitProblem
{
  GObject parent_instance;

  PipitProblemKind kind;
  PipitServer server;
  char *title;                   /* (owned) */
  char *explanation;             /* (owned) */
  char *server_text;             /* (owned) (nullable) */
  PipitCertificate *certificate; /* (owned) (nullable) */
  GListModel *remedies;          /* (owned) */
};

G_DEFINE_FINAL_TYPE (PipitProblem, pipit_problem, G_TYPE_OBJECT)

static void
pipit_problem_finalize (GObject *object)
{
  PipitProblem *self = PIPIT_PROBLEM (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->explanation, g_free);
  g_clear_pointer (&self->server_text, g_free);
  g_clear_object (&self->certificate);
  g_clear_object (&self->remedies);

  G_OBJECT_CLASS (pipit_problem_parent_class)->finalize (object);
}

static void
pipit_problem_class_init (PipitProblemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_problem_finalize;
}

static void
pipit_problem_init (PipitProblem *self)
{
}

/**
 * pipit_problem_new:
 * @kind: its class
 * @title: what is the case, one sentence
 * @explanation: what it means and what to try
 * @server_text: (nullable): what the server said, quoted and bounded
 * @server: which of an account's servers it concerns
 * @certificate: (nullable): the one that was not trusted
 * @remedies: (nullable): of #PipitRemedy, the best first
 *
 * Returns: (transfer full): a problem
 */
PipitProblem *
pipit_problem_new (PipitProblemKind  kind,
                   const char       *title,
                   const char       *explanation,
                   const char       *server_text,
                   PipitServer       server,
                   PipitCertificate *certificate,
                   GListModel       *remedies)
{
  PipitProblem *self = g_object_new (PIPIT_TYPE_PROBLEM, NULL);

  self->kind = kind;
  self->server = server;
  self->title = g_strdup (title);
  self->explanation = g_strdup (explanation != NULL ? explanation : "");
  self->server_text = g_strdup (server_text);
  g_set_object (&self->certificate, certificate);
  self->remedies = remedies != NULL ? g_object_ref (remedies)
                                    : G_LIST_MODEL (g_list_store_new (PIPIT_TYPE_REMEDY));

  return self;
}

/**
 * pipit_problem_get_kind:
 *
 * Returns: its class
 */
PipitProblemKind
pipit_problem_get_kind (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), PIPIT_PROBLEM_OTHER);

  return self->kind;
}

/**
 * pipit_problem_get_title:
 *
 * Returns: (transfer none): what is the case, one sentence
 */
const char *
pipit_problem_get_title (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), NULL);

  return self->title;
}

/**
 * pipit_problem_get_explanation:
 *
 * Returns: (transfer none): what it means and what to try, maybe empty
 */
const char *
pipit_problem_get_explanation (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), NULL);

  return self->explanation;
}

/**
 * pipit_problem_get_server_text:
 *
 * Returns: (transfer none) (nullable): what the server said
 */
const char *
pipit_problem_get_server_text (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), NULL);

  return self->server_text;
}

/**
 * pipit_problem_get_server:
 *
 * Returns: which of the account's servers it concerns
 */
PipitServer
pipit_problem_get_server (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), PIPIT_SERVER_RECEIVING);

  return self->server;
}

/**
 * pipit_problem_get_certificate:
 *
 * Returns: (transfer none) (nullable): the certificate that was not trusted
 */
PipitCertificate *
pipit_problem_get_certificate (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), NULL);

  return self->certificate;
}

/**
 * pipit_problem_get_remedies:
 *
 * Returns: (transfer none): a list of #PipitRemedy, the best first
 */
GListModel *
pipit_problem_get_remedies (PipitProblem *self)
{
  g_return_val_if_fail (PIPIT_IS_PROBLEM (self), NULL);

  return self->remedies;
}
