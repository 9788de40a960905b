#pragma once

#include "store-hub-private.h"
#include "store.h"

G_BEGIN_DECLS

/* The one thread that writes, with its queue. */
typedef struct _StoreWriter StoreWriter;

/* Told on the writer thread how a job ended; @error is set where it failed. */
typedef void (*StoreJobDone) (GError   *error,
                              gpointer  done_data);

StoreWriter *store_writer_new   (const char       *directory,
                                 StoreHub         *hub,
                                 char            **out_set_aside_path,
                                 GError          **error);
StoreWriter *store_writer_new_beside (const char *directory,
                                      StoreHub   *hub,
                                      GError    **error);
void         store_writer_close (StoreWriter      *self);
void         store_writer_push  (StoreWriter      *self,
                                 StorePriority     priority,
                                 StoreWriteFunc    func,
                                 gpointer          func_data,
                                 GCancellable     *cancellable,
                                 StoreJobDone      done,
                                 gpointer          done_data);

G_END_DECLS
