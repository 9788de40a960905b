#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MimeProblems:
 * @MIME_PROBLEM_NO_HEADERS: it has no header fields that could be recognised
 * @MIME_PROBLEM_HEADERS_CUT: it ends inside its header
 * @MIME_PROBLEM_BOUNDARY_MISSING: the last boundary of a multipart is missing
 * @MIME_PROBLEM_BOUNDARY_UNKNOWN: a multipart without a boundary parameter
 * @MIME_PROBLEM_ENCODING_CUT: base64 that ends in the middle
 * @MIME_PROBLEM_ENCODING_BROKEN: base64 or quoted-printable with characters that are not of it
 * @MIME_PROBLEM_ENCODING_UNKNOWN: a Content-Transfer-Encoding that nobody knows
 * @MIME_PROBLEM_CHARSET_UNKNOWN: a charset that nobody knows; another was tried
 * @MIME_PROBLEM_CHARSET_WRONG: bytes that are not of the charset that was declared
 * @MIME_PROBLEM_LIMIT: deeper or of more parts than the limits; the rest is one opaque part
 * @MIME_PROBLEM_PARTIAL: only a piece of a message (message/partial)
 *
 * What is wrong with a message or a part, as data, so that a note can be shown.
 */
typedef enum
{
  MIME_PROBLEM_NO_HEADERS       = 1 << 0,
  MIME_PROBLEM_HEADERS_CUT      = 1 << 1,
  MIME_PROBLEM_BOUNDARY_MISSING = 1 << 2,
  MIME_PROBLEM_BOUNDARY_UNKNOWN = 1 << 3,
  MIME_PROBLEM_ENCODING_CUT     = 1 << 4,
  MIME_PROBLEM_ENCODING_BROKEN  = 1 << 5,
  MIME_PROBLEM_ENCODING_UNKNOWN = 1 << 6,
  MIME_PROBLEM_CHARSET_UNKNOWN  = 1 << 7,
  MIME_PROBLEM_CHARSET_WRONG    = 1 << 8,
  MIME_PROBLEM_LIMIT            = 1 << 9,
  MIME_PROBLEM_PARTIAL          = 1 << 10,
} MimeProblems;

GBytes *mime_body_decode  (GBytes       *encoded,
                           const char   *encoding,
                           MimeProblems *problems);
char   *mime_text_to_utf8 (GBytes       *bytes,
                           const char   *charset,
                           MimeProblems *problems);

G_END_DECLS
