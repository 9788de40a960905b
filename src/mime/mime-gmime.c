#include "mime-gmime-private.h"

/* What GMime allocates once and forgets is no leak of ours. gcc and clang say it in different words. */
#if defined (__has_feature)
#if __has_feature (address_sanitizer)
#define UNDER_ADDRESS_SANITIZER
#endif
#endif
#if defined (__SANITIZE_ADDRESS__) || defined (UNDER_ADDRESS_SANITIZER)
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable() G_STMT_START {} G_STMT_END
#define __lsan_enable() G_STMT_START {} G_STMT_END
#endif

/*
 * mime_gmime_init:
 *
 * Makes GMime ready, once for the process, from whatever thread asks first. GMime itself keeps no
 * state behind it but tables that are only read.
 *
 * Attached messages are registered as ordinary parts: so their bytes are known exactly, to be saved
 * as they came, and the nesting of messages in messages is ours to limit. GMime drops the three entries
 * that this replaces, 48 bytes, without freeing them.
 */
void
mime_gmime_init (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      __lsan_disable ();
      g_mime_init ();
      g_mime_object_register_type ("message", "rfc822", GMIME_TYPE_PART);
      g_mime_object_register_type ("message", "global", GMIME_TYPE_PART);
      g_mime_object_register_type ("message", "news", GMIME_TYPE_PART);
      __lsan_enable ();
      g_once_init_leave (&ready, 1);
    }
}
