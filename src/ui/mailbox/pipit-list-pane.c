#include "pipit-config.h"

#include "pipit-list-pane-private.h"

#include "pipit-folder.h"
#include "pipit-list-status.h"
#include "pipit-message-row.h"

#include <glib/gi18n-lib.h>

/* An arrow key that is held down passes messages without opening each. */
#define OPEN_DELAY_MS 120

enum
{
  PROP_0,
  PROP_SELECTING,
  PROP_FILTER,
  PROP_SIDEBAR_FOLDED,
  PROP_READER_FOLDED,
  PROP_PREVIEW_LINES,
  N_PROPS
};

enum
{
  SIGNAL_OPENED,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/**
 * PipitListPane:
 *
 * The middle pane: the messages of a folder, or what is to be said in their place; for the
 * outbox, what is in it.
 *
 * Emits "opened" with the #PipitMessage that is to be read, %NULL when none is, and whether a
 * folded window should turn to it.
 */
G_DEFINE_FINAL_TYPE (PipitListPane, pipit_list_pane, ADW_TYPE_BIN)

/* Titles */

static void
update_title (PipitListPane *self)
{
  g_autofree char *subtitle = NULL;
  PipitFilter filter = self->messages != NULL ? pipit_message_list_get_filter (self->messages)
                                              : PIPIT_FILTER_NONE;
  guint unread, total;

  if (self->folder == NULL)
    {
      adw_window_title_set_title (self->title, "");
      adw_window_title_set_subtitle (self->title, "");
      return;
    }

  unread = pipit_folder_get_unread (self->folder);
  total = pipit_folder_get_total (self->folder);
  if (filter == PIPIT_FILTER_UNREAD)
    subtitle = g_strdup (_("Only unread"));
  else if (filter == PIPIT_FILTER_STARRED)
    subtitle = g_strdup (_("Only starred"));
  else if (filter == PIPIT_FILTER_ATTACHMENTS)
    subtitle = g_strdup (_("Only with attachments"));
  else if (unread > 0 && pipit_folder_get_role (self->folder) != PIPIT_FOLDER_OUTBOX)
    subtitle = g_strdup_printf (ngettext ("%'u unread", "%'u unread", unread), unread);
  else if (total > 0)
    subtitle = g_strdup_printf (ngettext ("%'u message", "%'u messages", total), total);

  adw_window_title_set_title (self->title, pipit_folder_get_name (self->folder));
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), pipit_folder_get_status (self->folder));
  if (filter != PIPIT_FILTER_NONE)
    gtk_widget_add_css_class (GTK_WIDGET (self->filter_button), "accent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->filter_button), "accent");
}

static void
update_selection_title (PipitListPane *self)
{
  guint n_selected = pipit_list_pane_get_n_selected (self);
  g_autofree char *label =
    g_strdup_printf (ngettext ("%'u selected", "%'u selected", n_selected), n_selected);

  gtk_menu_button_set_label (self->selection_button, label);
  /* it is the button inside that has the keyboard */
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->selection_button))),
    GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
update_stack (PipitListPane *self)
{
  if (self->messages == NULL)
    return;

  if (pipit_message_list_get_state (self->messages) == PIPIT_LIST_READY)
    {
      gtk_stack_set_visible_child_name (self->stack, "list");
      return;
    }

  pipit_list_status_fill (self->status_page, self->status_button, self->messages);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

/* Opening */

static void
open_selected (PipitListPane *self,
               gboolean       go)
{
  g_autoptr(PipitMessage) message = NULL;

  g_clear_handle_id (&self->open_source_id, g_source_remove);
  if (self->selecting)
    return;

  message = pipit_list_pane_dup_only_selected (self);
  if (message != NULL)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, message, go);
}

static gboolean
on_open_due (gpointer user_data)
{
  PipitListPane *self = user_data;

  self->open_source_id = 0;
  open_selected (self, FALSE);

  return G_SOURCE_REMOVE;
}

static void
update_checks (PipitListPane *self)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->list)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (PIPIT_IS_MESSAGE_ROW (row))
        pipit_message_row_set_selected (PIPIT_MESSAGE_ROW (row),
                                        gtk_widget_get_state_flags (item) &
                                        GTK_STATE_FLAG_SELECTED);
    }
}

