#pragma once

#include <gio/gio.h>

#include "smtp-reply.h"

G_BEGIN_DECLS

/**
 * SmtpReaderStatus:
 * @SMTP_READER_MORE: feed it again
 * @SMTP_READER_REPLY: a reply is complete
 * @SMTP_READER_ERROR: what came is no reply; the reader is of no further use
 */
typedef enum
{
  SMTP_READER_MORE,
  SMTP_READER_REPLY,
  SMTP_READER_ERROR,
} SmtpReaderStatus;

typedef struct _SmtpReader SmtpReader;

SmtpReader       *smtp_reader_new          (void);
void              smtp_reader_free         (SmtpReader    *self);

void              smtp_reader_feed         (SmtpReader    *self,
                                            const char    *bytes,
                                            gsize          size_bytes);
SmtpReaderStatus  smtp_reader_next         (SmtpReader    *self,
                                            SmtpReply    **out_reply,
                                            GError       **error);
gboolean          smtp_reader_is_empty     (SmtpReader    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpReader, smtp_reader_free)

G_END_DECLS
