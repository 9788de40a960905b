#include "discovery-address.h"

#include "discovery-error.h"

#include <string.h>

/* An e-mail address as people type and paste it. */

#define MAX_TEXT_BYTES 1024
#define MAX_LOCAL_PART_BYTES 64 /* RFC 5321 section 4.5.3.1.1 */
#define MAX_DOMAIN_BYTES 253

struct _DiscoveryAddress
{
  gatomicrefcount ref_count;
  char *name;       /* (owned) (nullable) of “Name <address>” */
  char *local_part; /* (owned) as it stands in the address, with its quotes */
  char *user;       /* (owned) the same without quotes */
  char *domain;     /* (owned) ASCII, lower case */
  char *email;      /* (owned) */
};

G_DEFINE_BOXED_TYPE (DiscoveryAddress, discovery_address, discovery_address_ref,
                     discovery_address_unref)

/**
 * discovery_address_ref:
 *
 * Returns: (transfer full): @self
 */
DiscoveryAddress *
discovery_address_ref (DiscoveryAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * discovery_address_unref:
 * @self: (transfer full): an address
 */
void
discovery_address_unref (DiscoveryAddress *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->name);
  g_free (self->local_part);
  g_free (self->user);
  g_free (self->domain);
  g_free (self->email);
  g_free (self);
}

/* Spaces of all kinds, and what text processors put around and into addresses unseen. */
static gboolean
is_blank (gunichar character)
{
  return g_unichar_isspace (character) || g_unichar_iszerowidth (character) || character == 0xA0;
}

