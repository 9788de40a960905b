#include "imap-uid-set.h"

#include <string.h>

/* Sorted ranges that neither touch nor overlap. Sets grow at their end nearly always, which
 * costs nothing; elsewhere a binary search and a memmove () of eight bytes a range. A set that has
 * been handed out is not changed any more: copy it. */

struct _ImapUidSet
{
  gatomicrefcount ref_count;
  GArray *ranges; /* (owned): of ImapUidRange */
};

G_DEFINE_BOXED_TYPE (ImapUidSet, imap_uid_set, imap_uid_set_ref, imap_uid_set_unref)

static inline ImapUidRange *
range_at (const ImapUidSet *self,
          guint             index)
{
  return &g_array_index (self->ranges, ImapUidRange, index);
}

/* The first range that ends at @uid or behind it; their number if there is none */
static guint
find_range (const ImapUidSet *self,
            guint32           uid)
{
  guint low = 0;
  guint high = self->ranges->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (range_at (self, middle)->last < uid)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/**
 * imap_uid_set_new:
 *
 * Returns: (transfer full): an empty set
 */
ImapUidSet *
imap_uid_set_new (void)
{
  ImapUidSet *self = g_new0 (ImapUidSet, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->ranges = g_array_new (FALSE, FALSE, sizeof (ImapUidRange));

  return self;
}

/**
 * imap_uid_set_new_range:
 * @first: one end, not 0
 * @last: the other, not 0; may be %IMAP_UID_STAR
 *
 * Returns: (transfer full): a set of one range
 */
ImapUidSet *
imap_uid_set_new_range (guint32 first,
                        guint32 last)
{
  ImapUidSet *self = imap_uid_set_new ();

  imap_uid_set_add_range (self, first, last);
  return self;
}

static int
compare_uids (gconstpointer a,
              gconstpointer b)
{
  guint32 left = *(const guint32 *) a;
  guint32 right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

/**
 * imap_uid_set_new_array:
 * @uids: (array length=n_uids): UIDs in any order; zeros and repetitions are left out
 *
 * Returns: (transfer full): a set of @uids
 */
ImapUidSet *
imap_uid_set_new_array (const guint32 *uids,
                        gsize          n_uids)
{
  ImapUidSet *self = imap_uid_set_new ();
  g_autofree guint32 *sorted = NULL;
  gboolean ascending = TRUE;

  for (gsize i = 1; i < n_uids && ascending; i++)
    ascending = uids[i - 1] <= uids[i];

  if (!ascending)
    {
      sorted = g_memdup2 (uids, n_uids * sizeof (guint32));
      qsort (sorted, n_uids, sizeof (guint32), compare_uids);
      uids = sorted;
    }

  for (gsize i = 0; i < n_uids; i++)
    if (uids[i] != 0)
      imap_uid_set_add (self, uids[i]);

  return self;
}

static gboolean
parse_number (const char **cursor,
              const char  *end,
              guint32     *out_number)
{
  const char *p = *cursor;
  guint64 number = 0;

  if (p < end && *p == '*')
    {
      *out_number = IMAP_UID_STAR;
      *cursor = p + 1;
      return TRUE;
    }

  while (p < end && g_ascii_isdigit (*p) && number <= G_MAXUINT32)
    number = number * 10 + (guint64) (*p++ - '0');

  if (p == *cursor || number == 0 || number > G_MAXUINT32)
    return FALSE;

  *out_number = (guint32) number;
  *cursor = p;
  return TRUE;
}

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  return compare_uids (&((const ImapUidRange *) a)->first, &((const ImapUidRange *) b)->first);
}

/* Gives an array of ranges in any order the form that a set has */
static void
take_ranges (ImapUidSet *self,
             GArray     *ranges)
{
  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++)
    {
      ImapUidRange *range = &g_array_index (ranges, ImapUidRange, i);

      imap_uid_set_add_range (self, range->first, range->last);
    }
}

/**
 * imap_uid_set_parse:
 * @text: a sequence-set, "1:3,7,12:*"
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Reads a set. Ranges may stand in any order and run backwards; `*` is the highest UID there can
 * be. Takes time and memory in proportion to the text, whatever the numbers in it.
 * RFC 9051 section 9, sequence-set.
 *
 * Returns: (transfer full) (nullable): the set, or %NULL if this is none
 */
ImapUidSet *
imap_uid_set_parse (const char *text,
                    gssize      size_bytes)
{
  const char *p = text;
  const char *end = text + (size_bytes < 0 ? strlen (text) : (gsize) size_bytes);
  g_autoptr(ImapUidSet) self = imap_uid_set_new ();
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (ImapUidRange));

  while (TRUE)
    {
      ImapUidRange range = { 0, 0 };

      if (!parse_number (&p, end, &range.first))
        return NULL;

      range.last = range.first;
      if (p < end && *p == ':')
        {
          p++;
          if (!parse_number (&p, end, &range.last))
            return NULL;
        }

      if (range.first > range.last)
        range = (ImapUidRange) { range.last, range.first };
      g_array_append_val (ranges, range);

      if (p == end)
        break;
      if (*p++ != ',')
        return NULL;
    }

  take_ranges (self, ranges);
  return g_steal_pointer (&self);
}

