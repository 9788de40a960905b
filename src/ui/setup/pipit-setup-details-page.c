#include "pipit-config.h"

#include "pipit-setup-details-page.h"

#include <glib/gi18n.h>
#include <stdlib.h>

/* The wizard's first page: name, address, password; what was found for the address; and the
 * servers, for those who want to look at them or have to type them. */

struct _PipitSetupDetailsPage
{
  AdwBin parent_instance;

  PipitAccountSetup *setup; /* (owned) */
  GBindingGroup *bindings;  /* (owned) */
  GSignalGroup *signals;    /* (owned) */

  GtkWidget *welcome;
  GtkImage *icon;
  AdwEntryRow *name_row;
  AdwEntryRow *address_row;
  AdwPasswordEntryRow *password_row;
  GtkWidget *provider_card;
  GtkImage *provider_icon;
  GtkLabel *provider_title;
  GtkLabel *provider_note;
  GtkLinkButton *provider_link;
  AdwPreferencesGroup *servers_group;
  AdwExpanderRow *servers_row;
  AdwEntryRow *receiving_host_row;
  AdwEntryRow *receiving_port_row;
  AdwComboRow *receiving_security_row;
  AdwEntryRow *receiving_name_row;
  AdwEntryRow *sending_host_row;
  AdwEntryRow *sending_port_row;
  AdwComboRow *sending_security_row;
  AdwEntryRow *sending_name_row;
  GtkWidget *plain_text_warning;
  GtkLabel *message;
  GtkWidget *continue_button;
};

enum
{
  COMPLETED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitSetupDetailsPage, pipit_setup_details_page, ADW_TYPE_BIN)

static gboolean
port_to_text (GBinding     *binding,
              const GValue *from,
              GValue       *to,
              gpointer      user_data)
{
  guint port = g_value_get_uint (from);

  g_value_take_string (to, port != 0 ? g_strdup_printf ("%u", port) : g_strdup (""));
  return TRUE;
}

static gboolean
text_to_port (GBinding     *binding,
              const GValue *from,
              GValue       *to,
              gpointer      user_data)
{
  const char *text = g_value_get_string (from);
  guint64 port = 0;

  /* what is no port becomes 0, which the page then complains about */
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    port = 0;

  g_value_set_uint (to, (guint) port);
  return TRUE;
}

static gboolean
security_to_position (GBinding     *binding,
                      const GValue *from,
                      GValue       *to,
                      gpointer      user_data)
{
  g_value_set_uint (to, (guint) g_value_get_enum (from));
  return TRUE;
}

static gboolean
position_to_security (GBinding     *binding,
                      const GValue *from,
                      GValue       *to,
                      gpointer      user_data)
{
  if (g_value_get_uint (from) > PIPIT_SECURITY_NONE)
    return FALSE;

  g_value_set_enum (to, (int) g_value_get_uint (from));
  return TRUE;
}

static AdwEntryRow *
row_of_property (PipitSetupDetailsPage *self,
                 const char            *property)
{
  const struct
  {
    const char *property;
    AdwEntryRow *row;
  } rows[] = {
    { "address", self->address_row },
    { "password", ADW_ENTRY_ROW (self->password_row) },
    { "receiving-host", self->receiving_host_row },
    { "receiving-port", self->receiving_port_row },
    { "sending-host", self->sending_host_row },
    { "sending-port", self->sending_port_row },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].property, property))
      return rows[i].row;

  return NULL;
}

static const char *
words_for_property (const char *property)
{
  if (g_str_equal (property, "address"))
    return _("This is no e-mail address yet: name@example.org");
  if (g_str_equal (property, "password"))
    return _("The password is missing.");
  if (g_str_has_suffix (property, "-port"))
    return _("A port is a number from 1 to 65535.");

  return _("The name of the server is missing.");
}

static void
clear_message (PipitSetupDetailsPage *self)
{
  static const char *const names[] = { "address", "password", "receiving-host", "receiving-port",
                                       "sending-host", "sending-port" };

  gtk_widget_set_visible (GTK_WIDGET (self->message), FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *row = GTK_WIDGET (row_of_property (self, names[i]));

      gtk_widget_remove_css_class (row, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_FALSE, -1);
    }
}

static void
show_message (PipitSetupDetailsPage *self,
              const char            *words,
              AdwEntryRow           *row)
{
  gtk_label_set_label (self->message, words);
  gtk_widget_set_visible (GTK_WIDGET (self->message), TRUE);

  if (row == NULL)
    return;

  gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->message, NULL, -1);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
