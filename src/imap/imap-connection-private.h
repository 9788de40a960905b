#pragma once

#include "imap-link.h"
#include "imap-request-private.h"
#include "imap-response.h"
#include "net-transport.h"

G_BEGIN_DECLS

#define IMAP_TYPE_CONNECTION (imap_connection_get_type ())

G_DECLARE_FINAL_TYPE (ImapConnection, imap_connection, IMAP, CONNECTION, GObject)

/**
 * ImapConnectionHandler:
 * @untagged: a greeting or an untagged response
 * @staged: a request begins to go out
 * @answered: the tagged answer of a request, abandoned or not; the request is freed afterwards
 * @failed: the end of the connection: once, after its state is set and every request is freed
 * @lost: a request that will not be answered: before @failed
 *
 * What a connection tells to the session above it, on the worker's thread while a job awaits. None
 * of these may await; all may send.
 */
typedef struct
{
  void (*untagged) (gpointer            user_data,
                    const ImapResponse *response);
  void (*staged)   (gpointer            user_data,
                    ImapRequest        *request);
  void (*answered) (gpointer            user_data,
                    ImapRequest        *request,
                    const ImapResponse *response);
  void (*lost)     (gpointer            user_data,
                    ImapRequest        *request,
                    const GError       *error);
  void (*failed)   (gpointer            user_data,
                    const GError       *error);
} ImapConnectionHandler;

ImapConnection *imap_connection_new             (NetTransport                *transport,
                                                 const ImapConnectionHandler *handler,
                                                 gpointer                     user_data);
void            imap_connection_set_silence     (ImapConnection              *self,
                                                 guint                        silence_ms);
void            imap_connection_limit_waiting   (ImapConnection              *self,
                                                 guint                        max_waiting);
void            imap_connection_set_utf8_names  (ImapConnection              *self,
                                                 gboolean                     has_utf8_names);
void            imap_connection_start           (ImapConnection              *self);
void            imap_connection_stop            (ImapConnection              *self);
void            imap_connection_send            (ImapConnection              *self,
                                                 ImapRequest                 *request);
void            imap_connection_abandon         (ImapConnection              *self,
                                                 ImapCommand                 *command);
void            imap_connection_end_idle        (ImapConnection              *self);
gboolean        imap_connection_is_idling       (ImapConnection              *self);
void            imap_connection_fail            (ImapConnection              *self,
                                                 GError                      *error);
gboolean        imap_connection_is_compressed   (ImapConnection              *self);
gboolean        imap_connection_is_badly_packed (ImapConnection              *self);
gboolean        imap_connection_is_open         (ImapConnection              *self);
const GError   *imap_connection_get_error       (ImapConnection              *self);
guint           imap_connection_get_n_waiting   (ImapConnection              *self);
guint64         imap_connection_get_bytes_read  (ImapConnection              *self);
guint64         imap_connection_get_bytes_unpacked (ImapConnection           *self);
const ImapLink *imap_connection_get_link        (ImapConnection              *self);
GList          *imap_connection_peek_waiting    (ImapConnection              *self);

G_END_DECLS
