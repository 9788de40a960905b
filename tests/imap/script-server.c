#include "script-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct _ScriptServer
{
  GSocketListener *listener;
  guint16 port;
  GThread *thread;
  GStrv lines;
  GDataInputStream *input; /* of the connection */
  GOutputStream *output;
  GOutputStream *socket;   /* beneath what packs */
  char *failure;
};

static gboolean
write_all (GOutputStream *output,
           const char    *bytes,
           gsize          size)
{
  if (!g_output_stream_write_all (output, bytes, size, NULL, NULL, NULL) ||
      !g_output_stream_flush (output, NULL, NULL))
    return FALSE;

  /* GLib's converter leaves what is below it alone */
  return !G_IS_FILTER_OUTPUT_STREAM (output) ||
         g_output_stream_flush (
             g_filter_output_stream_get_base_stream (G_FILTER_OUTPUT_STREAM (output)), NULL, NULL);
}

static char *
unescape (const char *text,
          gsize      *out_size)
{
  GString *bytes = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '\\')
        {
          g_string_append_c (bytes, *p);
          continue;
        }
      p++;
      g_string_append_c (bytes, *p == 'r' ? '\r' : *p == 'n' ? '\n' : *p == '0' ? '\0' : *p);
    }

  *out_size = bytes->len;
  return g_string_free (bytes, FALSE);
}

static gboolean
write_escaped (GOutputStream *output,
               const char    *text)
{
  gsize size;
  g_autofree char *bytes = unescape (text, &size);

  return write_all (output, bytes, size);
}

/* Packs both ways from here on; what is packed next goes out behind the text. */
static gboolean
begin_deflate (ScriptServer *self,
               const char   *text)
{
  g_autoptr(GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW,
                                                                         -1));
  g_autoptr(GConverter) decompressor = G_CONVERTER (
      g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));
  g_autoptr(GInputStream) unpacked = g_converter_input_stream_new (G_INPUT_STREAM (self->input),
                                                                   decompressor);
  g_autoptr(GOutputStream) held = g_buffered_output_stream_new (self->socket);
  g_autoptr(GOutputStream) packed = NULL;
  g_autofree char *line = g_strconcat (text, "\r\n", NULL);

  if (!g_output_stream_write_all (held, line, strlen (line), NULL, NULL, NULL))
    return FALSE;

  packed = g_converter_output_stream_new (held, compressor);
  g_object_unref (self->input);
  self->input = g_data_input_stream_new (unpacked);
  g_set_object (&self->output, packed);
  return TRUE;
}

static gboolean
write_flood (GOutputStream *output,
             const char    *line)
{
  char *text;
  guint64 n = g_ascii_strtoull (line, &text, 10);
  g_autoptr(GString) bytes = g_string_new (NULL);

  for (guint64 i = 0; i < n; i++)
    {
      g_string_append (bytes, text + 1);
      if (bytes->len < 60000 && i + 1 < n)
        continue;
      /* a client that has had enough of it may go */
      if (!write_escaped (output, bytes->str))
        return TRUE;
      g_string_truncate (bytes, 0);
    }

  return TRUE;
}

static gboolean
read_line (ScriptServer     *self,
           GDataInputStream *input,
           const char       *expected)
{
  g_autofree char *line = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  gboolean is_pattern = expected[1] == '*';

  if (line != NULL && g_str_has_suffix (line, "\r"))
    line[strlen (line) - 1] = '\0';

  if (line != NULL && (is_pattern ? g_pattern_match_simple (expected + 3, line)
                                  : strcmp (expected + 3, line) == 0))
    return TRUE;

  self->failure = g_strdup_printf ("expected “%s”, got “%s”", expected, line);
  return FALSE;
}

