#include "imap-parser-private.h"

#include <string.h>

#include "imap-error.h"

/* What lies deeper, or is more, is not looked at part by part: such a message is fetched whole */
#define MAX_DEPTH 60
#define MAX_PARTS 5000

typedef struct
{
  ImapScanner *scanner;
  guint n_parts;
  guint depth;
  gboolean is_too_much;
} Parse;

static ImapPart *parse_part (Parse          *parse,
                             const char     *section,
                             const ImapPart *parent);

static char *
parse_token (Parse *parse)
{
  ImapSlice value;

  imap_scanner_spaces (parse->scanner);
  if (!imap_scanner_nstring (parse->scanner, &value) || value.is_nil || value.bytes == NULL)
    return NULL;

  return imap_arena_dup_lower (parse->scanner->arena, value.bytes, value.size_bytes);
}

static char *
parse_string (Parse *parse)
{
  ImapSlice value;

  imap_scanner_spaces (parse->scanner);
  if (!imap_scanner_nstring (parse->scanner, &value))
    return NULL;

  return imap_slice_dup (&value, parse->scanner->arena);
}

/* NIL, or a list of names and values; Exchange sends (NIL NIL) as well */
static void
parse_parameters (Parse                *parse,
                  guint                *out_n_parameters,
                  const ImapParameter **out_parameters)
{
  g_autoptr(GArray) parameters = NULL;
  ImapScanner *scanner = parse->scanner;
  ImapParameter *copy;
  ImapSlice name;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    {
      imap_scanner_nstring (scanner, &name);
      return;
    }

  parameters = g_array_new (FALSE, FALSE, sizeof (ImapParameter));
  while (imap_scanner_spaces (scanner), imap_scanner_nstring (scanner, &name))
    {
      ImapParameter parameter = { .name = imap_slice_dup (&name, scanner->arena) };

      parameter.value = parse_string (parse);
      if (parameter.name != NULL)
        g_array_append_val (parameters, parameter);
    }
  imap_scanner_skip_to_close (scanner);

  copy = imap_arena_alloc (scanner->arena, (parameters->len + 1) * sizeof (ImapParameter));
  for (guint i = 0; i < parameters->len; i++)
    copy[i] = g_array_index (parameters, ImapParameter, i);
  *out_n_parameters = parameters->len;
  *out_parameters = copy;
}

/* NIL, or ("attachment" (parameters)); Exchange has been seen to send a bare "inline" */
static void
parse_disposition (Parse    *parse,
                   ImapPart *part)
{
  ImapScanner *scanner = parse->scanner;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    {
      part->disposition = parse_token (parse);
      return;
    }

  part->disposition = parse_token (parse);
  parse_parameters (parse, &part->n_disposition_parameters, &part->disposition_parameters);
  imap_scanner_skip_to_close (scanner);
}

static void
parse_language (Parse    *parse,
                ImapPart *part)
{
  imap_scanner_spaces (parse->scanner);
  if (imap_scanner_char (parse->scanner, '('))
    {
      part->language = parse_token (parse);
      imap_scanner_skip_to_close (parse->scanner);
    }
  else
    part->language = parse_token (parse);
}

/* What follows the fields that all have: as much as there is */
static void
parse_extensions (Parse    *parse,
                  ImapPart *part)
{
  parse_disposition (parse, part);
  parse_language (parse, part);
  part->location = parse_string (parse);
}

static char *
child_section (Parse      *parse,
               const char *section,
               guint       number)
{
  g_autofree char *text = NULL;

  text = g_strdup_printf ("%s%s%u", section, *section != '\0' ? "." : "", number);
  return imap_arena_dup (parse->scanner->arena, text, strlen (text));
}

static void
take_children (Parse     *parse,
               ImapPart  *part,
               GPtrArray *children)
{
  ImapPart **copy = imap_arena_alloc (parse->scanner->arena,
                                      (children->len + 1) * sizeof (ImapPart *));

  for (guint i = 0; i < children->len; i++)
    copy[i] = g_ptr_array_index (children, i);
  part->n_children = children->len;
  part->children = copy;
}

