#include "tool-exit.h"

#include "account-error.h"
#include "net-error.h"
#include "sync-error.h"

static ToolExit
exit_for_net (NetError code)
{
  switch (code)
    {
    case NET_ERROR_SIGN_IN_REFUSED:
    case NET_ERROR_MECHANISM_NOT_OFFERED:
    case NET_ERROR_ACCOUNT_LIMITED:
      return TOOL_EXIT_SIGN_IN;

    case NET_ERROR_CERTIFICATE:
    case NET_ERROR_CERTIFICATE_CHANGED:
      return TOOL_EXIT_CERTIFICATE;

    case NET_ERROR_NAME_NOT_FOUND:
    case NET_ERROR_NAME_LOOKUP:
    case NET_ERROR_REFUSED:
    case NET_ERROR_TIMED_OUT:
    case NET_ERROR_UNREACHABLE:
    case NET_ERROR_CLOSED:
    case NET_ERROR_NOT_TLS:
    case NET_ERROR_TLS_EXPECTED:
    case NET_ERROR_TLS_VERSION:
    case NET_ERROR_TLS_FAILED:
    case NET_ERROR_STARTTLS_NOT_OFFERED:
    case NET_ERROR_TOO_MANY_CONNECTIONS:
    case NET_ERROR_SHUTTING_DOWN:
    case NET_ERROR_BUSY:
      return TOOL_EXIT_NOT_REACHABLE;

    case NET_ERROR_FAILED:
    case NET_ERROR_INVALID:
    case NET_ERROR_PLAIN_NOT_ALLOWED:
    case NET_ERROR_PROTOCOL:
    default:
      return TOOL_EXIT_FAILED;
    }
}

/**
 * tool_exit_for_error:
 * @error: an error of any floor
 *
 * Returns: what to end with
 */
ToolExit
tool_exit_for_error (const GError *error)
{
  g_return_val_if_fail (error != NULL, TOOL_EXIT_FAILED);

  if (error->domain == NET_ERROR)
    return exit_for_net ((NetError) error->code);
  if (error->domain == G_OPTION_ERROR)
    return TOOL_EXIT_USAGE;
  if (g_error_matches (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE))
    return TOOL_EXIT_IN_USE;
  if (g_error_matches (error, SYNC_ERROR, SYNC_ERROR_INCOMPLETE) ||
      g_error_matches (error, SYNC_ERROR, SYNC_ERROR_DOUBTFUL))
    return TOOL_EXIT_PARTIAL;
  if (g_error_matches (error, SYNC_ERROR, SYNC_ERROR_OFFLINE))
    return TOOL_EXIT_NOT_REACHABLE;

  return TOOL_EXIT_FAILED;
}