/* Reads all that the client says, and measures its lines */
static gboolean
measure_lines (ScriptServer     *self,
               GDataInputStream *input,
               const char       *expected)
{
  gsize max_bytes = g_ascii_strtoull (expected + 3, NULL, 10);
  gsize longest = 0;
  gsize size;
  char *line;

  while ((line = g_data_input_stream_read_line (input, &size, NULL, NULL)) != NULL)
    {
      longest = MAX (longest, size + 1);
      g_free (line);
    }

  if (longest > max_bytes || longest < max_bytes / 2)
    self->failure = g_strdup_printf ("expected “%s”, got %" G_GSIZE_FORMAT, expected, longest);
  return FALSE;
}

static gboolean
read_bytes (GDataInputStream *input,
            const char       *line)
{
  gsize size = g_ascii_strtoull (line + 3, NULL, 10);
  g_autofree char *bytes = g_malloc (size + 1);

  return g_input_stream_read_all (G_INPUT_STREAM (input), bytes, size, NULL, NULL, NULL);
}

static gboolean
play_line (ScriptServer *self,
           const char   *line)
{
  GDataInputStream *input = self->input;
  GOutputStream *output = self->output;
  g_autofree char *text = NULL;
  char waste[4096];

  if (g_str_has_prefix (line, "S: "))
    {
      text = g_strconcat (line + 3, "\r\n", NULL);
      return write_all (output, text, strlen (text));
    }
  if (g_str_has_prefix (line, "S> "))
    return write_escaped (output, line + 3);
  if (g_str_has_prefix (line, "raw "))
    return write_escaped (self->socket, line + 4);
  if (g_str_has_prefix (line, "deflate "))
    return begin_deflate (self, line + 8);
  if (g_str_has_prefix (line, "C: ") || g_str_has_prefix (line, "C* "))
    return read_line (self, input, line);
  if (g_str_has_prefix (line, "C< "))
    return measure_lines (self, input, line);
  if (g_str_has_prefix (line, "C# "))
    return read_bytes (input, line);
  if (g_str_has_prefix (line, "pause "))
    {
      g_usleep (g_ascii_strtoull (line + 6, NULL, 10) * 1000);
      return TRUE;
    }
  if (g_str_has_prefix (line, "flood "))
    return write_flood (output, line + 6);
  if (g_str_equal (line, "silence"))
    {
      while (g_input_stream_read (G_INPUT_STREAM (input), waste, sizeof waste, NULL, NULL) > 0)
        ;
      return FALSE;
    }

  g_assert_cmpstr (line, ==, "end");
  return FALSE;
}

static gpointer
play (gpointer data)
{
  ScriptServer *self = data;
  g_autoptr(GSocketConnection) connection = NULL;

  connection = g_socket_listener_accept (self->listener, NULL, NULL, NULL);
  if (connection == NULL)
    return NULL;

  g_socket_set_timeout (g_socket_connection_get_socket (connection), 20);
  /* a line at a time is what Nagle's algorithm holds back for 40 ms */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                       NULL);
  self->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  self->socket = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  self->output = g_object_ref (self->socket);
  for (guint i = 0; self->lines[i] != NULL; i++)
    if (!play_line (self, self->lines[i]))
      break;

  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  return NULL;
}

ScriptServer *
script_server_new (const char *const *lines)
{
  ScriptServer *self = g_new0 (ScriptServer, 1);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) effective = NULL;

  self->lines = g_strdupv ((char **) lines);
  self->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &effective, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->thread = g_thread_new ("script-server", play, self);

  return self;
}

guint16
script_server_get_port (ScriptServer *self)
{
  return self->port;
}

/* The client has gone: what it did not do, and did differently, fails the test. */
void
script_server_finish (ScriptServer *self)
{
  g_socket_listener_close (self->listener);
  g_thread_join (self->thread);
  if (self->failure != NULL)
    g_test_message ("script: %s", self->failure);
  g_assert_null (self->failure);
  g_object_unref (self->listener);
  g_strfreev (self->lines);
  g_free (self);
}
