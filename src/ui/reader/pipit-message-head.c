#include "pipit-config.h"

#include "pipit-message-head.h"

#include "pipit-address.h"
#include "pipit-date.h"
#include "pipit-engine.h"

#include <glib/gi18n-lib.h>

/* The line under the sender names so many people; the details name all. */
#define MAX_NAMED 6

/**
 * PipitMessageHead:
 *
 * Who wrote a message, to whom and when. While the card is closed it is one line with the beginning
 * of the text.
 */
struct _PipitMessageHead
{
  AdwBin parent_instance;

  GtkButton *button;
  AdwAvatar *avatar;
  GtkBox *lines;
  GtkLabel *from;
  GtkLabel *detail;
  GtkLabel *date;
  GtkImage *attachment;
  GtkToggleButton *details_button;
  GtkToggleButton *star;
  GtkMenuButton *menu_button;
  GtkRevealer *details_revealer;
  GtkGrid *details;

  PipitMessage *message; /* (owned) (nullable) until it is set */
  gboolean expanded;
};

G_DEFINE_FINAL_TYPE (PipitMessageHead, pipit_message_head, ADW_TYPE_BIN)

enum
{
  CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
append_people (GString    *line,
               GListModel *people,
               guint      *n_named,
               guint      *n_more)
{
  for (guint i = 0; i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr(PipitAddress) address = g_list_model_get_item (people, i);

      if (*n_named >= MAX_NAMED)
        {
          (*n_more)++;
          continue;
        }
      if (line->len > 0)
        /* Translators: stands between the names of people in a message's head */
        g_string_append (line, _(", "));
      g_string_append (line, pipit_address_get_label (address));
      (*n_named)++;
    }
}

/* "to Jonas Weir, cc Harbour Office and 12 more" */
static char *
people_line (PipitMessageHead *self)
{
  GString *to = g_string_new (NULL);
  GString *cc = g_string_new (NULL);
  guint n_named = 0, n_more = 0;
  g_autofree char *more = NULL;
  char *line;

  append_people (to, pipit_message_get_to (self->message), &n_named, &n_more);
  append_people (cc, pipit_message_get_cc (self->message), &n_named, &n_more);
  if (to->len > 0 && cc->len > 0)
    /* Translators: names of the recipients of a message, then of those of copies */
    line = g_strdup_printf (_("to %s, cc %s"), to->str, cc->str);
  else if (to->len > 0 || cc->len > 0)
    /* Translators: names of the recipients of a message */
    line = g_strdup_printf (_("to %s"), to->len > 0 ? to->str : cc->str);
  else
    line = g_strdup (_("to nobody who is named"));
  g_string_free (to, TRUE);
  g_string_free (cc, TRUE);
  if (n_more == 0)
    return line;

  /* Translators: %s is a list of names that is too long to be shown whole */
  more = g_strdup_printf (ngettext ("%s and %'u more", "%s and %'u more", n_more), line, n_more);
  g_free (line);

  return g_steal_pointer (&more);
}

static void
update_star (PipitMessageHead *self)
{
  gboolean starred = pipit_message_get_starred (self->message);
  const char *label = starred ? _("Remove Star") : _("Add Star");

  gtk_button_set_icon_name (GTK_BUTTON (self->star), starred ? "pipit-starred-symbolic"
                                                             : "pipit-star-symbolic");
  gtk_toggle_button_set_active (self->star, starred);
  if (starred)
    gtk_widget_add_css_class (GTK_WIDGET (self->star), "starred");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->star), "starred");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* Closed: name and beginning in one line. Open: name and address, and below it the recipients. */
static void
update_lines (PipitMessageHead *self)
{
  PipitAddress *from = pipit_message_get_from (self->message);
  const char *name = from != NULL ? pipit_address_get_label (from) : _("Unknown sender");
  g_autofree char *people = NULL;
  g_autofree char *markup = NULL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->lines),
                                  self->expanded ? GTK_ORIENTATION_VERTICAL
                                                 : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (self->lines, self->expanded ? 2 : 9);
  if (self->expanded && from != NULL && *pipit_address_get_name (from) != '\0')
    markup = g_markup_printf_escaped ("<b>%s</b>  <span alpha='65%%'>%s</span>", name,
                                      pipit_address_get_address (from));
  else
    markup = g_markup_printf_escaped ("<b>%s</b>", name);
  gtk_label_set_markup (self->from, markup);

  if (self->expanded)
    people = people_line (self);
  gtk_label_set_label (self->detail, self->expanded ? people
                                                    : pipit_message_get_preview (self->message));
  adw_avatar_set_text (self->avatar, name);
}

static void
update_label (PipitMessageHead *self,
              const char       *long_date)
{
  PipitAddress *from = pipit_message_get_from (self->message);
  g_autofree char *full = from != NULL ? pipit_address_dup_full (from)
                                       : g_strdup (_("Unknown sender"));
  g_autofree char *label = NULL;

  if (pipit_message_get_unread (self->message))
    /* Translators: for a screen reader: sender and date of a message */
    label = g_strdup_printf (_("Unread, %s, %s"), full, long_date);
  else
    label = g_strdup_printf ("%s, %s", full, long_date);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->button),
                               GTK_ACCESSIBLE_STATE_EXPANDED, self->expanded, -1);
}

