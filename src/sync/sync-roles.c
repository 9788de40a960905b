#include "sync-roles.h"

#include <string.h>

/* What people and providers call these folders where the server does not say what they are
 * for. Case-folded; within a role the first one that exists wins. */
static const struct
{
  StoreSpecialUse use;
  const char *name;
} names[] = {
  { STORE_SPECIAL_SENT, "sent" },
  { STORE_SPECIAL_SENT, "sent messages" },
  { STORE_SPECIAL_SENT, "sent items" },
  { STORE_SPECIAL_SENT, "sent mail" },
  { STORE_SPECIAL_SENT, "sent-mail" },
  { STORE_SPECIAL_SENT, "sentmail" },
  { STORE_SPECIAL_SENT, "gesendet" },
  { STORE_SPECIAL_SENT, "gesendete objekte" },
  { STORE_SPECIAL_SENT, "gesendete elemente" },
  { STORE_SPECIAL_SENT, "gesendete nachrichten" },
  { STORE_SPECIAL_SENT, "envoyés" },
  { STORE_SPECIAL_SENT, "messages envoyés" },
  { STORE_SPECIAL_SENT, "éléments envoyés" },
  { STORE_SPECIAL_SENT, "enviados" },
  { STORE_SPECIAL_SENT, "elementos enviados" },
  { STORE_SPECIAL_SENT, "mensajes enviados" },
  { STORE_SPECIAL_SENT, "itens enviados" },
  { STORE_SPECIAL_SENT, "posta inviata" },
  { STORE_SPECIAL_SENT, "inviata" },
  { STORE_SPECIAL_SENT, "verzonden" },
  { STORE_SPECIAL_SENT, "verzonden items" },
  { STORE_SPECIAL_SENT, "wysłane" },
  { STORE_SPECIAL_SENT, "elementy wysłane" },
  { STORE_SPECIAL_SENT, "skickat" },
  { STORE_SPECIAL_SENT, "skickade" },
  { STORE_SPECIAL_SENT, "sendt" },
  { STORE_SPECIAL_SENT, "lähetetyt" },
  { STORE_SPECIAL_SENT, "odeslané" },
  { STORE_SPECIAL_SENT, "отправленные" },
  { STORE_SPECIAL_SENT, "надіслані" },
  { STORE_SPECIAL_SENT, "已发送" },
  { STORE_SPECIAL_SENT, "送信済み" },
  { STORE_SPECIAL_DRAFTS, "drafts" },
  { STORE_SPECIAL_DRAFTS, "draft" },
  { STORE_SPECIAL_DRAFTS, "entwürfe" },
  { STORE_SPECIAL_DRAFTS, "brouillons" },
  { STORE_SPECIAL_DRAFTS, "borradores" },
  { STORE_SPECIAL_DRAFTS, "rascunhos" },
  { STORE_SPECIAL_DRAFTS, "bozze" },
  { STORE_SPECIAL_DRAFTS, "concepten" },
  { STORE_SPECIAL_DRAFTS, "szkice" },
  { STORE_SPECIAL_DRAFTS, "robocze" },
  { STORE_SPECIAL_DRAFTS, "utkast" },
  { STORE_SPECIAL_DRAFTS, "luonnokset" },
  { STORE_SPECIAL_DRAFTS, "koncepty" },
  { STORE_SPECIAL_DRAFTS, "черновики" },
  { STORE_SPECIAL_DRAFTS, "чернетки" },
  { STORE_SPECIAL_DRAFTS, "草稿" },
  { STORE_SPECIAL_DRAFTS, "下書き" },
  { STORE_SPECIAL_TRASH, "trash" },
  { STORE_SPECIAL_TRASH, "deleted" },
  { STORE_SPECIAL_TRASH, "deleted items" },
  { STORE_SPECIAL_TRASH, "deleted messages" },
  { STORE_SPECIAL_TRASH, "bin" },
  { STORE_SPECIAL_TRASH, "papierkorb" },
  { STORE_SPECIAL_TRASH, "gelöscht" },
  { STORE_SPECIAL_TRASH, "gelöschte objekte" },
  { STORE_SPECIAL_TRASH, "gelöschte elemente" },
  { STORE_SPECIAL_TRASH, "corbeille" },
  { STORE_SPECIAL_TRASH, "éléments supprimés" },
  { STORE_SPECIAL_TRASH, "papelera" },
  { STORE_SPECIAL_TRASH, "elementos eliminados" },
  { STORE_SPECIAL_TRASH, "lixeira" },
  { STORE_SPECIAL_TRASH, "cestino" },
  { STORE_SPECIAL_TRASH, "prullenbak" },
  { STORE_SPECIAL_TRASH, "kosz" },
  { STORE_SPECIAL_TRASH, "papperskorgen" },
  { STORE_SPECIAL_TRASH, "papirkurv" },
  { STORE_SPECIAL_TRASH, "roskakori" },
  { STORE_SPECIAL_TRASH, "koš" },
  { STORE_SPECIAL_TRASH, "корзина" },
  { STORE_SPECIAL_TRASH, "кошик" },
  { STORE_SPECIAL_TRASH, "已删除" },
  { STORE_SPECIAL_TRASH, "ゴミ箱" },
  { STORE_SPECIAL_JUNK, "junk" },
  { STORE_SPECIAL_JUNK, "junk email" },
  { STORE_SPECIAL_JUNK, "junk e-mail" },
  { STORE_SPECIAL_JUNK, "spam" },
  { STORE_SPECIAL_JUNK, "bulk mail" },
  { STORE_SPECIAL_JUNK, "bulk" },
  { STORE_SPECIAL_JUNK, "spamverdacht" },
  { STORE_SPECIAL_JUNK, "unerwünscht" },
  { STORE_SPECIAL_JUNK, "indésirables" },
  { STORE_SPECIAL_JUNK, "pourriel" },
  { STORE_SPECIAL_JUNK, "correo no deseado" },
  { STORE_SPECIAL_JUNK, "lixo eletrônico" },
  { STORE_SPECIAL_JUNK, "posta indesiderata" },
  { STORE_SPECIAL_JUNK, "ongewenst" },
  { STORE_SPECIAL_JUNK, "ongewenste e-mail" },
  { STORE_SPECIAL_JUNK, "skräppost" },
  { STORE_SPECIAL_JUNK, "roskaposti" },
  { STORE_SPECIAL_JUNK, "спам" },
  { STORE_SPECIAL_JUNK, "垃圾邮件" },
  { STORE_SPECIAL_JUNK, "迷惑メール" },
  { STORE_SPECIAL_ARCHIVE, "archive" },
  { STORE_SPECIAL_ARCHIVE, "archives" },
  { STORE_SPECIAL_ARCHIVE, "archiv" },
  { STORE_SPECIAL_ARCHIVE, "archivo" },
  { STORE_SPECIAL_ARCHIVE, "archivio" },
  { STORE_SPECIAL_ARCHIVE, "arquivo" },
  { STORE_SPECIAL_ARCHIVE, "archief" },
  { STORE_SPECIAL_ARCHIVE, "archiwum" },
  { STORE_SPECIAL_ARCHIVE, "arkiv" },
  { STORE_SPECIAL_ARCHIVE, "arkisto" },
  { STORE_SPECIAL_ARCHIVE, "архив" },
  { STORE_SPECIAL_ARCHIVE, "архів" },
  { STORE_SPECIAL_ARCHIVE, "归档" },
  { STORE_SPECIAL_ARCHIVE, "アーカイブ" },
};

