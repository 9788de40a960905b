#pragma once

#include "net-transport.h"

/* The thread of a test as a worker: it owns the context in which it awaits. */
void        net_test_worker_begin      (void);
void        net_test_worker_end        (void);

/* Cancels after a while, as somebody on another thread would */
void        net_test_cancel_in         (GCancellable  *cancellable,
                                        guint          delay_ms);

/* Writes steps down as "resolve+ resolve= connect+ connect!": begun, done, failed */
void        net_test_record_stages     (NetTransport  *transport,
                                        GString       *record);

gboolean    net_test_write             (NetTransport  *transport,
                                        const void    *bytes,
                                        gsize          size_bytes,
                                        GError       **error);
char       *net_test_read_line         (NetTransport  *transport,
                                        GError       **error);
