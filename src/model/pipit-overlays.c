#include "pipit-overlays.h"

#include <stdlib.h>

typedef struct
{
  guint id;
  GArray *locations; /* (owned) of gint64, sorted */
  guint32 set_flags;
  guint32 clear_flags;
  gboolean hides;
  gboolean suppressed; /* somebody asked for one of its messages and was told that it is hidden */
} Overlay;

struct _PipitOverlays
{
  GPtrArray *items; /* (owned) of Overlay, oldest first */
  guint last_id;
};

static void
overlay_free (gpointer data)
{
  Overlay *overlay = data;

  g_array_unref (overlay->locations);
  g_free (overlay);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static gboolean
overlay_has (Overlay *overlay,
             gint64   location)
{
  return bsearch (&location, overlay->locations->data, overlay->locations->len,
                  sizeof (gint64), compare_ids) != NULL;
}

PipitOverlays *
pipit_overlays_new (void)
{
  PipitOverlays *self = g_new0 (PipitOverlays, 1);

  self->items = g_ptr_array_new_with_free_func (overlay_free);

  return self;
}

void
pipit_overlays_free (PipitOverlays *self)
{
  g_ptr_array_unref (self->items);
  g_free (self);
}

/**
 * pipit_overlays_push:
 * @locations: of gint64, in any order
 * @set_flags: flags that they have now
 * @clear_flags: flags that they have no more
 * @hides: whether they are gone from every list
 *
 * Lays a wish over what the store says, on top of earlier ones.
 *
 * Returns: the overlay's id, never 0
 */
guint
pipit_overlays_push (PipitOverlays *self,
                     GArray        *locations,
                     guint32        set_flags,
                     guint32        clear_flags,
                     gboolean       hides)
{
  Overlay *overlay = g_new0 (Overlay, 1);

  overlay->id = ++self->last_id;
  overlay->locations = g_array_copy (locations);
  overlay->set_flags = set_flags;
  overlay->clear_flags = clear_flags;
  overlay->hides = hides;
  g_array_sort (overlay->locations, compare_ids);
  g_ptr_array_add (self->items, overlay);

  return overlay->id;
}

/**
 * pipit_overlays_drop:
 * @id: what pipit_overlays_push() returned
 * @out_suppressed: (out): whether a list was told that one of its messages is hidden, and has
 *   to ask the store again
 *
 * Takes an overlay away.
 *
 * Returns: (transfer full) (nullable): its messages, sorted; %NULL if it is gone already
 */
GArray *
pipit_overlays_drop (PipitOverlays *self,
                     guint          id,
                     gboolean      *out_suppressed)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Overlay *overlay = g_ptr_array_index (self->items, i);

      if (overlay->id == id)
        {
          GArray *locations = g_array_ref (overlay->locations);

          *out_suppressed = overlay->suppressed;
          g_ptr_array_remove_index (self->items, i);
          return locations;
        }
    }

  *out_suppressed = FALSE;
  return NULL;
}

/**
 * pipit_overlays_apply:
 * @location: a message in a folder
 * @flags: what the store says
 *
 * Returns: what is shown
 */
guint32
pipit_overlays_apply (PipitOverlays *self,
                      gint64         location,
                      guint32        flags)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Overlay *overlay = g_ptr_array_index (self->items, i);

      if ((overlay->set_flags | overlay->clear_flags) != 0 && overlay_has (overlay, location))
        flags = (flags | overlay->set_flags) & ~overlay->clear_flags;
    }

  return flags;
}

/**
 * pipit_overlays_hides:
 * @location: a message in a folder
 *
 * Returns: %TRUE if it is not to be shown in a list, whatever the store says yet
 */
gboolean
pipit_overlays_hides (PipitOverlays *self,
                      gint64         location)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Overlay *overlay = g_ptr_array_index (self->items, i);

      if (overlay->hides && overlay_has (overlay, location))
        {
          overlay->suppressed = TRUE;
          return TRUE;
        }
    }

  return FALSE;
}
