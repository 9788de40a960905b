#pragma once

#include "pipit-window.h"

#include "pipit-list-pane.h"
#include "pipit-reader.h"
#include "pipit-sidebar.h"

G_BEGIN_DECLS

/* For the files of the window itself: pipit-window*.c. */
struct _PipitWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwStatusPage *failure_page;
  AdwLeaflet *outer;
  AdwLeaflet *inner;
  GtkWidget *sidebar_pane;
  GtkWidget *list_pane_bin;
  GtkWidget *reader_pane;
  PipitSidebar *sidebar;
  PipitListPane *list_pane;
  PipitReader *reader;

  PipitEngine *engine;        /* (owned) */
  GSettings *settings;        /* (owned) */
  AdwToast *undo_toast;       /* (unowned) (nullable): weak, while it is shown */
  guint read_source_id;       /* until what is shown counts as read */
  gboolean keep_unread;       /* the person has marked what is shown as unread */
  GtkEventController *list_keys;   /* (owned) single letters, on the list */
  GtkEventController *reader_keys; /* (owned) and on the reader */
};

/* pipit-window.c */
void    pipit_window_turn_to_list     (PipitWindow *self);
void    pipit_window_update_actions   (PipitWindow *self);

/* pipit-window-actions.c */
void    pipit_window_install_actions  (GtkWidgetClass *widget_class);
GArray *pipit_window_dup_ids          (PipitWindow *self);

/* pipit-window-compose.c */
void    pipit_window_install_compose  (GtkWidgetClass *widget_class);

/* pipit-window-read.c */
void    pipit_window_start_reading    (PipitWindow *self);
void    pipit_window_stop_reading     (PipitWindow *self);

/* pipit-window-keys.c */
void    pipit_window_install_keys     (GtkWidgetClass *widget_class);
void    pipit_window_add_single_keys  (PipitWindow *self);

G_END_DECLS
