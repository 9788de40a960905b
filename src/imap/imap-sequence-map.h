#pragma once

#include "imap-uid-set.h"

G_BEGIN_DECLS

typedef struct _ImapSequenceMap ImapSequenceMap;

ImapSequenceMap *imap_sequence_map_new        (void);
void             imap_sequence_map_free       (ImapSequenceMap  *self);
void             imap_sequence_map_reset      (ImapSequenceMap  *self);
void             imap_sequence_map_set_size   (ImapSequenceMap  *self,
                                               guint32           size);
guint32          imap_sequence_map_get_size   (ImapSequenceMap  *self);
gboolean         imap_sequence_map_is_trusted (ImapSequenceMap  *self);
gboolean         imap_sequence_map_learn      (ImapSequenceMap  *self,
                                               guint32           sequence,
                                               guint32           uid);
void             imap_sequence_map_learn_all  (ImapSequenceMap  *self,
                                               const ImapUidSet *uids);
guint32          imap_sequence_map_lookup     (ImapSequenceMap  *self,
                                               guint32           sequence);
guint32          imap_sequence_map_expunge    (ImapSequenceMap  *self,
                                               guint32           sequence);
void             imap_sequence_map_vanish     (ImapSequenceMap  *self,
                                               const ImapUidSet *uids);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapSequenceMap, imap_sequence_map_free)

G_END_DECLS
