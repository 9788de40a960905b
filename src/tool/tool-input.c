#include "tool-input.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>

/* More than any server takes in one message. */
#define MAX_MESSAGE_BYTES (512 * 1024 * 1024)

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

/**
 * tool_input_read:
 * @path: (type filename): a file, or `-` for the standard input
 *
 * Reads a message that the person names.
 *
 * Errors: G_IO_ERROR, G_FILE_ERROR.
 *
 * Returns: (transfer full): its bytes
 */
GBytes *
tool_input_read (const char  *path,
                 GError     **error)
{
  g_autoptr(GMappedFile) file = NULL;

  if (g_str_equal (path, "-"))
    return read_standard_input (error);
  file = g_mapped_file_new (path, FALSE, error);

  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}
