#include "tool-settle.h"

#include "tool-beside.h"

/* Carries what is written in the journal and the outbox to the server. */

/**
 * tool_settle_account:
 * @settings: an account
 * @out_report: (out) (transfer full) (nullable): what was done, also when not all was
 *
 * Carries an account's waiting changes and messages to the server. What cannot be done now stays
 * where it is.
 *
 * Errors: those of the password and of the connection; SYNC_ERROR_INCOMPLETE when the server
 *   refused some of it.
 *
 * Returns: whether nothing waits any more
 */
gboolean
tool_settle_account (ToolEngine       *engine,
                     AccountSettings  *settings,
                     SyncReport      **out_report,
                     GError          **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  g_autoptr(GAsyncResult) result = NULL;
  SyncAccount *account;

  *out_report = NULL;
  if (tool_engine_is_beside (engine))
    return tool_beside_settle (engine, settings, out_report, error);

  account = tool_engine_start_account (engine, settings, error);
  if (account == NULL)
    return FALSE;

  sync_account_settle_async (account, tool_context_get_cancellable (context), tool_context_result_cb,
                             &result);
  return sync_account_settle_finish (account, tool_context_wait (context, &result), out_report,
                                     error);
}
