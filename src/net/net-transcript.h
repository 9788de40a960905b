#pragma once

#include <glib-object.h>

#include "base-secret.h"

G_BEGIN_DECLS

/**
 * NetDirection:
 * @NET_DIRECTION_NOTE: what we thought
 * @NET_DIRECTION_SENT: what we sent
 * @NET_DIRECTION_RECEIVED: what the server sent
 */
typedef enum
{
  NET_DIRECTION_NOTE,
  NET_DIRECTION_SENT,
  NET_DIRECTION_RECEIVED,
} NetDirection;

#define NET_TYPE_TRANSCRIPT (net_transcript_get_type ())

typedef struct _NetTranscript NetTranscript;

GType          net_transcript_get_type   (void) G_GNUC_CONST;

NetTranscript *net_transcript_new        (gsize           max_bytes);
NetTranscript *net_transcript_ref        (NetTranscript  *self);
void           net_transcript_unref      (NetTranscript  *self);

void           net_transcript_hide       (NetTranscript  *self,
                                          BaseSecret     *secret);
void           net_transcript_add        (NetTranscript  *self,
                                          NetDirection    direction,
                                          const char     *bytes,
                                          gssize          size_bytes);
void           net_transcript_add_secret (NetTranscript  *self,
                                          NetDirection    direction,
                                          const char     *shown_before);
void           net_transcript_note       (NetTranscript  *self,
                                          const char     *format,
                                          ...) G_GNUC_PRINTF (2, 3);

char          *net_transcript_dup_text   (NetTranscript  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTranscript, net_transcript_unref)

G_END_DECLS
