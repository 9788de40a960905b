#include "smtp-address-private.h"

#include <string.h>

#include "base-text.h"
#include "smtp-error.h"

/* Addresses of the envelope (RFC 5321 section 4.1.2, RFC 6531 section 3.3). */

#define MAX_ADDRESS_BYTES 320
#define MAX_QUOTED_CHARS 100

static char *
refuse (const char  *address,
        GError     **error)
{
  g_autofree char *quoted = base_text_quote (address, -1, MAX_QUOTED_CHARS);

  g_set_error (error, SMTP_ERROR, SMTP_ERROR_INVALID, "Not an e-mail address: %s", quoted);
  return NULL;
}

/* Nothing in it may end the command's line, its brackets or its argument */
static gboolean
is_local_part (const char *text,
               gsize       size)
{
  gboolean quoted = size >= 2 && text[0] == '"' && text[size - 1] == '"';

  for (gsize i = 0; i < size; i++)
    {
      if (g_ascii_iscntrl (text[i]))
        return FALSE;
      if (!quoted && strchr (" <>\"(),;:\\[]@", text[i]) != NULL)
        return FALSE;
      if (quoted && i > 0 && i < size - 1 && text[i] == '"')
        return FALSE;
      if (quoted && text[i] == '\\' && ++i >= size - 1)
        return FALSE;
    }

  return size > 0;
}

static gboolean
is_domain (const char *text)
{
  gsize size = strlen (text);

  if (size > 2 && text[0] == '[' && text[size - 1] == ']')
    return strspn (text + 1, "0123456789abcdefABCDEFIPv:.-") == size - 2;

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.' && *p != '_')
      return FALSE;

  return size > 0 && text[0] != '.' && strstr (text, "..") == NULL;
}

static gboolean
is_ascii (const char *text,
          gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if ((guchar) text[i] >= 0x80)
      return FALSE;

  return TRUE;
}

/**
 * smtp_address_to_wire:
 * @address: `local@domain`, UTF-8, without a name or brackets; or empty, the sender of bounces
 * @out_needs_utf8: (inout): set to %TRUE if the address needs SMTPUTF8, otherwise left alone
 *
 * Makes an address fit for MAIL and RCPT. An international domain becomes ASCII, which every server
 * takes; an international local part has no other form.
 *
 * Errors: SMTP_ERROR_INVALID.
 *
 * Returns: (transfer full): the address
 */
char *
smtp_address_to_wire (const char  *address,
                      gboolean    *out_needs_utf8,
                      GError     **error)
{
  const char *at;
  gsize local_size;
  g_autofree char *domain = NULL;

  if (*address == '\0')
    return g_strdup ("");

  at = strrchr (address, '@');
  if (at == NULL || strlen (address) > MAX_ADDRESS_BYTES || !g_utf8_validate (address, -1, NULL))
    return refuse (address, error);

  local_size = (gsize) (at - address);
  domain = is_ascii (at + 1, strlen (at + 1)) ? g_strdup (at + 1) : g_hostname_to_ascii (at + 1);
  if (!is_local_part (address, local_size) || domain == NULL || !is_domain (domain))
    return refuse (address, error);

  if (!is_ascii (address, local_size))
    *out_needs_utf8 = TRUE;

  return g_strdup_printf ("%.*s@%s", (int) local_size, address, domain);
}
