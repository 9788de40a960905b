#include "mime-gmime-private.h"

/*
 * mime_gmime_init:
 *
 * Makes GMime ready, once for the process, from whatever thread asks first. GMime itself keeps no
 * state behind it but tables that are only read.
 *
 * Attached messages are registered as ordinary parts: so their bytes are known exactly, to be saved
 * as they came, and the nesting of messages in messages is ours to limit.
 */
void
mime_gmime_init (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      g_mime_init ();
      g_mime_object_register_type ("message", "rfc822", GMIME_TYPE_PART);
      g_mime_object_register_type ("message", "global", GMIME_TYPE_PART);
      g_mime_object_register_type ("message", "news", GMIME_TYPE_PART);
      g_once_init_leave (&ready, 1);
    }
}
