#include "tool-message.h"

#include <stdio.h>
#include <string.h>

/* A parsed message on the terminal and in JSON: for `show` and `parse`. */

static const struct
{
  MimeAddressField field;
  const char *name;
  const char *json;
} address_fields[] = {
  { MIME_ADDRESS_FIELD_FROM, "From", "from" },
  { MIME_ADDRESS_FIELD_REPLY_TO, "Reply-To", "reply_to" },
  { MIME_ADDRESS_FIELD_TO, "To", "to" },
  { MIME_ADDRESS_FIELD_CC, "Cc", "cc" },
  { MIME_ADDRESS_FIELD_BCC, "Bcc", "bcc" },
};

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

static char *
format_date (MimeHeaders *headers)
{
  g_autoptr(GDateTime) utc = NULL;

  if (!mime_headers_has_date (headers))
    return NULL;

  utc = g_date_time_new_from_unix_utc (mime_headers_get_date_unix (headers));
  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void
print_field (const char *name,
             const char *value)
{
  g_autofree char *quoted = NULL;

  if (value == NULL || value[0] == '\0')
    return;

  quoted = tool_output_quote (value);
  tool_output_line ("%s: %s", name, quoted);
}

static void
print_headers (MimeHeaders *headers)
{
  g_autofree char *date = format_date (headers);

  for (guint i = 0; i < G_N_ELEMENTS (address_fields); i++)
    {
      const MimeAddressList *list = mime_headers_get_addresses (headers, address_fields[i].field);
      g_autofree char *text = list != NULL ? mime_address_list_format (list) : NULL;

      print_field (address_fields[i].name, text);
    }

  print_field ("Subject", mime_headers_get_subject (headers));
  print_field ("Date", date);
  print_field ("Message-ID", mime_headers_get_message_id (headers));
}

/* Nothing in a message may steer the terminal: lines and tabs stay, other control characters go. */
static void
print_text (const char *text)
{
  g_autoptr(GString) shown = g_string_sized_new (strlen (text));

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);
      gboolean is_control = g_unichar_iscntrl (character) && character != '\n' && character != '\t';

      g_string_append_unichar (shown, is_control ? ' ' : character);
    }

  if (shown->len > 0 && shown->str[shown->len - 1] == '\n')
    g_string_truncate (shown, shown->len - 1);
  tool_output_line ("%s", shown->str);
}

static void
print_attachments (MimeMessage *message)
{
  GPtrArray *attachments = mime_message_get_attachments (message);

  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    {
      MimePart *part = attachments->pdata[i];
      g_autofree char *name = tool_output_quote (mime_part_get_file_name (part));

      tool_output_line ("Attachment %s: %s (%s, %" G_GSIZE_FORMAT " bytes)",
                        mime_part_get_section (part), name, mime_part_get_content_type (part),
                        mime_part_get_size_bytes (part));
    }
}

/**
 * tool_message_print_text:
 *
 * Prints the text of a message.
 */
void
tool_message_print_text (MimeMessage *message)
{
  g_autofree char *text = mime_message_dup_text (message);

  if (text != NULL)
    print_text (text);
}

/**
 * tool_message_print:
 *
 * Prints a message for people: headers, names of attachments, text.
 */
void
tool_message_print (MimeMessage *message)
{
  print_headers (mime_message_get_headers (message));
  print_attachments (message);
  if (!mime_message_is_complete (message))
    tool_output_line ("This message is not complete.");
  tool_output_line ("%s", "");
  tool_message_print_text (message);
}

/**
 * tool_message_list_parts:
 *
 * Returns: (transfer full) (element-type MimePart): all parts that have contents of their own,
 *   borrowed from @message
 */
GPtrArray *
tool_message_list_parts (MimeMessage *message)
{
  GPtrArray *parts = g_ptr_array_new ();

  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    {
      MimePart *part = mime_message_get_part (message, i);

      if (mime_part_get_role (part) != MIME_ROLE_STRUCTURE)
        g_ptr_array_add (parts, part);
    }

  return parts;
}