on_continue (PipitSetupDetailsPage *self)
{
  const char *missing = NULL;

  clear_message (self);

  if (!pipit_account_setup_is_complete (self->setup, &missing))
    {
      if (g_str_has_prefix (missing, "receiving") || g_str_has_prefix (missing, "sending"))
        adw_expander_row_set_expanded (self->servers_row, TRUE);
      show_message (self, words_for_property (missing), row_of_property (self, missing));
      return;
    }

  if (pipit_account_setup_needs_confirmation (self->setup))
    {
      adw_expander_row_set_expanded (self->servers_row, TRUE);
      show_message (self,
                    _("These servers are only guessed from your address. Your password would be "
                      "sent to them: look whether they are right, then continue."),
                    NULL);
      gtk_widget_grab_focus (GTK_WIDGET (self->receiving_host_row));
      pipit_account_setup_confirm (self->setup);
      return;
    }

  g_signal_emit (self, signals[COMPLETED], 0);
}

static void
on_entry_activated (PipitSetupDetailsPage *self,
                    AdwEntryRow           *row)
{
  if (row == self->name_row)
    gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
  else if (row == self->address_row)
    gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
  else
    on_continue (self);
}

static void
on_typed (PipitSetupDetailsPage *self)
{
  clear_message (self);
}

static char *
describe_server (PipitSetupDetailsPage *self)
{
  g_autofree char *host = NULL;
  guint port = 0;

  g_object_get (self->setup, "receiving-host", &host, "receiving-port", &port, NULL);
  if (host == NULL || *host == '\0')
    return g_strdup ("");

  return g_strdup_printf ("%s:%u", host, port);
}

/* What was found for the address: a provider, a guess, or nothing yet. */
static void
on_provider_changed (PipitSetupDetailsPage *self)
{
  const char *name = pipit_account_setup_get_provider_name (self->setup);
  const char *note = pipit_account_setup_get_provider_note (self->setup);
  const char *link = pipit_account_setup_get_provider_link (self->setup);
  const char *source = pipit_account_setup_get_source (self->setup);
  gboolean usable = pipit_account_setup_has_servers (self->setup);
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->provider_card, source != NULL);
  if (source == NULL)
    return;

  if (name != NULL && usable)
    /* Translators: %s is the name of a provider: "Runbox · settings known" */
    title = g_strdup_printf (_("%s · settings known"), name);
  else if (name != NULL)
    title = g_strdup (name);
  else
    title = g_strdup (_("A provider that Pipit does not know"));

  if (name == NULL && note == NULL)
    note = _("The servers below are guessed. Look at them before you continue.");

  gtk_image_set_from_icon_name (self->provider_icon, name != NULL && usable
                                                       ? "object-select-symbolic"
                                                       : "dialog-question-symbolic");
  gtk_label_set_label (self->provider_title, title);
  gtk_label_set_label (self->provider_note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->provider_note), note != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->provider_link), link != NULL);
  if (link != NULL)
    gtk_link_button_set_uri (self->provider_link, link);
}

static void
on_servers_changed (PipitSetupDetailsPage *self)
{
  g_autofree char *server = describe_server (self);
  PipitSecurity receiving = PIPIT_SECURITY_TLS;
  PipitSecurity sending = PIPIT_SECURITY_TLS;

  g_object_get (self->setup, "receiving-security", &receiving, "sending-security", &sending, NULL);
  adw_expander_row_set_subtitle (self->servers_row, server);
  gtk_widget_set_visible (self->plain_text_warning, receiving == PIPIT_SECURITY_NONE ||
                                                      sending == PIPIT_SECURITY_NONE);
}

static void
bind_server (PipitSetupDetailsPage *self,
             const char            *prefix,
             AdwEntryRow           *host,
             AdwEntryRow           *port,
             AdwComboRow           *security,
             AdwEntryRow           *name)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  g_autofree char *host_property = g_strconcat (prefix, "-host", NULL);
  g_autofree char *port_property = g_strconcat (prefix, "-port", NULL);
  g_autofree char *security_property = g_strconcat (prefix, "-security", NULL);
  g_autofree char *name_property = g_strconcat (prefix, "-name", NULL);

  g_binding_group_bind (self->bindings, host_property, host, "text", flags);
  g_binding_group_bind_full (self->bindings, port_property, port, "text", flags, port_to_text,
                             text_to_port, NULL, NULL);
  g_binding_group_bind_full (self->bindings, security_property, security, "selected", flags,
                             security_to_position, position_to_security, NULL, NULL);
  g_binding_group_bind (self->bindings, name_property, name, "text", flags);
}

/* libadwaita 1.2 gives the button that shows the password a picture and no words. */
static void
name_buttons (GtkWidget  *widget,
              const char *words)
{
  if (GTK_IS_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                    -1);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_buttons (child, words);
}