static void
parse_multipart (Parse      *parse,
                 ImapPart   *part,
                 const char *section)
{
  g_autoptr(GPtrArray) children = g_ptr_array_new ();
  ImapScanner *scanner = parse->scanner;
  ImapSlice nil;

  part->type = "multipart";
  while (!parse->is_too_much)
    {
      imap_scanner_spaces (scanner);
      if (imap_scanner_peek (scanner) == '(')
        g_ptr_array_add (children,
                         parse_part (parse, child_section (parse, section, children->len + 1),
                                     part));
      else if (imap_scanner_peek (scanner) == '"' || imap_scanner_peek (scanner) == '{' ||
               !imap_scanner_nstring (scanner, &nil))
        break;
    }
  take_children (parse, part, children);

  part->subtype = parse_token (parse);
  parse_parameters (parse, &part->n_parameters, &part->parameters);
  parse_extensions (parse, part);
}

static void
parse_message (Parse      *parse,
               ImapPart   *part,
               const char *section)
{
  g_autoptr(GPtrArray) children = g_ptr_array_new ();
  ImapEnvelope *envelope = imap_arena_alloc (parse->scanner->arena, sizeof (ImapEnvelope));
  ImapScanner *scanner = parse->scanner;

  if (imap_parse_envelope (scanner, envelope))
    part->envelope = envelope;

  imap_scanner_spaces (scanner);
  if (imap_scanner_peek (scanner) == '(')
    {
      ImapScanner inside = *scanner;
      gboolean is_multipart;

      imap_scanner_char (&inside, '(');
      imap_scanner_spaces (&inside);
      is_multipart = imap_scanner_peek (&inside) == '(';
      g_ptr_array_add (children,
                       parse_part (parse,
                                   is_multipart ? section : child_section (parse, section, 1),
                                   part));
    }
  else
    {
      ImapSlice nil;

      imap_scanner_nstring (scanner, &nil);
    }
  take_children (parse, part, children);

  imap_scanner_spaces (scanner);
  imap_scanner_size (scanner, &part->n_lines);
}

static void
parse_basic (Parse      *parse,
             ImapPart   *part,
             const char *section)
{
  ImapScanner *scanner = parse->scanner;

  parse_parameters (parse, &part->n_parameters, &part->parameters);
  part->content_id = parse_string (parse);
  part->description = parse_string (parse);
  part->encoding = parse_token (parse);
  imap_scanner_spaces (scanner);
  imap_scanner_size (scanner, &part->size_bytes);
  imap_scanner_spaces (scanner);

  /* Gmail reports a message/rfc822 that is in base64 like any other part: without an envelope */
  if (strcmp (part->type, "message") == 0 && imap_scanner_peek (scanner) == '(' &&
      (strcmp (part->subtype, "rfc822") == 0 || strcmp (part->subtype, "global") == 0))
    parse_message (parse, part, section);
  else if (strcmp (part->type, "text") == 0 || g_ascii_isdigit (imap_scanner_peek (scanner)) ||
           imap_scanner_peek (scanner) == '-')
    imap_scanner_size (scanner, &part->n_lines);

  imap_scanner_spaces (scanner);
  if (imap_scanner_peek (scanner) != '(')
    part->md5 = parse_string (parse);
  parse_extensions (parse, part);
}

/* Behind the parenthesis of a part */
static void
parse_inside (Parse      *parse,
              ImapPart   *part,
              const char *section)
{
  ImapScanner *scanner = parse->scanner;
  char *first;

  imap_scanner_spaces (scanner);
  if (imap_scanner_peek (scanner) == '(')
    {
      parse_multipart (parse, part, section);
      return;
    }

  first = parse_token (parse);
  imap_scanner_spaces (scanner);

  /* Gmail, Yandex and QQ lose the parts of a multipart in which another has the same boundary, and
   * the first string is then the subtype: ("ALTERNATIVE" ("BOUNDARY" "x") NIL NIL) */
  if (first != NULL && imap_scanner_peek (scanner) == '(')
    {
      part->type = "multipart";
      part->subtype = first;
      parse_parameters (parse, &part->n_parameters, &part->parameters);
      parse_extensions (parse, part);
      return;
    }

  /* Exchange has sent a part of nothing but NILs */
  part->type = first != NULL ? first : "application";
  part->subtype = parse_token (parse);
  if (part->subtype == NULL)
    part->subtype = first != NULL ? "" : "octet-stream";
  parse_basic (parse, part, section);
}

