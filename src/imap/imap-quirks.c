#include "imap-quirks.h"

#include <string.h>

#include "imap-capability.h"
#include "imap-error.h"
#include "imap-resources.h"

/* Servers as a table of data, compiled in from data/quirks.ini: a key file, each group a row.
 *
 *   host, greeting, name, vendor   globs, of which one has to match, in whatever case; name and
 *                                  vendor are of the server's ID
 *   capability                     names, of which the server has to offer one
 *   version-from, version-below    of the ID: 2.5.10 is below 2.5.11
 *   off                            capabilities not to use
 *   quirks                         what is no capability: names of ImapQuirk
 *   keywords                       the only ones that can be stored
 *   max-uids                       how many a command may name
 *   max-waiting                    how many commands may be under way
 *   evidence                       who has seen it
 *
 * A row matches when all that it asks for does. Whatever a server says is only compared. */

#define RESOURCE_PATH "/io/github/pipitmail/Pipit/imap/quirks.ini"

typedef struct
{
  char *name;
  char *evidence;
  GPtrArray *host;        /* (nullable): of GPatternSpec */
  GPtrArray *greeting;    /* (nullable): the same */
  GPtrArray *id_name;     /* (nullable): the same */
  GPtrArray *vendor;      /* (nullable): the same */
  GStrv capability;       /* (nullable) */
  char *version_from;     /* (nullable) */
  char *version_below;    /* (nullable) */
  GStrv keywords;         /* (nullable) */
  ImapQuirkEffects effects;
} Row;

struct _ImapQuirks
{
  gatomicrefcount ref_count;
  GPtrArray *rows; /* (owned): of Row */
};

static void
row_free (Row *row)
{
  g_free (row->name);
  g_free (row->evidence);
  g_clear_pointer (&row->host, g_ptr_array_unref);
  g_clear_pointer (&row->greeting, g_ptr_array_unref);
  g_clear_pointer (&row->id_name, g_ptr_array_unref);
  g_clear_pointer (&row->vendor, g_ptr_array_unref);
  g_strfreev (row->capability);
  g_free (row->version_from);
  g_free (row->version_below);
  g_strfreev (row->keywords);
  g_free (row);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Row, row_free)

/* Reading */

static gboolean
fail (GError    **error,
      const Row  *row,
      const char *message,
      const char *what)
{
  g_set_error (error, IMAP_ERROR, IMAP_ERROR_SYNTAX, "Row “%s”: %s: %s", row->name, message,
               what);
  return FALSE;
}

static gboolean
read_globs (Row        *row,
            const char *value,
            gpointer    field,
            GError    **error)
{
  g_auto(GStrv) words = g_strsplit (value, ";", -1);
  GPtrArray *globs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);

  *(GPtrArray **) field = globs;
  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *folded = g_ascii_strdown (g_strstrip (words[i]), -1);

      if (*folded == '\0' || strcmp (folded, "*") == 0)
        return fail (error, row, "a glob that says nothing", value);
      g_ptr_array_add (globs, g_pattern_spec_new (folded));
    }

  return TRUE;
}

static gboolean
read_words (Row        *row,
            const char *value,
            gpointer    field,
            GError    **error)
{
  GStrv words = g_strsplit (value, ";", -1);

  *(GStrv *) field = words;
  for (guint i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) == '\0')
      return fail (error, row, "an empty word", value);

  return TRUE;
}

static gboolean
read_text (Row        *row,
           const char *value,
           gpointer    field,
           GError    **error)
{
  *(char **) field = g_strdup (value);
  return *value != '\0' || fail (error, row, "an empty value", "");
}

static gboolean
read_version (Row        *row,
              const char *value,
              gpointer    field,
              GError    **error)
{
  *(char **) field = g_strdup (value);
  return g_ascii_isdigit (*value) || fail (error, row, "not a version", value);
}

static gboolean
read_number (Row        *row,
             const char *value,
             gpointer    field,
             GError    **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT, &number, NULL))
    return fail (error, row, "not a limit", value);

  *(guint *) field = (guint) number;
  return TRUE;
}

static gboolean
read_off (Row        *row,
          const char *value,
          gpointer    field,
          GError    **error)
{
  g_auto(GStrv) words = g_strsplit (value, ";", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      ImapCapability capability;

      if (!imap_capability_from_name (g_strstrip (words[i]), &capability))
        return fail (error, row, "no such capability", words[i]);
      *(guint64 *) field |= IMAP_CAPABILITY_BIT (capability);
    }

  return TRUE;
}

static gboolean
read_quirks (Row        *row,
             const char *value,
             gpointer    field,
             GError    **error)
{
  g_auto(GStrv) words = g_strsplit (value, ";", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      ImapQuirk quirk;

      if (!imap_quirk_from_name (g_strstrip (words[i]), &quirk))
        return fail (error, row, "no such quirk", words[i]);
      *(guint *) field |= IMAP_QUIRK_BIT (quirk);
    }

  return TRUE;
}

