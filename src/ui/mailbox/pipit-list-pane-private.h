#pragma once

#include "pipit-list-pane.h"

#include "pipit-drafts-page.h"
#include "pipit-message-list.h"
#include "pipit-outbox-page.h"
#include "pipit-problem-bar.h"

G_BEGIN_DECLS

/* For the files of the pane itself: pipit-list-pane*.c. */
struct _PipitListPane
{
  AdwBin parent_instance;

  GtkStack *header_stack;
  AdwWindowTitle *title;
  GtkMenuButton *selection_button;
  GtkMenuButton *filter_button;
  GtkToggleButton *select_button;
  PipitProblemBar *problem_bar;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkListView *list;
  AdwStatusPage *status_page;
  GtkButton *status_button;
  PipitDraftsPage *drafts_page;
  PipitOutboxPage *outbox_page;
  GtkActionBar *selection_bar;

  PipitEngine *engine;          /* (owned) (nullable) until it is set */
  PipitFolder *folder;          /* (owned) (nullable) */
  PipitMessageList *messages;   /* (owned) (nullable) */
  GtkMultiSelection *selection; /* (owned) (nullable) */
  GSignalGroup *folder_signals; /* (owned) */

  gboolean selecting;
  gboolean sidebar_folded;
  gboolean reader_folded;
  gboolean by_key;              /* the last input was a key */
  int preview_lines;
  guint open_source_id;
  guint focus_source_id;
  gint64 focus_id;              /* the message whose row gets the keyboard */
  guint day_source_id;
  int shown_day;
};

/* pipit-list-pane-select.c */
PipitMessage *pipit_list_pane_dup_only_selected (PipitListPane *self);

G_END_DECLS
