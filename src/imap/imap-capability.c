#include "imap-capability.h"

static const char *const names[] = {
  [IMAP_CAPABILITY_IMAP4REV1] = "IMAP4rev1",
  [IMAP_CAPABILITY_IMAP4REV2] = "IMAP4rev2",
  [IMAP_CAPABILITY_APPENDLIMIT] = "APPENDLIMIT",
  [IMAP_CAPABILITY_AUTH_CRAM_MD5] = "AUTH=CRAM-MD5",
  [IMAP_CAPABILITY_AUTH_LOGIN] = "AUTH=LOGIN",
  [IMAP_CAPABILITY_AUTH_OAUTHBEARER] = "AUTH=OAUTHBEARER",
  [IMAP_CAPABILITY_AUTH_PLAIN] = "AUTH=PLAIN",
  [IMAP_CAPABILITY_AUTH_SCRAM_SHA_1] = "AUTH=SCRAM-SHA-1",
  [IMAP_CAPABILITY_AUTH_SCRAM_SHA_256] = "AUTH=SCRAM-SHA-256",
  [IMAP_CAPABILITY_AUTH_XOAUTH2] = "AUTH=XOAUTH2",
  [IMAP_CAPABILITY_BINARY] = "BINARY",
  [IMAP_CAPABILITY_CHILDREN] = "CHILDREN",
  [IMAP_CAPABILITY_COMPRESS_DEFLATE] = "COMPRESS=DEFLATE",
  [IMAP_CAPABILITY_CONDSTORE] = "CONDSTORE",
  [IMAP_CAPABILITY_CREATE_SPECIAL_USE] = "CREATE-SPECIAL-USE",
  [IMAP_CAPABILITY_ENABLE] = "ENABLE",
  [IMAP_CAPABILITY_ESEARCH] = "ESEARCH",
  [IMAP_CAPABILITY_ID] = "ID",
  [IMAP_CAPABILITY_IDLE] = "IDLE",
  [IMAP_CAPABILITY_INPROGRESS] = "INPROGRESS",
  [IMAP_CAPABILITY_LIST_EXTENDED] = "LIST-EXTENDED",
  [IMAP_CAPABILITY_LIST_STATUS] = "LIST-STATUS",
  [IMAP_CAPABILITY_LITERAL_MINUS] = "LITERAL-",
  [IMAP_CAPABILITY_LITERAL_PLUS] = "LITERAL+",
  [IMAP_CAPABILITY_LOGINDISABLED] = "LOGINDISABLED",
  [IMAP_CAPABILITY_MOVE] = "MOVE",
  [IMAP_CAPABILITY_MULTIAPPEND] = "MULTIAPPEND",
  [IMAP_CAPABILITY_NAMESPACE] = "NAMESPACE",
  [IMAP_CAPABILITY_NOTIFY] = "NOTIFY",
  [IMAP_CAPABILITY_OBJECTID] = "OBJECTID",
  [IMAP_CAPABILITY_PARTIAL] = "PARTIAL",
  [IMAP_CAPABILITY_PREVIEW] = "PREVIEW",
  [IMAP_CAPABILITY_QRESYNC] = "QRESYNC",
  [IMAP_CAPABILITY_QUOTA] = "QUOTA",
  [IMAP_CAPABILITY_REPLACE] = "REPLACE",
  [IMAP_CAPABILITY_SASL_IR] = "SASL-IR",
  [IMAP_CAPABILITY_SAVEDATE] = "SAVEDATE",
  [IMAP_CAPABILITY_SEARCHRES] = "SEARCHRES",
  [IMAP_CAPABILITY_SPECIAL_USE] = "SPECIAL-USE",
  [IMAP_CAPABILITY_STARTTLS] = "STARTTLS",
  [IMAP_CAPABILITY_STATUS_SIZE] = "STATUS=SIZE",
  [IMAP_CAPABILITY_UIDPLUS] = "UIDPLUS",
  [IMAP_CAPABILITY_UNSELECT] = "UNSELECT",
  [IMAP_CAPABILITY_UTF8_ACCEPT] = "UTF8=ACCEPT",
  [IMAP_CAPABILITY_XLIST] = "XLIST",
  [IMAP_CAPABILITY_X_GM_EXT_1] = "X-GM-EXT-1",
};

G_STATIC_ASSERT (G_N_ELEMENTS (names) == IMAP_CAPABILITY_LAST);

/* What IMAP4rev2 contains, RFC 9051 appendix E */
static const guint64 implied_by_rev2 =
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_ENABLE) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_ESEARCH) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IDLE) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_LITERAL_MINUS) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_LIST_EXTENDED) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_LIST_STATUS) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_MOVE) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_NAMESPACE) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_SASL_IR) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_SEARCHRES) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_SPECIAL_USE) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_STATUS_SIZE) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UIDPLUS) |
  IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UNSELECT);

/**
 * imap_capability_get_name:
 *
 * Returns: the name in the registry
 */
const char *
imap_capability_get_name (ImapCapability capability)
{
  g_return_val_if_fail ((guint) capability < IMAP_CAPABILITY_LAST, NULL);

  return names[capability];
}

/**
 * imap_capability_from_name:
 * @name: a name of the registry, in whatever case
 * @out_capability: (out): the capability
 *
 * Returns: whether the engine knows it
 */
gboolean
imap_capability_from_name (const char     *name,
                           ImapCapability *out_capability)
{
  for (guint i = 0; i < IMAP_CAPABILITY_LAST; i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      {
        *out_capability = i;
        return TRUE;
      }

  return FALSE;
}

static guint64
parse_word (const char *word)
{
  ImapCapability capability;

  if (imap_capability_from_name (word, &capability))
    return IMAP_CAPABILITY_BIT (capability);

  if (g_ascii_strncasecmp (word, "APPENDLIMIT=", 12) == 0)
    return IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_APPENDLIMIT);
  /* RFC 6855 section 6: it serves nobody who does not enable UTF8=ACCEPT */
  if (g_ascii_strcasecmp (word, "UTF8=ONLY") == 0)
    return IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UTF8_ACCEPT);
  if (g_ascii_strncasecmp (word, "QUOTA=", 6) == 0)
    return IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_QUOTA);
  return 0;
}

/**
 * imap_capability_get_implied:
 *
 * Returns: a mask of IMAP_CAPABILITY_BIT (): what IMAP4rev2 contains, RFC 9051 appendix E
 */
guint64
imap_capability_get_implied (void)
{
  return implied_by_rev2;
}

/**
 * imap_capability_parse:
 * @words: (array zero-terminated=1): what the server said
 *
 * QRESYNC brings CONDSTORE along (RFC 7162 section 3.2.3), and IMAP4rev2 what it contains (RFC
 * 9051 appendix E). A server that offers IMAP4rev1 as well is one until ENABLE IMAP4rev2: then
 * only what it names counts.
 *
 * Returns: a mask of IMAP_CAPABILITY_BIT ()
 */
guint64
imap_capability_parse (const char *const *words)
{
  guint64 mask = 0;

  for (guint i = 0; words[i] != NULL; i++)
    mask |= parse_word (words[i]);

  if ((mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IMAP4REV2)) &&
      !(mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_IMAP4REV1)))
    mask |= implied_by_rev2;
  if (mask & IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_QRESYNC))
    mask |= IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_CONDSTORE) |
            IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_ENABLE);

  return mask;
}
