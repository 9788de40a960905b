#pragma once

#include "imap-status.h"

G_BEGIN_DECLS

/**
 * ImapNotifyEvents:
 * @IMAP_NOTIFY_FLAG_CHANGE: flags of a message, or what STATUS says because of them
 * @IMAP_NOTIFY_MAILBOX_NAME: mailboxes that come, go, or have another name
 * @IMAP_NOTIFY_SUBSCRIPTION_CHANGE: subscriptions
 *
 * What NOTIFY tells of (RFC 5465 section 5), beside MessageNew and MessageExpunge.
 */
typedef enum
{
  IMAP_NOTIFY_FLAG_CHANGE = 1 << 0,
  IMAP_NOTIFY_MAILBOX_NAME = 1 << 1,
  IMAP_NOTIFY_SUBSCRIPTION_CHANGE = 1 << 2,
  IMAP_NOTIFY_ALL = (1 << 3) - 1,
} ImapNotifyEvents;

guint imap_notify_get_supported (const ImapStatus *status,
                                 guint             events);

G_END_DECLS
