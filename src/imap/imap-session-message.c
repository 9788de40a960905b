#include "imap-session-private.h"

#include <string.h>

/* Commands on the messages of the selected mailbox: by UID only, since a message number is only
 * good for as long as nothing else is under way. */

static const struct
{
  guint item;
  const char *name;
  ImapCapability needs; /* IMAP_CAPABILITY_LAST: nothing */
} fetch_items[] = {
  { IMAP_FETCH_FLAGS, "FLAGS", IMAP_CAPABILITY_LAST },
  { IMAP_FETCH_INTERNALDATE, "INTERNALDATE", IMAP_CAPABILITY_LAST },
  { IMAP_FETCH_SIZE, "RFC822.SIZE", IMAP_CAPABILITY_LAST },
  { IMAP_FETCH_MODSEQ, "MODSEQ", IMAP_CAPABILITY_CONDSTORE },
  { IMAP_FETCH_EMAILID, "EMAILID", IMAP_CAPABILITY_OBJECTID },
  { IMAP_FETCH_THREADID, "THREADID", IMAP_CAPABILITY_OBJECTID },
  { IMAP_FETCH_SAVEDATE, "SAVEDATE", IMAP_CAPABILITY_SAVEDATE },
  { IMAP_FETCH_GM_MSGID, "X-GM-MSGID", IMAP_CAPABILITY_X_GM_EXT_1 },
  { IMAP_FETCH_GM_THRID, "X-GM-THRID", IMAP_CAPABILITY_X_GM_EXT_1 },
  { IMAP_FETCH_GM_LABELS, "X-GM-LABELS", IMAP_CAPABILITY_X_GM_EXT_1 },
  { IMAP_FETCH_ENVELOPE, "ENVELOPE", IMAP_CAPABILITY_LAST },
  { IMAP_FETCH_BODYSTRUCTURE, "BODYSTRUCTURE", IMAP_CAPABILITY_LAST },
  { IMAP_FETCH_PREVIEW, "PREVIEW (LAZY)", IMAP_CAPABILITY_PREVIEW },
};

/* Sends a command once for each part of a set that fits into a line. @rest follows the set, and
 * then @mailbox, where there is one. */
static void
send_for_sets (ImapSession      *self,
               ImapCommand      *command,
               guint             flags,
               const ImapUidSet *uids,
               const char       *rest,
               const char       *mailbox)
{
  g_autoptr(GPtrArray) sets = NULL;

  if (imap_uid_set_is_empty (uids))
    {
      /* nothing to do is not worth a round trip */
      imap_command_finish (command);
      return;
    }

  sets = imap_uid_set_to_strings (uids, imap_session_get_line_limit (self),
                                  self->effects.max_uids);
  for (guint i = 0; i < sets->len; i++)
    {
      ImapRequest *request = imap_session_begin (self, command, flags, command->name);

      imap_request_add_format (request, " %s%s", (char *) g_ptr_array_index (sets, i), rest);
      if (mailbox != NULL)
        imap_request_add_mailbox (request, mailbox);
      imap_session_send (self, request);
    }
}

/* Names of header fields, as far as they can be said without quotes */
static void
add_header_fields (GString        *text,
                   const char     *fields,
                   ImapHeaderMode  mode)
{
  if (mode == IMAP_HEADER_WHOLE)
    {
      g_string_append (text, " BODY.PEEK[HEADER]");
      return;
    }

  g_string_append (text, mode == IMAP_HEADER_TIGHT ? " BODY.PEEK[HEADER.FIELDS("
                                                   : " BODY.PEEK[HEADER.FIELDS (");
  for (const char *p = fields; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '-' || *p == '_' || *p == ' ')
      g_string_append_c (text, *p);
  g_string_append (text, ")]");
}

static void
add_section (ImapSession          *self,
             GString              *text,
             const ImapFetchQuery *query,
             const char           *section)
{
  g_string_append (text, " BODY.PEEK[");
  for (const char *p = section; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '.')
      g_string_append_c (text, *p);
  g_string_append_c (text, ']');

  if (query->partial_size > 0 && !imap_session_has_quirk (self, IMAP_QUIRK_NO_PARTIAL_FETCH))
    g_string_append_printf (text, "<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ">",
                            query->partial_offset, query->partial_size);
}

