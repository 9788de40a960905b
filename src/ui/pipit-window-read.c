#include "pipit-window-private.h"

/* What is shown for a while counts as read, unless the person has said otherwise. */

static gboolean
on_shown_long_enough (gpointer user_data)
{
  PipitWindow *self = user_data;
  g_autoptr(GArray) ids = NULL;

  /* nobody reads a window that is covered; it is looked at again when it comes to the front */
  if (!gtk_window_is_active (GTK_WINDOW (self)))
    return G_SOURCE_CONTINUE;

  self->read_source_id = 0;
  ids = pipit_reader_dup_unread (self->reader);
  if (ids->len > 0 && !self->keep_unread)
    pipit_engine_set_unread (self->engine, ids, FALSE, FALSE);

  return G_SOURCE_REMOVE;
}

/* Another message is shown. */
void
pipit_window_start_reading (PipitWindow *self)
{
  int delay_s = g_settings_get_int (self->settings, "mark-read-delay");

  pipit_window_stop_reading (self);
  if (delay_s >= 0)
    self->read_source_id = g_timeout_add (MAX (delay_s * 1000, 1), on_shown_long_enough, self);
}

/* No message is shown any more, or it is to stay unread. */
void
pipit_window_stop_reading (PipitWindow *self)
{
  self->keep_unread = FALSE;
  g_clear_handle_id (&self->read_source_id, g_source_remove);
}
