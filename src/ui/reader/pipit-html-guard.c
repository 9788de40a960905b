/*
 * The view stays on its message and asks nobody for anything. A link that a person clicks leaves the
 * view as a signal, never as a navigation.
 */
#include "pipit-config.h"

#include "pipit-html-view-private.h"

#include "pipit-html-walls.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
decide_navigation (PipitHtmlView                  *self,
                   WebKitNavigationPolicyDecision *decision,
                   gboolean                        is_new_window)
{
  WebKitNavigationAction *action =
    webkit_navigation_policy_decision_get_navigation_action (decision);
  WebKitNavigationType type = webkit_navigation_action_get_navigation_type (action);
  const char *address =
    webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));
  g_autofree char *copy = g_strdup (address);
  gboolean clicked = webkit_navigation_action_is_user_gesture (action) &&
                     (type == WEBKIT_NAVIGATION_TYPE_LINK_CLICKED || is_new_window);

  if (!is_new_window && self->may_load && type == WEBKIT_NAVIGATION_TYPE_OTHER &&
      g_strcmp0 (address, self->address) == 0)
    {
      self->may_load = FALSE;
      webkit_policy_decision_use (WEBKIT_POLICY_DECISION (decision));
      return;
    }

  webkit_policy_decision_ignore (WEBKIT_POLICY_DECISION (decision));
  if (clicked && copy != NULL)
    g_signal_emit_by_name (self, "link", copy);
}

