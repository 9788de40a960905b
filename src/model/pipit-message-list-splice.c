/* Differences between what a list shows and what it is to show, told one by one. */
#include "pipit-message-list-private.h"

/* More differences than these at once are told as one. */
#define MAX_RANGES 128

gboolean
pipit_message_list_is_same (const StoreListEntry *a,
                            const StoreListEntry *b)
{
  return a->location == b->location && a->sort_date == b->sort_date;
}

static void
splice (PipitMessageList *self,
        guint             position,
        guint             n_removed,
        const GArray     *from,
        guint             first,
        guint             n_added)
{
  if (n_removed > 0)
    g_array_remove_range (self->entries, position, n_removed);
  if (n_added > 0)
    g_array_insert_vals (self->entries, position,
                         &g_array_index (from, StoreListEntry, first), n_added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

typedef struct
{
  guint old_first, n_old, new_first, n_new;
} Range;

/* Where two sorted arrays differ. Rows never change their place, so that this is exact. */
static GArray *
find_ranges (const GArray *before,
             const GArray *after)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  guint i = 0, j = 0;

  while (i < before->len || j < after->len)
    {
      Range range;

      while (i < before->len && j < after->len &&
             pipit_message_list_is_same (&g_array_index (before, StoreListEntry, i),
                            &g_array_index (after, StoreListEntry, j)))
        i++, j++;

      range.old_first = i;
      range.new_first = j;
      while (i < before->len || j < after->len)
        {
          int order = 0;

          if (i == before->len)
            order = 1;
          else if (j == after->len)
            order = -1;
          else
            order = store_list_entry_compare (&g_array_index (before, StoreListEntry, i),
                                              &g_array_index (after, StoreListEntry, j));
          if (order == 0)
            break;
          if (order < 0)
            i++;
          else
            j++;
        }
      range.n_old = i - range.old_first;
      range.n_new = j - range.new_first;
      if (range.n_old > 0 || range.n_new > 0)
        g_array_append_val (ranges, range);
    }

  return ranges;
}

static void
join_ranges (GArray *ranges)
{
  Range *first = &g_array_index (ranges, Range, 0);
  Range *last = &g_array_index (ranges, Range, ranges->len - 1);

  first->n_old = last->old_first + last->n_old - first->old_first;
  first->n_new = last->new_first + last->n_new - first->new_first;
  g_array_set_size (ranges, 1);
}

/* Turns the list into @after, telling each difference by itself. */
void
pipit_message_list_replace (PipitMessageList *self,
                            const GArray     *after)
{
  g_autoptr(GArray) ranges = find_ranges (self->entries, after);

  if (ranges->len > MAX_RANGES)
    join_ranges (ranges);

  /* from the end, so that the positions before stay what they are */
  for (guint i = ranges->len; i-- > 0;)
    {
      Range *range = &g_array_index (ranges, Range, i);

      splice (self, range->old_first, range->n_old, after, range->new_first, range->n_new);
    }
}
