#include "tool-commands.h"
#include "tool-input.h"
#include "tool-message.h"
#include "tool-output.h"

/* pipitctl parse: what Pipit makes of a message in a file. No account, no network, no profile. */

/**
 * tool_parse:
 *
 * Returns: done for whatever could be read, complete or not
 */
ToolExit
tool_parse (ToolContext *context,
            GStrv        arguments)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(MimeMessage) message = NULL;
  g_autoptr(JsonBuilder) builder = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "FILE.eml",
                           "Shows what Pipit reads out of a message in a file (“-” for standard "
                           "input): subject, sender, date,\ntext, HTML and attachments. Whether it is "
                           "complete is part of what it says.",
                           NULL, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  bytes = tool_input_read (rest[0], &error);
  if (bytes == NULL)
    return tool_context_fail (context, error);

  message = mime_message_new (bytes);
  if (!tool_context_is_json (context))
    {
      tool_message_print (message);
      return TOOL_EXIT_DONE;
    }

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  tool_message_add (builder, message);
  json_builder_end_object (builder);
  tool_output_json (builder);
  return TOOL_EXIT_DONE;
}
