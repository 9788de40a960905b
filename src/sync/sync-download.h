#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* A section of a message that a FETCH brought. */
typedef struct
{
  guint32 uid;
  char *section; /* (owned): "", "HEADER", "1.2", "1.2.MIME" */
  GBytes *bytes; /* (owned) */
} SyncSection;

/* What a person, or a prefetch, wants the bytes of. */
typedef struct
{
  gint64 location_id;
  gint64 message;
  guint32 uid;
  gint64 size_bytes;
  char *message_id; /* (owned) (nullable) */
} SyncWanted;

SyncWanted   *sync_wanted_new           (const StoreRow     *row);
void          sync_wanted_free          (SyncWanted         *wanted);

ImapCommand  *sync_download_send        (SyncWorker         *worker,
                                         const ImapUidSet   *uids,
                                         const char *const  *sections,
                                         GPtrArray          *out_sections);
char         *sync_download_dup_section_name (const ImapSection *section);
GBytes       *sync_download_find        (GPtrArray          *sections,
                                         guint32             uid,
                                         const char         *section);

/* A message, or parts of one, checked and compressed, on its way to the writer. */
typedef struct _SyncKeep SyncKeep;

SyncKeep     *sync_keep_new_whole       (SyncWorker         *worker,
                                         const SyncWanted   *wanted,
                                         GBytes             *bytes,
                                         GError            **error);
void          sync_keep_free            (SyncKeep           *keep);
gboolean      sync_keep_write           (SyncWorker         *worker,
                                         GPtrArray          *keeps,
                                         StorePriority       priority,
                                         GError            **error);

gboolean      sync_download_parts       (SyncJob            *job,
                                         SyncWorker         *worker,
                                         const SyncWanted   *wanted,
                                         StorePriority       priority,
                                         gboolean           *out_needs_whole,
                                         GError            **error);
gboolean      sync_download_whole       (SyncJob            *job,
                                         SyncWorker         *worker,
                                         const SyncWanted   *wanted,
                                         StorePriority       priority,
                                         GError            **error);
gboolean      sync_download_section     (SyncJob            *job,
                                         SyncWorker         *worker,
                                         const SyncWanted   *wanted,
                                         const char         *section,
                                         GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncKeep, sync_keep_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncWanted, sync_wanted_free)

G_END_DECLS
