#include "pipit-config.h"

#include "pipit-message-text.h"

#include "pipit-text-blocks.h"
#include "pipit-text-piece.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More text than this is shown when it is asked for: it takes GTK two seconds a megabyte. */
#define TEXT_SHOWN_BYTES (64 * 1024)

/**
 * PipitMessageText:
 *
 * The text of a message, with its quotes folded.
 */
struct _PipitMessageText
{
  AdwBin parent_instance;

  GtkBox *box;  /* (unowned): the child */
  char *text;   /* (owned) */
  gboolean all; /* however long it is */
};

G_DEFINE_FINAL_TYPE (PipitMessageText, pipit_message_text, ADW_TYPE_BIN)

enum
{
  LINK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void build (PipitMessageText *self);

static void
on_link (PipitMessageText *self,
         const char       *address)
{
  g_signal_emit (self, signals[LINK], 0, address);
}

static GtkWidget *
make_piece (PipitMessageText     *self,
            const PipitTextBlock *block)
{
  GtkWidget *piece = pipit_text_piece_new (block->text,
                                           block->kind == PIPIT_TEXT_QUOTE ? _("Quoted text")
                                                                           : _("Text of the message"));

  g_signal_connect_object (piece, "link", G_CALLBACK (on_link), self, G_CONNECT_SWAPPED);
  if (block->kind == PIPIT_TEXT_QUOTE)
    gtk_widget_add_css_class (piece, "quote");
  else if (block->kind == PIPIT_TEXT_SIGNATURE)
    gtk_widget_add_css_class (piece, "signature");

  return piece;
}

static void
on_quote_toggled (GtkToggleButton *button,
                  GtkRevealer     *revealer)
{
  gboolean open = gtk_toggle_button_get_active (button);
  guint n_lines = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "n-lines"));
  g_autofree char *label = NULL;

  if (open)
    label = g_strdup (_("Hide Quoted Text"));
  else
    /* Translators: a button that unfolds the quoted part of a message */
    label = g_strdup_printf (ngettext ("Show %'u Quoted Line", "Show %'u Quoted Lines", n_lines),
                             n_lines);
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_revealer_set_reveal_child (revealer, open);
  gtk_widget_set_visible (GTK_WIDGET (revealer), open);
}

/* A folded quote: a button, and below it the text that it shows. */
static GtkWidget *
make_folded (PipitMessageText     *self,
             const PipitTextBlock *block)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *revealer = gtk_revealer_new ();

  gtk_revealer_set_transition_type (GTK_REVEALER (revealer), GTK_REVEALER_TRANSITION_TYPE_NONE);
  gtk_revealer_set_child (GTK_REVEALER (revealer), make_piece (self, block));
  g_object_set_data (G_OBJECT (button), "n-lines", GUINT_TO_POINTER (block->n_lines));
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "quote-button");
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_quote_toggled), revealer, 0);
  on_quote_toggled (GTK_TOGGLE_BUTTON (button), GTK_REVEALER (revealer));
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), revealer);

  return box;
}

static void
on_show_all (PipitMessageText *self)
{
  self->all = TRUE;
  build (self);
}

static GtkWidget *
make_show_all (PipitMessageText *self,
               gsize             size_bytes)
{
  g_autofree char *size = g_format_size (size_bytes);
  /* Translators: a button below the beginning of a very long text, with its size */
  g_autofree char *label = g_strdup_printf (_("Show All, %s"), size);
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_show_all), self, G_CONNECT_SWAPPED);

  return button;
}

static GtkWidget *
make_empty (void)
{
  GtkWidget *label = gtk_label_new (_("This message has no text."));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dim-label");

  return label;
}

static void
build (PipitMessageText *self)
{
  g_autoptr(GPtrArray) blocks = NULL;
  gsize size_bytes = strlen (self->text);
  gsize shown_bytes = size_bytes;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, child);

  if (!self->all && size_bytes > TEXT_SHOWN_BYTES)
    shown_bytes = g_utf8_find_prev_char (self->text, self->text + TEXT_SHOWN_BYTES) - self->text;
  blocks = pipit_text_blocks_split (self->text, shown_bytes);
  for (guint i = 0; i < blocks->len; i++)
    {
      PipitTextBlock *block = blocks->pdata[i];

      gtk_box_append (self->box, block->is_folded ? make_folded (self, block)
                                                  : make_piece (self, block));
    }
  if (blocks->len == 0)
    gtk_box_append (self->box, make_empty ());
  if (shown_bytes < size_bytes)
    gtk_box_append (self->box, make_show_all (self, size_bytes));
}

static void
pipit_message_text_finalize (GObject *object)
{
  g_free (PIPIT_MESSAGE_TEXT (object)->text);

  G_OBJECT_CLASS (pipit_message_text_parent_class)->finalize (object);
}

static void
pipit_message_text_class_init (PipitMessageTextClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_message_text_finalize;

  signals[LINK] = g_signal_new ("link", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pipit_message_text_init (PipitMessageText *self)
{
  self->text = g_strdup ("");
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
}

/**
 * pipit_message_text_new:
 * @text: the text of a message
 *
 * Returns: (transfer floating): a widget as tall as its text
 */
GtkWidget *
pipit_message_text_new (const char *text)
{
  PipitMessageText *self = g_object_new (PIPIT_TYPE_MESSAGE_TEXT, NULL);

  pipit_message_text_set_text (self, text);

  return GTK_WIDGET (self);
}

/**
 * pipit_message_text_set_text:
 * @text: what to show from now on
 */
void
pipit_message_text_set_text (PipitMessageText *self,
                             const char       *text)
{
  g_return_if_fail (PIPIT_IS_MESSAGE_TEXT (self));

  g_free (self->text);
  self->text = g_strdup (text);
  self->all = FALSE;
  build (self);
}
