#pragma once

#include "web-fetcher.h"

G_BEGIN_DECLS

/* What tests choose: servers on loopback, whom to trust, and shorter limits. */
typedef struct
{
  gboolean inwards;    /* names may lead to this computer */
  GTlsDatabase *trust; /* (nullable): the system's */
  guint timeout_ms;    /* 0: as always */
  gsize max_bytes;     /* 0: as always */
} WebFetcherOptions;

WebFetcher *web_fetcher_new_with (const WebFetcherOptions *options);

G_END_DECLS
