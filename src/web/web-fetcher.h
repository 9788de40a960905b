#pragma once

#include "web-error.h"

G_BEGIN_DECLS

/* Brings pictures of letters from the web, when the person has asked for them. */
typedef struct _WebFetcher WebFetcher;

WebFetcher *web_fetcher_new          (void);
void        web_fetcher_free         (WebFetcher           *self);

void        web_fetcher_fetch_async  (WebFetcher           *self,
                                      const char           *address,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
GBytes     *web_fetcher_fetch_finish (GAsyncResult         *result,
                                      GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebFetcher, web_fetcher_free)

G_END_DECLS
