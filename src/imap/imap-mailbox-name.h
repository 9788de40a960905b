#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Mailbox names have two forms. The *wire name* is what the server said, byte by byte, and the
 * only thing that names a mailbox in a command: names that are not canonical exist, and decoding
 * and encoding such a name does not give it back. The *shown name* is UTF-8 for people.
 *
 * A session in which names are UTF-8 (UTF8=ACCEPT, IMAP4rev2) turns them into modified UTF-7 and
 * back at its border, so that a mailbox is called the same whatever a server offers next year. */

char     *imap_mailbox_name_decode   (const char *wire_name);
char     *imap_mailbox_name_encode   (const char *shown_name);
char     *imap_mailbox_name_from_utf8 (const char *name);
char     *imap_mailbox_name_to_utf8  (const char *wire_name);
gboolean  imap_mailbox_name_is_inbox (const char *wire_name);
gboolean  imap_mailbox_name_equal    (const char *wire_name,
                                      const char *other_wire_name);
guint     imap_mailbox_name_hash     (gconstpointer wire_name);
char     *imap_mailbox_name_get_leaf (const char *wire_name,
                                      char        delimiter);
char     *imap_mailbox_name_get_parent (const char *wire_name,
                                        char        delimiter);
char     *imap_mailbox_name_join     (const char *parent_wire_name,
                                      char        delimiter,
                                      const char *shown_leaf);

G_END_DECLS