static char *
compose_query (ImapSession *self,
               ImapCommand *command)
{
  const ImapFetchQuery *query = &command->query;
  GString *text = g_string_new (" (UID");

  for (guint i = 0; i < G_N_ELEMENTS (fetch_items); i++)
    if ((query->items & fetch_items[i].item) &&
        (fetch_items[i].needs == IMAP_CAPABILITY_LAST ||
         imap_session_has (self, fetch_items[i].needs)) &&
        !(fetch_items[i].item == IMAP_FETCH_BODYSTRUCTURE &&
          imap_session_has_quirk (self, IMAP_QUIRK_NO_BODY_STRUCTURE)))
      g_string_append_printf (text, " %s", fetch_items[i].name);

  if (query->header_fields != NULL)
    add_header_fields (text, query->header_fields, imap_session_get_header_mode (self, command));
  for (guint i = 0; query->sections != NULL && query->sections[i] != NULL; i++)
    add_section (self, text, query, query->sections[i]);
  g_string_append_c (text, ')');

  if (query->changed_since > 0 && imap_session_has (self, IMAP_CAPABILITY_CONDSTORE))
    g_string_append_printf (text, " (CHANGEDSINCE %" G_GUINT64_FORMAT "%s)", query->changed_since,
                            query->want_vanished &&
                            imap_session_is_enabled (self, IMAP_CAPABILITY_QRESYNC)
                            ? " VANISHED" : "");
  else if (query->n_newest > 0 && imap_session_has (self, IMAP_CAPABILITY_PARTIAL))
    g_string_append_printf (text, " (PARTIAL -1:-%u)", query->n_newest);

  return g_string_free (text, FALSE);
}

/* imap_session_send_fetch: sends a FETCH, in the form that the server takes as far as is known */
void
imap_session_send_fetch (ImapSession *self,
                         ImapCommand *command)
{
  g_autofree char *text = compose_query (self, command);

  send_for_sets (self, command, command->query.sections != NULL ? IMAP_REQUEST_BRINGS_BODIES : 0,
                 command->uids, text, NULL);
}

/* imap_session_dup_query: " (UID …)", of what the command fetches */
char *
imap_session_dup_query (ImapSession *self,
                        ImapCommand *command)
{
  return compose_query (self, command);
}

/**
 * imap_session_uid_fetch:
 * @uids: which messages; may end with %IMAP_UID_STAR
 * @query: what of them; only used during the call
 * @sink: (nullable): hears of FETCH responses for @uids, before the applier does, until the
 *   command is done or abandoned. It may only enqueue as well.
 *
 * UID FETCH. It is not marked \Seen by that. A long set becomes several commands on the wire. Where
 * a server does not give single header fields, the whole header comes instead; where it is known to
 * be no good at parts of sections, the whole section.
 *
 * Results: what comes goes to the applier; imap_command_get_n_fetched () counts it. OK does not
 * mean that everything came (Courier): look at what arrived. The order is the server's.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_fetch (ImapSession          *self,
                        const ImapUidSet     *uids,
                        const ImapFetchQuery *query,
                        ImapApplyFunc         sink,
                        gpointer              user_data)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_FETCH, "UID FETCH", TRUE);

  if (!imap_session_check (self, command, IMAP_NEED_MAILBOX))
    return command;

  command->uids = imap_uid_set_copy (uids);
  command->sink = sink;
  command->sink_data = user_data;
  command->query = *query;
  command->query.header_fields = g_strdup (query->header_fields);
  imap_session_send_fetch (self, command);
  command->query.sections = NULL;
  return command;
}

/* One SEARCH, of all messages or of those with the numbers from @first to @last */
static void
send_one_search (ImapSession *self,
                 ImapCommand *command,
                 guint32      first,
                 guint32      last)
{
  gboolean is_extended = imap_session_has (self, IMAP_CAPABILITY_ESEARCH);
  gboolean has_charset = imap_session_names_charset (self, command);
  ImapRequest *request;

  /* Outlook answers RETURN () with nothing; ALL is what is wanted anyway */
  request = imap_session_begin (self, command, is_extended ? 0 : IMAP_REQUEST_SEARCH,
                                is_extended ? "UID SEARCH RETURN (ALL) " : "UID SEARCH ");
  if (has_charset)
    imap_request_add (request, "CHARSET UTF-8 ");
  if (first > 0)
    imap_request_add_format (request, "%u:%u ", first, last);
  imap_request_add (request, command->search_key);
  if (command->search_text != NULL)
    {
      imap_request_add (request, " ");
      imap_request_add_string (request, command->search_text);
    }
  imap_session_send (self, request);
}

