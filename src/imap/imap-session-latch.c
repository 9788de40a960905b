#include "imap-session-private.h"

#include <string.h>

#include "base-text.h"
#include "base-time.h"

#define MAX_NAME_CHARS 200

/* What a server was found not to do as it should. A latch that was recalled from an earlier session
 * holds from the first command on, and falls as soon as the server turns out to be another one, or
 * another version of it. What is found now is told to whoever remembers it. */

void
imap_session_init_latches (ImapSession *self)
{
  self->latches = g_ptr_array_new_with_free_func ((GDestroyNotify) imap_latch_free);
  self->untold = g_ptr_array_new ();
}

void
imap_session_clear_latches (ImapSession *self)
{
  g_ptr_array_unref (self->untold);
  g_ptr_array_unref (self->latches);
  g_free (self->server_name);
}

/* The masks are what is asked a thousand times */
static void
update_masks (ImapSession *self)
{
  self->latched_off = 0;
  self->latched_quirks = 0;

  for (guint i = 0; i < self->latches->len; i++)
    {
      const ImapLatch *latch = g_ptr_array_index (self->latches, i);
      ImapCapability capability;
      ImapQuirk quirk;

      if (imap_capability_from_name (latch->feature, &capability))
        self->latched_off |= IMAP_CAPABILITY_BIT (capability);
      else if (imap_quirk_from_name (latch->feature, &quirk))
        self->latched_quirks |= IMAP_QUIRK_BIT (quirk);
    }
}

static ImapLatch *
find_latch (ImapSession *self,
            const char  *feature)
{
  for (guint i = 0; i < self->latches->len; i++)
    {
      ImapLatch *latch = g_ptr_array_index (self->latches, i);

      if (strcmp (latch->feature, feature) == 0)
        return latch;
    }

  return NULL;
}

/* imap_session_tell_latches: tells what was found, with the server's name if it is known by now */
void
imap_session_tell_latches (ImapSession *self)
{
  g_autoptr(GPtrArray) untold = g_steal_pointer (&self->untold);

  self->untold = g_ptr_array_new ();
  for (guint i = 0; i < untold->len; i++)
    {
      ImapLatch *latch = g_ptr_array_index (untold, i);

      if (*latch->server == '\0' && self->server_name != NULL)
        {
          g_free (latch->server);
          latch->server = g_strdup (self->server_name);
        }
      if (self->latch_func != NULL)
        self->latch_func (self, latch, self->latch_data);
    }
}

/* What is known of another server, or of another version of this one, does not hold */
static void
drop_strangers (ImapSession *self)
{
  for (guint i = self->latches->len; i > 0; i--)
    {
      ImapLatch *latch = g_ptr_array_index (self->latches, i - 1);

      if (*latch->server == '\0')
        {
          if (!g_ptr_array_find (self->untold, latch, NULL))
            g_ptr_array_add (self->untold, latch);
        }
      else if (strcmp (latch->server, self->server_name) != 0)
        {
          g_info ("%s is tried again: the server was %s, and is %s", latch->feature, latch->server,
                  self->server_name);
          g_ptr_array_remove_index (self->latches, i - 1);
        }
    }

  update_masks (self);
}

static void
add_field (GString      *name,
           const ImapId *id,
           const char   *field)
{
  for (guint i = 0; i < id->n_fields; i++)
    if (g_ascii_strcasecmp (id->fields[i].name, field) == 0 && id->fields[i].value != NULL)
      {
        g_string_append_printf (name, "%s%s", name->len > 0 ? " " : "", id->fields[i].value);
        return;
      }
}

static gboolean
has_version (const ImapId *id)
{
  for (guint i = 0; i < id->n_fields; i++)
    if (g_ascii_strcasecmp (id->fields[i].name, "version") == 0 && id->fields[i].value != NULL)
      return TRUE;

  return FALSE;
}

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* A server without a version is known by what it can do, in whatever order it says that */
static void
add_capabilities (GString           *name,
                  const char *const *words)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (sorted, (gpointer) words[i]);
  g_ptr_array_sort (sorted, compare_words);
  for (guint i = 0; i < sorted->len; i++)
    g_checksum_update (checksum, g_ptr_array_index (sorted, i),
                       (gssize) strlen (g_ptr_array_index (sorted, i)) + 1);

  g_string_append_printf (name, "%scapabilities %.8s", name->len > 0 ? ", " : "",
                          g_checksum_get_string (checksum));
}