static void
on_selection_changed (PipitListPane *self)
{
  g_clear_handle_id (&self->open_source_id, g_source_remove);
  if (self->selecting)
    {
      update_selection_title (self);
      update_checks (self);
    }
  else if (pipit_list_pane_get_n_selected (self) == 1)
    self->open_source_id = g_timeout_add (self->by_key ? OPEN_DELAY_MS : 0, on_open_due, self);

  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
on_list_activate (GtkListView   *list,
                  guint          position,
                  PipitListPane *self)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position,
                                   !self->selecting);
  open_selected (self, TRUE);
  if (!self->selecting)
    g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
}

/* A click selects one row and opens it, also again; in selection mode it changes one check. */
static void
on_row_pressed (PipitMessageRow *row,
                PipitListPane   *self)
{
  PipitMessage *message = pipit_message_row_get_message (row);
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);
  guint position;

  if (message == NULL ||
      !pipit_message_list_find (self->messages, pipit_message_get_id (message), &position))
    return;

  gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (row)));
  if (!self->selecting)
    {
      gtk_selection_model_select_item (selection, position, TRUE);
      open_selected (self, TRUE);
    }
  else if (gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_unselect_item (selection, position);
  else
    gtk_selection_model_select_item (selection, position, FALSE);
}

static void
on_row_press_captured (GtkGestureClick *gesture,
                       int              n_press,
                       double           x,
                       double           y,
                       PipitListPane   *self)
{
  self->by_key = FALSE;
}

static gboolean
on_key_captured (GtkEventControllerKey *controller,
                 guint                  keyval,
                 guint                  keycode,
                 GdkModifierType        state,
                 PipitListPane         *self)
{
  self->by_key = TRUE;

  if (!self->selecting && keyval == GDK_KEY_space &&
      !(state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    {
      gtk_widget_activate_action (GTK_WIDGET (self),
                                  state & GDK_SHIFT_MASK ? "win.page-up" : "win.page-down", NULL);
      return GDK_EVENT_STOP;
    }

  return GDK_EVENT_PROPAGATE;
}

/* Rows */

static void
on_row_setup (GtkSignalListItemFactory *factory,
              GtkListItem              *list_item,
              PipitListPane            *self)
{
  GtkWidget *row = pipit_message_row_new ();

  g_object_bind_property (self, "selecting", row, "selecting", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self, "preview-lines", row, "preview-lines", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (row, "pressed", G_CALLBACK (on_row_pressed), self, 0);
  gtk_list_item_set_child (list_item, row);
}

static void
on_row_bind (GtkSignalListItemFactory *factory,
             GtkListItem              *list_item,
             PipitListPane            *self)
{
  PipitMessageRow *row = PIPIT_MESSAGE_ROW (gtk_list_item_get_child (list_item));

  pipit_message_row_bind (row, gtk_list_item_get_item (list_item));
  pipit_message_row_set_selected (row, gtk_list_item_get_selected (list_item));
}

static void
on_row_unbind (GtkSignalListItemFactory *factory,
               GtkListItem              *list_item,
               PipitListPane            *self)
{
  pipit_message_row_unbind (PIPIT_MESSAGE_ROW (gtk_list_item_get_child (list_item)));
}

/* "Yesterday" is another day after midnight. */
static gboolean
on_minute (gpointer user_data)
{
  PipitListPane *self = user_data;
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  if (g_date_time_get_day_of_year (now) == self->shown_day)
    return G_SOURCE_CONTINUE;

  self->shown_day = g_date_time_get_day_of_year (now);
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (self->list)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (PIPIT_IS_MESSAGE_ROW (row))
        pipit_message_row_update (PIPIT_MESSAGE_ROW (row));
    }

  return G_SOURCE_CONTINUE;
}

/* Folder */

static void
clear_list (PipitListPane *self)
{
  g_clear_handle_id (&self->open_source_id, g_source_remove);
  g_clear_handle_id (&self->focus_source_id, g_source_remove);
  gtk_list_view_set_model (self->list, NULL);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->messages != NULL)
    g_signal_handlers_disconnect_by_data (self->messages, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->messages);
}

static void
fill_list (PipitListPane *self)
{
  clear_list (self);
  self->messages = pipit_message_list_new (self->engine, self->folder);
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->messages)));
  g_signal_connect_swapped (self->selection, "selection-changed",
                            G_CALLBACK (on_selection_changed), self);
  g_signal_connect_swapped (self->messages, "notify::state", G_CALLBACK (update_stack), self);
  g_signal_connect_swapped (self->messages, "notify::filter", G_CALLBACK (update_title), self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILTER]);
  update_stack (self);
}