/**
 * imap_uid_set_copy:
 *
 * Returns: (transfer full): a set of its own, which may be changed
 */
ImapUidSet *
imap_uid_set_copy (const ImapUidSet *self)
{
  ImapUidSet *copy = imap_uid_set_new ();

  if (self->ranges->len > 0)
    g_array_append_vals (copy->ranges, self->ranges->data, self->ranges->len);
  return copy;
}

/**
 * imap_uid_set_ref:
 *
 * Returns: (transfer full): @self
 */
ImapUidSet *
imap_uid_set_ref (ImapUidSet *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * imap_uid_set_unref:
 * @self: (transfer full): a set
 */
void
imap_uid_set_unref (ImapUidSet *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->ranges);
  g_free (self);
}

/**
 * imap_uid_set_add:
 * @uid: a UID, not 0
 */
void
imap_uid_set_add (ImapUidSet *self,
                  guint32     uid)
{
  imap_uid_set_add_range (self, uid, uid);
}

/**
 * imap_uid_set_add_range:
 * @first: one end, not 0
 * @last: the other, not 0
 */
void
imap_uid_set_add_range (ImapUidSet *self,
                        guint32     first,
                        guint32     last)
{
  ImapUidRange range = { MIN (first, last), MAX (first, last) };
  guint begin;
  guint end;

  g_return_if_fail (range.first != 0);

  /* the neighbour below joins when it ends right before */
  begin = find_range (self, range.first - (range.first > 1 ? 1 : 0));
  for (end = begin; end < self->ranges->len; end++)
    {
      ImapUidRange *other = range_at (self, end);

      if (range.last != G_MAXUINT32 && other->first > range.last + 1)
        break;
      range.first = MIN (range.first, other->first);
      range.last = MAX (range.last, other->last);
    }

  if (end == begin)
    {
      g_array_insert_val (self->ranges, begin, range);
      return;
    }

  *range_at (self, begin) = range;
  if (end - begin > 1)
    g_array_remove_range (self->ranges, begin + 1, end - begin - 1);
}

/**
 * imap_uid_set_add_set:
 * @other: what to add
 */
void
imap_uid_set_add_set (ImapUidSet       *self,
                      const ImapUidSet *other)
{
  for (guint i = 0; i < other->ranges->len; i++)
    {
      const ImapUidRange *range = range_at (other, i);

      imap_uid_set_add_range (self, range->first, range->last);
    }
}

/**
 * imap_uid_set_remove:
 * @uid: a UID, which need not be in the set
 */
void
imap_uid_set_remove (ImapUidSet *self,
                     guint32     uid)
{
  guint index = find_range (self, uid);
  ImapUidRange *range;

  if (index == self->ranges->len || range_at (self, index)->first > uid)
    return;

  range = range_at (self, index);
  if (range->first == range->last)
    g_array_remove_index (self->ranges, index);
  else if (range->first == uid)
    range->first++;
  else if (range->last == uid)
    range->last--;
  else
    {
      ImapUidRange behind = { uid + 1, range->last };

      range->last = uid - 1;
      g_array_insert_val (self->ranges, index + 1, behind);
    }
}

/**
 * imap_uid_set_remove_set:
 * @other: what to remove
 *
 * Takes time in proportion to the ranges of both.
 */
