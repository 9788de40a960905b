#include "pipit-config.h"

#include "pipit-recipients-row.h"

#include "pipit-address.h"
#include "pipit-engine.h"

#include <glib/gi18n.h>
#include <string.h>

/* A line of addresses, separated by commas, with the people one has written to offered while one
 * types. The text is what counts: whatever can be read as addresses becomes the field. */

#define MAX_MATCHES 6

struct _PipitRecipientsRow
{
  GtkWidget parent_instance;

  PipitComposition *composition; /* (owned) */
  PipitRecipientsField field;
  GCancellable *cancellable; /* (owned) (nullable): of the last question for matches */
  gboolean setting_text;

  GtkLabel *title;
  GtkEntry *text; /* a bare GtkText is no widget to a screen reader */
  GtkPopover *popover;
  GtkListBox *matches;
};

G_DEFINE_FINAL_TYPE (PipitRecipientsRow, pipit_recipients_row, GTK_TYPE_WIDGET)

/* Where the address begins that the cursor is in, in bytes; commas inside quotes do not count. */
static gsize
find_token_start (const char *text,
                  gsize       cursor_bytes)
{
  gboolean quoted = FALSE;
  gsize start = 0;

  for (gsize i = 0; i < cursor_bytes; i++)
    {
      if (text[i] == '"')
        quoted = !quoted;
      else if (!quoted && (text[i] == ',' || text[i] == ';'))
        start = i + 1;
    }

  while (start < cursor_bytes && text[start] == ' ')
    start++;

  return start;
}

static gsize
get_cursor_bytes (PipitRecipientsRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->text));
  int cursor = gtk_editable_get_position (GTK_EDITABLE (self->text));

  return (gsize) (g_utf8_offset_to_pointer (text, cursor) - text);
}

/* The focus is in a part of the entry. */
static gboolean
is_typing (PipitRecipientsRow *self)
{
  return (gtk_widget_get_state_flags (GTK_WIDGET (self->text)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static void
hide_matches (PipitRecipientsRow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_popover_popdown (self->popover);
}

static void
take_match (PipitRecipientsRow *self,
            GtkListBoxRow      *row)
{
  PipitAddress *address = g_object_get_data (G_OBJECT (row), "pipit-address");
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->text));
  gsize cursor = get_cursor_bytes (self);
  gsize start = find_token_start (text, cursor);
  g_autofree char *before = g_strndup (text, start);
  g_autofree char *full = pipit_address_dup_full (address);
  g_autofree char *completed = NULL;
  int position;

  hide_matches (self);
  completed = g_strconcat (before, full, ", ", NULL);
  position = (int) g_utf8_strlen (completed, -1);
  text = gtk_editable_get_text (GTK_EDITABLE (self->text)) + cursor;
  while (*text == ' ' || *text == ',')
    text++;

  {
    g_autofree char *all = g_strconcat (completed, text, NULL);

    gtk_editable_set_text (GTK_EDITABLE (self->text), all);
  }
  gtk_editable_set_position (GTK_EDITABLE (self->text), position);
  hide_matches (self);
}

static void
on_match_activated (PipitRecipientsRow *self,
                    GtkListBoxRow      *row)
{
  take_match (self, row);
}

static GtkWidget *
create_match (PipitAddress *address)
{
  g_autofree char *full = pipit_address_dup_full (address);
  GtkWidget *label = gtk_label_new (full);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_set_margin_start (label, 6);
  gtk_widget_set_margin_end (label, 6);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_widget_set_can_focus (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
  g_object_set_data_full (G_OBJECT (row), "pipit-address", g_object_ref (address), g_object_unref);

  return row;
}

static void
show_matches (PipitRecipientsRow *self,
              GListModel         *found)
{
  guint n_found = MIN (g_list_model_get_n_items (found), MAX_MATCHES);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->matches, 0)) != NULL)
    gtk_list_box_remove (self->matches, GTK_WIDGET (row));

  for (guint i = 0; i < n_found; i++)
    {
      g_autoptr(PipitAddress) address = g_list_model_get_item (found, i);

      gtk_list_box_append (self->matches, create_match (address));
    }

  if (n_found == 0)
    {
      gtk_popover_popdown (self->popover);
      return;
    }

  gtk_list_box_select_row (self->matches, gtk_list_box_get_row_at_index (self->matches, 0));
  gtk_popover_popup (self->popover);
}

static void
found_cb (GObject      *source_object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(PipitRecipientsRow) self = user_data;
  g_autoptr(GListModel) found = NULL;
  g_autoptr(GError) error = NULL;

  found = pipit_engine_complete_finish (PIPIT_ENGINE (source_object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (found == NULL)
    g_message ("No completion: %s", error->message);
  else if (is_typing (self))
    show_matches (self, found);
}

static void
look_for_matches (PipitRecipientsRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->text));
  gsize cursor = get_cursor_bytes (self);
  gsize start = find_token_start (text, cursor);
  g_autofree char *token = g_strndup (text + start, cursor - start);

  hide_matches (self);
  if (*token == '\0' || strchr (token, '>') != NULL)
    return;

  self->cancellable = g_cancellable_new ();
  pipit_engine_complete_async (pipit_composition_get_engine (self->composition), token,
                               self->cancellable, found_cb, g_object_ref (self));
}

