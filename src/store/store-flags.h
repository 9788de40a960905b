#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * StoreFlags:
 * @STORE_FLAG_SEEN: \Seen
 * @STORE_FLAG_FLAGGED: \Flagged, what a person calls starred
 * @STORE_FLAG_ANSWERED: \Answered
 * @STORE_FLAG_FORWARDED: $Forwarded
 * @STORE_FLAG_DRAFT: \Draft
 * @STORE_FLAG_DELETED: \Deleted
 * @STORE_FLAG_JUNK: $Junk
 * @STORE_FLAG_NOT_JUNK: $NotJunk
 * @STORE_FLAG_PHISHING: $Phishing
 * @STORE_FLAG_MDN_SENT: $MDNSent
 * @STORE_FLAG_IMPORTANT: $Important
 *
 * The flags and registered keywords that Pipit gives a meaning to. All others are kept by name
 * in a keyword string: names separated by single spaces, sorted, each once. The bits are stored,
 * so they never change their meaning.
 */
typedef enum
{
  STORE_FLAG_SEEN = 1 << 0,
  STORE_FLAG_FLAGGED = 1 << 1,
  STORE_FLAG_ANSWERED = 1 << 2,
  STORE_FLAG_FORWARDED = 1 << 3,
  STORE_FLAG_DRAFT = 1 << 4,
  STORE_FLAG_DELETED = 1 << 5,
  STORE_FLAG_JUNK = 1 << 6,
  STORE_FLAG_NOT_JUNK = 1 << 7,
  STORE_FLAG_PHISHING = 1 << 8,
  STORE_FLAG_MDN_SENT = 1 << 9,
  STORE_FLAG_IMPORTANT = 1 << 10,
} StoreFlags;

guint32     store_flags_from_name    (const char *name);
const char *store_flags_to_name      (guint32     flag);

char       *store_keywords_change    (const char *keywords,
                                      const char *add,
                                      const char *remove);
char       *store_keywords_intersect (const char *keywords,
                                      const char *others);
gboolean    store_keywords_contain   (const char *keywords,
                                      const char *name);
guint32     store_keywords_hash      (const char *keywords);

G_END_DECLS
