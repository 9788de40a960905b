#include "pipit-config.h"

#include "pipit-message-row-private.h"

#include <math.h>

/* How a row of the list of messages looks.
 *
 * GtkListView keeps 200 rows, whatever the screen shows. With a widget for each text and picture
 * they are 3,000, which take 100 ms to make and to lay out; so a row draws its texts itself, and
 * only what can be pressed is a widget.
 *
 *     [check] ● people                  ↰ date
 *               subject          count 📎 star
 *               preview
 *
 * Positions are those of a window that runs from left to right; start_at () mirrors them. */

#define DOT_SIZE 9
#define DOT_TOP 6
#define COLUMN_GAP 6
#define DATE_GAP 8
#define LINE_GAP 2
#define ICON_SIZE 14
#define COUNT_PADDING 7
#define NATURAL_WIDTH 240
#define MIN_WIDTH 120

/* The metrics of a language's own font may be too low for the others that stand in a row. */
#define LINE_EM 1.4

/* What CSS calls "smaller", and what makes less important text fainter. */
#define SMALLER (1 / 1.2)
#define FAINT 0.65

/* All heights come from the font, in pixels. */
typedef struct
{
  int line;    /* of people and of the subject */
  int smaller; /* of one line of the preview */
} Heights;

typedef struct
{
  GtkWidget *widget;
  GtkSnapshot *snapshot;
  GdkRGBA color;
  GdkRGBA faint;
  Heights heights;
  int width;
  gboolean is_rtl;
} Drawing;

static Heights
get_heights (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = pango_font_description_get_size (font) / (double) PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= pango_cairo_context_get_resolution (context) / 72;

  return (Heights) { .line = ceil (size * LINE_EM),
                     .smaller = ceil (size * SMALLER * LINE_EM) };
}

static int
measure_natural (GtkWidget      *widget,
                 GtkOrientation  orientation)
{
  int natural;

  gtk_widget_measure (widget, orientation, -1, NULL, &natural, NULL, NULL);

  return natural;
}

/* Where the texts begin. */
static int
get_text_start (PipitMessageRow *self)
{
  int start = DOT_SIZE + COLUMN_GAP;

  if (self->selecting)
    start += measure_natural (self->check, GTK_ORIENTATION_HORIZONTAL) + COLUMN_GAP;

  return start;
}

static void
pipit_message_row_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (widget);
  Heights heights;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
      return;
    }

  heights = get_heights (widget);
  *minimum = 2 * heights.line + LINE_GAP;
  if (self->preview_lines > 0)
    *minimum += LINE_GAP + self->preview_lines * heights.smaller;
  *natural = *minimum;
}

static void
allocate_at (GtkWidget *widget,
             GtkWidget *child,
             int        x,
             int        middle,
             int        row_width)
{
  int width = measure_natural (child, GTK_ORIENTATION_HORIZONTAL);
  int height = measure_natural (child, GTK_ORIENTATION_VERTICAL);
  GtkAllocation allocation = { .x = x, .y = middle - height / 2,
                               .width = width, .height = height };

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    allocation.x = row_width - x - width;
  gtk_widget_size_allocate (child, &allocation, -1);
}

static void
pipit_message_row_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (widget);
  Heights heights = get_heights (widget);
  int star_width = measure_natural (self->star, GTK_ORIENTATION_HORIZONTAL);

  if (self->selecting)
    allocate_at (widget, self->check, 0, height / 2, width);
  allocate_at (widget, self->star, width - star_width,
               heights.line + LINE_GAP + heights.line / 2, width);
}

static double
start_at (Drawing *drawing,
          double   x,
          double   width)
{
  return drawing->is_rtl ? drawing->width - x - width : x;
}

/*
 * The paragraph has the window's direction, so that all texts stand below each other; an isolate
 * lets a Hebrew subject in an English window, and the other way round, keep its own.
 */
