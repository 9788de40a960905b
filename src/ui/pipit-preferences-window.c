#include "pipit-config.h"

#include "pipit-preferences-window.h"

#include "pipit-account-row.h"
#include "pipit-picture-consent.h"
#include "pipit-setup-window.h"

#include <glib/gi18n-lib.h>

/**
 * PipitPreferencesWindow:
 *
 * What a person can choose: about reading, the list, and each account.
 */
struct _PipitPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  AdwComboRow *mark_read;
  AdwComboRow *preview_lines;
  GtkSwitch *single_keys;
  GtkListBox *accounts;
  AdwPreferencesGroup *pictures;

  PipitEngine *engine;     /* (owned) */
  GPtrArray *picture_rows; /* (owned) of (unowned) rows in the group */
};

G_DEFINE_FINAL_TYPE (PipitPreferencesWindow, pipit_preferences_window,
                     ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the rows in the .ui file; in seconds. */
static const int delays_s[] = { 0, 2, 5, 10, -1 };

static gboolean
delay_to_row (GValue   *value,
              GVariant *variant,
              gpointer  user_data)
{
  int delay_s = g_variant_get_int32 (variant);

  for (gsize i = 0; i < G_N_ELEMENTS (delays_s); i++)
    if (delays_s[i] == delay_s)
      {
        g_value_set_uint (value, i);
        return TRUE;
      }

  /* another number, set by hand, is none of the choices */
  g_value_set_uint (value, GTK_INVALID_LIST_POSITION);
  return TRUE;
}

static GVariant *
row_to_delay (const GValue       *value,
              const GVariantType *expected_type,
              gpointer            user_data)
{
  guint row = g_value_get_uint (value);

  return row < G_N_ELEMENTS (delays_s) ? g_variant_new_int32 (delays_s[row]) : NULL;
}

static gboolean
lines_to_row (GValue   *value,
              GVariant *variant,
              gpointer  user_data)
{
  g_value_set_uint (value, g_variant_get_int32 (variant));

  return TRUE;
}

static GVariant *
row_to_lines (const GValue       *value,
              const GVariantType *expected_type,
              gpointer            user_data)
{
  return g_variant_new_int32 (g_value_get_uint (value));
}

static gboolean
take_back (gpointer user_data)
{
  pipit_picture_consent_take_back (user_data);

  return G_SOURCE_REMOVE;
}

static void
on_picture_sender_removed (GtkButton              *button,
                           PipitPreferencesWindow *self)
{
  const char *sender = g_object_get_data (G_OBJECT (button), "sender");

  /* the row goes with the setting: not within its own signal */
  g_timeout_add_full (G_PRIORITY_DEFAULT, 0, take_back, g_strdup (sender), g_free);
}

static GtkWidget *
make_picture_row (PipitPreferencesWindow *self,
                  const char             *sender)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("pipit-trash-symbolic");
  g_autofree char *label = NULL;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sender);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Ask Again"));
  /* Translators: an address, or an @ and a domain: whether to load its pictures */
  label = g_strdup_printf (_("Ask again about %s"), sender);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (button), "sender", g_strdup (sender), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_picture_sender_removed), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return row;
}

static void
update_picture_rows (GSettings              *settings,
                     const char             *key,
                     PipitPreferencesWindow *self)
{
  g_auto(GStrv) senders = g_settings_get_strv (settings, "picture-senders");

  for (guint i = 0; i < self->picture_rows->len; i++)
    adw_preferences_group_remove (self->pictures, self->picture_rows->pdata[i]);
  g_ptr_array_set_size (self->picture_rows, 0);

  for (guint i = 0; senders[i] != NULL; i++)
    {
      GtkWidget *row = make_picture_row (self, senders[i]);

      adw_preferences_group_add (self->pictures, row);
      g_ptr_array_add (self->picture_rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->pictures), senders[0] != NULL);
}

static void
on_add_clicked (PipitPreferencesWindow *self)
{
  gtk_window_present (GTK_WINDOW (pipit_setup_window_new (GTK_WINDOW (self), self->engine)));
}

static GtkWidget *
make_account_row (gpointer item,
                  gpointer user_data)
{
  return pipit_account_row_new (item);
}

static void
pipit_preferences_window_dispose (GObject *object)
{
  PipitPreferencesWindow *self = PIPIT_PREFERENCES_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_PREFERENCES_WINDOW);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->picture_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (pipit_preferences_window_parent_class)->dispose (object);
}

static void
pipit_preferences_window_class_init (PipitPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_preferences_window_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/pipit-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitPreferencesWindow, mark_read);
  gtk_widget_class_bind_template_child (widget_class, PipitPreferencesWindow, preview_lines);
  gtk_widget_class_bind_template_child (widget_class, PipitPreferencesWindow, single_keys);
  gtk_widget_class_bind_template_child (widget_class, PipitPreferencesWindow, accounts);
  gtk_widget_class_bind_template_child (widget_class, PipitPreferencesWindow, pictures);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
}

static void
pipit_preferences_window_init (PipitPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->picture_rows = g_ptr_array_new ();
}

/**
 * pipit_preferences_window_new:
 * @parent: (nullable): the window that it belongs to
 * @engine: whose accounts are shown
 * @settings: the person's preferences
 *
 * Returns: (transfer none): the window, owned by GTK
 */
PipitPreferencesWindow *
pipit_preferences_window_new (GtkWindow   *parent,
                              PipitEngine *engine,
                              GSettings   *settings)
{
  PipitPreferencesWindow *self = g_object_new (PIPIT_TYPE_PREFERENCES_WINDOW,
                                               "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  g_settings_bind_with_mapping (settings, "mark-read-delay", self->mark_read, "selected",
                                G_SETTINGS_BIND_DEFAULT, delay_to_row, row_to_delay, NULL, NULL);
  g_settings_bind_with_mapping (settings, "preview-lines", self->preview_lines, "selected",
                                G_SETTINGS_BIND_DEFAULT, lines_to_row, row_to_lines, NULL, NULL);
  g_settings_bind (settings, "single-keys", self->single_keys, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::picture-senders", G_CALLBACK (update_picture_rows),
                           self, 0);
  update_picture_rows (settings, NULL, self);
  gtk_list_box_bind_model (self->accounts, pipit_engine_get_accounts (engine), make_account_row,
                           self, NULL);

  return self;
}