static void
update (PipitMessageHead *self)
{
  gint64 sent_unix = pipit_message_get_sent_unix (self->message);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = pipit_date_format_short (sent_unix, now);
  g_autofree char *long_date = pipit_date_format_long (sent_unix);
  gboolean starred = pipit_message_get_starred (self->message);

  gtk_label_set_label (self->date, date);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->date), long_date);
  gtk_widget_set_visible (GTK_WIDGET (self->attachment),
                          !self->expanded && pipit_message_has_attachments (self->message));
  gtk_widget_set_visible (GTK_WIDGET (self->star), self->expanded || starred);
  gtk_widget_set_visible (GTK_WIDGET (self->details_button), self->expanded);
  gtk_widget_set_visible (GTK_WIDGET (self->menu_button), self->expanded);
  update_lines (self);
  update_label (self, long_date);
  update_star (self);
}

static GtkWidget *
make_value (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);

  return label;
}

static void
add_detail (PipitMessageHead *self,
            const char       *title,
            const char       *text)
{
  int row = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (self->details), "n-rows"));
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *value = make_value (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label,
                                  NULL, -1);
  gtk_grid_attach (self->details, label, 0, row, 1, 1);
  gtk_grid_attach (self->details, value, 1, row, 1, 1);
  g_object_set_data (G_OBJECT (self->details), "n-rows", GINT_TO_POINTER (row + 1));
}

static void
add_address (PipitMessageHead *self,
             const char       *title,
             PipitAddress     *address)
{
  g_autofree char *full = address != NULL ? pipit_address_dup_full (address) : NULL;

  if (full != NULL)
    add_detail (self, title, full);
}

static void
add_people (PipitMessageHead *self,
            const char       *title,
            GListModel       *people)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr(PipitAddress) address = g_list_model_get_item (people, i);
      g_autofree char *full = pipit_address_dup_full (address);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", full);
    }
  if (text->len > 0)
    add_detail (self, title, text->str);
  g_string_free (text, TRUE);
}

static void
fill_details (PipitMessageHead *self)
{
  g_autofree char *date = pipit_date_format_long (pipit_message_get_sent_unix (self->message));

  add_address (self, _("From"), pipit_message_get_from (self->message));
  add_address (self, _("Sent by"), pipit_message_get_sender (self->message));
  add_people (self, _("Replies to"), pipit_message_get_reply_to (self->message));
  add_people (self, _("To"), pipit_message_get_to (self->message));
  add_people (self, _("Cc"), pipit_message_get_cc (self->message));
  add_people (self, _("Bcc"), pipit_message_get_bcc (self->message));
  add_detail (self, _("Date"), date);
  if (pipit_message_get_list_id (self->message) != NULL)
    add_detail (self, _("List"), pipit_message_get_list_id (self->message));
}

static void
on_details_toggled (PipitMessageHead *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->details_button);

  if (shown && g_object_get_data (G_OBJECT (self->details), "n-rows") == NULL)
    fill_details (self);
  gtk_widget_set_visible (GTK_WIDGET (self->details_revealer), shown);
  gtk_revealer_set_reveal_child (self->details_revealer, shown);
  gtk_button_set_icon_name (GTK_BUTTON (self->details_button), shown ? "pan-up-symbolic"
                                                                     : "pan-down-symbolic");
}

static void
on_clicked (PipitMessageHead *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
on_star_clicked (PipitMessageHead *self)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = pipit_message_get_id (self->message);

  g_array_append_val (ids, id);
  pipit_engine_set_starred (pipit_message_get_engine (self->message), ids,
                            !pipit_message_get_starred (self->message));
}

static void
pipit_message_head_dispose (GObject *object)
{
  PipitMessageHead *self = PIPIT_MESSAGE_HEAD (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_MESSAGE_HEAD);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (pipit_message_head_parent_class)->dispose (object);
}

static void
pipit_message_head_class_init (PipitMessageHeadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_message_head_dispose;

  signals[CLICKED] = g_signal_new ("clicked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-message-head.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, button);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, avatar);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, lines);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, from);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, detail);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, date);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, attachment);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, details_button);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, star);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, menu_button);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, details_revealer);
  gtk_widget_class_bind_template_child (widget_class, PipitMessageHead, details);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_details_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_star_clicked);
}

static void
pipit_message_head_init (PipitMessageHead *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_message_head_set_message:
 * @message: what to show and to follow; once
 */
void
pipit_message_head_set_message (PipitMessageHead *self,
                                PipitMessage     *message)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_HEAD (self));
  g_return_if_fail (self->message == NULL);

  self->message = g_object_ref (message);
  g_signal_connect_object (message, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * pipit_message_head_set_expanded:
 * @expanded: whether the message's text is shown below
 */
void
pipit_message_head_set_expanded (PipitMessageHead *self,
                                 gboolean          expanded)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_HEAD (self));

  self->expanded = expanded;
  if (!expanded)
    gtk_toggle_button_set_active (self->details_button, FALSE);
  update (self);
}
