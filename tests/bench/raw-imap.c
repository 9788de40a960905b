/* The limit of the wire: signs in, sends a FETCH, reads and throws away what comes.
 *
 *   raw-imap HOST PORT tls|none CA-FILE USER PASSWORD headers|flags|bodies...
 *
 * The FETCH of headers is the one that the engine sends. Blocking sockets, GnuTLS, one buffer, no
 * parsing: whatever the engine takes beyond this it takes for itself. Prints one line of JSON. */

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "sync-facts.h"

#define BUFFER_BYTES (256 * 1024)

/* No server's data ends with a line that begins so. */
#define TAG "RawImap"

#define HEADERS                                                                                    \
  "UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODY.PEEK[HEADER.FIELDS ("             \
  SYNC_FACTS_HEADER_FIELDS ")])"

typedef struct
{
  int fd;
  gnutls_session_t tls; /* (nullable) */
  gnutls_certificate_credentials_t credentials; /* of it */
  guint n_commands;
  guint64 n_bytes;
  double first_ms; /* from the last command to the first byte of its answer */
} Client;

static void
fail (const char *what,
      const char *why)
{
  fprintf (stderr, "raw-imap: %s: %s\n", what, why);
  exit (1);
}

static int
dial (const char *host,
      const char *port)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  int code = getaddrinfo (host, port, &hints, &found);
  int fd = -1;

  if (code != 0)
    fail (host, gai_strerror (code));

  for (struct addrinfo *one = found; one != NULL; one = one->ai_next)
    {
      fd = socket (one->ai_family, one->ai_socktype, one->ai_protocol);
      if (fd >= 0 && connect (fd, one->ai_addr, one->ai_addrlen) == 0)
        break;
      if (fd >= 0)
        close (fd);
      fd = -1;
    }
  freeaddrinfo (found);
  if (fd < 0)
    fail (host, g_strerror (errno));
  return fd;
}

static void
start_tls (Client     *client,
           const char *host,
           const char *ca_file)
{
  int code;

  gnutls_certificate_allocate_credentials (&client->credentials);
  code = gnutls_certificate_set_x509_trust_file (client->credentials, ca_file, GNUTLS_X509_FMT_PEM);
  if (code < 0)
    fail (ca_file, gnutls_strerror (code));

  gnutls_init (&client->tls, GNUTLS_CLIENT);
  gnutls_set_default_priority (client->tls);
  gnutls_credentials_set (client->tls, GNUTLS_CRD_CERTIFICATE, client->credentials);
  gnutls_server_name_set (client->tls, GNUTLS_NAME_DNS, host, strlen (host));
  gnutls_session_set_verify_cert (client->tls, host, 0);
  gnutls_transport_set_int (client->tls, client->fd);

  do
    code = gnutls_handshake (client->tls);
  while (code < 0 && !gnutls_error_is_fatal (code));
  if (code < 0)
    fail ("TLS", gnutls_strerror (code));
}

static gsize
take (Client *client,
      char   *buffer,
      gsize   size)
{
  gssize got;

  do
    got = client->tls != NULL ? gnutls_record_recv (client->tls, buffer, size)
                              : recv (client->fd, buffer, size, 0);
  while (client->tls != NULL ? got < 0 && !gnutls_error_is_fatal ((int) got)
                             : got < 0 && errno == EINTR);

  if (got <= 0)
    fail ("read", "the server has closed the connection");
  return (gsize) got;
}

static void
give (Client     *client,
      const char *line)
{
  gssize size = (gssize) strlen (line);
  gssize sent = client->tls != NULL ? gnutls_record_send (client->tls, line, (gsize) size)
                                    : send (client->fd, line, (gsize) size, 0);

  if (sent != size)
    fail ("write", "the line was not taken");
}

/* A tagged line is the last thing that a server says when nothing else is under way. */
static gboolean
is_answered (const char *buffer,
             gsize       size,
             const char *tag)
{
  const char *line;

  if (size < 2 || buffer[size - 1] != '\n')
    return FALSE;

  line = memrchr (buffer, '\n', size - 1);
  line = line == NULL ? buffer : line + 1;
  if (strncmp (line, tag, MIN (strlen (tag), (gsize) (buffer + size - line))) != 0)
    return FALSE;
  if (strncmp (line + strlen (tag), " OK", 3) != 0)
    fail ("refused", line);
  return TRUE;
}

static void
command (Client     *client,
         const char *text)
{
  static char buffer[BUFFER_BYTES + 1];
  gint64 begun_us = g_get_monotonic_time ();
  g_autofree char *tag = g_strdup_printf (TAG "%u", ++client->n_commands);
  g_autofree char *line = g_strdup_printf ("%s %s\r\n", tag, text);
  gsize kept = 0;

  client->n_bytes = 0;
  give (client, line);
  do
    {
      gsize got;

      /* the beginning of a tagged line may have come with what was before it */
      if (kept > 4096)
        {
          memmove (buffer, buffer + kept - 1024, 1024);
          kept = 1024;
        }
      got = take (client, buffer + kept, BUFFER_BYTES - kept);
      if (client->n_bytes == 0)
        client->first_ms = (double) (g_get_monotonic_time () - begun_us) / 1e3;
      client->n_bytes += got;
      kept += got;
      buffer[kept] = '\0';
    }
  while (!is_answered (buffer, kept, tag));
}

static char *
quoted (const char *text)
{
  GString *quoted = g_string_new ("\"");

  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *text);
    }
  return g_string_free (g_string_append_c (quoted, '"'), FALSE);
}

static void
sign_in (Client     *client,
         const char *user,
         const char *password)
{
  g_autofree char *quoted_user = quoted (user);
  g_autofree char *quoted_password = quoted (password);
  g_autofree char *login = g_strdup_printf ("LOGIN %s %s", quoted_user, quoted_password);
  char greeting[4096];

  take (client, greeting, sizeof greeting);
  command (client, login);
}

static const char *
find_fetch (const char *what)
{
  if (strcmp (what, "headers") == 0)
    return HEADERS;
  if (strcmp (what, "flags") == 0)
    return "UID FETCH 1:* (UID FLAGS)";
  if (strcmp (what, "bodies") == 0)
    return "UID FETCH 1:* (UID BODY.PEEK[])";

  fail (what, "not known");
  return NULL;
}

int
main (int    argc,
      char **argv)
{
  Client client = { 0 };
  guint64 n_bytes = 0;
  gint64 begun_us;

  if (argc < 8)
    fail ("usage", "HOST PORT tls|none CA-FILE USER PASSWORD headers|flags|bodies...");

  client.fd = dial (argv[1], argv[2]);
  if (strcmp (argv[3], "tls") == 0)
    start_tls (&client, argv[1], argv[4]);
  sign_in (&client, argv[5], argv[6]);
  command (&client, "SELECT INBOX");

  begun_us = g_get_monotonic_time ();
  for (int i = 7; i < argc; i++)
    {
      command (&client, find_fetch (argv[i]));
      n_bytes += client.n_bytes;
    }
  printf ("{\"fetch_s\": %.4f, \"first_ms\": %.2f, \"bytes\": %" G_GUINT64_FORMAT "}\n",
          (double) (g_get_monotonic_time () - begun_us) / 1e6, client.first_ms, n_bytes);
  command (&client, "LOGOUT");
  if (client.tls != NULL)
    {
      gnutls_deinit (client.tls);
      gnutls_certificate_free_credentials (client.credentials);
    }

  return 0;
}