static ImapPart *
parse_part (Parse          *parse,
            const char     *section,
            const ImapPart *parent)
{
  ImapPart *part = imap_arena_alloc (parse->scanner->arena, sizeof (ImapPart));

  part->section = section;
  part->parent = parent;
  part->type = "application";
  part->subtype = "octet-stream";

  if (++parse->n_parts > MAX_PARTS || ++parse->depth > MAX_DEPTH)
    {
      parse->is_too_much = TRUE;
      return part;
    }

  imap_scanner_char (parse->scanner, '(');
  parse_inside (parse, part, section);
  if (part->subtype == NULL)
    part->subtype = "mixed";
  imap_scanner_skip_to_close (parse->scanner);
  parse->depth--;
  return part;
}

/* imap_parse_structure: reads a BODYSTRUCTURE or BODY. Each field that is not what it should be is
 * left out by itself; what cannot be a structure, or is larger than anyone needs, is an error. */
const ImapPart *
imap_parse_structure (ImapScanner  *scanner,
                      guint        *out_n_parts,
                      GError      **error)
{
  Parse parse = { .scanner = scanner };
  ImapScanner inside;
  ImapPart *root;

  imap_scanner_spaces (scanner);
  if (imap_scanner_peek (scanner) != '(')
    {
      g_set_error_literal (error, IMAP_ERROR, IMAP_ERROR_SYNTAX, "Not a body structure");
      return NULL;
    }

  inside = *scanner;
  imap_scanner_char (&inside, '(');
  imap_scanner_spaces (&inside);
  root = parse_part (&parse, imap_scanner_peek (&inside) == '(' ? "" : "1", NULL);
  if (parse.is_too_much)
    {
      g_set_error_literal (error, IMAP_ERROR, IMAP_ERROR_TOO_LARGE,
                           "The message has too many parts, or they are nested too deeply");
      return NULL;
    }

  if (strcmp (root->type, "multipart") == 0)
    root->section = "";
  *out_n_parts = parse.n_parts;
  return root;
}

/**
 * imap_structure_free:
 * @self: (transfer full): a structure
 */
void
imap_structure_free (ImapStructure *self)
{
  g_return_if_fail (self != NULL);

  imap_arena_clear (self->arena);
  g_free (self->arena);
  g_free (self);
}

static const ImapPart *
find_part (const ImapPart *part,
           const char     *section)
{
  if (strcmp (part->section, section) == 0)
    return part;

  for (guint i = 0; i < part->n_children; i++)
    {
      const ImapPart *found = find_part (part->children[i], section);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/**
 * imap_structure_find:
 * @section: a section number, "1.2"
 *
 * Returns: (transfer none) (nullable): the part
 */
const ImapPart *
imap_structure_find (const ImapStructure *self,
                     const char          *section)
{
  g_return_val_if_fail (self != NULL && section != NULL, NULL);

  return find_part (self->root, section);
}

static const char *
find_parameter (const ImapParameter *parameters,
                guint                n_parameters,
                const char          *name)
{
  for (guint i = 0; i < n_parameters; i++)
    if (g_ascii_strcasecmp (parameters[i].name, name) == 0)
      return parameters[i].value;

  return NULL;
}

/**
 * imap_part_get_parameter:
 * @name: an attribute of Content-Type, in whatever case
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
imap_part_get_parameter (const ImapPart *part,
                         const char     *name)
{
  return find_parameter (part->parameters, part->n_parameters, name);
}

/**
 * imap_part_get_disposition_parameter:
 * @name: an attribute of Content-Disposition, in whatever case
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
imap_part_get_disposition_parameter (const ImapPart *part,
                                     const char     *name)
{
  return find_parameter (part->disposition_parameters, part->n_disposition_parameters, name);
}

/**
 * imap_part_is_multipart:
 *
 * Returns: whether it holds parts, and no bytes of its own
 */
gboolean
imap_part_is_multipart (const ImapPart *part)
{
  return strcmp (part->type, "multipart") == 0;
}