static void
pipit_setup_details_page_dispose (GObject *object)
{
  PipitSetupDetailsPage *self = PIPIT_SETUP_DETAILS_PAGE (object);

  g_clear_object (&self->bindings);
  g_clear_object (&self->signals);
  g_clear_object (&self->setup);

  G_OBJECT_CLASS (pipit_setup_details_page_parent_class)->dispose (object);
}

static void
pipit_setup_details_page_class_init (PipitSetupDetailsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_setup_details_page_dispose;

  /* The person has entered everything that the test needs. */
  signals[COMPLETED] = g_signal_new ("completed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/setup/pipit-setup-details-page.ui");
#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, PipitSetupDetailsPage, name)
  BIND (welcome);
  BIND (icon);
  BIND (name_row);
  BIND (address_row);
  BIND (password_row);
  BIND (provider_card);
  BIND (provider_icon);
  BIND (provider_title);
  BIND (provider_note);
  BIND (provider_link);
  BIND (servers_group);
  BIND (servers_row);
  BIND (receiving_host_row);
  BIND (receiving_port_row);
  BIND (receiving_security_row);
  BIND (receiving_name_row);
  BIND (sending_host_row);
  BIND (sending_port_row);
  BIND (sending_security_row);
  BIND (sending_name_row);
  BIND (plain_text_warning);
  BIND (message);
  BIND (continue_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_continue);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
}

static void
pipit_setup_details_page_init (PipitSetupDetailsPage *self)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_image_set_from_icon_name (self->icon, PIPIT_BASE_ID);
  name_buttons (GTK_WIDGET (self->password_row), _("Show the password"));

  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "display-name", self->name_row, "text", flags);
  g_binding_group_bind (self->bindings, "address", self->address_row, "text", flags);
  g_binding_group_bind (self->bindings, "password", self->password_row, "text", flags);
  bind_server (self, "receiving", self->receiving_host_row, self->receiving_port_row,
               self->receiving_security_row, self->receiving_name_row);
  bind_server (self, "sending", self->sending_host_row, self->sending_port_row,
               self->sending_security_row, self->sending_name_row);

  self->signals = g_signal_group_new (PIPIT_TYPE_ACCOUNT_SETUP);
  g_signal_group_connect_swapped (self->signals, "notify::source",
                                  G_CALLBACK (on_provider_changed), self);
  g_signal_group_connect_swapped (self->signals, "notify::receiving-host",
                                  G_CALLBACK (on_servers_changed), self);
  g_signal_group_connect_swapped (self->signals, "notify::receiving-port",
                                  G_CALLBACK (on_servers_changed), self);
  g_signal_group_connect_swapped (self->signals, "notify::receiving-security",
                                  G_CALLBACK (on_servers_changed), self);
  g_signal_group_connect_swapped (self->signals, "notify::sending-security",
                                  G_CALLBACK (on_servers_changed), self);
}

/**
 * pipit_setup_details_page_set_setup:
 * @setup: what the page edits
 */
void
pipit_setup_details_page_set_setup (PipitSetupDetailsPage *self,
                                    PipitAccountSetup     *setup)
{
  g_return_if_fail (PIPIT_IS_SETUP_DETAILS_PAGE (self));
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (setup));

  g_set_object (&self->setup, setup);
  g_binding_group_set_source (self->bindings, setup);
  g_signal_group_set_target (self->signals, setup);
  gtk_widget_set_visible (self->welcome, pipit_account_setup_get_account (setup) == NULL);
  on_provider_changed (self);
  on_servers_changed (self);
}

/**
 * pipit_setup_details_page_focus:
 *
 * Puts the cursor where there is something to type.
 */
void
pipit_setup_details_page_focus (PipitSetupDetailsPage *self)
{
  g_return_if_fail (PIPIT_IS_SETUP_DETAILS_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

/**
 * pipit_setup_details_page_focus_password:
 *
 * The password was refused: selects it, to be typed over.
 */
void
pipit_setup_details_page_focus_password (PipitSetupDetailsPage *self)
{
  g_return_if_fail (PIPIT_IS_SETUP_DETAILS_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->password_row));
  gtk_editable_select_region (GTK_EDITABLE (self->password_row), 0, -1);
}

/**
 * pipit_setup_details_page_show_servers:
 * @server: whose settings are to be changed
 *
 * Opens the settings of the servers.
 */
void
pipit_setup_details_page_show_servers (PipitSetupDetailsPage *self,
                                       PipitServer            server)
{
  g_return_if_fail (PIPIT_IS_SETUP_DETAILS_PAGE (self));

  adw_expander_row_set_expanded (self->servers_row, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (server == PIPIT_SERVER_SENDING ? self->sending_host_row
                                                                     : self->receiving_host_row));
}
