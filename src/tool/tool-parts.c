#include "tool-body.h"
#include "tool-commands.h"
#include "tool-message.h"
#include "tool-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* pipitctl parts: lists what a message consists of, and saves its files. A name that a message
 * gives never leads out of the folder, and nothing that is there is written over. */

#define MAX_TRIES 1000

static gboolean
is_file (MimePart *part)
{
  switch (mime_part_get_role (part))
    {
    case MIME_ROLE_ATTACHMENT:
    case MIME_ROLE_CALENDAR:
    case MIME_ROLE_RELATED:
    case MIME_ROLE_SIGNATURE:
      return TRUE;
    default:
      return FALSE;
    }
}

/* mime_part_get_file_name () is safe already; this is the second wall. */
static char *
safe_name (MimePart *part)
{
  const char *name = mime_part_get_file_name (part);

  if (name == NULL || name[0] == '\0' || name[0] == '.' || strpbrk (name, "/\\") != NULL)
    return g_strdup_printf ("part-%s", mime_part_get_section (part));

  return g_strdup (name);
}

static char *
numbered_name (const char *name,
               int         number)
{
  const char *dot = strrchr (name, '.');

  if (number == 1)
    return g_strdup (name);
  if (dot == NULL || dot == name)
    return g_strdup_printf ("%s (%d)", name, number);

  return g_strdup_printf ("%.*s (%d)%s", (int) (dot - name), name, number, dot);
}

static int
create_file (const char  *directory,
             const char  *name,
             char       **out_path,
             GError     **error)
{
  int code = EEXIST;

  for (int number = 1; number <= MAX_TRIES && code == EEXIST; number++)
    {
      g_autofree char *numbered = numbered_name (name, number);
      g_autofree char *path = g_build_filename (directory, numbered, NULL);
      int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

      if (fd != -1)
        {
          *out_path = g_steal_pointer (&path);
          return fd;
        }
      code = errno;
    }

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Cannot make “%s” in “%s”: %s", name,
               directory, g_strerror (code));
  return -1;
}

static gboolean
write_all (int          fd,
           GBytes      *bytes,
           const char  *path,
           GError     **error)
{
  gsize left;
  const char *at = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize written = write (fd, at, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot write “%s”: %s",
                       path, g_strerror (errno));
          return FALSE;
        }
      at += written;
      left -= (gsize) written;
    }

  return TRUE;
}

static char *
save_part (MimePart    *part,
           const char  *directory,
           GError     **error)
{
  g_autofree char *name = safe_name (part);
  g_autoptr(GBytes) bytes = mime_part_decode (part);
  g_autofree char *path = NULL;
  gboolean saved;
  int fd = create_file (directory, name, &path, error);

  if (fd == -1)
    return NULL;

  saved = write_all (fd, bytes, path, error);
  if (close (fd) != 0 && saved)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot write “%s”", path);
      saved = FALSE;
    }

  if (!saved)
    g_unlink (path);

  return saved ? g_steal_pointer (&path) : NULL;
}

static gboolean
save_parts (MimeMessage  *message,
            const char   *directory,
            gboolean      json,
            GError      **error)
{
  g_autoptr(GPtrArray) parts = tool_message_list_parts (message);
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < parts->len; i++)
    {
      MimePart *part = parts->pdata[i];
      g_autofree char *path = NULL;

      if (!is_file (part))
        continue;

      path = save_part (part, directory, error);
      if (path == NULL)
        return FALSE;

      if (!json)
        tool_output_line ("%s", path);
      json_builder_begin_object (builder);
      tool_json_string (builder, "section", mime_part_get_section (part));
      tool_json_string (builder, "content_type", mime_part_get_content_type (part));
      tool_json_int (builder, "size", (gint64) mime_part_get_size_bytes (part));
      tool_json_string (builder, "path", path);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  if (json)
    tool_output_json (builder);

  return TRUE;
}

static void
list_parts (MimeMessage *message,
            gboolean     json)
{
  g_autoptr(GPtrArray) parts = tool_message_list_parts (message);
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  if (!json)
    {
      tool_message_print_parts (message);
      return;
    }

  json_builder_begin_object (builder);
  tool_message_add_parts (builder, "parts", parts);
  json_builder_end_object (builder);
  tool_output_json (builder);
}

/**
 * tool_parts:
 *
 * Lists the parts of a message, or saves its files.
 */
ToolExit
tool_parts (ToolContext *context,
            GStrv        arguments)
{
  g_autofree char *directory = NULL;
  const GOptionEntry entries[] = {
    { "save", 0, 0, G_OPTION_ARG_FILENAME, &directory, "Save the message's files into DIR", "DIR" },
    { NULL },
  };
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(MimeMessage) message = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  gint64 location;

  if (!tool_context_parse (context, arguments, "ID",
                           "Lists the parts of a message, or saves the files in it under safe "
                           "names. Nothing that is\nthere already is written over.",
                           entries, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  if (tool_engine_parse_id (rest[0], &location, &error))
    engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);
  if (engine != NULL)
    message = tool_body_load (engine, location, SYNC_FETCH_WHOLE, &error);
  if (message == NULL)
    return tool_context_fail (context, error);

  if (directory == NULL)
    list_parts (message, tool_context_is_json (context));
  else if (!save_parts (message, directory, tool_context_is_json (context), &error))
    return tool_context_fail (context, error);

  return TOOL_EXIT_DONE;
}
