#pragma once

#include "imap-response.h"

G_BEGIN_DECLS

/**
 * ImapReaderResult:
 * @IMAP_READER_RESPONSE: there is a response
 * @IMAP_READER_MORE: feed it again
 * @IMAP_READER_ERROR: the reader is unusable
 */
typedef enum
{
  IMAP_READER_RESPONSE,
  IMAP_READER_MORE,
  IMAP_READER_ERROR,
} ImapReaderResult;

/**
 * ImapReaderLimits:
 * @line_bytes: a response without its literals
 * @literal_bytes: one literal
 * @response_bytes: a response with its literals
 * @n_literals: literals in a response
 */
typedef struct
{
  gsize line_bytes;
  gsize literal_bytes;
  gsize response_bytes;
  guint n_literals;
} ImapReaderLimits;

typedef struct _ImapReader ImapReader;

ImapReader       *imap_reader_new          (void);
void              imap_reader_free         (ImapReader              *self);
void              imap_reader_set_limits   (ImapReader              *self,
                                            const ImapReaderLimits  *limits);
void              imap_reader_set_dropping (ImapReader              *self,
                                            gboolean                 dropping);
void              imap_reader_set_utf8_names (ImapReader            *self,
                                              gboolean               has_utf8_names);
void              imap_reader_feed         (ImapReader              *self,
                                            const void              *bytes,
                                            gsize                    size_bytes);
guint8           *imap_reader_get_space    (ImapReader              *self,
                                            gsize                   *out_size_bytes);
void              imap_reader_commit       (ImapReader              *self,
                                            gsize                    size_bytes);
GBytes           *imap_reader_steal_rest   (ImapReader              *self);
gboolean          imap_reader_is_between   (ImapReader              *self);
gboolean          imap_reader_end_literal  (ImapReader              *self,
                                            const char              *tag);
ImapReaderResult  imap_reader_next         (ImapReader              *self,
                                            ImapResponse           **out_response,
                                            GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapReader, imap_reader_free)

G_END_DECLS
