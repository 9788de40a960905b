/* Which messages of the list are selected, and how the person goes from one to the next. */
#include "pipit-config.h"

#include "pipit-list-pane-private.h"

#include "pipit-message-row.h"
#include "pipit-message.h"

/* Returns: (transfer full) (nullable): the message that is selected alone */
PipitMessage *
pipit_list_pane_dup_only_selected (PipitListPane *self)
{
  g_autoptr(GtkBitset) selected = NULL;

  if (self->selection == NULL)
    return NULL;

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (gtk_bitset_get_size (selected) != 1)
    return NULL;

  return g_list_model_get_item (G_LIST_MODEL (self->messages), gtk_bitset_get_minimum (selected));
}

/**
 * pipit_list_pane_dup_selected:
 *
 * Returns: (transfer full): the ids, gint64, of the selected messages
 */
GArray *
pipit_list_pane_dup_selected (PipitListPane *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GtkBitset) selected = NULL;
  GtkBitsetIter iter;
  guint position;

  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), ids);

  if (self->selection == NULL)
    return ids;

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      gint64 id = pipit_message_list_get_id_at (self->messages, position);

      g_array_append_val (ids, id);
    }

  return ids;
}

/**
 * pipit_list_pane_dup_all:
 *
 * Returns: (transfer full): the ids, gint64, of all messages in the list
 */
GArray *
pipit_list_pane_dup_all (PipitListPane *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n_items;

  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), ids);

  n_items = self->messages != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->messages)) : 0;
  for (guint i = 0; i < n_items; i++)
    {
      gint64 id = pipit_message_list_get_id_at (self->messages, i);

      g_array_append_val (ids, id);
    }

  return ids;
}

/**
 * pipit_list_pane_get_n_selected:
 *
 * Returns: how many messages are selected
 */
guint
pipit_list_pane_get_n_selected (PipitListPane *self)
{
  g_autoptr(GtkBitset) selected = NULL;

  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), 0);

  if (self->selection == NULL)
    return 0;

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return gtk_bitset_get_size (selected);
}

static gboolean
contains_id (GArray *ids,
             gint64  id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;

  return FALSE;
}

/**
 * pipit_list_pane_find_after:
 * @ids: of gint64: messages that are about to leave the list, in its order
 *
 * Looks for the message that follows the last of them, or precedes the first.
 *
 * Returns: its id, or 0
 */
gint64
pipit_list_pane_find_after (PipitListPane *self,
                            GArray        *ids)
{
  guint position, n_items;

  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), 0);

  if (self->messages == NULL || ids->len == 0)
    return 0;

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  if (!pipit_message_list_find (self->messages, g_array_index (ids, gint64, ids->len - 1),
                                &position))
    return 0;
  if (position + 1 < n_items)
    return pipit_message_list_get_id_at (self->messages, position + 1);

  /* the messages of a range at the end: what stands before it */
  while (position > 0)
    {
      gint64 id = pipit_message_list_get_id_at (self->messages, --position);

      if (!contains_id (ids, id))
        return id;
    }

  return 0;
}

static GtkWidget *
find_list_item (PipitListPane *self,
                gint64         id)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->list)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);
      PipitMessage *message = PIPIT_IS_MESSAGE_ROW (row)
                                ? pipit_message_row_get_message (PIPIT_MESSAGE_ROW (row)) : NULL;

      if (message != NULL && pipit_message_get_id (message) == id)
        return item;
    }

  return NULL;
}

/* The row is there after the next layout. */
static gboolean
on_focus_due (gpointer user_data)
{
  PipitListPane *self = user_data;
  GtkWidget *item = find_list_item (self, self->focus_id);

  self->focus_source_id = 0;
  if (item != NULL)
    gtk_widget_grab_focus (item);

  return G_SOURCE_REMOVE;
}

/**
 * pipit_list_pane_select:
 * @id: a message
 * @grab_focus: whether its row gets the keyboard
 *
 * Selects @id alone, opens it and scrolls to it.
 *
 * Returns: %FALSE if it is not in the list
 */
gboolean
pipit_list_pane_select (PipitListPane *self,
                        gint64         id,
                        gboolean       grab_focus)
{
  guint position;

  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), FALSE);

  if (self->messages == NULL || !pipit_message_list_find (self->messages, id, &position))
    return FALSE;

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
  if (grab_focus)
    {
      self->focus_id = id;
      g_clear_handle_id (&self->focus_source_id, g_source_remove);
      self->focus_source_id = g_idle_add (on_focus_due, self);
    }

  return TRUE;
}

/**
 * pipit_list_pane_step:
 * @step: 1 for the next message, -1 for the one before
 *
 * Selects and opens the message beside the selected one.
 *
 * Returns: %FALSE at the end of the list
 */
gboolean
pipit_list_pane_step (PipitListPane *self,
                      int            step)
{
  g_autoptr(GtkBitset) selected = NULL;
  guint n_items;
  gint64 position;

  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), FALSE);

  if (self->messages == NULL)
    return FALSE;

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (gtk_bitset_is_empty (selected))
    position = 0;
  else
    position = (gint64) gtk_bitset_get_minimum (selected) + step;
  if (position < 0 || position >= n_items)
    return FALSE;

  self->by_key = TRUE;

  return pipit_list_pane_select (self, pipit_message_list_get_id_at (self->messages, position),
                                 TRUE);
}

static void
unread_found_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(PipitListPane) self = user_data;
  g_autoptr(GError) error = NULL;
  gint64 id = pipit_message_list_find_unread_finish (PIPIT_MESSAGE_LIST (source), result, &error);

  if (id > 0 && G_LIST_MODEL (self->messages) == G_LIST_MODEL (source))
    pipit_list_pane_select (self, id, TRUE);
}

/**
 * pipit_list_pane_step_unread:
 *
 * Selects and opens the next unread message, if there is one.
 */
void
pipit_list_pane_step_unread (PipitListPane *self)
{
  g_autoptr(PipitMessage) message = NULL;

  g_return_if_fail (PIPIT_IS_LIST_PANE (self));

  if (self->messages == NULL)
    return;

  message = pipit_list_pane_dup_only_selected (self);
  pipit_message_list_find_unread_async (self->messages,
                                        message != NULL ? pipit_message_get_id (message) : 0,
                                        NULL, unread_found_cb, g_object_ref (self));
}

/**
 * pipit_list_pane_keep:
 * @id: the message that is being read, or 0
 *
 * Keeps it in a filtered list until another is read.
 */
void
pipit_list_pane_keep (PipitListPane *self,
                      gint64         id)
{
  g_return_if_fail (PIPIT_IS_LIST_PANE (self));

  if (self->messages != NULL)
    pipit_message_list_keep (self->messages, id);
}

/**
 * pipit_list_pane_grab_list:
 *
 * Gives the keyboard to the list.
 */
void
pipit_list_pane_grab_list (PipitListPane *self)
{
  g_return_if_fail (PIPIT_IS_LIST_PANE (self));

  if (self->selection != NULL && gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    gtk_widget_grab_focus (GTK_WIDGET (self->list));
  else
    gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
}
