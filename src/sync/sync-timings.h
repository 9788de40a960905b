#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SyncTimings:
 * @idle_ms: an IDLE is renewed after so long at the latest
 * @ask_ms: how often the inbox is asked after, where IDLE is missing or has not proved itself yet
 * @probe_ms: how long the server may be silent when it is asked whether the connection is alive
 * @poll_ms: how often the other folders are looked at; the account's settings may ask for longer
 * @visible_ms: how often the folder on the screen is
 * @watched_ms: how often the folders are looked at although NOTIFY watches them
 * @names_ms: how long after NOTIFY has told of a folder the list of folders is looked at once more
 * @retry_ms: how long the first failure in a row is waited after, twice as long each time; up to
 *   @max_retry_ms
 * @limit_ms: the same, when the server says that there is too much; up to @max_limit_ms
 * @proven_ms: a session that lived so long was a good one
 *
 * How often and how long. Real ones are #sync_timings_default; tests have shorter ones.
 */
typedef struct
{
  guint idle_ms;
  guint ask_ms;
  guint probe_ms;
  guint poll_ms;
  guint visible_ms;
  guint watched_ms;
  guint names_ms;
  guint retry_ms;
  guint max_retry_ms;
  guint limit_ms;
  guint max_limit_ms;
  guint proven_ms;
} SyncTimings;

extern const SyncTimings sync_timings_default;

G_END_DECLS
