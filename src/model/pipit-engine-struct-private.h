#pragma once

#include "pipit-engine-private.h"

#include "store-changes.h"

G_BEGIN_DECLS

/* For the files of the engine itself: pipit-engine*.c. */
struct _PipitEngine
{
  GObject parent_instance;

  AccountProfile *profile;     /* (owned) */
  AccountList *list;           /* these (owned) (nullable) until opened */
  AccountSecrets *secrets;
  AccountTrust *trust;
  Store *store;
  WebFetcher *fetcher;         /* (owned) (nullable) until a picture is to be fetched */
  PipitLoader *loader;
  PipitOverlays *overlays;     /* (owned) */
  guint watch_id;

  GListStore *accounts;        /* (owned) of PipitAccount, in the person's order */
  GListStore *outbox;          /* (owned) of PipitOutboxItem */
  GListStore *drafts;          /* (owned) of PipitDraft */
  PipitFolder *all_inboxes;    /* (owned) */
  PipitFolder *outbox_folder;  /* (owned) */
  PipitFolder *drafts_folder;  /* (owned) */
  PipitUndo *undo;             /* (owned) */

  PipitState state;
  char *status;                /* (owned) (nullable) */
  gboolean opened;
  gboolean closed;
  GNetworkMonitor *monitor;    /* (owned) (nullable) */
  GCancellable *cancellable;   /* (owned): of everything that is under way */

  GHashTable *dirty_folders;   /* (owned) set of gint64 * to be read again */
  guint dirty_source_id;
  gint64 dirty_read_us;        /* when they were read last */
  gboolean all_dirty;
  gboolean outbox_reading;
  gboolean outbox_again;
  gboolean drafts_reading;
  gboolean drafts_again;
  guint proof_source_id;
};

enum
{
  PIPIT_ENGINE_ALERT,
  PIPIT_ENGINE_PROBLEM,
  PIPIT_ENGINE_STORE_CHANGED,
  PIPIT_ENGINE_HIDDEN,
  PIPIT_ENGINE_RELOAD,
  PIPIT_ENGINE_JOURNAL_CHANGED,
  PIPIT_ENGINE_N_SIGNALS
};

void     pipit_engine_emit            (PipitEngine      *self,
                                       guint             signal,
                                       gpointer          argument);
void     pipit_engine_update_state    (PipitEngine      *self);

/* pipit-engine-accounts.c */
gboolean pipit_engine_open_accounts   (PipitEngine      *self,
                                       GError          **error);
void     pipit_engine_attach_accounts (PipitEngine      *self);
void     pipit_engine_start_accounts  (PipitEngine      *self);
void     pipit_engine_apply_network   (PipitEngine      *self);

/* pipit-engine-folders.c */
void     pipit_engine_read_folders_async  (PipitEngine          *self,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean pipit_engine_read_folders_finish (PipitEngine          *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void     pipit_engine_dirty_all       (PipitEngine      *self);
void     pipit_engine_take_changes    (Store            *store,
                                       StoreChanges     *changes,
                                       gpointer          user_data);

/* pipit-engine-outbox.c */
void     pipit_engine_read_outbox     (PipitEngine      *self);

/* pipit-engine-drafts.c */
void     pipit_engine_read_drafts     (PipitEngine      *self);

G_END_DECLS