/* What is no folder of messages has a page of its own. */
static const char *
page_of (PipitFolder *folder)
{
  if (folder == NULL)
    return "nothing";

  switch ((guint) pipit_folder_get_role (folder))
    {
    case PIPIT_FOLDER_LOCAL_DRAFTS:
      return "drafts";
    case PIPIT_FOLDER_OUTBOX:
      return "outbox";
    default:
      return NULL;
    }
}

/**
 * pipit_list_pane_set_folder:
 * @folder: (nullable): what to show
 */
void
pipit_list_pane_set_folder (PipitListPane *self,
                            PipitFolder   *folder)
{
  const char *page;

  g_return_if_fail (PIPIT_IS_LIST_PANE (self));

  if (!g_set_object (&self->folder, folder))
    return;

  page = page_of (folder);
  pipit_list_pane_set_selecting (self, FALSE);
  g_signal_group_set_target (self->folder_signals, folder);
  gtk_widget_set_sensitive (GTK_WIDGET (self->filter_button), page == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->select_button), page == NULL);
  if (page != NULL)
    {
      clear_list (self);
      gtk_stack_set_visible_child_name (self->stack, page);
    }
  else
    fill_list (self);

  update_title (self);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0, NULL, FALSE);
}

/**
 * pipit_list_pane_get_folder:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
PipitFolder *
pipit_list_pane_get_folder (PipitListPane *self)
{
  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), NULL);

  return self->folder;
}

/**
 * pipit_list_pane_set_engine:
 * @engine: the engine; set once
 */
void
pipit_list_pane_set_engine (PipitListPane *self,
                            PipitEngine   *engine)
{
  g_return_if_fail (PIPIT_IS_LIST_PANE (self));

  g_set_object (&self->engine, engine);
  pipit_problem_bar_set_engine (self->problem_bar, engine);
  pipit_drafts_page_set_engine (self->drafts_page, engine);
  pipit_outbox_page_set_engine (self->outbox_page, engine);
}

/**
 * pipit_list_pane_get_list:
 *
 * Returns: (transfer none): the list itself, for shortcuts of its own
 */
GtkWidget *
pipit_list_pane_get_list (PipitListPane *self)
{
  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), NULL);

  return GTK_WIDGET (self->list);
}

/* Selection mode */

/**
 * pipit_list_pane_get_selecting:
 *
 * Returns: %TRUE in selection mode
 */
gboolean
pipit_list_pane_get_selecting (PipitListPane *self)
{
  g_return_val_if_fail (PIPIT_IS_LIST_PANE (self), FALSE);

  return self->selecting;
}

/**
 * pipit_list_pane_set_selecting:
 * @selecting: whether check buttons are shown, and an action bar for what is checked
 */
void
pipit_list_pane_set_selecting (PipitListPane *self,
                               gboolean       selecting)
{
  g_return_if_fail (PIPIT_IS_LIST_PANE (self));

  if (self->selecting == selecting)
    return;

  self->selecting = selecting;
  gtk_stack_set_visible_child_name (self->header_stack, selecting ? "selecting" : "normal");
  gtk_action_bar_set_revealed (self->selection_bar, selecting);
  if (!selecting && self->selection != NULL && pipit_list_pane_get_n_selected (self) != 1)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  update_selection_title (self);
  update_checks (self);
  /* the button that has been pressed is not in sight any more */
  if (gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    pipit_list_pane_grab_list (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTING]);
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
  if (!selecting)
    open_selected (self, FALSE);
}

/* Class */

static void
action_show_all (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  g_object_set (widget, "filter", PIPIT_FILTER_NONE, NULL);
}

static void
action_reload (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  fill_list (PIPIT_LIST_PANE (widget));
}

static void
action_select_all (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  PipitListPane *self = PIPIT_LIST_PANE (widget);

  if (self->selection != NULL)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

static void
action_select_none (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  PipitListPane *self = PIPIT_LIST_PANE (widget);

  if (self->selection != NULL)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
}

static void
pipit_list_pane_dispose (GObject *object)
{
  PipitListPane *self = PIPIT_LIST_PANE (object);

  g_clear_handle_id (&self->day_source_id, g_source_remove);
  if (self->list != NULL)
    clear_list (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_LIST_PANE);
  g_clear_object (&self->folder_signals);
  g_clear_object (&self->folder);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_list_pane_parent_class)->dispose (object);
}

