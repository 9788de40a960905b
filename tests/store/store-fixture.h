#pragma once

#include "store-lane.h"
#include "store-reader.h"
#include "store-transaction.h"

G_BEGIN_DECLS

/* A store in a directory of its own, on a thread that may await. */
typedef struct
{
  char *directory;
  Store *store;
  StoreReader *reader;
  GMainContext *context;
} StoreFixture;

#define STORE_TEST_ACCOUNT "5b1c6e62-0000-4000-8000-000000000001"
#define STORE_TEST_VALIDITY 700

void    store_fixture_set_up       (StoreFixture             *self,
                                    gconstpointer             data);
void    store_fixture_tear_down    (StoreFixture             *self,
                                    gconstpointer             data);
void    store_fixture_close        (StoreFixture             *self);
void    store_fixture_open         (StoreFixture             *self);

void    store_fixture_write        (StoreFixture             *self,
                                    StoreWriteFunc            func,
                                    gpointer                  data);
GError *store_fixture_write_fails  (StoreFixture             *self,
                                    StoreWriteFunc            func,
                                    gpointer                  data);

gint64  store_fixture_add_folder   (StoreFixture             *self,
                                    const char               *name,
                                    StoreSpecialUse           special_use);
gint64  store_fixture_add_message  (StoreFixture             *self,
                                    gint64                    folder,
                                    const StoreMessageFacts  *facts);
gint64  store_fixture_add_simple   (StoreFixture             *self,
                                    gint64                    folder,
                                    guint32                   uid,
                                    const char               *message_id);
void    store_fixture_vanish       (StoreFixture             *self,
                                    gint64                    folder,
                                    guint32                   uid);
gint64  store_fixture_wish         (StoreFixture             *self,
                                    const StoreWish          *wish,
                                    const gint64             *locations,
                                    guint                     n_locations);
gint64  store_fixture_wish_flags   (StoreFixture             *self,
                                    gint64                    location,
                                    guint32                   add_flags,
                                    guint32                   remove_flags);
gint64  store_fixture_wish_move    (StoreFixture             *self,
                                    gint64                    location,
                                    gint64                    target_folder);
StoreUndo store_fixture_undo       (StoreFixture             *self,
                                    gint64                    group);
StoreWork *store_fixture_claim     (StoreFixture             *self);
void    store_fixture_settle       (StoreFixture             *self,
                                    StoreWork                *work,
                                    StoreOperationState       state);
void    store_fixture_arrive       (StoreFixture             *self,
                                    gint64                    operation,
                                    guint32                   uid);

StoreRow *store_fixture_row        (StoreFixture             *self,
                                    gint64                    location);
guint   store_fixture_count        (StoreFixture             *self,
                                    gint64                    folder);
void    store_fixture_check        (StoreFixture             *self);

#define store_test_add(path, func) \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, func, store_fixture_tear_down)

G_END_DECLS
