#include "pipit-config.h"

#include "pipit-link-opener.h"

/* Longer addresses are nobody's. */
#define MAX_ADDRESS_BYTES (16 * 1024)

/**
 * pipit_link_opener_open:
 * @widget: in the window from which it is opened
 * @address: what a person has clicked, from a message: not to be trusted
 *
 * A mail address goes to a new message, a web address to the desktop. No other kind of link is
 * followed: what the desktop would do with it nobody can know.
 *
 * Returns: %TRUE if it went anywhere
 */
gboolean
pipit_link_opener_open (GtkWidget  *widget,
                        const char *address)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autofree char *scheme = NULL;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), FALSE);

  if (address == NULL || strlen (address) > MAX_ADDRESS_BYTES ||
      !g_utf8_validate (address, -1, NULL))
    return FALSE;

  scheme = g_uri_parse_scheme (address);
  if (g_strcmp0 (scheme, "mailto") == 0)
    return gtk_widget_activate_action (widget, "app.compose-to", "s", address);
  if (g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0)
    {
      g_message ("A link of a message is not followed: it is of the kind “%s”",
                 scheme != NULL ? scheme : "");
      return FALSE;
    }

  gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, address, GDK_CURRENT_TIME);

  return TRUE;
}