static char *
compose_name (ImapSession *self)
{
  const ImapId *id = imap_session_get_server_id (self);
  g_autoptr(GString) name = g_string_new (NULL);
  g_autofree char *quoted = NULL;

  if (id != NULL)
    {
      add_field (name, id, "name");
      add_field (name, id, "version");
      add_field (name, id, "vendor");
    }
  if (id == NULL || !has_version (id))
    add_capabilities (name, (const char *const *) self->capability_words);

  quoted = base_text_quote (name->str, (gssize) name->len, MAX_NAME_CHARS);
  return g_steal_pointer (&quoted);
}

/* imap_session_identify: the server may have said who it is: by its ID, or after the sign-in by
 * having none. Capabilities that change later make no other server of it. */
void
imap_session_identify (ImapSession *self)
{
  gboolean has_id = self->server_id != NULL;
  gboolean is_without = self->state >= IMAP_STATE_SIGNED_IN &&
                        self->state < IMAP_STATE_CLOSED && self->capability_words[0] != NULL &&
                        (self->is_id_answered || !imap_session_has (self, IMAP_CAPABILITY_ID));

  if (self->server_name != NULL || !(has_id || is_without))
    return;

  self->server_name = compose_name (self);
  drop_strangers (self);
  imap_session_tell_latches (self);
}

static void
latch (ImapSession *self,
       const char  *feature,
       const char  *evidence)
{
  ImapLatch *found;

  if (find_latch (self, feature) != NULL)
    return;

  found = imap_latch_new (feature, evidence, NULL, base_time_now_unix ());
  g_message ("%s is not used with this server any more: %s", found->feature, found->evidence);
  g_ptr_array_add (self->latches, found);
  g_ptr_array_add (self->untold, found);
  update_masks (self);
  if (self->server_name != NULL || self->state == IMAP_STATE_CLOSED)
    imap_session_tell_latches (self);
}

/**
 * imap_session_set_latch_func:
 * @func: (nullable): hears of what is found broken
 */
void
imap_session_set_latch_func (ImapSession   *self,
                             ImapLatchFunc  func,
                             gpointer       user_data)
{
  self->latch_func = func;
  self->latch_data = user_data;
}

/**
 * imap_session_recall_latch:
 * @latch: what an earlier session with this account has told; copied
 *
 * Has it hold from the beginning, until the server says that it is another one now. To be called
 * before imap_session_connect ().
 */
void
imap_session_recall_latch (ImapSession     *self,
                           const ImapLatch *latch)
{
  g_return_if_fail (IMAP_IS_SESSION (self) && latch != NULL);

  if (find_latch (self, latch->feature) != NULL)
    return;

  g_ptr_array_add (self->latches, imap_latch_copy (latch));
  update_masks (self);
}

/**
 * imap_session_latch_off:
 * @evidence: what has proved it: what was sent, what came back. A person may read it, and it is
 *   remembered: nothing private
 *
 * Does as if the server lacked something: it has been found broken. Holds for this session and, if
 * somebody remembers it (imap_session_set_latch_func ()), for later ones with the same server. The
 * first evidence counts; latching again does nothing.
 */
void
imap_session_latch_off (ImapSession    *self,
                        ImapCapability  capability,
                        const char     *evidence)
{
  g_return_if_fail (IMAP_IS_SESSION (self) && evidence != NULL);

  latch (self, imap_capability_get_name (capability), evidence);
}

/**
 * imap_session_latch_quirk:
 * @evidence: as with imap_session_latch_off ()
 *
 * The same for what is no capability.
 */
void
imap_session_latch_quirk (ImapSession *self,
                          ImapQuirk    quirk,
                          const char  *evidence)
{
  g_return_if_fail (IMAP_IS_SESSION (self) && evidence != NULL);

  latch (self, imap_quirk_get_name (quirk), evidence);
}

/**
 * imap_session_has_quirk:
 *
 * Returns: whether this server is to be treated that way
 */
gboolean
imap_session_has_quirk (ImapSession *self,
                        ImapQuirk    quirk)
{
  return ((self->latched_quirks | self->effects.quirks) & IMAP_QUIRK_BIT (quirk)) != 0;
}

/**
 * imap_session_get_server_name:
 *
 * What the server says of itself: the name, version and vendor of its ID; where there is no
 * version, with a fingerprint of its capabilities. Two sessions with the same name are with the
 * same software.
 *
 * Returns: (transfer none) (nullable): the name, UTF-8; %NULL while it is not known
 */
const char *
imap_session_get_server_name (ImapSession *self)
{
  return self->server_name;
}
