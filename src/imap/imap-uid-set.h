#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define IMAP_TYPE_UID_SET (imap_uid_set_get_type ())

/**
 * IMAP_UID_STAR:
 *
 * The end of a range that is open: written as `*`.
 */
#define IMAP_UID_STAR G_MAXUINT32

typedef struct _ImapUidSet ImapUidSet;

/**
 * ImapUidRange:
 * @first: lowest UID
 * @last: highest UID, or %IMAP_UID_STAR
 */
typedef struct
{
  guint32 first;
  guint32 last;
} ImapUidRange;

/**
 * ImapUidSetIter:
 *
 * Walks over the UIDs of a set in ascending order. Lives on the stack; the set must not be
 * changed meanwhile.
 */
typedef struct
{
  /*< private >*/
  const ImapUidSet *set;
  guint range;
  guint64 next;
} ImapUidSetIter;

GType               imap_uid_set_get_type   (void) G_GNUC_CONST;

ImapUidSet         *imap_uid_set_new        (void);
ImapUidSet         *imap_uid_set_new_range  (guint32            first,
                                             guint32            last);
ImapUidSet         *imap_uid_set_new_array  (const guint32     *uids,
                                             gsize              n_uids);
ImapUidSet         *imap_uid_set_parse      (const char        *text,
                                             gssize             size_bytes);
ImapUidSet         *imap_uid_set_copy       (const ImapUidSet  *self);
ImapUidSet         *imap_uid_set_ref        (ImapUidSet        *self);
void                imap_uid_set_unref      (ImapUidSet        *self);

void                imap_uid_set_add        (ImapUidSet        *self,
                                             guint32            uid);
void                imap_uid_set_add_range  (ImapUidSet        *self,
                                             guint32            first,
                                             guint32            last);
void                imap_uid_set_add_set    (ImapUidSet        *self,
                                             const ImapUidSet  *other);
void                imap_uid_set_remove     (ImapUidSet        *self,
                                             guint32            uid);
void                imap_uid_set_remove_set (ImapUidSet        *self,
                                             const ImapUidSet  *other);
ImapUidSet         *imap_uid_set_intersect  (const ImapUidSet  *self,
                                             const ImapUidSet  *other);

gboolean            imap_uid_set_is_empty   (const ImapUidSet  *self);
gboolean            imap_uid_set_contains   (const ImapUidSet  *self,
                                             guint32            uid);
gboolean            imap_uid_set_equal      (const ImapUidSet  *self,
                                             const ImapUidSet  *other);
guint64             imap_uid_set_get_size   (const ImapUidSet  *self);
guint32             imap_uid_set_get_first  (const ImapUidSet  *self);
guint32             imap_uid_set_get_last   (const ImapUidSet  *self);
const ImapUidRange *imap_uid_set_get_ranges (const ImapUidSet  *self,
                                             guint             *out_n_ranges);
char               *imap_uid_set_to_string  (const ImapUidSet  *self);
GPtrArray          *imap_uid_set_to_strings (const ImapUidSet  *self,
                                             gsize              max_bytes,
                                             guint              max_uids);

void                imap_uid_set_iter_init  (ImapUidSetIter    *iter,
                                             const ImapUidSet  *set);
gboolean            imap_uid_set_iter_next  (ImapUidSetIter    *iter,
                                             guint32           *out_uid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapUidSet, imap_uid_set_unref)

G_END_DECLS
