#include "pipit-config.h"

#include "pipit-sidebar.h"

#include "pipit-account.h"
#include "pipit-folder.h"
#include "pipit-sidebar-model.h"
#include "pipit-sidebar-row.h"

#include <glib/gi18n-lib.h>

/**
 * PipitSidebar:
 *
 * The left pane: every account's folders, and at the foot what is going on.
 *
 * Emits "opened" with the #PipitFolder when the person chooses one, also when it was chosen already
 * (a folded window then turns to its list).
 */
struct _PipitSidebar
{
  AdwBin parent_instance;

  GtkListView *list;
  GtkRevealer *status_revealer;
  GtkButton *status_button;
  GtkLabel *status_label;
  GtkSpinner *status_spinner;

  PipitEngine *engine;           /* (owned) (nullable) until it is set */
  GtkSingleSelection *selection; /* (owned) (nullable) */
  GBindingGroup *status_bindings; /* (owned) */
  gboolean selecting;            /* the program selects, not the person */
  gboolean folded;
};

enum
{
  PROP_0,
  PROP_FOLDED,
  N_PROPS
};

enum
{
  SIGNAL_OPENED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitSidebar, pipit_sidebar, ADW_TYPE_BIN)

static PipitFolder *
folder_at (PipitSidebar *self,
           guint         position)
{
  g_autoptr(GtkTreeListRow) row = NULL;
  g_autoptr(GObject) item = NULL;

  row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  if (row == NULL)
    return NULL;

  item = gtk_tree_list_row_get_item (row);

  return PIPIT_IS_FOLDER (item) ? PIPIT_FOLDER (item) : NULL;
}

static void
on_selected (PipitSidebar *self)
{
  PipitFolder *folder = pipit_sidebar_get_folder (self);

  if (!self->selecting && folder != NULL && pipit_folder_can_open (folder))
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, folder, FALSE);
}

static void
on_list_activate (GtkListView  *list,
                  guint         position,
                  PipitSidebar *self)
{
  PipitFolder *folder = folder_at (self, position);

  if (folder != NULL && pipit_folder_can_open (folder))
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, folder, TRUE);
}

static void
on_row_released (GtkGestureClick *gesture,
                 int              n_press,
                 double           x,
                 double           y,
                 PipitSidebar    *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  gpointer item = pipit_sidebar_row_get_item (PIPIT_SIDEBAR_ROW (row));

  if (PIPIT_IS_FOLDER (item) && pipit_folder_can_open (item))
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, item, TRUE);
}

static void
on_row_setup (GtkSignalListItemFactory *factory,
              GtkListItem              *list_item,
              PipitSidebar             *self)
{
  GtkWidget *row = pipit_sidebar_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "released", G_CALLBACK (on_row_released), self, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_list_item_set_child (list_item, row);
}

static void
on_row_bind (GtkSignalListItemFactory *factory,
             GtkListItem              *list_item,
             PipitSidebar             *self)
{
  GtkTreeListRow *row = gtk_list_item_get_item (list_item);
  g_autoptr(GObject) item = gtk_tree_list_row_get_item (row);
  gboolean can_open = PIPIT_IS_FOLDER (item) && pipit_folder_can_open (PIPIT_FOLDER (item));

  gtk_list_item_set_selectable (list_item, can_open);
  gtk_list_item_set_activatable (list_item, can_open);
  pipit_sidebar_row_bind (PIPIT_SIDEBAR_ROW (gtk_list_item_get_child (list_item)), row);
}

static void
on_row_unbind (GtkSignalListItemFactory *factory,
               GtkListItem              *list_item,
               PipitSidebar             *self)
{
  pipit_sidebar_row_unbind (PIPIT_SIDEBAR_ROW (gtk_list_item_get_child (list_item)));
}

static gboolean
status_to_revealed (GBinding     *binding,
                    const GValue *from,
                    GValue       *to,
                    gpointer      user_data)
{
  g_value_set_boolean (to, g_value_get_string (from) != NULL);
  return TRUE;
}

/* The last sentence stays readable while the row slides away. */
static gboolean
status_to_label (GBinding     *binding,
                 const GValue *from,
                 GValue       *to,
                 gpointer      user_data)
{
  if (g_value_get_string (from) == NULL)
    return FALSE;

  g_value_copy (from, to);
  return TRUE;
}

static gboolean
state_is_busy (GBinding     *binding,
               const GValue *from,
               GValue       *to,
               gpointer      user_data)
{
  g_value_set_boolean (to, g_value_get_enum (from) == PIPIT_STATE_BUSY);
  return TRUE;
}