static PangoLayout *
make_layout (Drawing    *drawing,
             const char *text,
             gboolean    is_bold,
             gboolean    is_smaller)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (drawing->widget, NULL);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  g_autofree char *isolated = g_strconcat ("\u2068", text, "\u2069", NULL);

  if (is_bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (is_smaller)
    pango_attr_list_insert (attributes, pango_attr_scale_new (SMALLER));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_alignment (layout, drawing->is_rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_text (layout, isolated, -1);

  return layout;
}

/* Figures of one width, so that dates stand below each other. */
static PangoLayout *
make_number_layout (Drawing    *drawing,
                    const char *text)
{
  PangoLayout *layout = make_layout (drawing, text, FALSE, TRUE);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_copy (pango_layout_get_attributes (layout));

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

static void
draw_layout (Drawing       *drawing,
             PangoLayout   *layout,
             double         x,
             double         y,
             const GdkRGBA *color)
{
  graphene_point_t point = GRAPHENE_POINT_INIT (x, y);

  gtk_snapshot_save (drawing->snapshot);
  gtk_snapshot_translate (drawing->snapshot, &point);
  gtk_snapshot_append_layout (drawing->snapshot, layout, color);
  gtk_snapshot_restore (drawing->snapshot);
}

/* As many lines as fit into @height. */
static void
draw_text (Drawing       *drawing,
           PangoLayout   *layout,
           int            x,
           int            y,
           int            width,
           int            n_lines,
           const GdkRGBA *color)
{
  int text_height;

  if (width <= 0)
    return;

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_height (layout, -n_lines);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, NULL, &text_height);

  /* one line stands in the middle of its own, several begin at the top */
  if (n_lines == 1)
    y += (drawing->heights.line - text_height) / 2;
  draw_layout (drawing, layout, start_at (drawing, x, width), y, color);
}

static void
draw_dot (Drawing *drawing,
          int      x)
{
  GskRoundedRect circle;
  GdkRGBA color;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (start_at (drawing, x, DOT_SIZE), DOT_TOP,
                                               DOT_SIZE, DOT_SIZE);

  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (drawing->widget),
                                       "accent_bg_color", &color))
    color = drawing->color;
  gsk_rounded_rect_init_from_rect (&circle, &bounds, DOT_SIZE / 2.0f);
  gtk_snapshot_push_rounded_clip (drawing->snapshot, &circle);
  gtk_snapshot_append_color (drawing->snapshot, &color, &bounds);
  gtk_snapshot_pop (drawing->snapshot);
}

static void
draw_icon (Drawing    *drawing,
           const char *name,
           int         x,
           int         middle)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (drawing->widget));
  g_autoptr(GtkIconPaintable) icon =
    gtk_icon_theme_lookup_icon (theme, name, NULL, ICON_SIZE,
                                gtk_widget_get_scale_factor (drawing->widget),
                                gtk_widget_get_direction (drawing->widget), 0);
  graphene_point_t point = GRAPHENE_POINT_INIT (start_at (drawing, x, ICON_SIZE),
                                                middle - ICON_SIZE / 2);

  gtk_snapshot_save (drawing->snapshot);
  gtk_snapshot_translate (drawing->snapshot, &point);
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), drawing->snapshot,
                                            ICON_SIZE, ICON_SIZE, &drawing->faint, 1);
  gtk_snapshot_restore (drawing->snapshot);
}

/* Returns where it begins, counted from the start of the row. */
static int
draw_count (Drawing *drawing,
            guint    count,
            int      end,
            int      middle)
{
  g_autofree char *text = g_strdup_printf ("%u", count);
  g_autoptr(PangoLayout) layout = make_number_layout (drawing, text);
  GdkRGBA fill = drawing->color;
  GskRoundedRect pill;
  graphene_rect_t bounds;
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  width += 2 * COUNT_PADDING;
  bounds = GRAPHENE_RECT_INIT (start_at (drawing, end - width, width), middle - height / 2,
                               width, height);
  fill.alpha *= 0.1;
  gsk_rounded_rect_init_from_rect (&pill, &bounds, height / 2.0f);
  gtk_snapshot_push_rounded_clip (drawing->snapshot, &pill);
  gtk_snapshot_append_color (drawing->snapshot, &fill, &bounds);
  gtk_snapshot_pop (drawing->snapshot);
  draw_layout (drawing, layout, bounds.origin.x + COUNT_PADDING, bounds.origin.y, &drawing->color);

  return end - width;
}

