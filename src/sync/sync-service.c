/*
 * The words between the process that has a profile and another one, pipitctl, that wants something of it.
 * An error comes across as what it was, so that the other one ends as if it had done it itself.
 */
#include "sync-service.h"

#include "net-error.h"
#include "sync-error.h"

static const char xml[] =
  "<node>"
  "<interface name='" SYNC_SERVICE_INTERFACE "'>"
  "<method name='Settle'>"
  "<arg type='s' name='account' direction='in'/>"
  "<arg type='" SYNC_SERVICE_ANSWER "' name='answer' direction='out'/>"
  "</method>"
  "<method name='Sync'>"
  "<arg type='s' name='account' direction='in'/>"
  "<arg type='x' name='folder' direction='in'/>"
  "<arg type='u' name='bodies' direction='in'/>"
  "<arg type='" SYNC_SERVICE_ANSWER "' name='answer' direction='out'/>"
  "</method>"
  "</interface>"
  "</node>";

/**
 * sync_service_get_xml:
 *
 * Returns: the interface, as the D-Bus specification describes one
 */
const char *
sync_service_get_xml (void)
{
  return xml;
}

/**
 * sync_service_pack:
 * @report: (nullable): what was done
 * @error: (nullable): why not all of it
 *
 * Returns: (transfer floating): an answer
 */
GVariant *
sync_service_pack (const SyncReport *report,
                   const GError     *error)
{
  static const SyncReport nothing = { 0 };
  const SyncReport *said = report != NULL ? report : &nothing;
  const char *domain = error == NULL                 ? "" :
                       error->domain == NET_ERROR  ? "net" :
                       error->domain == SYNC_ERROR ? "sync" : "other";
  GVariantBuilder failures;

  g_variant_builder_init (&failures, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; said->failures != NULL && i < said->failures->len; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (said->failures->pdata[i], -1);

      g_variant_builder_add (&failures, "s", valid);
    }

  {
    g_autofree char *message = g_utf8_make_valid (error != NULL ? error->message : "", -1);

    return g_variant_new (SYNC_SERVICE_ANSWER, domain, message,
                          error != NULL ? (guint32) error->code : 0, &failures, said->n_new,
                          said->n_gone, said->n_flags_changed, said->n_bodies,
                          (guint32) said->n_folders, (guint32) said->n_operations);
  }
}

static gboolean
take_error (const char  *domain,
            const char  *message,
            guint32      code,
            GError     **error)
{
  if (*domain == '\0')
    return TRUE;

  if (g_str_equal (domain, "net"))
    g_set_error_literal (error, NET_ERROR, MIN (code, NET_ERROR_LAST), message);
  else if (g_str_equal (domain, "sync"))
    g_set_error_literal (error, SYNC_ERROR, (int) MIN (code, G_MAXINT), message);
  else
    g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_FAILED, message);

  return FALSE;
}

/**
 * sync_service_unpack:
 * @answer: of the type SYNC_SERVICE_ANSWER
 * @out_report: (out) (transfer full): what was done, also when not all was
 *
 * Errors: those that it was done with: NET_ERROR, SYNC_ERROR.
 *
 * Returns: whether all was done
 */
gboolean
sync_service_unpack (GVariant    *answer,
                     SyncReport **out_report,
                     GError     **error)
{
  g_autoptr(GVariantIter) failures = NULL;
  SyncReport *report = sync_report_new ();
  const char *domain, *message, *failure;
  guint32 code, n_folders, n_operations;

  g_variant_get (answer, "(&s&suasttttuu)", &domain, &message, &code, &failures, &report->n_new,
                 &report->n_gone, &report->n_flags_changed, &report->n_bodies, &n_folders,
                 &n_operations);
  while (g_variant_iter_next (failures, "&s", &failure))
    g_ptr_array_add (report->failures, g_strdup (failure));
  report->n_folders = n_folders;
  report->n_operations = n_operations;
  *out_report = report;

  return take_error (domain, message, code, error);
}
