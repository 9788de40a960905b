#include "mime-message.h"
#include "tool-commands.h"
#include "tool-output.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

/* pipitctl parse: what Pipit makes of a message in a file. No account, no network, no profile. */

/* More than any server takes in one message. */
#define MAX_MESSAGE_BYTES (512 * 1024 * 1024)

static const struct
{
  MimeProblems  problem;
  const char   *name;
} problem_names[] = {
  { MIME_PROBLEM_NO_HEADERS, "no-headers" },
  { MIME_PROBLEM_HEADERS_CUT, "headers-cut" },
  { MIME_PROBLEM_BOUNDARY_MISSING, "boundary-missing" },
  { MIME_PROBLEM_BOUNDARY_UNKNOWN, "boundary-unknown" },
  { MIME_PROBLEM_ENCODING_CUT, "encoding-cut" },
  { MIME_PROBLEM_ENCODING_BROKEN, "encoding-broken" },
  { MIME_PROBLEM_ENCODING_UNKNOWN, "encoding-unknown" },
  { MIME_PROBLEM_CHARSET_UNKNOWN, "charset-unknown" },
  { MIME_PROBLEM_CHARSET_WRONG, "charset-wrong" },
  { MIME_PROBLEM_LIMIT, "limit" },
  { MIME_PROBLEM_PARTIAL, "partial" },
};

static const char *
protection_name (MimeProtection protection)
{
  static const char * const names[] = { "none", "pgp-signed", "pgp-encrypted", "pgp-inline",
                                        "smime-signed", "smime-encrypted" };

  return names[protection];
}

static GBytes *
read_standard_input (GError **error)
{
  g_autoptr(GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr(GByteArray) all = g_byte_array_new ();
  guint8 buffer[65536];
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, error)) > 0)
    {
      g_byte_array_append (all, buffer, (guint) n);
      if (all->len > MAX_MESSAGE_BYTES)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                               "The message is too large");
          return NULL;
        }
    }

  return n < 0 ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

static GBytes *
read_file (const char  *path,
           GError     **error)
{
  g_autoptr(GMappedFile) file = NULL;

  if (g_str_equal (path, "-"))
    return read_standard_input (error);
  file = g_mapped_file_new (path, FALSE, error);

  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

static char *
format_date (const MimeHeaders *headers)
{
  g_autoptr(GDateTime) when = NULL;

  if (!mime_headers_has_date (headers))
    return NULL;
  when = g_date_time_new_from_unix_utc (mime_headers_get_date_unix (headers));

  return when != NULL ? g_date_time_format (when, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void
add_addresses (JsonBuilder           *builder,
               const char            *name,
               const MimeAddressList *list)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      const MimeAddress *address = mime_address_list_get (list, i);

      json_builder_begin_object (builder);
      tool_json_string (builder, "name", address->name);
      tool_json_string (builder, "address", address->address);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_attachments (JsonBuilder       *builder,
                 const MimeMessage *message)
{
  GPtrArray *attachments = mime_message_get_attachments (message);

  json_builder_set_member_name (builder, "attachments");
  json_builder_begin_array (builder);
  for (guint i = 0; i < attachments->len; i++)
    {
      const MimePart *part = attachments->pdata[i];
      g_autoptr(GBytes) content = mime_part_decode (part);

      json_builder_begin_object (builder);
      tool_json_string (builder, "name", mime_part_get_file_name (part));
      tool_json_string (builder, "content_type", mime_part_get_content_type (part));
      tool_json_int (builder, "size", (gint64) g_bytes_get_size (content));
      tool_json_string (builder, "section", mime_part_get_section (part));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_problems (JsonBuilder  *builder,
              MimeProblems  problems)
{
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (problem_names); i++)
    if ((problems & problem_names[i].problem) != 0)
      json_builder_add_string_value (builder, problem_names[i].name);
  json_builder_end_array (builder);
}

static void
print_json (const MimeMessage *message)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  const MimeHeaders *headers = mime_message_get_headers (message);
  g_autofree char *date = format_date (headers);
  g_autofree char *text = mime_message_dup_text (message);
  g_autofree char *html = mime_message_dup_html (message);

  json_builder_begin_object (builder);
  tool_json_string (builder, "subject", mime_headers_get_subject (headers));
  add_addresses (builder, "from", mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM));
  add_addresses (builder, "to", mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO));
  add_addresses (builder, "cc", mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_CC));
  tool_json_string (builder, "date", date);
  tool_json_string (builder, "message_id", mime_headers_get_message_id (headers));
  tool_json_string (builder, "text", text);
  tool_json_string (builder, "html", html);
  add_attachments (builder, message);
  tool_json_boolean (builder, "complete", mime_message_is_complete (message));
  add_problems (builder, mime_message_get_problems (message));
  tool_json_string (builder, "protection",
                    protection_name (mime_message_get_protection (message)));
  json_builder_end_object (builder);
  tool_output_json (builder);
}

/* One line of the header. What a message says is not let loose on the terminal. */
static void
print_field (const char *title,
             const char *value)
{
  g_autofree char *quoted = value != NULL && *value != '\0' ? tool_output_quote (value) : NULL;

  if (quoted != NULL)
    tool_output_line ("%-11s %s", title, quoted);
}

/* Nothing in a message may steer the terminal: lines and tabs stay, other control characters go. */
static void
print_text (const char *text)
{
  g_autoptr(GString) shown = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, g_unichar_iscntrl (c) && c != '\n' && c != '\t' ? ' ' : c);
    }
  if (shown->len > 0 && shown->str[shown->len - 1] == '\n')
    g_string_truncate (shown, shown->len - 1);
  tool_output_line ("%s", shown->str);
}

static void
print_message (const MimeMessage *message)
{
  const MimeHeaders *headers = mime_message_get_headers (message);
  GPtrArray *attachments = mime_message_get_attachments (message);
  g_autofree char *from = mime_address_list_format (
    mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM));
  g_autofree char *to = mime_address_list_format (
    mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO));
  g_autofree char *date = format_date (headers);
  g_autofree char *text = mime_message_dup_text (message);

  print_field ("Subject:", mime_headers_get_subject (headers));
  print_field ("From:", from);
  print_field ("To:", to);
  print_field ("Date:", date);
  for (guint i = 0; i < attachments->len; i++)
    {
      g_autofree char *size = g_format_size (mime_part_get_size_bytes (attachments->pdata[i]));
      g_autofree char *line = g_strdup_printf ("%s (%s, %s)",
                                               mime_part_get_file_name (attachments->pdata[i]),
                                               mime_part_get_content_type (attachments->pdata[i]),
                                               size);

      print_field ("Attachment:", line);
    }
  if (!mime_message_is_complete (message))
    tool_output_line ("%-11s %s", "Note:", "This message is not complete.");
  tool_output_line ("%s", "");
  print_text (text);
}

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
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "FILE.eml",
                           "Shows what Pipit reads out of a message in a file (“-” for standard "
                           "input): subject, sender, date,\ntext, HTML and attachments. Whether it is "
                           "complete is part of what it says.",
                           NULL, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  bytes = read_file (rest[0], &error);
  if (bytes == NULL)
    return tool_context_fail (context, error);

  message = mime_message_new (bytes);
  if (tool_context_is_json (context))
    print_json (message);
  else
    print_message (message);

  return TOOL_EXIT_DONE;
}