/* imap_session_send_search: sends a SEARCH, in windows where the server cannot have many hits */
void
imap_session_send_search (ImapSession *self,
                          ImapCommand *command)
{
  guint32 size = imap_session_get_narrow_size (self, command);
  guint32 exists = imap_session_get_exists (self);

  command->is_narrow = size > 0;
  if (!command->is_narrow)
    {
      send_one_search (self, command, 0, 0);
      return;
    }

  for (guint32 first = 1; first <= exists; first += size)
    send_one_search (self, command, first, MIN (first + size - 1, exists));
}

/**
 * imap_session_uid_search:
 * @criteria: search keys as the protocol writes them, ASCII: "ALL", "UNSEEN SINCE 1-Jan-2026"
 *
 * UID SEARCH, as ESEARCH where offered; in windows of message numbers where the server fails with
 * many hits. Results: imap_command_get_found (). The result of "ALL" also tells which message
 * number is which UID.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_search (ImapSession *self,
                         const char  *criteria)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_SEARCH, "UID SEARCH", TRUE);

  if (!imap_session_check (self, command, IMAP_NEED_MAILBOX))
    return command;

  command->is_search_all = strcmp (criteria, "ALL") == 0;
  command->search_key = g_strdup (criteria);
  imap_session_send_search (self, command);
  return command;
}

/* Gmail's SEARCH finds whole words only and knows little of its own search: what the keys are called
 * there. */
static const struct
{
  const char *key;
  const char *operator;
} raw_keys[] = {
  { "TEXT", "" },        { "BODY", "" },    { "SUBJECT", "subject:" },
  { "FROM", "from:" },   { "TO", "to:" },   { "CC", "cc:" },
  { "BCC", "bcc:" },
};

/* X-GM-RAW for a key, or behind other keys: returns @key as it is where it is none for a text.
 * The text becomes one phrase: what is no letter of it means nothing in the other language. */
static char *
make_raw (const char  *key,
          const char  *text,
          char       **out_text)
{
  const char *last = strrchr (key, ' ');

  last = last != NULL ? last + 1 : key;
  for (guint i = 0; i < G_N_ELEMENTS (raw_keys); i++)
    if (g_ascii_strcasecmp (last, raw_keys[i].key) == 0)
      {
        g_autofree char *phrase = g_strdelimit (g_strdup (text), "\"\r\n", ' ');

        *out_text = g_strdup_printf ("%s\"%s\"", raw_keys[i].operator, g_strstrip (phrase));
        return g_strdup_printf ("%.*sX-GM-RAW", (int) (last - key), key);
      }

  *out_text = g_strdup (text);
  return g_strdup (key);
}