static void
name_status (PipitSidebar *self)
{
  /* Translators: for a screen reader: a button that shows what is going on; a sentence about it */
  g_autofree char *label = g_strdup_printf (_("Activity: %s"),
                                            gtk_label_get_label (self->status_label));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * pipit_sidebar_set_engine:
 * @engine: the engine; set once
 *
 * Fills the sidebar with the accounts of @engine.
 */
void
pipit_sidebar_set_engine (PipitSidebar *self,
                          PipitEngine  *engine)
{
  GtkTreeListModel *model = pipit_sidebar_model_new (engine);

  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  self->selection = g_object_new (GTK_TYPE_SINGLE_SELECTION,
                                  "autoselect", FALSE,
                                  "can-unselect", TRUE,
                                  "model", model,
                                  NULL);
  g_object_unref (model);
  g_signal_connect_swapped (self->selection, "notify::selected-item",
                            G_CALLBACK (on_selected), self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_binding_group_set_source (self->status_bindings, engine);
}

/**
 * pipit_sidebar_get_folder:
 *
 * Returns: (transfer none) (nullable): the folder that is chosen
 */
PipitFolder *
pipit_sidebar_get_folder (PipitSidebar *self)
{
  g_return_val_if_fail (PIPIT_IS_SIDEBAR (self), NULL);

  if (self->selection == NULL)
    return NULL;

  return folder_at (self, gtk_single_selection_get_selected (self->selection));
}

/**
 * pipit_sidebar_select:
 * @folder: (nullable): the folder
 *
 * Marks @folder as the one that is shown, without "opened".
 *
 * Returns: %TRUE if it has a row; one in a closed part of the tree has none
 */
gboolean
pipit_sidebar_select (PipitSidebar *self,
                      PipitFolder  *folder)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; folder != NULL && i < n_items; i++)
    if (folder_at (self, i) == folder)
      {
        position = i;
        break;
      }

  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->selecting = FALSE;

  return position != GTK_INVALID_LIST_POSITION;
}

/**
 * pipit_sidebar_grab_list:
 *
 * Gives the keyboard to the list of folders.
 */
void
pipit_sidebar_grab_list (PipitSidebar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
pipit_sidebar_dispose (GObject *object)
{
  PipitSidebar *self = PIPIT_SIDEBAR (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_SIDEBAR);
  g_clear_object (&self->status_bindings);
  g_clear_object (&self->selection);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_sidebar_parent_class)->dispose (object);
}

static void
pipit_sidebar_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_FOLDED:
      g_value_set_boolean (value, PIPIT_SIDEBAR (object)->folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_sidebar_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_FOLDED:
      PIPIT_SIDEBAR (object)->folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_sidebar_class_init (PipitSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_sidebar_dispose;
  object_class->get_property = pipit_sidebar_get_property;
  object_class->set_property = pipit_sidebar_set_property;

  /* whether it is the only pane in sight, and closes the window */
  properties[PROP_FOLDED] =
    g_param_spec_boolean ("folded", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* @folder: what was chosen; @go: whether to turn to its list when the window is folded */
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", PIPIT_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, PIPIT_TYPE_FOLDER, G_TYPE_BOOLEAN);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebar, status_revealer);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebar, status_button);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebar, status_label);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebar, status_spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_list_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_row_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_unbind);
}

static void
pipit_sidebar_init (PipitSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->status_bindings = g_binding_group_new ();
  g_binding_group_bind_full (self->status_bindings, "status",
                             self->status_revealer, "reveal-child", G_BINDING_SYNC_CREATE,
                             status_to_revealed, NULL, NULL, NULL);
  g_binding_group_bind_full (self->status_bindings, "status",
                             self->status_label, "label", G_BINDING_SYNC_CREATE,
                             status_to_label, NULL, NULL, NULL);
  g_signal_connect_swapped (self->status_label, "notify::label", G_CALLBACK (name_status), self);
  name_status (self);
  g_binding_group_bind_full (self->status_bindings, "state",
                             self->status_spinner, "spinning", G_BINDING_SYNC_CREATE,
                             state_is_busy, NULL, NULL, NULL);
  g_binding_group_bind_full (self->status_bindings, "state",
                             self->status_spinner, "visible", G_BINDING_SYNC_CREATE,
                             state_is_busy, NULL, NULL, NULL);
}
