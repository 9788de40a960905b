#include "pipit-pane.h"

/**
 * PipitPane:
 *
 * Holds one pane of the window, with a natural width that its content has no say in.
 *
 * A leaflet folds below the sum of the natural widths of its children. A long subject, a web
 * view or a line of text that cannot be wrapped has a natural width of thousands of pixels: with
 * them the leaflet would never unfold.
 */
struct _PipitPane
{
  GtkWidget parent_instance;

  GtkWidget *child; /* (owned) (nullable) */
  int natural_width;
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_NATURAL_WIDTH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GtkBuildableIface *parent_buildable_iface;

static void pipit_pane_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PipitPane, pipit_pane, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      pipit_pane_buildable_init))

static void
pipit_pane_set_child (PipitPane *self,
                      GtkWidget *child)
{
  if (self->child == child)
    return;

  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILD]);
}

static void
pipit_pane_add_child (GtkBuildable *buildable,
                      GtkBuilder   *builder,
                      GObject      *child,
                      const char   *type)
{
  if (GTK_IS_WIDGET (child))
    pipit_pane_set_child (PIPIT_PANE (buildable), GTK_WIDGET (child));
  else
    parent_buildable_iface->add_child (buildable, builder, child, type);
}

static void
pipit_pane_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = pipit_pane_add_child;
}

static GtkSizeRequestMode
pipit_pane_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
pipit_pane_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  PipitPane *self = PIPIT_PANE (widget);

  if (self->child != NULL)
    gtk_widget_measure (self->child, orientation, -1, minimum, natural, NULL, NULL);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, self->natural_width);
}

static void
pipit_pane_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  PipitPane *self = PIPIT_PANE (widget);

  if (self->child != NULL && gtk_widget_should_layout (self->child))
    gtk_widget_allocate (self->child, width, height, baseline, NULL);
}

static void
pipit_pane_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  PipitPane *self = PIPIT_PANE (object);

  switch (prop_id)
    {
    case PROP_CHILD:
      g_value_set_object (value, self->child);
      break;
    case PROP_NATURAL_WIDTH:
      g_value_set_int (value, self->natural_width);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_pane_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  PipitPane *self = PIPIT_PANE (object);

  switch (prop_id)
    {
    case PROP_CHILD:
      pipit_pane_set_child (self, g_value_get_object (value));
      break;
    case PROP_NATURAL_WIDTH:
      self->natural_width = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_pane_dispose (GObject *object)
{
  PipitPane *self = PIPIT_PANE (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);

  G_OBJECT_CLASS (pipit_pane_parent_class)->dispose (object);
}

static void
pipit_pane_class_init (PipitPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_pane_dispose;
  object_class->get_property = pipit_pane_get_property;
  object_class->set_property = pipit_pane_set_property;
  widget_class->get_request_mode = pipit_pane_get_request_mode;
  widget_class->measure = pipit_pane_measure;
  widget_class->size_allocate = pipit_pane_size_allocate;

  properties[PROP_CHILD] =
    g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /* in pixels */
  properties[PROP_NATURAL_WIDTH] =
    g_param_spec_int ("natural-width", NULL, NULL, 0, G_MAXINT, 0,
                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "pane");
}

static void
pipit_pane_init (PipitPane *self)
{
}