static void
pipit_list_pane_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  PipitListPane *self = PIPIT_LIST_PANE (object);

  switch (prop_id)
    {
    case PROP_SELECTING:
      g_value_set_boolean (value, self->selecting);
      break;
    case PROP_FILTER:
      g_value_set_enum (value, self->messages != NULL
                                 ? pipit_message_list_get_filter (self->messages)
                                 : PIPIT_FILTER_NONE);
      break;
    case PROP_SIDEBAR_FOLDED:
      g_value_set_boolean (value, self->sidebar_folded);
      break;
    case PROP_READER_FOLDED:
      g_value_set_boolean (value, self->reader_folded);
      break;
    case PROP_PREVIEW_LINES:
      g_value_set_int (value, self->preview_lines);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_list_pane_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  PipitListPane *self = PIPIT_LIST_PANE (object);

  switch (prop_id)
    {
    case PROP_SELECTING:
      pipit_list_pane_set_selecting (self, g_value_get_boolean (value));
      break;
    case PROP_FILTER:
      if (self->messages != NULL)
        pipit_message_list_set_filter (self->messages, g_value_get_enum (value));
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_SIDEBAR_FOLDED:
      self->sidebar_folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_READER_FOLDED:
      self->reader_folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_PREVIEW_LINES:
      self->preview_lines = g_value_get_int (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_SELECTING] = g_param_spec_boolean ("selecting", NULL, NULL, FALSE, flags);
  properties[PROP_FILTER] = g_param_spec_enum ("filter", NULL, NULL, PIPIT_TYPE_FILTER,
                                               PIPIT_FILTER_NONE, flags);
  properties[PROP_SIDEBAR_FOLDED] = g_param_spec_boolean ("sidebar-folded", NULL, NULL, FALSE,
                                                          flags);
  properties[PROP_READER_FOLDED] = g_param_spec_boolean ("reader-folded", NULL, NULL, FALSE,
                                                         flags);
  properties[PROP_PREVIEW_LINES] = g_param_spec_int ("preview-lines", NULL, NULL, 0, 2, 2, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-list-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, header_stack);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, title);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, selection_button);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, filter_button);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, select_button);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, problem_bar);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, scroller);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, list);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, status_page);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, status_button);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, drafts_page);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, outbox_page);
  gtk_widget_class_bind_template_child (widget_class, PipitListPane, selection_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_list_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_row_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_unbind);
}

static void
pipit_list_pane_class_init (PipitListPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_list_pane_dispose;
  object_class->get_property = pipit_list_pane_get_property;
  object_class->set_property = pipit_list_pane_set_property;
  install_properties (object_class);

  /* @message: (nullable): what to read; @go: whether a folded window turns to it */
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", PIPIT_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, PIPIT_TYPE_MESSAGE, G_TYPE_BOOLEAN);
  signals[SIGNAL_SELECTION_CHANGED] =
    g_signal_new ("selection-changed", PIPIT_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);

  /* Enter or a double click on the message that is being read now */
  signals[SIGNAL_ACTIVATED] =
    g_signal_new ("activated", PIPIT_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  g_type_ensure (PIPIT_TYPE_DRAFTS_PAGE);
  g_type_ensure (PIPIT_TYPE_OUTBOX_PAGE);
  g_type_ensure (PIPIT_TYPE_PROBLEM_BAR);
  bind_template (widget_class);
  gtk_widget_class_install_property_action (widget_class, "list-pane.filter", "filter");
  gtk_widget_class_install_property_action (widget_class, "list-pane.selecting", "selecting");
  gtk_widget_class_install_action (widget_class, "list-pane.show-all", NULL, action_show_all);
  gtk_widget_class_install_action (widget_class, "list-pane.reload", NULL, action_reload);
  gtk_widget_class_install_action (widget_class, "list-pane.select-all", NULL, action_select_all);
  gtk_widget_class_install_action (widget_class, "list-pane.select-none", NULL,
                                   action_select_none);
}

static void
add_input_controllers (PipitListPane *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_captured), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_press_captured), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (click));
}

static void
pipit_list_pane_init (PipitListPane *self)
{
  self->preview_lines = 2;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_input_controllers (self);

  self->folder_signals = g_signal_group_new (PIPIT_TYPE_FOLDER);
  g_signal_group_connect_swapped (self->folder_signals, "notify", G_CALLBACK (update_title), self);
  self->day_source_id = g_timeout_add_seconds (60, on_minute, self);
}
