#pragma once

#include "pipit-engine-private.h"
#include "pipit-account.h"
#include "pipit-folder.h"

#include "store-reader.h"
#include "store-transaction.h"

G_BEGIN_DECLS

/* An engine on a profile of its own, with one paused account: nothing connects. The test plays the
 * server by writing to the store. */
typedef struct
{
  char *directory;
  PipitEngine *engine;
  PipitAccount *account; /* unowned */
  char *uuid;
  StoreReader *reader;   /* fresh queries, on the test's own thread */
  guint32 next_uid;
} ModelFixture;

void         model_fixture_set_up     (ModelFixture   *self,
                                       gconstpointer   data);
void         model_fixture_tear_down  (ModelFixture   *self,
                                       gconstpointer   data);

void         model_fixture_write      (ModelFixture   *self,
                                       StoreWriteFunc  func,
                                       gpointer        data);
PipitFolder *model_fixture_add_folder (ModelFixture   *self,
                                       const char     *name,
                                       gunichar        delimiter,
                                       guint32         attributes,
                                       StoreSpecialUse special_use);
guint32      model_fixture_add        (ModelFixture   *self,
                                       PipitFolder    *folder,
                                       gint64          date_unix,
                                       guint32         flags,
                                       const char     *reference);
void         model_fixture_vanish     (ModelFixture   *self,
                                       PipitFolder    *folder,
                                       guint32         uid);
void         model_fixture_set_flags  (ModelFixture   *self,
                                       PipitFolder    *folder,
                                       guint32         uid,
                                       guint32         flags);
GArray      *model_fixture_query      (ModelFixture   *self,
                                       PipitFolder    *folder,
                                       StoreFilter     filter);

/* Turns the main context until the condition holds; fails after ten seconds. */
#define model_fixture_wait(condition) \
  G_STMT_START { \
    gint64 wait_end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC; \
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > wait_end_us) \
          g_error ("%s: %s did not come true", G_STRLOC, #condition); \
        model_fixture_turn (); \
      } \
  } G_STMT_END

void         model_fixture_turn       (void);

#define model_test_add(path, func) \
  g_test_add (path, ModelFixture, NULL, model_fixture_set_up, func, model_fixture_tear_down)

G_END_DECLS
