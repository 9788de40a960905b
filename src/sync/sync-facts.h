#pragma once

#include "imap-response.h"
#include "store-facts.h"

G_BEGIN_DECLS

/* What pass 1 asks for: header facts without ENVELOPE, which costs servers twice as much, and
 * without BODYSTRUCTURE, which breaks some on a single message. */
#define SYNC_FACTS_ITEMS                                                                           \
  (IMAP_FETCH_UID | IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE |                 \
   IMAP_FETCH_MODSEQ | IMAP_FETCH_EMAILID | IMAP_FETCH_THREADID | IMAP_FETCH_GM_MSGID |            \
   IMAP_FETCH_GM_THRID)
#define SYNC_FACTS_HEADER_FIELDS                                                                   \
  "From Sender Reply-To To Cc Bcc Subject Date Message-ID In-Reply-To References List-Id "         \
  "List-Unsubscribe List-Unsubscribe-Post Content-Type Authentication-Results Auto-Submitted"

/* What is asked for where the message may be here already, in another folder. */
#define SYNC_FACTS_BARE_ITEMS                                                                      \
  (IMAP_FETCH_UID | IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE |                 \
   IMAP_FETCH_MODSEQ | IMAP_FETCH_EMAILID | IMAP_FETCH_GM_MSGID)

/* Which of the facts a FETCH response has brought; all of them make a row. */
typedef enum
{
  SYNC_FACTS_FLAGS = 1 << 0,
  SYNC_FACTS_DATE = 1 << 1,
  SYNC_FACTS_SIZE = 1 << 2,
  SYNC_FACTS_HEADER = 1 << 3,
  SYNC_FACTS_ALL = (1 << 4) - 1,
} SyncFactsMask;

SyncFactsMask sync_facts_get_mask   (const ImapResponse  *response);
void          sync_facts_fill       (StoreMessageFacts   *facts,
                                     StoreBatch          *batch,
                                     const ImapResponse  *response);
guint32       sync_flags_from_imap  (const ImapFlagList  *list,
                                     char               **out_keywords);
guint         sync_flags_to_imap    (guint32              flags,
                                     const char          *keywords,
                                     char              ***out_names);

G_END_DECLS
