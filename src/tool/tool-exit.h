#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ToolExit:
 * @TOOL_EXIT_DONE: all of it is done
 * @TOOL_EXIT_FAILED: it failed, for none of the reasons below
 * @TOOL_EXIT_USAGE: the arguments make no sense
 * @TOOL_EXIT_PARTIAL: not all of it could be done
 * @TOOL_EXIT_SIGN_IN: a server refused the sign-in
 * @TOOL_EXIT_NOT_REACHABLE: no connection, or none that can be used
 * @TOOL_EXIT_CERTIFICATE: the server's certificate is not trusted
 * @TOOL_EXIT_IN_USE: another process uses the profile
 *
 * What pipitctl ends with. Scripts go by these numbers: they do not change.
 */
typedef enum
{
  TOOL_EXIT_DONE = 0,
  TOOL_EXIT_FAILED = 1,
  TOOL_EXIT_USAGE = 2,
  TOOL_EXIT_PARTIAL = 3,
  TOOL_EXIT_SIGN_IN = 4,
  TOOL_EXIT_NOT_REACHABLE = 5,
  TOOL_EXIT_CERTIFICATE = 6,
  TOOL_EXIT_IN_USE = 7,
} ToolExit;

ToolExit tool_exit_for_error (const GError *error);

G_END_DECLS