void
imap_uid_set_remove_set (ImapUidSet       *self,
                         const ImapUidSet *other)
{
  g_autoptr(GArray) left = g_array_new (FALSE, FALSE, sizeof (ImapUidRange));
  guint j = 0;

  for (guint i = 0; i < self->ranges->len; i++)
    {
      ImapUidRange rest = *range_at (self, i);
      gboolean is_gone = FALSE;

      while (j < other->ranges->len && range_at (other, j)->last < rest.first)
        j++;

      for (guint k = j; k < other->ranges->len && !is_gone; k++)
        {
          const ImapUidRange *cut = range_at (other, k);

          if (cut->first > rest.last)
            break;
          if (cut->first > rest.first)
            {
              ImapUidRange before = { rest.first, cut->first - 1 };

              g_array_append_val (left, before);
            }
          is_gone = cut->last >= rest.last;
          if (!is_gone)
            rest.first = cut->last + 1;
        }

      if (!is_gone)
        g_array_append_val (left, rest);
    }

  g_array_set_size (self->ranges, 0);
  if (left->len > 0)
    g_array_append_vals (self->ranges, left->data, left->len);
}

/**
 * imap_uid_set_intersect:
 *
 * Returns: (transfer full): what is in both sets
 */
ImapUidSet *
imap_uid_set_intersect (const ImapUidSet *self,
                        const ImapUidSet *other)
{
  ImapUidSet *both = imap_uid_set_new ();
  guint i = 0;
  guint j = 0;

  while (i < self->ranges->len && j < other->ranges->len)
    {
      const ImapUidRange *a = range_at (self, i);
      const ImapUidRange *b = range_at (other, j);
      guint32 first = MAX (a->first, b->first);
      guint32 last = MIN (a->last, b->last);

      if (first <= last)
        imap_uid_set_add_range (both, first, last);
      if (a->last < b->last)
        i++;
      else
        j++;
    }

  return both;
}

/**
 * imap_uid_set_is_empty:
 */
gboolean
imap_uid_set_is_empty (const ImapUidSet *self)
{
  return self->ranges->len == 0;
}

/**
 * imap_uid_set_contains:
 */
gboolean
imap_uid_set_contains (const ImapUidSet *self,
                       guint32           uid)
{
  guint index = find_range (self, uid);

  return index < self->ranges->len && range_at (self, index)->first <= uid;
}

/**
 * imap_uid_set_equal:
 */
gboolean
imap_uid_set_equal (const ImapUidSet *self,
                    const ImapUidSet *other)
{
  return self->ranges->len == other->ranges->len &&
         (self->ranges->len == 0 ||
          memcmp (self->ranges->data, other->ranges->data,
                  self->ranges->len * sizeof (ImapUidRange)) == 0);
}

/**
 * imap_uid_set_get_size:
 *
 * Returns: how many UIDs are in the set, which is not how many messages there are
 */
guint64
imap_uid_set_get_size (const ImapUidSet *self)
{
  guint64 size = 0;

  for (guint i = 0; i < self->ranges->len; i++)
    size += (guint64) range_at (self, i)->last - range_at (self, i)->first + 1;

  return size;
}

/**
 * imap_uid_set_get_first:
 *
 * Returns: the lowest UID, 0 of an empty set
 */
guint32
imap_uid_set_get_first (const ImapUidSet *self)
{
  return self->ranges->len > 0 ? range_at (self, 0)->first : 0;
}

/**
 * imap_uid_set_get_last:
 *
 * Returns: the highest UID, 0 of an empty set
 */
guint32
imap_uid_set_get_last (const ImapUidSet *self)
{
  return self->ranges->len > 0 ? range_at (self, self->ranges->len - 1)->last : 0;
}

/**
 * imap_uid_set_get_ranges:
 * @out_n_ranges: (out): how many
 *
 * Returns: (transfer none) (array length=out_n_ranges): the ranges in ascending order
 */
const ImapUidRange *
imap_uid_set_get_ranges (const ImapUidSet *self,
                         guint            *out_n_ranges)
{
  *out_n_ranges = self->ranges->len;
  return (const ImapUidRange *) (gconstpointer) self->ranges->data;
}

