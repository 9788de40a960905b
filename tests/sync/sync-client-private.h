#pragma once

#include "account-settings.h"
#include "store-reader.h"
#include "sync-account.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the program works on. */
typedef struct
{
  Store *store;
  StoreReader *reader;
  SyncAccount *account;
  AccountSettings *settings;
  JsonBuilder *answer;
  gboolean is_done;
  gboolean is_started;
  gboolean is_stopped;
  gboolean has_news;
} Client;

void         client_say             (Client       *client,
                                     const char   *name,
                                     const char   *value);
void         client_say_number      (Client       *client,
                                     const char   *name,
                                     gint64        value);
void         client_say_error       (Client       *client,
                                     const GError *error);
void         client_turn_until_done (Client       *client);
void         client_start           (Client       *client,
                                     SyncMode      mode);
StoreFolder *client_find_folder     (Client       *client,
                                     const char   *name);

/* In sync-client-changes.c */
gboolean     client_obey_change     (Client       *client,
                                     char        **words);

G_END_DECLS
