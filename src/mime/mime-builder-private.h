#pragma once

#include "mime-builder.h"
#include "mime-headers.h"

G_BEGIN_DECLS

typedef struct
{
  char   *content_id;   /* (owned) (nullable): of a picture in the HTML */
  char   *file_name;    /* (owned) (nullable) */
  char   *content_type; /* (owned) (nullable) */
  GBytes *bytes;        /* (owned) */
} MimeBuilderPiece;

struct _MimeBuilder
{
  MimeAddressList *addresses[MIME_N_ADDRESS_FIELDS]; /* (owned) (nullable) */
  char            *subject;      /* (owned) (nullable) */
  char            *message_id;   /* (owned) (nullable) */
  char            *in_reply_to;  /* (owned) (nullable) */
  char           **references;   /* (owned) (nullable) */
  char            *user_agent;   /* (owned) (nullable) */
  GPtrArray       *extra;        /* (owned) (element-type utf8): name, text, name, text … */
  gint64           date_unix;
  int              date_offset_minutes;
  gboolean         has_date;

  char            *text;         /* (owned) (nullable) */
  char            *html;         /* (owned) (nullable) */
  GPtrArray       *pieces;       /* (owned) (element-type MimeBuilderPiece) */
};

char *mime_builder_one_line (const char *text);

G_END_DECLS
