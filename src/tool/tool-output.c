#include "tool-output.h"

#include "base-text.h"
#include "net-error.h"

#include <stdarg.h>
#include <stdio.h>

/* What pipitctl writes. Nothing that a server or a message says reaches the terminal with control
 * characters in it. In JSON every string is valid UTF-8. */

#define MAX_QUOTED_CHARS 1000

static void
write_line (FILE       *stream,
            const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *local = g_locale_from_utf8 (valid, -1, NULL, NULL, NULL);

  fputs (local != NULL ? local : valid, stream);
  fputc ('\n', stream);
  fflush (stream);
}

/**
 * tool_output_line:
 *
 * Prints a line for people. Foreign text in it goes through tool_output_quote () first.
 */
void
tool_output_line (const char *format,
                  ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  write_line (stdout, text);
}

/**
 * tool_output_error:
 *
 * Prints a line on standard error.
 */
void
tool_output_error (const char *format,
                   ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  line = g_strconcat ("pipitctl: ", text, NULL);
  write_line (stderr, line);
}

/**
 * tool_output_quote:
 * @text: (nullable): foreign text
 *
 * Returns: (transfer full): the text fit for one line on a terminal
 */
char *
tool_output_quote (const char *text)
{
  return base_text_quote (text != NULL ? text : "", -1, MAX_QUOTED_CHARS);
}

/**
 * tool_output_json:
 *
 * Prints what was built, as one document.
 */
void
tool_output_json (JsonBuilder *builder)
{
  g_autoptr(JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

/**
 * tool_output_json_error:
 *
 * Prints a document that is an error and nothing else.
 */
void
tool_output_json_error (const GError *error,
                        ToolExit      code)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  tool_json_error (builder, error);
  tool_json_int (builder, "exit", code);
  json_builder_end_object (builder);
  tool_output_json (builder);
}

/**
 * tool_json_string:
 * @value: (nullable): text of any encoding; %NULL becomes null
 */
void
tool_json_string (JsonBuilder *builder,
                  const char  *name,
                  const char  *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

void
tool_json_int (JsonBuilder *builder,
               const char  *name,
               gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
tool_json_boolean (JsonBuilder *builder,
                   const char  *name,
                   gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/**
 * tool_json_strings:
 * @values: (nullable) (array zero-terminated=1): %NULL becomes an empty array
 */
void
tool_json_strings (JsonBuilder        *builder,
                   const char         *name,
                   const char * const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (values[i], -1);

      json_builder_add_string_value (builder, valid);
    }
  json_builder_end_array (builder);
}

/**
 * tool_json_error:
 *
 * Adds an error as an object: its class, as net_error_class_name (), and its message.
 */
void
tool_json_error (JsonBuilder  *builder,
                 const GError *error)
{
  json_builder_begin_object (builder);
  tool_json_string (builder, "domain", g_quark_to_string (error->domain));
  tool_json_int (builder, "code", error->code);
  tool_json_string (builder, "class", net_error_class_name (error));
  tool_json_string (builder, "message", error->message);
  json_builder_end_object (builder);
}