static const struct
{
  const char *key;
  gboolean (*read) (Row *row, const char *value, gpointer field, GError **error);
  gsize offset;
} fields[] = {
  { "host", read_globs, G_STRUCT_OFFSET (Row, host) },
  { "greeting", read_globs, G_STRUCT_OFFSET (Row, greeting) },
  { "name", read_globs, G_STRUCT_OFFSET (Row, id_name) },
  { "vendor", read_globs, G_STRUCT_OFFSET (Row, vendor) },
  { "capability", read_words, G_STRUCT_OFFSET (Row, capability) },
  { "version-from", read_version, G_STRUCT_OFFSET (Row, version_from) },
  { "version-below", read_version, G_STRUCT_OFFSET (Row, version_below) },
  { "off", read_off, G_STRUCT_OFFSET (Row, effects.off) },
  { "quirks", read_quirks, G_STRUCT_OFFSET (Row, effects.quirks) },
  { "keywords", read_words, G_STRUCT_OFFSET (Row, keywords) },
  { "max-uids", read_number, G_STRUCT_OFFSET (Row, effects.max_uids) },
  { "max-waiting", read_number, G_STRUCT_OFFSET (Row, effects.max_waiting) },
  { "evidence", read_text, G_STRUCT_OFFSET (Row, evidence) },
};

static gboolean
read_field (Row        *row,
            const char *key,
            const char *value,
            GError    **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (fields[i].key, key) == 0)
      return fields[i].read (row, value, G_STRUCT_MEMBER_P (row, fields[i].offset), error);

  return fail (error, row, "no such key", key);
}

/* A row without a condition would be for everybody, and one without an effect for nothing */
static gboolean
check_row (const Row  *row,
           GError    **error)
{
  const ImapQuirkEffects *effects = &row->effects;

  if (row->host == NULL && row->greeting == NULL && row->id_name == NULL && row->vendor == NULL &&
      row->capability == NULL)
    return fail (error, row, "it matches everything", "");
  if ((row->version_from != NULL || row->version_below != NULL) && row->id_name == NULL)
    return fail (error, row, "a version needs a name", "");
  if (effects->off == 0 && effects->quirks == 0 && row->keywords == NULL &&
      effects->max_uids == 0 && effects->max_waiting == 0)
    return fail (error, row, "it has no effect", "");

  return row->evidence != NULL || fail (error, row, "it has no evidence", "");
}

static Row *
read_row (GKeyFile    *table,
          const char  *group,
          GError     **error)
{
  g_autoptr(Row) row = g_new0 (Row, 1);
  g_auto(GStrv) keys = g_key_file_get_keys (table, group, NULL, error);

  row->name = g_strdup (group);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_string (table, group, keys[i], error);

      if (value == NULL || !read_field (row, keys[i], value, error))
        return NULL;
    }

  if (keys == NULL || !check_row (row, error))
    return NULL;

  row->effects.keywords = (const char *const *) row->keywords;
  return g_steal_pointer (&row);
}

/**
 * imap_quirks_new:
 * @key_file: a table, as data/quirks.ini
 *
 * Reads a table. Nothing in it is passed over: what cannot be read is an error.
 *
 * Errors: IMAP_ERROR_SYNTAX, G_KEY_FILE_ERROR.
 *
 * Returns: (transfer full) (nullable): the table
 */
ImapQuirks *
imap_quirks_new (GBytes  *key_file,
                 GError **error)
{
  g_autoptr(ImapQuirks) self = g_new0 (ImapQuirks, 1);
  g_autoptr(GKeyFile) table = g_key_file_new ();
  g_auto(GStrv) groups = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  if (!g_key_file_load_from_bytes (table, key_file, G_KEY_FILE_NONE, error))
    return NULL;

  groups = g_key_file_get_groups (table, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      Row *row = read_row (table, groups[i], error);

      if (row == NULL)
        return NULL;
      g_ptr_array_add (self->rows, row);
    }

  return g_steal_pointer (&self);
}

/**
 * imap_quirks_ref:
 *
 * Returns: (transfer full): @self
 */
ImapQuirks *
imap_quirks_ref (ImapQuirks *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * imap_quirks_unref:
 * @self: (transfer full): a table
 */
void
imap_quirks_unref (ImapQuirks *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->rows);
  g_free (self);
}

static gpointer
load_default (gpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) key_file = NULL;
  ImapQuirks *self = NULL;

  key_file = g_resource_lookup_data (imap_get_resource (), RESOURCE_PATH,
                                     G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (key_file != NULL)
    self = imap_quirks_new (key_file, &error);

  /* it is part of the program, and a test reads it: it cannot be anything but right */
  if (self == NULL)
    g_error ("The table of servers cannot be read: %s", error->message);

  return self;
}

/**
 * imap_quirks_get_default:
 *
 * Returns: (transfer none): the table that is compiled in
 */
ImapQuirks *
imap_quirks_get_default (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_default, NULL);
}

/**
 * imap_quirks_get_n_rows:
 *
 * Returns: how many rows there are
 */
