#pragma once

#include "pipit-body-private.h"

#include "mime-message.h"

G_BEGIN_DECLS

/* For the files of the body itself: pipit-body*.c. */
struct _PipitBody
{
  GObject parent_instance;

  PipitMessage *message;     /* (owned) */
  MimeMessage *mime;         /* (owned) */
  PipitBodyState state;
  char *note;                /* (owned) (nullable) */
  char *text;                /* (owned) */
  char *html;                /* (owned) (nullable) */
  gboolean has_dark;
  guint n_remote;
  char *html_with_pictures;  /* (owned) (nullable): with numbers in the place of their addresses */
  GPtrArray *pictures;       /* (owned) (nullable) of char *: the addresses, by number */
  char *fingerprint;         /* (owned) (nullable): of the HTML */
  char *headers;             /* (owned) */
  GListModel *attachments;   /* (owned) of PipitAttachment */
};

/* pipit-body-pictures.c */
void pipit_body_find_pictures (PipitBody *self);

G_END_DECLS
