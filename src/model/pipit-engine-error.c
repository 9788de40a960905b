#include "pipit-config.h"

#include "pipit-engine.h"

#include "account-error.h"
#include "store-error.h"

#include <glib/gi18n-lib.h>

static const char *
describe_account_error (int code)
{
  switch (code)
    {
    case ACCOUNT_ERROR_PROFILE_IN_USE:
      return _("Another program works with them: Pipit on another desktop, or pipitctl. Close it, and start Pipit again.");
    case ACCOUNT_ERROR_MALFORMED:
      return _("The settings of the accounts are damaged. They were left as they are.");
    case ACCOUNT_ERROR_NEWER:
      return _("The settings were written by a newer Pipit. They were left as they are.");
    default:
      return NULL;
    }
}

static const char *
describe_store_error (int code)
{
  switch (code)
    {
    case STORE_ERROR_NEWER:
      return _("The mail on this computer was stored by a newer Pipit. It was left as it is.");
    case STORE_ERROR_FULL:
      return _("There is no space left on the disk.");
    case STORE_ERROR_CORRUPT:
      return _("What has not been sent to a server yet is damaged. It was left as it is, so that nothing is lost.");
    default:
      return NULL;
    }
}

/**
 * pipit_engine_describe_error:
 * @error: what pipit_engine_open_finish() has given
 *
 * Puts into words why the profile cannot be opened, and what can be done.
 *
 * Returns: (transfer full): sentences for a person, with the technical message below
 */
char *
pipit_engine_describe_error (const GError *error)
{
  const char *sentence = NULL;

  if (error->domain == ACCOUNT_ERROR)
    sentence = describe_account_error (error->code);
  else if (error->domain == STORE_ERROR)
    sentence = describe_store_error (error->code);

  if (sentence == NULL)
    return g_strdup (error->message);

  return g_strdup_printf ("%s\n\n%s", sentence, error->message);
}
