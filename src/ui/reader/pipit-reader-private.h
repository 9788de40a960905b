#pragma once

#include "pipit-reader.h"

#include "pipit-conversation.h"
#include "pipit-message-card.h"

G_BEGIN_DECLS

struct _PipitReader
{
  AdwBin parent_instance;

  AdwSplitButton *reply_button;
  GtkMenuButton *menu_button;
  GtkStack *stack;
  AdwStatusPage *status_page;
  GtkScrolledWindow *scroller;
  GtkWidget *clamp;
  GtkLabel *subject;
  GtkListBox *list;
  GtkActionBar *action_bar;

  PipitConversation *conversation; /* (owned) (nullable) */
  gboolean folded;
  gboolean settled;                /* the messages to begin with have been opened */

  /* pipit-reader-scroll.c */
  GtkWidget *anchor;               /* (unowned) (nullable): weak: the row that stays where it is */
  double anchor_offset;            /* its top, below that of what is in sight */
  gboolean adjusting;              /* it is us who scroll */
  guint near_source_id;
  gulong focus_handler_id;
  GtkRoot *root;                   /* (unowned) (nullable): while it is mapped */
};

/* pipit-reader-rows.c */
void              pipit_reader_rows_update    (PipitReader  *self);
void              pipit_reader_rows_clear     (PipitReader  *self);
PipitMessageCard *pipit_reader_rows_find      (PipitReader  *self,
                                               PipitMessage *message);

/* pipit-reader-scroll.c */
void              pipit_reader_scroll_init    (PipitReader  *self);
void              pipit_reader_scroll_dispose (PipitReader  *self);
void              pipit_reader_scroll_to      (PipitReader  *self,
                                               GtkWidget    *row);
void              pipit_reader_scroll_reset   (PipitReader  *self);

G_END_DECLS
