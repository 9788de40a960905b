#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_FOLDER (pipit_folder_get_type ())
G_DECLARE_FINAL_TYPE (PipitFolder, pipit_folder, PIPIT, FOLDER, GObject)

/*
 * Properties (all notify): "name", "role", "icon-name", "unread", "total", "status"
 * ("Identical to the server, checked 10:42", "Receiving 12,400 of 98,000" or NULL).
 */
gint64           pipit_folder_get_id         (PipitFolder *self);
PipitAccount    *pipit_folder_get_account    (PipitFolder *self); /* (nullable) */
PipitFolderRole  pipit_folder_get_role       (PipitFolder *self);
const char      *pipit_folder_get_name       (PipitFolder *self);
const char      *pipit_folder_get_path       (PipitFolder *self); /* all names, for a menu */
const char      *pipit_folder_get_icon_name  (PipitFolder *self);
const char      *pipit_folder_get_status     (PipitFolder *self);
guint            pipit_folder_get_unread     (PipitFolder *self);
guint            pipit_folder_get_total      (PipitFolder *self);
guint            pipit_folder_get_counter    (PipitFolder *self); /* what the sidebar shows: unread, or all in Drafts and Outbox */
gboolean         pipit_folder_can_open       (PipitFolder *self);
gboolean         pipit_folder_can_receive    (PipitFolder *self); /* messages moved into it */
GListModel      *pipit_folder_get_children   (PipitFolder *self); /* (nullable) of PipitFolder */

G_END_DECLS