guint
imap_quirks_get_n_rows (ImapQuirks *self)
{
  return self->rows->len;
}

/**
 * imap_quirks_get_name:
 *
 * Returns: what a row calls the server
 */
const char *
imap_quirks_get_name (ImapQuirks *self,
                      guint       row)
{
  return ((Row *) g_ptr_array_index (self->rows, row))->name;
}

/**
 * imap_quirks_get_evidence:
 *
 * Returns: who has seen it
 */
const char *
imap_quirks_get_evidence (ImapQuirks *self,
                          guint       row)
{
  return ((Row *) g_ptr_array_index (self->rows, row))->evidence;
}

/* Matching */

static gboolean
matches_globs (GPtrArray  *globs,
               const char *text)
{
  g_autofree char *folded = NULL;

  if (globs == NULL)
    return TRUE;
  if (text == NULL)
    return FALSE;

  folded = g_ascii_strdown (text, -1);
  for (guint i = 0; i < globs->len; i++)
    if (g_pattern_spec_match_string (g_ptr_array_index (globs, i), folded))
      return TRUE;

  return FALSE;
}

static gboolean
matches_capability (const Row         *row,
                    const char *const *capabilities)
{
  if (row->capability == NULL)
    return TRUE;

  for (guint i = 0; row->capability[i] != NULL; i++)
    for (guint j = 0; capabilities != NULL && capabilities[j] != NULL; j++)
      if (g_ascii_strcasecmp (row->capability[i], capabilities[j]) == 0)
        return TRUE;

  return FALSE;
}

static const char *
find_field (const ImapId *id,
            const char   *name)
{
  for (guint i = 0; id != NULL && i < id->n_fields; i++)
    if (g_ascii_strcasecmp (id->fields[i].name, name) == 0)
      return id->fields[i].value;

  return NULL;
}

/* Number by number: "8.0.7_GA_6021" is below "8.0.10"; a version that ends earlier is lower */
static int
compare_versions (const char *a,
                  const char *b)
{
  while (g_ascii_isdigit (*a) || g_ascii_isdigit (*b))
    {
      char *end_a;
      char *end_b;
      guint64 number_a;
      guint64 number_b;

      if (!g_ascii_isdigit (*a) || !g_ascii_isdigit (*b))
        return g_ascii_isdigit (*a) ? 1 : -1;

      number_a = g_ascii_strtoull (a, &end_a, 10);
      number_b = g_ascii_strtoull (b, &end_b, 10);
      if (number_a != number_b)
        return number_a < number_b ? -1 : 1;

      a = *end_a == '.' ? end_a + 1 : "";
      b = *end_b == '.' ? end_b + 1 : "";
    }

  return 0;
}

static gboolean
matches_version (const Row    *row,
                 const ImapId *id)
{
  const char *version = find_field (id, "version");

  if (row->version_from == NULL && row->version_below == NULL)
    return TRUE;
  if (version == NULL)
    return FALSE;

  /* "v2.4.17" */
  while (*version != '\0' && !g_ascii_isdigit (*version))
    version++;
  return *version != '\0' &&
         (row->version_from == NULL || compare_versions (version, row->version_from) >= 0) &&
         (row->version_below == NULL || compare_versions (version, row->version_below) < 0);
}

/**
 * imap_quirks_match_row:
 *
 * Returns: whether a row is about this server
 */
gboolean
imap_quirks_match_row (ImapQuirks           *self,
                       guint                 row,
                       const ImapQuirkFacts *facts)
{
  const Row *wanted = g_ptr_array_index (self->rows, row);

  return matches_globs (wanted->host, facts->host) &&
         matches_globs (wanted->greeting, facts->greeting) &&
         matches_globs (wanted->id_name, find_field (facts->id, "name")) &&
         matches_globs (wanted->vendor, find_field (facts->id, "vendor")) &&
         matches_capability (wanted, facts->capabilities) && matches_version (wanted, facts->id);
}

static guint
get_lower (guint a,
           guint b)
{
  return a == 0 || b == 0 ? MAX (a, b) : MIN (a, b);
}

/**
 * imap_quirks_match:
 * @facts: what is known of the server so far
 * @out_effects: (out caller-allocates): what all rows about it amount to; valid while @self is
 */
void
imap_quirks_match (ImapQuirks           *self,
                   const ImapQuirkFacts *facts,
                   ImapQuirkEffects     *out_effects)
{
  *out_effects = (ImapQuirkEffects) { 0 };

  for (guint i = 0; i < self->rows->len; i++)
    {
      const ImapQuirkEffects *row = &((Row *) g_ptr_array_index (self->rows, i))->effects;

      if (!imap_quirks_match_row (self, i, facts))
        continue;

      out_effects->off |= row->off;
      out_effects->quirks |= row->quirks;
      out_effects->max_uids = get_lower (out_effects->max_uids, row->max_uids);
      out_effects->max_waiting = get_lower (out_effects->max_waiting, row->max_waiting);
      if (row->keywords != NULL)
        out_effects->keywords = row->keywords;
    }
}