static char *
dup_stripped (const char *text,
              gsize       size_bytes)
{
  const char *start = text;
  const char *end = text + size_bytes;

  while (start < end && is_blank (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  while (end > start && is_blank (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);

  return g_strndup (start, (gsize) (end - start));
}

static void
strip_pair (char **text,
            char   first,
            char   last)
{
  gsize length = strlen (*text);
  char *inner;

  if (length < 2 || (*text)[0] != first || (*text)[length - 1] != last)
    return;

  inner = dup_stripped (*text + 1, length - 2);
  g_free (*text);
  *text = inner;
}

/* Takes “Name <address>”, “<address>”, “mailto:address” and “'address'” apart. */
static char *
extract_address (const char  *text,
                 char       **out_name)
{
  g_autofree char *stripped = dup_stripped (text, strlen (text));
  const char *open = strrchr (stripped, '<');
  const char *close = open != NULL ? strchr (open, '>') : NULL;
  char *address;

  *out_name = NULL;

  if (close != NULL)
    {
      g_autofree char *name = dup_stripped (stripped, (gsize) (open - stripped));

      strip_pair (&name, '"', '"');
      strip_pair (&name, '\'', '\'');
      if (name[0] != '\0')
        *out_name = g_steal_pointer (&name);
      address = dup_stripped (open + 1, (gsize) (close - open - 1));
    }
  else
    {
      address = g_steal_pointer (&stripped);
      strip_pair (&address, '"', '"');
      strip_pair (&address, '\'', '\'');
    }

  if (g_ascii_strncasecmp (address, "mailto:", 7) == 0)
    {
      char *rest = dup_stripped (address + 7, strcspn (address + 7, "?"));

      g_free (address);
      address = rest;
    }

  return address;
}

/* Domains in ASCII, as they go to the name service; NULL if it is none. */
static char *
normal_domain (const char *text)
{
  g_autofree char *stripped = dup_stripped (text, strlen (text));
  g_autofree char *ascii = g_hostname_to_ascii (stripped);
  g_autofree char *domain = ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;
  g_auto(GStrv) labels = NULL;

  if (domain == NULL)
    return NULL;
  if (g_str_has_suffix (domain, "."))
    domain[strlen (domain) - 1] = '\0';
  if (strlen (domain) > MAX_DOMAIN_BYTES || g_hostname_is_ip_address (domain))
    return NULL;

  labels = g_strsplit (domain, ".", -1);
  if (labels[0] == NULL)
    return NULL;

  for (guint i = 0; labels[i] != NULL; i++)
    {
      gsize length = strlen (labels[i]);

      if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-' ||
          strspn (labels[i], "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return NULL;
    }

  return g_steal_pointer (&domain);
}

static gboolean
is_atom_character (gunichar character)
{
  if (character >= 0x80)
    return g_unichar_isprint (character) && !is_blank (character);

  return character > ' ' && character < 0x7f && strchr ("()<>[]:;@\\,\"", (int) character) == NULL;
}

static gboolean
is_dot_atom (const char *text)
{
  if (text[0] == '\0' || text[0] == '.' || g_str_has_suffix (text, ".") ||
      strstr (text, "..") != NULL)
    return FALSE;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!is_atom_character (g_utf8_get_char (at)))
      return FALSE;

  return TRUE;
}

/* The contents of a quoted local part (RFC 5321 section 4.1.2), or NULL if it is none. */
static char *
unquote (const char *text)
{
  gsize length = strlen (text);
  g_autoptr(GString) plain = g_string_new (NULL);

  if (length < 3 || text[0] != '"' || text[length - 1] != '"')
    return NULL;

  for (gsize i = 1; i < length - 1; i++)
    {
      if (text[i] == '\\' && i + 1 < length - 1)
        i++;
      else if (text[i] == '"' || text[i] == '\\')
        return NULL;
      if (g_ascii_iscntrl (text[i]))
        return NULL;
      g_string_append_c (plain, text[i]);
    }

  return g_string_free (g_steal_pointer (&plain), FALSE);
}

/* A local part keeps its letters' case: RFC 5321 section 2.4 leaves it to the server. Only an
 * address that is upper case throughout was typed with Caps Lock on. */
static char *
normal_local_part (const char *local_part,
                   const char *domain)
{
  g_autofree char *upper = g_ascii_strup (local_part, -1);
  g_autofree char *upper_domain = g_ascii_strup (domain, -1);

  if (strcmp (upper, local_part) == 0 && strcmp (upper_domain, domain) == 0)
    return g_ascii_strdown (local_part, -1);

  return g_strdup (local_part);
}

static gboolean
take_local_part (DiscoveryAddress *self,
                 const char       *text,
                 gsize             size_bytes,
                 const char       *typed_domain)
{
  g_autofree char *stripped = dup_stripped (text, size_bytes);

  if (strlen (stripped) > MAX_LOCAL_PART_BYTES)
    return FALSE;

  self->local_part = normal_local_part (stripped, typed_domain);
  self->user = is_dot_atom (self->local_part) ? g_strdup (self->local_part)
                                              : unquote (self->local_part);
  return self->user != NULL;
}

/**
 * discovery_address_parse:
 * @text: what was typed or pasted
 *
 * Reads one address, with spaces and quotes around it, as `Name <address>`, as `mailto:…`, with an
 * international domain. The domain becomes lower case and ASCII.
 *
 * Errors: DISCOVERY_ERROR_ADDRESS.
 *
 * Returns: (transfer full): the address
 */
DiscoveryAddress *
discovery_address_parse (const char  *text,
                         GError     **error)
{
  g_autoptr(DiscoveryAddress) self = NULL;
  g_autofree char *address = NULL;
  const char *at;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (DiscoveryAddress, 1);
  g_atomic_ref_count_init (&self->ref_count);

  if (strlen (text) <= MAX_TEXT_BYTES && g_utf8_validate (text, -1, NULL))
    address = extract_address (text, &self->name);

  at = address != NULL ? strrchr (address, '@') : NULL;
  if (at != NULL)
    self->domain = normal_domain (at + 1);

  if (self->domain == NULL || !take_local_part (self, address, (gsize) (at - address), at + 1))
    {
      g_set_error_literal (error, DISCOVERY_ERROR, DISCOVERY_ERROR_ADDRESS,
                           "This is no e-mail address");
      return NULL;
    }

  self->email = g_strconcat (self->local_part, "@", self->domain, NULL);
  return g_steal_pointer (&self);
}

/**
 * discovery_address_get_email:
 *
 * Returns: the address: local part, `@`, domain in ASCII
 */
const char *
discovery_address_get_email (DiscoveryAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->email;
}

/**
 * discovery_address_get_local_part:
 *
 * Returns: what stands before the `@`, with quotes if it has some
 */
const char *
discovery_address_get_local_part (DiscoveryAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->local_part;
}

/**
 * discovery_address_get_domain:
 *
 * Returns: the domain in lower case and ASCII
 */
const char *
discovery_address_get_domain (DiscoveryAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->domain;
}

/**
 * discovery_address_get_name:
 *
 * Returns: (nullable): the person's name, when it was pasted along
 */
const char *
discovery_address_get_name (DiscoveryAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * discovery_address_expand:
 * @username_form: `email`, `localpart`, `localpart%domain`, `localpart.domain`, `localpart@x.y` or
 *   `ask`
 *
 * Makes the name to sign in with out of the address.
 *
 * Returns: (transfer full) (nullable): the name; %NULL for `ask`, and for forms unknown
 */
char *
discovery_address_expand (DiscoveryAddress *self,
                          const char       *username_form)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (username_form != NULL, NULL);

  if (strcmp (username_form, "email") == 0)
    return g_strdup (self->email);
  if (strcmp (username_form, "localpart") == 0)
    return g_strdup (self->user);
  if (strcmp (username_form, "localpart%domain") == 0)
    return g_strconcat (self->user, "%", self->domain, NULL);
  if (strcmp (username_form, "localpart.domain") == 0)
    return g_strconcat (self->user, ".", self->domain, NULL);
  if (g_str_has_prefix (username_form, "localpart@"))
    return g_strconcat (self->user, username_form + strlen ("localpart"), NULL);

  return NULL;
}
