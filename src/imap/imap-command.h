#pragma once

#include <gio/gio.h>

#include "imap-response.h"

G_BEGIN_DECLS

#define IMAP_TYPE_COMMAND (imap_command_get_type ())

/**
 * ImapCommand:
 *
 * A command that is under way, or was, with what its answer brought. It may be several commands
 * on the wire, when a set of UIDs is too long for one line: it is done when all of them are.
 *
 * Dropping the last reference of a command that is not done lets it run and forgets it.
 */
typedef struct _ImapCommand ImapCommand;

/**
 * ImapSelected:
 * @mailbox: wire name
 * @serial: number of this selection, of the session; never 0
 * @is_read_only: EXAMINE, or the server says so
 * @is_resynced: QRESYNC was asked for and taken: what has changed was said
 * @exists: messages at the time of the tagged answer
 * @uid_validity: 0 is a value that iCloud uses; see @has_uid_validity
 * @uid_next: 0 when not said (Courier)
 * @highest_modseq: 0 when not said or NOMODSEQ, or when it is no number that can be
 * @has_permanent_flags: whether @permanent_flags were said; if not, assume all
 * @flags: of FLAGS
 * @permanent_flags: mask of #ImapFlags, with %IMAP_FLAG_ANY for new keywords
 * @permanent_keywords: (array zero-terminated=1): the keywords that can be stored
 * @mailbox_id: (nullable): of OBJECTID
 *
 * What SELECT or EXAMINE said.
 */
typedef struct
{
  char *mailbox;
  guint serial;
  gboolean is_read_only;
  gboolean is_resynced;
  guint32 exists;
  gboolean has_uid_validity;
  guint32 uid_validity;
  guint32 uid_next;
  guint64 highest_modseq;
  gboolean has_permanent_flags;
  guint permanent_flags;
  GStrv permanent_keywords;
  char *mailbox_id;
} ImapSelected;

GType               imap_command_get_type        (void) G_GNUC_CONST;

ImapCommand        *imap_command_ref             (ImapCommand   *self);
void                imap_command_unref           (ImapCommand   *self);

/* Awaits */
gboolean            imap_command_await           (ImapCommand   *self,
                                                  GCancellable  *cancellable,
                                                  GError       **error);

void                imap_command_abandon         (ImapCommand   *self);
const char         *imap_command_get_name        (ImapCommand   *self);
gboolean            imap_command_is_done         (ImapCommand   *self);
gboolean            imap_command_is_sent         (ImapCommand   *self);
gboolean            imap_command_is_doubtful     (ImapCommand   *self);
const GError       *imap_command_get_error       (ImapCommand   *self);

const ImapStatus   *imap_command_get_status      (ImapCommand   *self);
ImapCode            imap_command_get_code        (ImapCommand   *self);
const char         *imap_command_get_text        (ImapCommand   *self);

const ImapSelected *imap_command_get_selected    (ImapCommand   *self);
guint               imap_command_get_selection   (ImapCommand   *self);
GPtrArray          *imap_command_get_lists       (ImapCommand   *self);
GPtrArray          *imap_command_get_statuses    (ImapCommand   *self);
ImapUidSet         *imap_command_get_found       (ImapCommand   *self);
gboolean            imap_command_has_found       (ImapCommand   *self);
guint64             imap_command_get_found_modseq (ImapCommand  *self);
guint               imap_command_get_n_fetched   (ImapCommand   *self);
gboolean            imap_command_get_copied      (ImapCommand   *self,
                                                  guint32       *out_uid_validity,
                                                  GArray       **out_from,
                                                  GArray       **out_to);
gboolean            imap_command_get_appended    (ImapCommand   *self,
                                                  guint32       *out_uid_validity,
                                                  guint32       *out_uid);
ImapUidSet         *imap_command_get_modified    (ImapCommand   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapCommand, imap_command_unref)

G_END_DECLS
