#pragma once

#include "net-transport.h"

#include "net-tls-private.h"
#include "net-wire-private.h"

G_BEGIN_DECLS

/* What the files of the transport share: net-transport.c has its life and what is known of it,
 * net-transport-open.c the way to a connection, net-transport-wait.c what is waited for on it. */

struct _NetTransport
{
  GObject parent_instance;

  NetEndpoint *endpoint;     /* (owned) */
  NetTrust *trust;           /* (owned) (nullable) */
  NetTranscript *transcript; /* (owned) (nullable) */
  NetTimeouts timeouts;

  NetStageFunc stage_func; /* (nullable) */
  gpointer stage_data;
  GDestroyNotify stage_destroy;
  gint64 stage_began_us;

  NetWire *wire;              /* (owned) (nullable) */
  GTlsConnection *tls;        /* (owned) (nullable) */
  GIOStream *stream;          /* (owned) (nullable) tls, else wire */
  NetCertificate *certificate; /* (owned) (nullable) */
  NetCertificate *rejected;   /* (owned) (nullable) */
  GInetSocketAddress *remote; /* (owned) (nullable) */
  GInetSocketAddress *local;  /* (owned) (nullable) */
  char *cipher;               /* (owned) (nullable) */
};

gboolean net_transport_is_loopback (GInetSocketAddress *address);

G_END_DECLS