static const char *
role_name (MimePart *part)
{
  static const char * const names[] = {
    [MIME_ROLE_STRUCTURE] = "structure",
    [MIME_ROLE_TEXT] = "text",
    [MIME_ROLE_HTML] = "html",
    [MIME_ROLE_ALTERNATIVE] = "alternative",
    [MIME_ROLE_RELATED] = "related",
    [MIME_ROLE_ATTACHMENT] = "attachment",
    [MIME_ROLE_CALENDAR] = "calendar",
    [MIME_ROLE_SIGNATURE] = "signature",
    [MIME_ROLE_NESTED] = "nested",
  };

  return names[mime_part_get_role (part)];
}

/**
 * tool_message_print_parts:
 *
 * Prints what a message consists of.
 */
void
tool_message_print_parts (MimeMessage *message)
{
  g_autoptr(GPtrArray) parts = tool_message_list_parts (message);

  for (guint i = 0; i < parts->len; i++)
    {
      MimePart *part = parts->pdata[i];
      g_autofree char *name = tool_output_quote (mime_part_get_file_name (part));
      g_autofree char *type = tool_output_quote (mime_part_get_content_type (part));

      tool_output_line ("%-8s %-12s %-28s %10" G_GSIZE_FORMAT "  %s", mime_part_get_section (part),
                        role_name (part), type, mime_part_get_size_bytes (part), name);
    }
}

static void
add_addresses (JsonBuilder           *builder,
               const char            *name,
               const MimeAddressList *list)
{
  guint n = list != NULL ? mime_address_list_get_length (list) : 0;

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
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
add_headers (JsonBuilder *builder,
             MimeHeaders *headers)
{
  g_autofree char *date = format_date (headers);

  for (guint i = 0; i < G_N_ELEMENTS (address_fields); i++)
    add_addresses (builder, address_fields[i].json,
                   mime_headers_get_addresses (headers, address_fields[i].field));

  tool_json_string (builder, "subject", mime_headers_get_subject (headers));
  tool_json_string (builder, "date", date);
  tool_json_string (builder, "message_id", mime_headers_get_message_id (headers));
  tool_json_string (builder, "in_reply_to", mime_headers_get_in_reply_to (headers));
  tool_json_strings (builder, "references", mime_headers_get_references (headers));
}

/**
 * tool_message_add_parts:
 * @name: the member's name
 * @parts: (element-type MimePart): some parts of a message
 *
 * Adds parts as an array of objects.
 */
void
tool_message_add_parts (JsonBuilder *builder,
                        const char  *name,
                        GPtrArray   *parts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    {
      MimePart *part = parts->pdata[i];

      json_builder_begin_object (builder);
      tool_json_string (builder, "section", mime_part_get_section (part));
      tool_json_string (builder, "role", role_name (part));
      tool_json_string (builder, "content_type", mime_part_get_content_type (part));
      tool_json_string (builder, "charset", mime_part_get_charset (part));
      tool_json_string (builder, "name", mime_part_get_file_name (part));
      tool_json_string (builder, "content_id", mime_part_get_content_id (part));
      tool_json_int (builder, "size", (gint64) mime_part_get_size_bytes (part));
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

/**
 * tool_message_add:
 *
 * Adds a message's members to the object that is open: headers, text, HTML, attachments.
 */
void
tool_message_add (JsonBuilder *builder,
                  MimeMessage *message)
{
  g_autofree char *text = mime_message_dup_text (message);
  g_autofree char *html = mime_message_dup_html (message);

  add_headers (builder, mime_message_get_headers (message));
  tool_json_string (builder, "text", text);
  tool_json_string (builder, "html", html);
  tool_message_add_parts (builder, "attachments", mime_message_get_attachments (message));
  tool_json_boolean (builder, "complete", mime_message_is_complete (message));
  add_problems (builder, mime_message_get_problems (message));
  tool_json_string (builder, "protection",
                    protection_name (mime_message_get_protection (message)));
}
