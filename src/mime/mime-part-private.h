#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

/* Deeper multiparts and messages are not looked into. */
#define MIME_MAX_DEPTH 40

/* More parts than this are not listed. */
#define MIME_MAX_PARTS 4000

struct _MimePart
{
  MimePart        *parent;       /* (nullable) */
  GPtrArray       *children;     /* (owned) (nullable) (element-type MimePart): of the message */
  guint            depth;
  gboolean         is_multipart;
  gboolean         is_message;
  gboolean         is_nested;    /* inside an attached message */

  char            *section;      /* (owned) */
  MimeParameters  *type;         /* (owned) */
  MimeParameters  *disposition_parameters; /* (owned) (nullable) */
  MimeDisposition  disposition;
  char            *encoding;     /* (owned): in lower case */
  char            *content_id;   /* (owned) (nullable) */
  char            *description;  /* (owned) (nullable) */
  char            *subject;      /* (owned) (nullable): of an attached message */
  char            *file_name;    /* (owned) (nullable): of an attachment, safe and unique */
  GBytes          *body;         /* (owned): as it came; empty for multiparts */
  gsize            size_bytes;   /* decoded */
  MimeRole         role;
  MimeProblems     problems;
};

MimePart   *mime_part_new             (MimePart       *parent);
void        mime_part_free            (MimePart       *self);
void        mime_part_set_headers     (MimePart       *self,
                                       const char     *content_type,
                                       const char     *disposition,
                                       const char     *encoding,
                                       const char     *content_id,
                                       const char     *description,
                                       const char     *default_type);
void        mime_part_set_body        (MimePart       *self,
                                       GBytes         *body);
void        mime_part_set_section     (MimePart       *self);
gboolean    mime_part_is_type         (const MimePart *self,
                                       const char     *content_type);
const char *mime_part_get_given_name  (const MimePart *self);

/* Reads the structure of a message; appends all its parts to @parts, the root first. */
MimePart   *mime_structure_parse      (GBytes         *message,
                                       MimePart       *parent,
                                       GPtrArray      *parts,
                                       MimeHeaders   **out_headers,
                                       MimeProblems   *problems);

MimePart   *mime_structure_parse_plain (GBytes         *message,
                                        GPtrArray      *parts,
                                        MimeProblems   *problems);
MimePart   *mime_structure_parse_anything (GBytes       *message,
                                           GPtrArray    *parts,
                                           MimeProblems *problems);

/* Of the beginning of a text as of the whole, where that is possible. */
char       *mime_text_preview_of_beginning (const char *beginning,
                                            gsize       max_chars);

/* A piece of what is read from top to bottom: one or both forms of it. */
typedef struct
{
  MimePart *text; /* (nullable) */
  MimePart *html; /* (nullable) */
} MimeBodyItem;

/* Decides what each part is for. */
void        mime_roles_assign         (MimePart       *root,
                                       GPtrArray      *parts,
                                       GArray         *items);

G_END_DECLS
