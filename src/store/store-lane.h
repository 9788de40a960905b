#pragma once

#include "store.h"

G_BEGIN_DECLS

/* How many batches a lane holds before pushing one more has to wait. */
#define STORE_LANE_DEPTH 2

/**
 * StoreLane:
 *
 * A worker's way of handing over one batch after another without waiting for each commit. A
 * batch that fails stops the lane: what was pushed behind it is not run, and the error is
 * what the next push or drain returns, so that no resume marker overtakes its rows.
 */
typedef struct _StoreLane StoreLane;

StoreLane *store_lane_new          (Store                *store,
                                    StorePriority         priority);
StoreLane *store_lane_ref          (StoreLane            *self);
void       store_lane_unref        (StoreLane            *self);

void       store_lane_push_async   (StoreLane            *self,
                                    StoreWriteFunc        func,
                                    gpointer              data,
                                    GDestroyNotify        destroy,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean   store_lane_push_finish  (StoreLane            *self,
                                    GAsyncResult         *result,
                                    GError              **error);
gboolean   store_lane_push_await   (StoreLane            *self,
                                    StoreWriteFunc        func,
                                    gpointer              data,
                                    GDestroyNotify        destroy,
                                    GError              **error);

void       store_lane_drain_async  (StoreLane            *self,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean   store_lane_drain_finish (StoreLane            *self,
                                    GAsyncResult         *result,
                                    GError              **error);
gboolean   store_lane_drain_await  (StoreLane            *self,
                                    GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreLane, store_lane_unref)

G_END_DECLS
