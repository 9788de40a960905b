#include "pipit-config.h"

#include "pipit-window-private.h"

#include "pipit-composer-window.h"
#include "pipit-composition.h"
#include "pipit-outbox-item.h"

#include <glib/gi18n-lib.h>

/* Opening composers: for a new message, an answer, a draft, and what was in the outbox. */

static void
open_composer (PipitWindow      *self,
               PipitComposition *composition)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  gtk_window_present (GTK_WINDOW (pipit_composer_window_new (application, composition)));
}

static void
show_failure (PipitWindow  *self,
              const GError *error)
{
  AdwToast *toast;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  toast = adw_toast_new (error->message);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
action_compose (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  g_autoptr(PipitComposition) composition = pipit_composition_new (self->engine);

  open_composer (self, composition);
}

static void
composition_made_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(PipitWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PipitComposition) composition = pipit_composition_new_from_finish (result, &error);

  if (composition == NULL)
    show_failure (self, error);
  else if (self->engine != NULL)
    open_composer (self, composition);
}

static void
compose_from (PipitWindow      *self,
              PipitMessage     *message,
              PipitComposeKind  kind)
{
  if (message != NULL)
    pipit_composition_new_from_async (message, kind, NULL, composition_made_cb,
                                      g_object_ref (self));
}

static PipitComposeKind
kind_of_action (const char *action_name)
{
  if (g_str_equal (action_name, "win.reply-all"))
    return PIPIT_COMPOSE_REPLY_ALL;
  if (g_str_equal (action_name, "win.reply-list"))
    return PIPIT_COMPOSE_REPLY_LIST;
  if (g_str_equal (action_name, "win.forward"))
    return PIPIT_COMPOSE_FORWARD;
  if (g_str_equal (action_name, "win.edit-draft"))
    return PIPIT_COMPOSE_DRAFT;

  return PIPIT_COMPOSE_REPLY;
}

static void
action_answer (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);

  compose_from (self, pipit_reader_get_message (self->reader), kind_of_action (action_name));
}

/* A composer that is open for the draft already is shown, and no second one made. */
static gboolean
present_open_draft (PipitWindow *self,
                    const char  *draft_id)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    {
      PipitComposition *composition;

      if (!PIPIT_IS_COMPOSER_WINDOW (l->data))
        continue;
      composition = pipit_composer_window_get_composition (l->data);
      if (g_strcmp0 (pipit_composition_get_draft_id (composition), draft_id) == 0)
        {
          gtk_window_present (l->data);
          return TRUE;
        }
    }

  return FALSE;
}

static void
draft_restored_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(PipitWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) compositions =
    pipit_composition_restore_finish (PIPIT_ENGINE (source), result, &error);

  if (compositions == NULL)
    {
      show_failure (self, error);
      return;
    }

  for (guint i = 0; self->engine != NULL && i < g_list_model_get_n_items (compositions); i++)
    {
      g_autoptr(PipitComposition) composition = g_list_model_get_item (compositions, i);

      open_composer (self, composition);
    }
}

static void
action_open_draft (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  const char *draft_id = g_variant_get_string (parameter, NULL);

  if (!present_open_draft (self, draft_id))
    pipit_composition_restore_async (self->engine, draft_id, NULL, draft_restored_cb,
                                     g_object_ref (self));
}

static void
source_composed_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(PipitWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PipitComposition) composition =
    pipit_composition_new_from_source_finish (PIPIT_ENGINE (source), result, &error);

  if (composition == NULL)
    show_failure (self, error);
  else if (self->engine != NULL)
    open_composer (self, composition);
}

static void
taken_back_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(PipitWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    pipit_outbox_item_take_back_finish (PIPIT_OUTBOX_ITEM (source), result, &error);

  if (bytes == NULL)
    show_failure (self, error);
  else if (self->engine != NULL)
    pipit_composition_new_from_source_async (self->engine, bytes, NULL, source_composed_cb,
                                             g_object_ref (self));
}

static void
action_edit_outgoing (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  GListModel *outbox = pipit_engine_get_outbox (self->engine);

  for (guint i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr(PipitOutboxItem) item = g_list_model_get_item (outbox, i);

      if (pipit_outbox_item_get_id (item) == g_variant_get_int64 (parameter))
        pipit_outbox_item_take_back_async (item, NULL, taken_back_cb, g_object_ref (self));
    }
}

void
pipit_window_install_compose (GtkWidgetClass *widget_class)
{
  static const char *const answers[] = { "win.reply", "win.reply-all", "win.reply-list",
                                         "win.forward", "win.edit-draft" };

  gtk_widget_class_install_action (widget_class, "win.compose", NULL, action_compose);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    gtk_widget_class_install_action (widget_class, answers[i], NULL, action_answer);
  gtk_widget_class_install_action (widget_class, "win.edit-outgoing", "x", action_edit_outgoing);
  gtk_widget_class_install_action (widget_class, "win.open-draft", "s", action_open_draft);
}