/* Who, whether it was answered, and when. */
static void
draw_first_line (PipitMessageRow *self,
                 Drawing         *drawing,
                 int              start)
{
  gboolean is_unread = pipit_message_get_unread (self->message);
  g_autoptr(PangoLayout) people = make_layout (drawing, pipit_message_get_people (self->message),
                                               is_unread, FALSE);
  g_autoptr(PangoLayout) date = make_number_layout (drawing, self->date != NULL ? self->date : "");
  int middle = drawing->heights.line / 2;
  int end = drawing->width;
  int width, height;

  pango_layout_get_pixel_size (date, &width, &height);
  end -= width;
  draw_layout (drawing, date, start_at (drawing, end, width), middle - height / 2,
               &drawing->faint);
  end -= DATE_GAP;
  if (pipit_message_get_answered (self->message))
    {
      draw_icon (drawing, "pipit-reply-symbolic", end - ICON_SIZE, middle);
      end -= ICON_SIZE + DATE_GAP;
    }
  draw_text (drawing, people, start, 0, end - start, 1, &drawing->color);
}

/* About what, how many messages, whether there are attachments; the star stands at the end. */
static void
draw_second_line (PipitMessageRow *self,
                  Drawing         *drawing,
                  int              start)
{
  g_autoptr(PangoLayout) subject = make_layout (drawing, pipit_message_row_get_subject (self),
                                                pipit_message_get_unread (self->message), FALSE);
  guint count = pipit_message_get_count (self->message);
  int top = drawing->heights.line + LINE_GAP;
  int middle = top + drawing->heights.line / 2;
  int end = drawing->width - measure_natural (self->star, GTK_ORIENTATION_HORIZONTAL) - COLUMN_GAP;

  if (pipit_message_has_attachments (self->message))
    {
      draw_icon (drawing, "pipit-attachment-symbolic", end - ICON_SIZE, middle);
      end -= ICON_SIZE + COLUMN_GAP;
    }
  if (count > 1)
    end = draw_count (drawing, count, end, middle) - COLUMN_GAP;
  draw_text (drawing, subject, start, top, end - start, 1, &drawing->color);
}

static void
draw_preview (PipitMessageRow *self,
              Drawing         *drawing,
              int              start)
{
  const char *text = pipit_message_get_preview (self->message);
  g_autoptr(PangoLayout) layout = NULL;

  if (self->preview_lines == 0 || *text == '\0')
    return;

  layout = make_layout (drawing, text, FALSE, TRUE);
  draw_text (drawing, layout, start, 2 * (drawing->heights.line + LINE_GAP),
             drawing->width - start, self->preview_lines, &drawing->faint);
}

static void
pipit_message_row_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  PipitMessageRow *self = PIPIT_MESSAGE_ROW (widget);
  Drawing drawing = {
    .widget = widget,
    .snapshot = snapshot,
    .heights = get_heights (widget),
    .width = gtk_widget_get_width (widget),
    .is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL,
  };
  int start = get_text_start (self);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &drawing.color);
  drawing.faint = drawing.color;
  drawing.faint.alpha *= FAINT;

  if (self->message != NULL)
    {
      if (pipit_message_get_unread (self->message))
        draw_dot (&drawing, start - DOT_SIZE - COLUMN_GAP);
      draw_first_line (self, &drawing, start);
      draw_second_line (self, &drawing, start);
      draw_preview (self, &drawing, start);
    }

  if (self->check != NULL)
    gtk_widget_snapshot_child (widget, self->check, snapshot);
  gtk_widget_snapshot_child (widget, self->star, snapshot);
}

void
pipit_message_row_install_draw (GtkWidgetClass *widget_class)
{
  widget_class->measure = pipit_message_row_measure;
  widget_class->size_allocate = pipit_message_row_size_allocate;
  widget_class->snapshot = pipit_message_row_snapshot;
}
