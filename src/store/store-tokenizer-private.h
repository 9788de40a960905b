#pragma once

#include "store-db-private.h"

G_BEGIN_DECLS

/* In which role a text is taken apart: what is searched for is not what is found. */
typedef enum
{
  STORE_TOKENS_DOCUMENT,
  STORE_TOKENS_QUERY,
} StoreTokens;

/**
 * StoreTokenFunc:
 * @token: folded, not terminated
 * @is_character: one character of a script without spaces, alone
 * @is_colocated: it stands where the token before it stands
 *
 * Returns: whether to go on
 */
typedef gboolean (*StoreTokenFunc) (const char *token,
                                    gsize       size,
                                    gboolean    is_character,
                                    gboolean    is_colocated,
                                    gpointer    user_data);

gboolean store_tokenize           (const char      *text,
                                   gsize            size_bytes,
                                   StoreTokens      tokens,
                                   StoreTokenFunc   func,
                                   gpointer         user_data);
gboolean store_tokenizer_register (StoreDb         *db,
                                   GError         **error);

G_END_DECLS
