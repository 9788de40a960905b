#pragma once

#include <string.h>

#include "imap-arena-private.h"

G_BEGIN_DECLS

/**
 * ImapLiteral:
 * @offset: where in the response's text it stands, behind the line end of its announcement
 * @size_bytes: its size
 * @bytes: (owned) (nullable): its bytes, when they were kept apart; otherwise they stand in the
 *   text
 * @is_dropped: nobody wanted it: neither here nor there
 */
typedef struct
{
  gsize offset;
  gsize size_bytes;
  GBytes *bytes;
  gboolean is_dropped;
} ImapLiteral;

/**
 * ImapSlice:
 * @bytes: not terminated
 * @literal: (nullable): where it came from
 * @is_nil: NIL; @size_bytes is 0
 * @is_quoted: a quoted string or literal, which no keyword of the protocol is
 */
typedef struct
{
  const char *bytes;
  gsize size_bytes;
  const ImapLiteral *literal;
  gboolean is_nil;
  gboolean is_quoted;
} ImapSlice;

/**
 * ImapScanner:
 *
 * Reads the tokens of one response. A function that does not find what it looks for returns
 * %FALSE and stays where it was. Lives on the stack; copying it remembers the place.
 */
typedef struct
{
  const char *text;
  const char *p;
  const char *end;
  const ImapLiteral *literals;
  guint n_literals;
  guint next_literal;
  gboolean has_utf8_names; /* mailbox names are UTF-8 */
  gboolean has_open_quote; /* a quote that nothing closes was met: do not look for its end again */
  ImapArena *arena;
} ImapScanner;

gboolean imap_scanner_at_end       (const ImapScanner *self);
int      imap_scanner_peek         (const ImapScanner *self);
gboolean imap_scanner_spaces       (ImapScanner       *self);
gboolean imap_scanner_char         (ImapScanner       *self,
                                    char               c);
gboolean imap_scanner_word         (ImapScanner       *self,
                                    ImapSlice         *out_word);
gboolean imap_scanner_name         (ImapScanner       *self,
                                    ImapSlice         *out_name);
gboolean imap_scanner_until        (ImapScanner       *self,
                                    const char        *stops,
                                    ImapSlice         *out_word);
gboolean imap_scanner_number       (ImapScanner       *self,
                                    guint64           *out_number);
gboolean imap_scanner_size         (ImapScanner       *self,
                                    guint64           *out_size);
gboolean imap_scanner_string       (ImapScanner       *self,
                                    ImapSlice         *out_string);
gboolean imap_scanner_nstring      (ImapScanner       *self,
                                    ImapSlice         *out_string);
gboolean imap_scanner_astring      (ImapScanner       *self,
                                    ImapSlice         *out_string);
gboolean imap_scanner_skip         (ImapScanner       *self);
void     imap_scanner_skip_to_close (ImapScanner      *self);

char    *imap_slice_dup            (const ImapSlice   *self,
                                    ImapArena         *arena);

/* imap_slice_is: whether this is a certain word of the protocol, in whatever case. Here, so that
 * the length of a constant word costs nothing: a FETCH asks this dozens of times. */
static inline gboolean
imap_slice_is (const ImapSlice *self,
               const char      *word)
{
  return strlen (word) == self->size_bytes && self->size_bytes > 0 &&
         ((*self->bytes ^ *word) & ~0x20) == 0 &&
         g_ascii_strncasecmp (self->bytes, word, self->size_bytes) == 0;
}

G_END_DECLS