/* Folded name → its place in the table, from 1 */
static GHashTable *
index_names (void)
{
  GHashTable *by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = G_N_ELEMENTS (names); i > 0; i--)
    g_hash_table_insert (by_name, g_utf8_casefold (names[i - 1].name, -1), GUINT_TO_POINTER (i));

  return by_name;
}

static int
find_name (const char *leaf)
{
  static gsize index;
  g_autofree char *folded = g_utf8_casefold (leaf, -1);

  if (g_once_init_enter (&index))
    g_once_init_leave (&index, GPOINTER_TO_SIZE (index_names ()));

  return (int) GPOINTER_TO_UINT (g_hash_table_lookup (GSIZE_TO_POINTER (index), folded)) - 1;
}

/**
 * sync_role_guess:
 * @leaf: the last level of a folder's name, UTF-8
 *
 * Returns: what a folder of that name is for, by custom
 */
StoreSpecialUse
sync_role_guess (const char *leaf)
{
  int at = find_name (leaf);

  return at >= 0 ? names[at].use : STORE_SPECIAL_NONE;
}

/* The last level, where the folder lies at the top or right below the inbox; else NULL: somebody's
 * "Projects/Archive" is not the account's archive. */
static const char *
get_top_leaf (const SyncRoleCandidate *candidate)
{
  const char *name = candidate->display_name;
  const char *cut;

  if (candidate->delimiter == '\0')
    return name;

  cut = strchr (name, candidate->delimiter);
  if (cut == NULL)
    return name;
  if ((cut - name == 5 && g_ascii_strncasecmp (name, "INBOX", 5) == 0) ||
      g_str_has_prefix (name, "[Gmail]") || g_str_has_prefix (name, "[Google Mail]"))
    return strchr (cut + 1, candidate->delimiter) == NULL ? cut + 1 : NULL;

  return NULL;
}