static void
append_range (GString            *text,
              const ImapUidRange *range)
{
  if (text->len > 0)
    g_string_append_c (text, ',');

  if (range->first == IMAP_UID_STAR)
    g_string_append_c (text, '*');
  else if (range->first == range->last)
    g_string_append_printf (text, "%u", range->first);
  else if (range->last == IMAP_UID_STAR)
    g_string_append_printf (text, "%u:*", range->first);
  else
    g_string_append_printf (text, "%u:%u", range->first, range->last);
}

/**
 * imap_uid_set_to_string:
 *
 * Returns: (transfer full): the set in ascending order, as QQ insists on; "" of an empty one
 */
char *
imap_uid_set_to_string (const ImapUidSet *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->ranges->len; i++)
    append_range (text, range_at (self, i));

  return g_string_free (text, FALSE);
}

/* Parts of a set that are being written */
typedef struct
{
  GPtrArray *parts;
  GString *text;
  guint n_uids;
} Splitting;

static void
end_part (Splitting *splitting)
{
  if (splitting->text->len > 0)
    g_ptr_array_add (splitting->parts, g_strdup (splitting->text->str));
  g_string_truncate (splitting->text, 0);
  splitting->n_uids = 0;
}

static void
split_range (Splitting          *splitting,
             const ImapUidRange *range,
             gsize               max_bytes)
{
  gsize before = splitting->text->len;

  append_range (splitting->text, range);
  if (splitting->text->len <= max_bytes || before == 0)
    return;

  g_string_truncate (splitting->text, before);
  end_part (splitting);
  append_range (splitting->text, range);
}

/* A range, divided where a part is full */
static void
add_range (Splitting    *splitting,
           ImapUidRange  left,
           gsize         max_bytes,
           guint         max_uids)
{
  if (max_uids == 0)
    {
      split_range (splitting, &left, max_bytes);
      return;
    }

  if (left.last == IMAP_UID_STAR)
    {
      end_part (splitting);
      split_range (splitting, &left, max_bytes);
      end_part (splitting);
      return;
    }

  while (left.last - left.first >= max_uids - splitting->n_uids)
    {
      guint room = max_uids - splitting->n_uids;
      ImapUidRange piece = { left.first, left.first + room - 1 };

      if (room > 0)
        split_range (splitting, &piece, max_bytes);
      left.first += room;
      end_part (splitting);
    }

  split_range (splitting, &left, max_bytes);
  splitting->n_uids += left.last - left.first + 1;
}

/**
 * imap_uid_set_to_strings:
 * @max_bytes: how long each may be; one range always fits
 * @max_uids: how many UIDs each may name, 0 for no limit. A range that ends with %IMAP_UID_STAR is
 *   not divided: nobody knows where.
 *
 * Splits a set that would make a command line too long (RFC 2683 section 3.2.1.5), or that a
 * server would not take.
 *
 * Returns: (transfer full) (element-type utf8): the parts, in ascending order
 */
GPtrArray *
imap_uid_set_to_strings (const ImapUidSet *self,
                         gsize             max_bytes,
                         guint             max_uids)
{
  g_autoptr(GString) text = g_string_new (NULL);
  Splitting splitting = { g_ptr_array_new_with_free_func (g_free), text, 0 };

  for (guint i = 0; i < self->ranges->len; i++)
    add_range (&splitting, *range_at (self, i), max_bytes, max_uids);
  end_part (&splitting);

  return splitting.parts;
}

/**
 * imap_uid_set_iter_init:
 * @iter: (out): an iterator
 * @set: what to walk over; must stay and not change
 */
void
imap_uid_set_iter_init (ImapUidSetIter   *iter,
                        const ImapUidSet *set)
{
  *iter = (ImapUidSetIter) { .set = set };
}

/**
 * imap_uid_set_iter_next:
 * @out_uid: (out): the next UID
 *
 * A hostile set may hold four thousand million UIDs: walk over the ranges, or over the
 * intersection with what is known.
 *
 * Returns: %FALSE at the end
 */
gboolean
imap_uid_set_iter_next (ImapUidSetIter *iter,
                        guint32        *out_uid)
{
  const ImapUidRange *range;

  if (iter->range >= iter->set->ranges->len)
    return FALSE;

  range = range_at (iter->set, iter->range);
  iter->next = MAX (iter->next, range->first);
  *out_uid = (guint32) iter->next++;
  if (iter->next > range->last)
    iter->range++;

  return TRUE;
}
