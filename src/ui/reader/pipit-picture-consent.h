#pragma once

#include "pipit-body.h"

G_BEGIN_DECLS

/* Whose pictures a person wants to see, though it tells the sender that the message is read. */
typedef enum
{
  PIPIT_PICTURES_OF_MESSAGE,
  PIPIT_PICTURES_OF_SENDER,
  PIPIT_PICTURES_OF_DOMAIN,
} PipitPictureScope;

gboolean  pipit_picture_consent_is_given (PipitBody          *body);
void      pipit_picture_consent_give     (PipitBody          *body,
                                          PipitPictureScope   scope);
char     *pipit_picture_consent_dup_name (PipitBody          *body,
                                          PipitPictureScope   scope);

void      pipit_picture_consent_take_back (const char        *sender);

G_END_DECLS