/* Told by an icon and in words too, not by a colour alone. */
static void
show_wrong (PipitRecipientsRow *self,
            gboolean            wrong)
{
  const char *words = wrong ? _("Not everything here is an address that mail can be sent to") : "";

  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->text), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->text), "error");
  gtk_entry_set_icon_from_icon_name (self->text, GTK_ENTRY_ICON_SECONDARY,
                                     wrong ? "pipit-warning-symbolic" : NULL);
  if (wrong)
    gtk_entry_set_icon_tooltip_text (self->text, GTK_ENTRY_ICON_SECONDARY, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
show_validity (PipitRecipientsRow *self,
               GListModel         *addresses,
               gboolean            typing)
{
  gboolean valid = TRUE;

  for (guint i = 0; i < g_list_model_get_n_items (addresses); i++)
    {
      g_autoptr(PipitAddress) address = g_list_model_get_item (addresses, i);

      valid = valid && pipit_address_is_valid (address);
    }

  /* while one is being typed it is not wrong yet */
  show_wrong (self, !valid && !typing);
}

static void
on_changed (PipitRecipientsRow *self)
{
  g_autoptr(GListModel) addresses = NULL;

  if (self->setting_text || self->composition == NULL)
    return;

  addresses = pipit_address_parse_list (gtk_editable_get_text (GTK_EDITABLE (self->text)));
  pipit_composition_set_recipients (self->composition, self->field, addresses);
  show_validity (self, addresses, is_typing (self));
  if (is_typing (self))
    look_for_matches (self);
}

static void
on_activate (PipitRecipientsRow *self)
{
  gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))),
                          GTK_DIR_TAB_FORWARD);
}

static void
on_focus_left (PipitRecipientsRow *self)
{
  hide_matches (self);
  show_validity (self, pipit_composition_get_recipients (self->composition, self->field), FALSE);
}

static gboolean
move_selection (PipitRecipientsRow *self,
                int                 step)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->matches);
  int index = selected != NULL ? gtk_list_box_row_get_index (selected) + step : 0;
  GtkListBoxRow *next = gtk_list_box_get_row_at_index (self->matches, MAX (index, 0));

  if (next != NULL)
    gtk_list_box_select_row (self->matches, next);

  return GDK_EVENT_STOP;
}

static gboolean
on_key_pressed (PipitRecipientsRow *self,
                guint               keyval,
                guint               keycode,
                GdkModifierType     state)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->matches);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Down:
      return move_selection (self, 1);
    case GDK_KEY_Up:
      return move_selection (self, -1);
    case GDK_KEY_Escape:
      hide_matches (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Tab:
      if (selected == NULL)
        return GDK_EVENT_PROPAGATE;
      take_match (self, selected);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
pipit_recipients_row_size_allocate (GtkWidget *widget,
                                    int        width,
                                    int        height,
                                    int        baseline)
{
  GTK_WIDGET_CLASS (pipit_recipients_row_parent_class)
    ->size_allocate (widget, width, height, baseline);
  gtk_popover_present (PIPIT_RECIPIENTS_ROW (widget)->popover);
}

static gboolean
pipit_recipients_row_grab_focus (GtkWidget *widget)
{
  return gtk_entry_grab_focus_without_selecting (PIPIT_RECIPIENTS_ROW (widget)->text);
}

static void
pipit_recipients_row_dispose (GObject *object)
{
  PipitRecipientsRow *self = PIPIT_RECIPIENTS_ROW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->setting_text = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->composition);

  G_OBJECT_CLASS (pipit_recipients_row_parent_class)->dispose (object);
}

static void
pipit_recipients_row_class_init (PipitRecipientsRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_recipients_row_dispose;
  widget_class->size_allocate = pipit_recipients_row_size_allocate;
  widget_class->grab_focus = pipit_recipients_row_grab_focus;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/composer/pipit-recipients-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitRecipientsRow, title);
  gtk_widget_class_bind_template_child (widget_class, PipitRecipientsRow, text);
  gtk_widget_class_bind_template_child (widget_class, PipitRecipientsRow, popover);
  gtk_widget_class_bind_template_child (widget_class, PipitRecipientsRow, matches);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_focus_left);
  gtk_widget_class_bind_template_callback (widget_class, on_match_activated);
}

static void
pipit_recipients_row_init (PipitRecipientsRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static const char *
title_of_field (PipitRecipientsField field)
{
  switch (field)
    {
    case PIPIT_RECIPIENTS_CC:
      return _("Cc");
    case PIPIT_RECIPIENTS_BCC:
      return _("Bcc");
    case PIPIT_RECIPIENTS_TO:
    default:
      /* Translators: whom a message goes to */
      return _("To");
    }
}

/**
 * pipit_recipients_row_set_composition:
 * @composition: the message that is written
 * @field: which of its fields the row edits
 */
void
pipit_recipients_row_set_composition (PipitRecipientsRow   *self,
                                      PipitComposition     *composition,
                                      PipitRecipientsField  field)
{
  g_autofree char *formatted = NULL;

  g_return_if_fail (PIPIT_IS_RECIPIENTS_ROW (self));
  g_return_if_fail (PIPIT_IS_COMPOSITION (composition));

  g_set_object (&self->composition, composition);
  self->field = field;
  gtk_label_set_label (self->title, title_of_field (field));

  formatted = pipit_address_format_list (pipit_composition_get_recipients (composition, field));
  self->setting_text = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->text), formatted);
  self->setting_text = FALSE;
}

/**
 * pipit_recipients_row_is_empty:
 *
 * Returns: whether nothing has been typed
 */
gboolean
pipit_recipients_row_is_empty (PipitRecipientsRow *self)
{
  g_return_val_if_fail (PIPIT_IS_RECIPIENTS_ROW (self), TRUE);

  return *gtk_editable_get_text (GTK_EDITABLE (self->text)) == '\0';
}