/**
 * imap_session_uid_search_text:
 * @key: a search key that takes one string: "TEXT", "SUBJECT", "FROM"; others may stand before it
 * @text: what to look for, UTF-8
 *
 * UID SEARCH for a text; with X-GM-EXT-1 by X-GM-RAW, which searches as the provider's own page
 * does. CHARSET is only named when it is needed: Yahoo fails with it, and is asked again without; RFC
 * 6855 section 3 forbids it where strings are UTF-8 anyway.
 * Servers may refuse UTF-8 even so (IMAP_ERROR_NO or IMAP_ERROR_BAD), and QQ returns everything
 * (%IMAP_QUIRK_NO_SEARCH_TEXT): hits are to be verified, and to be looked for locally as well.
 * Results: imap_command_get_found ().
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_search_text (ImapSession *self,
                              const char  *key,
                              const char  *text)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_SEARCH, "UID SEARCH", TRUE);

  if (!imap_session_check (self, command, IMAP_NEED_MAILBOX))
    return command;

  if (imap_session_has (self, IMAP_CAPABILITY_X_GM_EXT_1))
    command->search_key = make_raw (key, text, &command->search_text);
  else
    {
      command->search_key = g_strdup (key);
      command->search_text = g_strdup (text);
    }

  imap_session_send_search (self, command);
  return command;
}

/**
 * imap_session_uid_store:
 * @uids: which messages, by the UIDs of the selection that is certain
 * @mode: whether to add, remove or replace
 * @flags: mask of #ImapFlags
 * @keywords: (nullable) (array zero-terminated=1): keywords
 * @unchanged_since: with CONDSTORE: leave messages with a greater mod-sequence alone; 0 for none
 *
 * UID STORE. The new flags come as FETCH responses. Results: imap_command_get_modified ().
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_store (ImapSession       *self,
                        const ImapUidSet  *uids,
                        ImapStoreMode      mode,
                        guint              flags,
                        const char *const *keywords,
                        guint64            unchanged_since)
{
  static const char *const signs[] = {
    [IMAP_STORE_ADD] = "+",
    [IMAP_STORE_REMOVE] = "-",
    [IMAP_STORE_REPLACE] = "",
  };
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, "UID STORE", FALSE);
  g_autoptr(GString) rest = g_string_new (" ");

  g_return_val_if_fail ((guint) mode < G_N_ELEMENTS (signs), command);

  if (!imap_session_check (self, command, IMAP_NEED_CERTAINTY))
    return command;
  if (unchanged_since > 0 && imap_session_has (self, IMAP_CAPABILITY_CONDSTORE))
    g_string_append_printf (rest, "(UNCHANGEDSINCE %" G_GUINT64_FORMAT ") ", unchanged_since);

  g_string_append_printf (rest, "%sFLAGS ", signs[mode]);
  imap_session_append_flags (rest, flags, keywords);
  send_for_sets (self, command, 0, uids, rest->str, NULL);
  return command;
}

/**
 * imap_session_uid_copy:
 * @uids: which messages
 * @mailbox: wire name of the target
 *
 * UID COPY. Results: imap_command_get_copied (). Errors: IMAP_ERROR_TRY_CREATE,
 * IMAP_ERROR_OVER_QUOTA. One that got no answer is doubtful: copying again may double.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_copy (ImapSession      *self,
                       const ImapUidSet *uids,
                       const char       *mailbox)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_COPY, "UID COPY", FALSE);

  if (imap_session_check (self, command, IMAP_NEED_CERTAINTY))
    send_for_sets (self, command, 0, uids, " ", mailbox);
  return command;
}

/**
 * imap_session_uid_move:
 * @uids: which messages
 * @mailbox: wire name of the target
 *
 * UID MOVE, RFC 6851. Results: imap_command_get_copied (); what is gone comes as EXPUNGE or
 * VANISHED. Errors: IMAP_ERROR_NOT_SUPPORTED without the capability; then as COPY.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_move (ImapSession      *self,
                       const ImapUidSet *uids,
                       const char       *mailbox)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_COPY, "UID MOVE", FALSE);

  if (imap_session_check (self, command, IMAP_NEED_CERTAINTY) &&
      imap_session_check_capability (self, command, IMAP_CAPABILITY_MOVE))
    send_for_sets (self, command, 0, uids, " ", mailbox);
  return command;
}

/**
 * imap_session_uid_expunge:
 * @uids: which messages; only those of them that are \Deleted go
 *
 * UID EXPUNGE, RFC 4315. Errors: IMAP_ERROR_NOT_SUPPORTED without UIDPLUS.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_uid_expunge (ImapSession      *self,
                          const ImapUidSet *uids)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, "UID EXPUNGE", FALSE);

  if (imap_session_check (self, command, IMAP_NEED_CERTAINTY) &&
      imap_session_check_capability (self, command, IMAP_CAPABILITY_UIDPLUS))
    send_for_sets (self, command, 0, uids, "", NULL);
  return command;
}

/**
 * imap_session_expunge_all:
 *
 * EXPUNGE: everything that is \Deleted goes, whoever has marked it. Only for what the person has
 * asked to empty.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_expunge_all (ImapSession *self)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, "EXPUNGE", FALSE);

  return imap_session_send_simple (self, command, IMAP_NEED_CERTAINTY, 0, "EXPUNGE");
}

/**
 * imap_session_enable:
 * @capabilities: a mask of IMAP_CAPABILITY_BIT ()
 *
 * ENABLE, RFC 5161: what of it the server offers. To be sent before SELECT. What it has enabled
 * says imap_session_is_enabled () when the command is done; iCloud enables QRESYNC and does not say
 * so, and loses it by that (imap_session_latch_off ()).
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_enable (ImapSession *self,
                     guint64      capabilities)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_ENABLE, "ENABLE", FALSE);
  g_autoptr(GString) text = g_string_new ("ENABLE");

  for (guint i = 0; i < IMAP_CAPABILITY_LAST; i++)
    if ((capabilities & IMAP_CAPABILITY_BIT (i)) && imap_session_has (self, i))
      {
        g_string_append_printf (text, " %s", imap_capability_get_name (i));
        command->enables |= IMAP_CAPABILITY_BIT (i);
      }

  if (!imap_session_check_capability (self, command, IMAP_CAPABILITY_ENABLE))
    return command;
  if (strchr (text->str, ' ') == NULL)
    {
      imap_command_finish (command);
      return command;
    }

  imap_session_send_simple (self, command, IMAP_NEED_SIGN_IN, 0, text->str);
  self->asks_for_utf8 |= !command->is_done &&
                         (command->enables &
                          (IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UTF8_ACCEPT) |
                           IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IMAP4REV2))) != 0;
  return command;
}

/**
 * imap_session_noop:
 *
 * NOOP: what is new comes to the applier.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_noop (ImapSession *self)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_PLAIN, "NOOP", TRUE);

  return imap_session_send_simple (self, command, IMAP_NEED_CONNECTION, 0, "NOOP");
}

/**
 * imap_session_idle_start:
 *
 * IDLE, RFC 2177. It goes out when everything before it is answered (Dovecot dislikes it in one
 * buffer with others), and ends with imap_session_idle_done (), or by itself as soon as another
 * command is sent. Silence is no failure meanwhile: renew it within nine minutes.
 *
 * Errors: IMAP_ERROR_NOT_SUPPORTED without the capability.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
imap_session_idle_start (ImapSession *self)
{
  ImapCommand *command = imap_command_new (self, IMAP_COMMAND_IDLE, "IDLE", TRUE);

  if (!imap_session_check_capability (self, command, IMAP_CAPABILITY_IDLE))
    return command;

  return imap_session_send_simple (self, command, IMAP_NEED_SIGN_IN,
                                   IMAP_REQUEST_ALONE_BEFORE | IMAP_REQUEST_ALONE_AFTER |
                                   IMAP_REQUEST_IDLE, "IDLE");
}

/**
 * imap_session_idle_done:
 *
 * Ends an IDLE, as soon as the server has taken it. Without one, does nothing.
 */
void
imap_session_idle_done (ImapSession *self)
{
  if (self->connection != NULL)
    imap_connection_end_idle (self->connection);
}

/**
 * imap_session_is_idling:
 *
 * Returns: whether the server has taken an IDLE that is not ended
 */
gboolean
imap_session_is_idling (ImapSession *self)
{
  return self->connection != NULL && imap_connection_is_idling (self->connection);
}
