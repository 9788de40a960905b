#pragma once

#include "imap-connection-private.h"
#include "imap-deflate-private.h"
#include "imap-link-private.h"
#include "imap-reader.h"

G_BEGIN_DECLS

/* What the three files of the connection share: imap-connection.c has its life and its end,
 * imap-connection-input.c and imap-connection-output.c are the two pumps. */

typedef enum
{
  IMAP_CONNECTION_NEW,
  IMAP_CONNECTION_OPEN,
  IMAP_CONNECTION_STOPPED,
  IMAP_CONNECTION_FAILED,
} ImapConnectionState;

struct _ImapConnection
{
  GObject parent_instance;

  NetTransport *transport; /* (owned) */
  const ImapConnectionHandler *handler;
  gpointer handler_data;
  ImapConnectionState state;
  GError *error;           /* (owned) (nullable) until it has failed */

  ImapReader *reader;      /* (owned) */
  GSource *in_source;      /* (owned) (nullable) */
  guint64 bytes_read;      /* of the wire, packed or not */
  guint64 bytes_unpacked;  /* the same, unpacked */
  ImapLinkMeter meter;
  gboolean has_spoken;     /* its first response has come */
  guint n_fetches_untold;  /* FETCH responses since the last line of the transcript */

  GQueue outbox;           /* (owned) of ImapRequest: not begun */
  ImapRequest *current;    /* (nullable) going out; owned by @waiting, or by us when answered */
  GQueue waiting;          /* (owned) of ImapRequest: begun, not answered */
  GByteArray *out;         /* (owned): bytes for the socket */
  gsize out_offset;
  GSource *out_source;     /* (owned) (nullable) */
  gboolean has_continue;   /* the server has said + to @current */
  guint n_tags;
  guint max_waiting;       /* how many requests may be in @waiting */

  ImapDeflate *deflate;    /* (owned) (nullable): once COMPRESS is agreed on */
  GBytes *packed_rest;     /* (owned) (nullable): what came in one read with that agreement */
  gboolean is_badly_packed; /* it has failed for what could not be unpacked */

  gboolean is_idling;      /* the server has taken our IDLE, and DONE is not sent */
  gboolean wants_done;

  guint silence_ms;
  gint64 heard_us;         /* when something that counts last went in or out */
  gsize n_unheard;         /* bytes that have come since then */
  gint64 read_us;          /* when bytes last came, of whatever worth */
  GSource *timer;          /* (owned) (nullable) */
};

void         imap_connection_destroy_source  (GSource        **source);
void         imap_connection_watch_input     (ImapConnection  *self);
void         imap_connection_drain           (ImapConnection  *self);
void         imap_connection_watch_output    (ImapConnection  *self);
void         imap_connection_watch_silence   (ImapConnection  *self);
void         imap_connection_update_dropping (ImapConnection  *self);
ImapRequest *imap_connection_find_idle       (ImapConnection  *self);
void         imap_connection_fail_gio        (ImapConnection  *self,
                                              GError          *error,
                                              const char      *what);

G_END_DECLS