static gboolean
on_decide_policy (WebKitWebView            *web_view,
                  WebKitPolicyDecision     *decision,
                  WebKitPolicyDecisionType  type,
                  PipitHtmlView            *self)
{
  WebKitURIRequest *request;

  if (!pipit_html_wall_is_up (PIPIT_HTML_WALL_NAVIGATION))
    return FALSE;

  if (type != WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
    {
      decide_navigation (self, WEBKIT_NAVIGATION_POLICY_DECISION (decision),
                         type == WEBKIT_POLICY_DECISION_TYPE_NEW_WINDOW_ACTION);
      return TRUE;
    }

  request = webkit_response_policy_decision_get_request (WEBKIT_RESPONSE_POLICY_DECISION (decision));
  if (g_strcmp0 (webkit_uri_request_get_uri (request), self->address) == 0)
    webkit_policy_decision_use (decision);
  else
    webkit_policy_decision_ignore (decision);

  return TRUE;
}

static GtkWidget *
on_create (WebKitWebView          *web_view,
           WebKitNavigationAction *action)
{
  return NULL;
}

static gboolean
on_permission_request (WebKitWebView           *web_view,
                       WebKitPermissionRequest *request)
{
  webkit_permission_request_deny (request);

  return TRUE;
}

static gboolean
on_query_permission_state (WebKitWebView              *web_view,
                           WebKitPermissionStateQuery *query)
{
  webkit_permission_state_query_finish (query, WEBKIT_PERMISSION_STATE_DENIED);

  return TRUE;
}

static gboolean
on_authenticate (WebKitWebView               *web_view,
                 WebKitAuthenticationRequest *request)
{
  webkit_authentication_request_cancel (request);

  return TRUE;
}

static gboolean
on_run_file_chooser (WebKitWebView            *web_view,
                     WebKitFileChooserRequest *request)
{
  webkit_file_chooser_request_cancel (request);

  return TRUE;
}

static gboolean
on_run_color_chooser (WebKitWebView             *web_view,
                      WebKitColorChooserRequest *request)
{
  webkit_color_chooser_request_cancel (request);

  return TRUE;
}

/* For signals whose handler has but to say that it has seen to it. */
static gboolean
refuse (void)
{
  return TRUE;
}

static void
on_mouse_target_changed (WebKitWebView       *web_view,
                         WebKitHitTestResult *hit,
                         guint                modifiers)
{
  const char *target = webkit_hit_test_result_context_is_link (hit)
                         ? webkit_hit_test_result_get_link_uri (hit) : NULL;

  /* where a link really leads */
  gtk_widget_set_tooltip_text (GTK_WIDGET (web_view), target);
}

static void
append_stock (WebKitContextMenu      *menu,
              WebKitContextMenuAction action,
              const char             *label)
{
  webkit_context_menu_append (
    menu, webkit_context_menu_item_new_from_stock_action_with_label (action, label));
}

static void
on_save_image (GSimpleAction *action,
               GVariant      *parameter,
               PipitHtmlView *self)
{
  g_autoptr(PipitAttachment) part =
    pipit_html_view_dup_part (self, g_object_get_data (G_OBJECT (action), "address"));

  if (part != NULL)
    g_signal_emit_by_name (self, "save-image", part);
}

static void
append_save_image (PipitHtmlView     *self,
                   WebKitContextMenu *menu,
                   const char        *address)
{
  g_autoptr(GSimpleAction) action = NULL;
  g_autoptr(PipitAttachment) part = pipit_html_view_dup_part (self, address);

  if (part == NULL)
    return;

  action = g_simple_action_new ("save-image", NULL);
  g_object_set_data_full (G_OBJECT (action), "address", g_strdup (address), g_free);
  g_signal_connect_object (action, "activate", G_CALLBACK (on_save_image), self, 0);
  webkit_context_menu_append (
    menu, webkit_context_menu_item_new_from_gaction (G_ACTION (action), _("Save _Image…"), NULL));
}

static gboolean
on_context_menu (WebKitWebView       *web_view,
                 WebKitContextMenu   *menu,
                 WebKitHitTestResult *hit,
                 PipitHtmlView       *self)
{
  webkit_context_menu_remove_all (menu);
  if (webkit_hit_test_result_context_is_selection (hit))
    append_stock (menu, WEBKIT_CONTEXT_MENU_ACTION_COPY, _("_Copy"));
  if (webkit_hit_test_result_context_is_link (hit))
    append_stock (menu, WEBKIT_CONTEXT_MENU_ACTION_COPY_LINK_TO_CLIPBOARD, _("Copy _Link"));
  append_stock (menu, WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL, _("Select _All"));
  if (webkit_hit_test_result_context_is_image (hit))
    append_save_image (self, menu, webkit_hit_test_result_get_image_uri (hit));

  return FALSE;
}

/**
 * pipit_html_guard_watch:
 * @web_view: a new view of a message, that has loaded nothing yet
 *
 * Decides everything that the view would ask the program for.
 */
void
pipit_html_guard_watch (PipitHtmlView *self,
                        WebKitWebView *web_view)
{
  static const char * const refused[] = {
    "enter-fullscreen", "load-failed-with-tls-errors", "print", "script-dialog",
    "show-notification", "show-option-menu",
  };

  g_signal_connect_object (web_view, "decide-policy", G_CALLBACK (on_decide_policy), self, 0);
  g_signal_connect_object (web_view, "context-menu", G_CALLBACK (on_context_menu), self, 0);
  g_signal_connect (web_view, "create", G_CALLBACK (on_create), NULL);
  g_signal_connect (web_view, "permission-request", G_CALLBACK (on_permission_request), NULL);
  g_signal_connect (web_view, "query-permission-state", G_CALLBACK (on_query_permission_state),
                    NULL);
  g_signal_connect (web_view, "authenticate", G_CALLBACK (on_authenticate), NULL);
  g_signal_connect (web_view, "run-file-chooser", G_CALLBACK (on_run_file_chooser), NULL);
  g_signal_connect (web_view, "run-color-chooser", G_CALLBACK (on_run_color_chooser), NULL);
  g_signal_connect (web_view, "mouse-target-changed", G_CALLBACK (on_mouse_target_changed), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    g_signal_connect (web_view, refused[i], G_CALLBACK (refuse), NULL);
}