static SyncRoleCandidate *
find_use (SyncRoleCandidate *candidates,
          guint n_candidates,
          StoreSpecialUse use)
{
  for (guint i = 0; i < n_candidates; i++)
    if (candidates[i].use == use)
      return &candidates[i];

  return NULL;
}

static SyncRoleCandidate *
find_by_custom (SyncRoleCandidate *candidates,
                guint n_candidates,
                StoreSpecialUse use)
{
  SyncRoleCandidate *best = NULL;
  int best_at = G_MAXINT;

  for (guint i = 0; i < n_candidates; i++)
    {
      const char *leaf = get_top_leaf (&candidates[i]);
      int at = leaf != NULL ? find_name (leaf) : -1;

      if (at < 0 || names[at].use != use || at >= best_at || !candidates[i].is_selectable ||
          candidates[i].use != STORE_SPECIAL_NONE)
        continue;
      best = &candidates[i];
      best_at = at;
    }

  return best;
}

static SyncRoleCandidate *
find_wire_name (SyncRoleCandidate *candidates,
                guint n_candidates,
                const char *name)
{
  for (guint i = 0; i < n_candidates; i++)
    if (g_str_equal (candidates[i].name, name))
      return &candidates[i];

  return NULL;
}

/**
 * sync_roles_find:
 * @candidates: (array length=n_candidates) (inout): all mailboxes of the account
 * @settings: what the person has chosen
 *
 * Finds out which folder is for what: what the person has chosen comes first, then what the
 * server says (RFC 6154), then the names that are the custom. A role has at most one folder.
 */
void
sync_roles_find (SyncRoleCandidate *candidates,
                 guint n_candidates,
                 AccountSettings *settings)
{
  static const struct
  {
    AccountFolderRole role;
    StoreSpecialUse use;
  } roles[] = {
    { ACCOUNT_FOLDER_ARCHIVE, STORE_SPECIAL_ARCHIVE }, { ACCOUNT_FOLDER_DRAFTS, STORE_SPECIAL_DRAFTS },
    { ACCOUNT_FOLDER_JUNK, STORE_SPECIAL_JUNK },       { ACCOUNT_FOLDER_SENT, STORE_SPECIAL_SENT },
    { ACCOUNT_FOLDER_TRASH, STORE_SPECIAL_TRASH },
  };

  for (guint i = 0; i < n_candidates; i++)
    candidates[i].use = g_ascii_strcasecmp (candidates[i].name, "INBOX") == 0 ?
                            STORE_SPECIAL_INBOX : STORE_SPECIAL_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      const char *chosen = account_settings_get_folder (settings, roles[i].role);
      SyncRoleCandidate *found = chosen != NULL ?
                                     find_wire_name (candidates, n_candidates, chosen) : NULL;

      if (found != NULL && found->use == STORE_SPECIAL_NONE)
        found->use = roles[i].use;
    }

  for (guint i = 0; i < n_candidates; i++)
    if (candidates[i].use == STORE_SPECIAL_NONE && candidates[i].said != STORE_SPECIAL_NONE &&
        find_use (candidates, n_candidates, candidates[i].said) == NULL)
      candidates[i].use = candidates[i].said;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      SyncRoleCandidate *found = NULL;

      if (find_use (candidates, n_candidates, roles[i].use) == NULL)
        found = find_by_custom (candidates, n_candidates, roles[i].use);
      if (found != NULL)
        found->use = roles[i].use;
    }
}
