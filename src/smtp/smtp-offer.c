#include "smtp-offer-private.h"

#include <string.h>

static const struct
{
  const char *keyword;
  SmtpCapabilities capability;
} keyword_table[] = {
  { "STARTTLS", SMTP_CAPABILITY_STARTTLS },
  { "AUTH", SMTP_CAPABILITY_AUTH },
  { "SIZE", SMTP_CAPABILITY_SIZE },
  { "8BITMIME", SMTP_CAPABILITY_8BITMIME },
  { "SMTPUTF8", SMTP_CAPABILITY_SMTPUTF8 },
  { "PIPELINING", SMTP_CAPABILITY_PIPELINING },
  { "ENHANCEDSTATUSCODES", SMTP_CAPABILITY_ENHANCED_STATUS },
};

static gboolean
is_keyword (const char *line,
            const char *keyword)
{
  gsize size = strlen (keyword);

  /* "AUTH=LOGIN" is how servers spoke to clients of the last century, and some still do */
  return g_ascii_strncasecmp (line, keyword, size) == 0 &&
         (line[size] == '\0' || line[size] == ' ' || line[size] == '=');
}

static void
add_mechanisms (GPtrArray  *mechanisms,
                const char *line)
{
  g_auto(GStrv) words = g_strsplit_set (line + strlen ("AUTH"), " =\t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' &&
        !g_ptr_array_find_with_equal_func (mechanisms, words[i], g_str_equal, NULL))
      g_ptr_array_add (mechanisms, g_strdup (words[i]));
}

/**
 * smtp_offer_read:
 * @self: where to put it; what was there before is released
 * @reply: the answer to EHLO
 *
 * Reads the capabilities out of the lines behind the first, which is the server's name.
 */
void
smtp_offer_read (SmtpOffer *self,
                 SmtpReply *reply)
{
  const char * const *lines = smtp_reply_get_lines (reply);
  g_autoptr(GPtrArray) mechanisms = g_ptr_array_new ();

  smtp_offer_clear (self);

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (keyword_table); j++)
      {
        if (!is_keyword (lines[i], keyword_table[j].keyword))
          continue;

        self->capabilities |= keyword_table[j].capability;
        if (keyword_table[j].capability == SMTP_CAPABILITY_AUTH)
          add_mechanisms (mechanisms, lines[i]);
        if (keyword_table[j].capability == SMTP_CAPABILITY_SIZE)
          self->size_limit_bytes = g_ascii_strtoull (lines[i] + strlen ("SIZE"), NULL, 10);
      }

  g_ptr_array_add (mechanisms, NULL);
  self->mechanisms = (char **) g_ptr_array_steal (mechanisms, NULL);
}

/**
 * smtp_offer_clear:
 *
 * Releases what it holds: nothing is offered.
 */
void
smtp_offer_clear (SmtpOffer *self)
{
  g_clear_pointer (&self->mechanisms, g_strfreev);
  self->capabilities = SMTP_CAPABILITY_NONE;
  self->size_limit_bytes = 0;
}
