/*
 * Prefixes of subjects. Programs in every language put their own before a subject, and pile them up:
 * "AW: RE: SV: [list] Re: lunch". What they mean is the same twice.
 */
#include "mime-subject.h"

#include <string.h>

/* Case folded. Those of Outlook, Apple Mail, Lotus Notes and web mail in their languages. */
static const char * const reply_prefixes[] = {
  "re", "aw", "antw", "antwort", "sv", "svar", "vs", "vá", "odp", "ref", "res", "ynt", "rif", "r",
  "ré", "réf", "bls", "atb", "απ", "σχετ", "на", "отв", "ответ", "回复", "回覆", "答复", "答覆", "返信", "답장",
  "회신", "תשובה", "השב", "رد", "ตอบ", NULL
};

static const char * const forward_prefixes[] = {
  "fwd", "fw", "wg", "weitergeleitet", "vb", "vl", "i", "tr", "enc", "rv", "ilt", "doorst",
  "pd", "továbbítás", "fs", "trs", "vidarebefordrat", "πρθ", "prth", "转发", "轉寄", "转寄", "転送", "전달", "הועבר",
  "إعادة توجيه", "ส่งต่อ", "пересл", NULL
};

typedef enum
{
  PREFIX_NONE,
  PREFIX_REPLY,
  PREFIX_FORWARD,
} PrefixKind;

/* The longest prefix above, in bytes, with room for a counter. */
#define MAX_PREFIX 48

/* "[2]", "(2)" or "^2" behind a prefix: how often, as some programs count. */
static const char *
skip_counter (const char *p)
{
  const char *q = p;
  char close = *p == '[' ? ']' : *p == '(' ? ')' : '\0';

  if (*p != '[' && *p != '(' && *p != '^')
    return p;
  for (q++; g_ascii_isdigit (*q); q++)
    ;
  if (q == p + 1)
    return p;
  if (close == '\0')
    return q;
  return *q == close ? q + 1 : p;
}

/* The prefix that @subject begins with; *@out_rest stands behind it and its colon. */
static PrefixKind
read_prefix (const char  *subject,
             const char **out_rest)
{
  const char *p = subject;
  g_autofree char *word = NULL;
  PrefixKind kind = PREFIX_NONE;

  while (*p != '\0' && *p != ':' && *p != '[' && *p != '(' && *p != '^' &&
         !g_str_has_prefix (p, "：") && p - subject < MAX_PREFIX)
    p = g_utf8_next_char (p);
  if (p == subject || p - subject >= MAX_PREFIX)
    return PREFIX_NONE;

  word = g_utf8_casefold (subject, p - subject);
  g_strchomp (word);
  p = skip_counter (p);
  while (*p == ' ')
    p++;
  if (*p == ':')
    p++;
  else if (g_str_has_prefix (p, "："))
    p += strlen ("：");
  else
    return PREFIX_NONE;

  if (g_strv_contains (reply_prefixes, word))
    kind = PREFIX_REPLY;
  else if (g_strv_contains (forward_prefixes, word))
    kind = PREFIX_FORWARD;
  if (kind != PREFIX_NONE)
    {
      while (*p == ' ')
        p++;
      *out_rest = p;
    }

  return kind;
}

/* The name of a mailing list at the beginning: "[gtk-list] ". Never the whole subject. */
static const char *
skip_list_name (const char *subject)
{
  const char *close;

  if (*subject != '[' || (close = strchr (subject, ']')) == NULL || close - subject > 60)
    return subject;
  for (close++; *close == ' '; close++)
    ;

  return *close != '\0' ? close : subject;
}

/* Takes prefixes off; a list's name between two prefixes goes as well, one before the text stays. */
static const char *
skip_prefixes (const char *subject,
               PrefixKind *out_first)
{
  const char *text = subject;

  *out_first = PREFIX_NONE;
  while (*text == ' ')
    text++;
  for (;;)
    {
      const char *rest = text;
      PrefixKind kind = read_prefix (text, &rest);

      if (kind == PREFIX_NONE)
        kind = read_prefix (skip_list_name (text), &rest);
      if (kind == PREFIX_NONE)
        return text;
      if (*out_first == PREFIX_NONE)
        *out_first = kind;
      text = rest;
    }
}

/**
 * mime_subject_dup_base:
 * @subject: (nullable): a subject, decoded
 *
 * What a subject is about: without prefixes of replies and forwards in many languages, without the
 * "(fwd)" behind it and the name of a mailing list before it, blanks made one. In the spirit of
 * RFC 5256 section 2.1.
 *
 * Returns: (transfer full): the base subject, perhaps empty
 */
char *
mime_subject_dup_base (const char *subject)
{
  PrefixKind kind;
  const char *text = skip_prefixes (subject != NULL ? subject : "", &kind);
  GString *base = g_string_new (NULL);

  for (const char *p = skip_list_name (text); *p != '\0'; p++)
    if (*p != ' ' || (base->len > 0 && base->str[base->len - 1] != ' '))
      g_string_append_c (base, *p);
  for (;;)
    {
      while (base->len > 0 && base->str[base->len - 1] == ' ')
        g_string_truncate (base, base->len - 1);
      if (base->len < 5 || g_ascii_strcasecmp (base->str + base->len - 5, "(fwd)") != 0)
        break;
      g_string_truncate (base, base->len - 5);
    }

  return g_string_free (base, FALSE);
}

/**
 * mime_subject_is_reply:
 * @subject: (nullable): a subject, decoded
 *
 * Returns: whether it begins with the prefix of a reply
 */
gboolean
mime_subject_is_reply (const char *subject)
{
  PrefixKind kind;

  skip_prefixes (subject != NULL ? subject : "", &kind);

  return kind == PREFIX_REPLY;
}

static char *
with_prefix (const char *prefix,
             const char *subject)
{
  PrefixKind kind;
  const char *text = skip_prefixes (subject != NULL ? subject : "", &kind);

  return *text != '\0' ? g_strdup_printf ("%s: %s", prefix, text) : g_strdup_printf ("%s:", prefix);
}

/**
 * mime_subject_for_reply:
 * @subject: (nullable): the subject that is answered
 *
 * Returns: (transfer full): `Re: …` with all prefixes that were there collapsed into it.
 *   RFC 5322 section 3.6.5
 */
char *
mime_subject_for_reply (const char *subject)
{
  return with_prefix ("Re", subject);
}

/**
 * mime_subject_for_forward:
 * @subject: (nullable): the subject that is forwarded
 *
 * Returns: (transfer full): `Fwd: …` with all prefixes that were there collapsed into it
 */
char *
mime_subject_for_forward (const char *subject)
{
  return with_prefix ("Fwd", subject);
}
