#include "pipit-config.h"

#include "pipit-list-status.h"

#include "pipit-folder.h"
#include "pipit-problem.h"

#include <glib/gi18n-lib.h>

/* What is said where a list has no rows. */
typedef struct
{
  PipitListState state;
  const char *icon_name;
  const char *title;
  const char *description; /* (nullable) */
  const char *button;      /* (nullable) */
  const char *action;      /* (nullable) of the button */
} Words;

static const Words words[] = {
  { PIPIT_LIST_LOADING, NULL, N_("Loading"), NULL, NULL, NULL },
  { PIPIT_LIST_EMPTY, "pipit-mail-open-symbolic", N_("Nothing Here"),
    N_("This folder is empty."), NULL, NULL },
  { PIPIT_LIST_EMPTY_FILTERED, "pipit-filter-symbolic", N_("Nothing Found"),
    N_("No message in this folder passes the filter."), N_("_Show All Messages"),
    "list-pane.show-all" },
  { PIPIT_LIST_RECEIVING, "pipit-inbox-symbolic", N_("Receiving"),
    N_("The messages of this folder are on their way. The newest come first."), NULL, NULL },
  { PIPIT_LIST_OFFLINE, "pipit-offline-symbolic", N_("Not Received Yet"),
    N_("This folder has never been received, and there is no connection to the server."),
    N_("_Try Again"), "app.check-mail" },
  { PIPIT_LIST_FAILED, "pipit-warning-symbolic", N_("Not Readable"),
    N_("What is stored of this folder could not be read."), N_("_Try Again"),
    "list-pane.reload" },
};

/* An empty inbox is good news. */
static const Words inbox_empty = {
  PIPIT_LIST_EMPTY, "pipit-inbox-symbolic", N_("All Done"), N_("The inbox is empty."), NULL, NULL
};

static const Words *
find_words (PipitMessageList *list)
{
  PipitListState state = pipit_message_list_get_state (list);
  PipitFolderRole role = pipit_folder_get_role (pipit_message_list_get_folder (list));

  if (state == PIPIT_LIST_EMPTY &&
      (role == PIPIT_FOLDER_INBOX || role == PIPIT_FOLDER_ALL_INBOXES))
    return &inbox_empty;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].state == state)
      return &words[i];

  return NULL;
}

/**
 * pipit_list_status_fill:
 * @page: the page that takes the place of the list
 * @button: the page's button
 * @list: a list without rows
 *
 * Says why there is nothing to see, and what can be done.
 */
void
pipit_list_status_fill (AdwStatusPage    *page,
                        GtkButton        *button,
                        PipitMessageList *list)
{
  const Words *found = find_words (list);
  PipitProblem *problem = pipit_message_list_get_problem (list);
  const char *description;

  if (found == NULL)
    return;

  description = found->description != NULL ? _(found->description) : NULL;
  if (problem != NULL && pipit_problem_get_server_text (problem) != NULL)
    description = pipit_problem_get_server_text (problem);

  adw_status_page_set_icon_name (page, found->icon_name);
  adw_status_page_set_title (page, _(found->title));
  adw_status_page_set_description (page, description);
  gtk_widget_set_visible (GTK_WIDGET (button), found->button != NULL);
  if (found->button != NULL)
    {
      gtk_button_set_use_underline (button, TRUE);
      gtk_button_set_label (button, _(found->button));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), found->action);
    }
}
