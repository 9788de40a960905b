#pragma once

#include "pipit-message-list.h"

#include "pipit-engine-private.h"

#include "store-reader.h"

G_BEGIN_DECLS

/* Read and shown first; the rest of the list follows a moment later. */
#define PIPIT_MESSAGE_LIST_FIRST 200

typedef struct
{
  GArray *folders; /* (owned) of gint64 */
  StoreFilter filter;
  guint limit;     /* 0 for all */
  GArray *entries; /* (owned) (nullable): out */
} PipitListQuery;

/* For the files of the list itself: pipit-message-list*.c. */
struct _PipitMessageList
{
  GObject parent_instance;

  PipitEngine *engine;       /* (owned) */
  PipitFolder *folder;       /* (owned) */
  GArray *entries;           /* (owned) of StoreListEntry, sorted */
  PipitFilter filter;
  PipitListState state;
  PipitProblem *problem;     /* (owned) (nullable) */
  gint64 kept;               /* stays in a filtered list while it is being read; or 0 */

  GCancellable *reading;     /* (owned) (nullable) while a query is under way */
  GPtrArray *missed;         /* (owned) of StoreChanges that came meanwhile */
  PipitListQuery *coming;    /* (owned) (nullable): what a query brought and is not all shown */
  guint n_shown;             /* of what is coming */
  guint show_source_id;      /* while there is something coming */
  gboolean is_whole;         /* all entries have been read */
  gboolean again;            /* a reload came while one was under way */
  GQueue recent;             /* of (owned) PipitMessage, the last asked for at the tail */
};

/* pipit-message-list.c */
void      pipit_message_list_update_state   (PipitMessageList  *self);
GArray   *pipit_message_list_dup_folders    (PipitMessageList  *self);

/* pipit-message-list-splice.c */
gboolean  pipit_message_list_is_same        (const StoreListEntry *a,
                                             const StoreListEntry *b);
void      pipit_message_list_replace        (PipitMessageList  *self,
                                             const GArray      *after);

/* pipit-message-list-read.c */
GArray   *pipit_message_list_adjust         (PipitMessageList  *self,
                                             GArray            *entries);
void      pipit_message_list_forget_coming  (PipitMessageList  *self);
void      pipit_message_list_read           (PipitMessageList  *self,
                                             guint              limit);

/* pipit-message-list-follow.c */
void      pipit_message_list_apply          (PipitMessageList  *self,
                                             StoreChanges      *changes);
void      pipit_message_list_reload         (PipitMessageList  *self);
void      pipit_message_list_follow         (PipitMessageList  *self);

G_END_DECLS
