/* Files of a message to where the person wants them, or to the program that shows them. */
#include "pipit-config.h"

#include "pipit-file-saver.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* While it is under way. What it saves is either files of a message, or bytes. */
typedef struct
{
  GtkWidget *widget;            /* (owned) */
  GListModel *attachments;      /* (owned) (nullable) */
  GBytes *bytes;                /* (owned) (nullable) */
  GtkFileChooserNative *chooser; /* (owned) (nullable) */
  GFile *target;                /* (owned) (nullable): of a file to open */
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->widget);
  g_clear_object (&job->attachments);
  g_clear_object (&job->chooser);
  g_clear_object (&job->target);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_free (job);
}

static Job *
job_new (GtkWidget  *widget,
         GListModel *attachments)
{
  Job *job = g_new0 (Job, 1);

  job->widget = g_object_ref (widget);
  job->attachments = attachments != NULL ? g_object_ref (attachments) : NULL;

  return job;
}

static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
tell (GtkWidget  *widget,
      const char *title,
      const char *text)
{
  GtkWidget *dialog = adw_message_dialog_new (window_of (widget), title, text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (!pipit_attachment_save_finish (PIPIT_ATTACHMENT (source), result, &error))
    tell (widget, _("The File Was Not Saved"), error->message);
}

static void
bytes_saved_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    tell (widget, _("The File Was Not Saved"), error->message);
}

/* A name that is free in a folder: "map.png", "map (2).png". Nothing there is written over. */
static GFile *
free_name (GFile      *folder,
           const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *stem = dot != NULL && dot != name ? g_strndup (name, dot - name)
                                                     : g_strdup (name);
  const char *ending = dot != NULL && dot != name ? dot : "";

  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *numbered = i == 1 ? g_strdup (name)
                                         : g_strdup_printf ("%s (%u)%s", stem, i, ending);
      g_autoptr(GFile) file = g_file_get_child (folder, numbered);

      if (!g_file_query_exists (file, NULL))
        {
          /* taken at once, so that two files of one name in a message do not meet */
          g_autoptr(GFileOutputStream) stream = g_file_create (file, G_FILE_CREATE_NONE, NULL, NULL);

          if (stream != NULL)
            return g_steal_pointer (&file);
        }
    }

  return g_file_get_child (folder, name);
}

static void
save_into (Job   *job,
           GFile *folder)
{
  for (guint i = 0; i < g_list_model_get_n_items (job->attachments); i++)
    {
      g_autoptr(PipitAttachment) attachment = g_list_model_get_item (job->attachments, i);
      g_autoptr(GFile) file = free_name (folder, pipit_attachment_get_name (attachment));

      pipit_attachment_save_async (attachment, file, NULL, saved_cb, g_object_ref (job->widget));
    }
}

static void
on_chosen (GtkNativeDialog *dialog,
           int              response,
           Job             *job)
{
  g_autoptr(GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (job->chooser));
  if (file == NULL)
    {
      job_free (job);
      return;
    }

  if (job->bytes != NULL)
    g_file_replace_contents_bytes_async (file, job->bytes, NULL, FALSE,
                                         G_FILE_CREATE_REPLACE_DESTINATION, NULL, bytes_saved_cb,
                                         g_object_ref (job->widget));
  else if (gtk_file_chooser_get_action (GTK_FILE_CHOOSER (job->chooser)) ==
           GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER)
    save_into (job, file);
  else
    {
      g_autoptr(PipitAttachment) attachment = g_list_model_get_item (job->attachments, 0);

      pipit_attachment_save_async (attachment, file, NULL, saved_cb, g_object_ref (job->widget));
    }
  job_free (job);
}

static void
ask (Job                 *job,
     const char          *title,
     GtkFileChooserAction action,
     const char          *name)
{
  job->chooser = gtk_file_chooser_native_new (title, window_of (job->widget), action, _("_Save"),
                                              NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (job->chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (job->chooser), name);
  g_signal_connect (job->chooser, "response", G_CALLBACK (on_chosen), job);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (job->chooser));
}

/**
 * pipit_file_saver_save:
 * @widget: in the window that asks
 * @attachment: a file of a message
 *
 * Asks where to, and writes it there.
 */
void
pipit_file_saver_save (GtkWidget       *widget,
                       PipitAttachment *attachment)
{
  g_autoptr(GListStore) files = g_list_store_new (PIPIT_TYPE_ATTACHMENT);

  g_list_store_append (files, attachment);
  ask (job_new (widget, G_LIST_MODEL (files)), _("Save File"), GTK_FILE_CHOOSER_ACTION_SAVE,
       pipit_attachment_get_name (attachment));
}

/**
 * pipit_file_saver_save_all:
 * @widget: in the window that asks
 * @attachments: files of a message
 *
 * Asks for a folder, and writes all into it. Nothing that lies there is written over.
 */
void
pipit_file_saver_save_all (GtkWidget  *widget,
                           GListModel *attachments)
{
  ask (job_new (widget, attachments), _("Save All Files"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
       NULL);
}

/**
 * pipit_file_saver_save_bytes:
 * @widget: in the window that asks
 * @bytes: what to write
 * @name: the name that is proposed
 *
 * Asks where to, and writes it there.
 */
void
pipit_file_saver_save_bytes (GtkWidget  *widget,
                             GBytes     *bytes,
                             const char *name)
{
  Job *job = job_new (widget, NULL);

  job->bytes = g_bytes_ref (bytes);
  ask (job, _("Save Message"), GTK_FILE_CHOOSER_ACTION_SAVE, name);
}

static void
written_to_open_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *uri = g_file_get_uri (job->target);

  if (!pipit_attachment_save_finish (PIPIT_ATTACHMENT (source), result, &error))
    tell (job->widget, _("The File Cannot Be Opened"), error->message);
  else
    {
      /* a copy to look at: whoever changes it should save it elsewhere, and is told so by the mode */
      g_chmod (g_file_peek_path (job->target), 0400);
      gtk_show_uri (window_of (job->widget), uri, GDK_CURRENT_TIME);
    }
  job_free (job);
}

/**
 * pipit_file_saver_open:
 * @widget: in the window that asks
 * @attachment: a file of a message
 *
 * Hands a copy to the program that the desktop has for such files. Each copy lies in a new folder
 * that only this person may enter, in the runtime folder, which is emptied when they sign out.
 */
void
pipit_file_saver_open (GtkWidget       *widget,
                       PipitAttachment *attachment)
{
  g_autofree char *template = g_build_filename (g_get_user_runtime_dir (), "pipit-XXXXXX", NULL);
  Job *job;

  if (g_mkdtemp (template) == NULL)
    {
      tell (widget, _("The File Cannot Be Opened"), g_strerror (errno));
      return;
    }

  job = job_new (widget, NULL);
  job->target = g_file_new_build_filename (template, pipit_attachment_get_name (attachment), NULL);
  pipit_attachment_save_async (attachment, job->target, NULL, written_to_open_cb, job);
}
