/*
 * The rows of a conversation: a card a message, and one row for many messages in a row that were
 * read long ago. A row that is there stays: nothing that one reads is made anew.
 */
#include "pipit-config.h"

#include "pipit-reader-private.h"

#include <glib/gi18n-lib.h>

/* A longer run of messages that were read is one row. */
#define MAX_RUN 10

typedef struct
{
  PipitMessage *message; /* (unowned): of the conversation; the first one of a run */
  guint n_messages;      /* more than one for a run */
} Entry;

static guint
run_of (GtkListBoxRow *row)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "n-messages"));
}

static PipitMessage *
message_of (GtkListBoxRow *row)
{
  if (PIPIT_IS_MESSAGE_CARD (row))
    return pipit_message_card_get_message (PIPIT_MESSAGE_CARD (row));

  return g_object_get_data (G_OBJECT (row), "message");
}

static gboolean
is_row_of (GtkListBoxRow *row,
           const Entry   *entry)
{
  if (message_of (row) != entry->message)
    return FALSE;

  return PIPIT_IS_MESSAGE_CARD (row) ? entry->n_messages == 1 : run_of (row) == entry->n_messages;
}

static gboolean
is_wanted (GtkListBoxRow *row,
           GArray        *plan,
           guint          from)
{
  for (guint i = from; i < plan->len; i++)
    if (is_row_of (row, &g_array_index (plan, Entry, i)))
      return TRUE;

  return FALSE;
}

/* The messages that have a card have it for good. */
static GHashTable *
collect_shown (PipitReader *self)
{
  GHashTable *shown = g_hash_table_new (NULL, NULL);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (PIPIT_IS_MESSAGE_CARD (row))
      g_hash_table_add (shown, message_of (row));

  return shown;
}

static gboolean
may_fold (PipitReader  *self,
          PipitMessage *message,
          GHashTable   *shown)
{
  return !pipit_message_get_unread (message) && !pipit_message_get_starred (message) &&
         message != pipit_conversation_get_message (self->conversation) &&
         !g_hash_table_contains (shown, message);
}

/* The first message and the last are always shown. */
static GArray *
make_plan (PipitReader *self,
           GHashTable  *shown)
{
  GListModel *messages = G_LIST_MODEL (self->conversation);
  GArray *plan = g_array_new (FALSE, FALSE, sizeof (Entry));
  guint n = g_list_model_get_n_items (messages);

  for (guint i = 0; i < n;)
    {
      g_autoptr(PipitMessage) message = g_list_model_get_item (messages, i);
      Entry entry = { message, 1 };
      guint end = i;

      for (; i > 0 && end + 1 < n; end++)
        {
          g_autoptr(PipitMessage) next = g_list_model_get_item (messages, end);

          if (!may_fold (self, next, shown))
            break;
        }
      if (end - i > MAX_RUN)
        entry.n_messages = end - i;
      g_array_append_val (plan, entry);
      i += entry.n_messages;
    }

  return plan;
}

static void
on_run_clicked (GtkButton   *button,
                PipitReader *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);
  PipitMessage *first = message_of (GTK_LIST_BOX_ROW (row));
  guint n = run_of (GTK_LIST_BOX_ROW (row));
  int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
  GListModel *messages = G_LIST_MODEL (self->conversation);
  guint i = 0;

  for (; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr(PipitMessage) message = g_list_model_get_item (messages, i);

      if (message == first)
        break;
    }
  gtk_list_box_remove (self->list, row);
  for (guint j = 0; j < n && i + j < g_list_model_get_n_items (messages); j++)
    {
      g_autoptr(PipitMessage) message = g_list_model_get_item (messages, i + j);

      gtk_list_box_insert (self->list, pipit_message_card_new (message), position + j);
    }
  gtk_widget_child_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, position)),
                          GTK_DIR_TAB_FORWARD);
}

static GtkWidget *
make_run (PipitReader *self,
          const Entry *entry)
{
  /* Translators: a row that stands for messages of a conversation that were read before */
  g_autofree char *label = g_strdup_printf (ngettext ("%'u earlier message", "%'u earlier messages",
                                                      entry->n_messages),
                                            entry->n_messages);
  GtkWidget *button = gtk_button_new_with_label (label);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (row, "message-run");
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_run_clicked), self, 0);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), button);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  g_object_set_data_full (G_OBJECT (row), "message", g_object_ref (entry->message), g_object_unref);
  g_object_set_data (G_OBJECT (row), "n-messages", GUINT_TO_POINTER (entry->n_messages));

  return row;
}

/**
 * pipit_reader_rows_update:
 *
 * Makes the rows those of the conversation, with as few changes as can be.
 */
void
pipit_reader_rows_update (PipitReader *self)
{
  g_autoptr(GHashTable) shown = collect_shown (self);
  g_autoptr(GArray) plan = make_plan (self, shown);
  GtkListBoxRow *row;

  for (guint i = 0; i < plan->len; i++)
    {
      const Entry *entry = &g_array_index (plan, Entry, i);

      while ((row = gtk_list_box_get_row_at_index (self->list, i)) != NULL &&
             !is_row_of (row, entry) && !is_wanted (row, plan, i + 1))
        gtk_list_box_remove (self->list, GTK_WIDGET (row));
      if (row == NULL || !is_row_of (row, entry))
        gtk_list_box_insert (self->list,
                             entry->n_messages == 1 ? pipit_message_card_new (entry->message)
                                                    : make_run (self, entry),
                             i);
    }
  while ((row = gtk_list_box_get_row_at_index (self->list, plan->len)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

/**
 * pipit_reader_rows_clear:
 *
 * Takes all rows away.
 */
void
pipit_reader_rows_clear (PipitReader *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
}

/**
 * pipit_reader_rows_find:
 * @message: of the conversation
 *
 * Returns: (transfer none) (nullable): its card
 */
PipitMessageCard *
pipit_reader_rows_find (PipitReader  *self,
                        PipitMessage *message)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (PIPIT_IS_MESSAGE_CARD (row) && message_of (row) == message)
      return PIPIT_MESSAGE_CARD (row);

  return NULL;
}
