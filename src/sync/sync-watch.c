/* One connection watches all folders: NOTIFY, RFC 5465.
 *
 * The server says STATUS of a folder in which something has changed, and LIST of one that came, went
 * or has another name. Neither is taken for the truth: the one starts a comparison of the folder, the
 * other a look at the list of folders, as a poll would. A server that cannot keep up says
 * NOTIFICATIONOVERFLOW and nothing from then on: then all is looked at, and polled until the next
 * session. Asking once more is no use: Dovecot 2.3 hears the second one with half an ear. */

#include "sync-watch.h"

#include "base-time.h"
#include "sync-facts.h"
#include "sync-list.h"

/* Folders that are remembered by name until they are looked into; more mean all of them. */
#define MAX_FOLDERS 10000

/* LISTs that start more looks at the list of folders than that have to wait for them. */
#define MAX_LOOKS 20
#define LOOKS_WINDOW_US (10 * 60 * G_USEC_PER_SEC)
#define LOOKS_PAUSE_US (60 * G_USEC_PER_SEC)

struct _SyncWatch
{
  gboolean is_on;
  gboolean is_given_up; /* for this session */
  gboolean has_overflown;
  gboolean was_told;       /* something, without having asked: there may be more */
  guint events;            /* ImapNotifyEvents that the server takes */
  GHashTable *statuses;    /* (owned): wire name → owned ImapMailboxStatus: the last word on each item */
  GPtrArray *lists;        /* (owned) (element-type ImapResponse) */
  gint64 window_us;        /* since when n_looks are counted */
  gint64 look_us;          /* the last of them */
  guint n_looks;
};

/**
 * sync_watch_new:
 *
 * Returns: (transfer full): what hears nothing yet
 */
SyncWatch *
sync_watch_new (void)
{
  SyncWatch *self = g_new0 (SyncWatch, 1);

  self->events = IMAP_NOTIFY_ALL;
  self->statuses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lists = g_ptr_array_new_with_free_func ((GDestroyNotify) imap_response_unref);

  return self;
}

/**
 * sync_watch_free:
 * @self: (transfer full): a watch
 */
void
sync_watch_free (SyncWatch *self)
{
  g_hash_table_unref (self->statuses);
  g_ptr_array_unref (self->lists);
  g_free (self);
}

/* Hearing. */

static void
merge_status (ImapMailboxStatus *kept,
              const ImapMailboxStatus *said)
{
  kept->items |= said->items;
  if ((said->items & IMAP_MAILBOX_STATUS_MESSAGES) != 0)
    kept->messages = said->messages;
  if ((said->items & IMAP_MAILBOX_STATUS_UNSEEN) != 0)
    kept->unseen = said->unseen;
  if ((said->items & IMAP_MAILBOX_STATUS_UIDNEXT) != 0)
    kept->uid_next = said->uid_next;
  if ((said->items & IMAP_MAILBOX_STATUS_UIDVALIDITY) != 0)
    kept->uid_validity = said->uid_validity;
  if ((said->items & IMAP_MAILBOX_STATUS_HIGHESTMODSEQ) != 0)
    kept->highest_modseq = said->highest_modseq;
}

static void
apply_status (SyncWatch *self,
              const ImapMailboxStatus *said)
{
  ImapMailboxStatus *kept = g_hash_table_lookup (self->statuses, said->mailbox);

  if (kept == NULL && g_hash_table_size (self->statuses) >= MAX_FOLDERS)
    {
      self->has_overflown = TRUE;
      return;
    }
  if (kept == NULL)
    {
      kept = g_new0 (ImapMailboxStatus, 1);
      g_hash_table_insert (self->statuses, g_strdup (said->mailbox), kept);
    }

  merge_status (kept, said);
}

static void
apply_list (SyncWatch *self,
            const ImapResponse *response)
{
  if (response->list->is_subscription)
    return;

  if (self->lists->len >= MAX_FOLDERS)
    self->has_overflown = TRUE;
  else
    g_ptr_array_add (self->lists, imap_response_ref (response));
}

/**
 * sync_watch_apply:
 * @response: what the server said, asked for or not
 * @is_unasked: whether it was not asked for
 *
 * Keeps what is about other folders.
 */
void
sync_watch_apply (SyncWatch *self,
                  const ImapResponse *response,
                  gboolean is_unasked)
{
  if (!self->is_on)
    return;

  if (is_unasked && (response->type == IMAP_RESPONSE_MAILBOX_STATUS ||
                     response->type == IMAP_RESPONSE_LIST))
    self->was_told = TRUE;

  if (response->type == IMAP_RESPONSE_MAILBOX_STATUS)
    apply_status (self, response->mailbox_status);
  else if (response->type == IMAP_RESPONSE_LIST)
    apply_list (self, response);
  else if (response->type == IMAP_RESPONSE_STATUS &&
           response->status->code == IMAP_CODE_NOTIFICATIONOVERFLOW)
    {
      self->has_overflown = TRUE;
      self->is_given_up = TRUE;
      self->is_on = FALSE;
    }
}

/**
 * sync_watch_has_news:
 *
 * Returns: whether there is something for sync_watch_settle ()
 */
gboolean
sync_watch_has_news (SyncWatch *self)
{
  return self->has_overflown || self->lists->len > 0 ||
         g_hash_table_size (self->statuses) > 0;
}

/* Asking for it. */

static gboolean
ask (SyncWatch *self,
     SyncWorker *worker,
     GCancellable *cancellable,
     gboolean *out_again,
     GError **error)
{
  static const ImapFetchQuery query = {
    .items = SYNC_FACTS_ITEMS,
    .header_fields = SYNC_FACTS_HEADER_FIELDS,
  };
  g_autoptr(ImapCommand) notify = NULL;
  g_autoptr(GError) refusal = NULL;
  guint supported;

  *out_again = FALSE;
  /* what it says comes before its answer */
  self->is_on = TRUE;
  notify = imap_session_notify (sync_worker_get_session (worker), self->events, &query);
  if (imap_command_await (notify, cancellable, &refusal))
    return TRUE;

  self->is_on = FALSE;
  if (refusal->domain != IMAP_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }

  g_debug ("NOTIFY: %s", refusal->message);
  supported = imap_command_get_status (notify) != NULL
              ? imap_notify_get_supported (imap_command_get_status (notify), self->events)
              : self->events;
  *out_again = supported != self->events;
  self->is_given_up = !*out_again;
  self->events = supported;
  return TRUE;
}

/**
 * sync_watch_begin:
 *
 * Asks for NOTIFY where the server has it, and has not refused it. To be called with INBOX selected:
 * Dovecot 2.3 says nothing of it otherwise. Awaits.
 *
 * Returns: %FALSE if the connection failed
 */
gboolean
sync_watch_begin (SyncWatch *self,
                  SyncWorker *worker,
                  GCancellable *cancellable,
                  GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  gboolean again = TRUE;

  if (self->is_on || self->is_given_up ||
      !imap_session_has (sync_worker_get_session (worker), IMAP_CAPABILITY_NOTIFY))
    return TRUE;

  while (again)
    if (!ask (self, worker, cancellable, &again, error))
      return FALSE;
  self->was_told = self->is_on;

  sync_core_set_watched (core, self->is_on && (self->events & IMAP_NOTIFY_MAILBOX_NAME) != 0);
  return TRUE;
}

/**
 * sync_watch_end:
 *
 * The session is over: the folders are polled until another one watches them.
 */
void
sync_watch_end (SyncWatch *self,
                SyncWorker *worker)
{
  if (self->is_on)
    sync_list_push_poll (worker);
  self->is_on = FALSE;
  sync_core_set_watched (sync_worker_get_core (worker), FALSE);
}

/* Looking into it. */

static StoreFolder *
find_folder (GPtrArray *folders,
             const char *name)
{
  for (guint i = 0; i < folders->len; i++)
    if (imap_mailbox_name_equal (((StoreFolder *) folders->pdata[i])->name, name))
      return folders->pdata[i];

  return NULL;
}

static gboolean
look_into_statuses (SyncWatch *self,
                    SyncWorker *worker,
                    GPtrArray *folders)
{
  const char *selected = imap_session_get_mailbox (sync_worker_get_session (worker));
  gboolean is_unknown = FALSE;
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->statuses);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      ImapMailboxStatus *status = value;
      StoreFolder *folder = find_folder (folders, key);

      status->mailbox = key;
      if (folder == NULL)
        is_unknown = TRUE;
      else if (store_folder_is_selectable (folder) && folder->n_missing_lists == 0 &&
               (selected == NULL || !imap_mailbox_name_equal (selected, folder->name)))
        sync_list_look_into (worker, folder, status);
    }
  g_hash_table_remove_all (self->statuses);

  return is_unknown;
}

/* Dovecot names folders, too, that are as they were: after it has made them, and once more after a
 * subscription. */
static gboolean
is_news (GPtrArray *folders,
         const ImapListEntry *entry)
{
  const StoreFolder *folder = find_folder (folders, entry->mailbox);
  gboolean is_gone = (entry->attributes & IMAP_MAILBOX_NONEXISTENT) != 0;
  gboolean is_subscribed = (entry->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0;

  if (folder == NULL)
    return !is_gone;
  if (is_gone || entry->old_mailbox != NULL || folder->n_missing_lists > 0)
    return TRUE;
  if (is_subscribed && (folder->attributes & STORE_FOLDER_SUBSCRIBED) == 0)
    return TRUE;

  return ((entry->attributes & IMAP_MAILBOX_NOSELECT) != 0) ==
         ((folder->attributes & (STORE_FOLDER_NO_SELECT | STORE_FOLDER_NON_EXISTENT)) == 0);
}

static gboolean
has_list_news (SyncWatch *self,
               SyncWorker *worker,
               GPtrArray *folders)
{
  SyncCore *core = sync_worker_get_core (worker);
  gboolean has_news = FALSE;

  for (guint i = 0; i < self->lists->len; i++)
    {
      const ImapListEntry *entry = ((ImapResponse *) self->lists->pdata[i])->list;

      if (!is_news (folders, entry))
        continue;
      has_news = TRUE;
      if (entry->old_mailbox != NULL)
        sync_core_note_rename (core, entry->old_mailbox, entry->mailbox);
    }
  g_ptr_array_set_size (self->lists, 0);

  return has_news;
}

static void
push_list (SyncWatch *self,
           SyncWorker *worker,
           guint after_ms)
{
  gint64 now_us = base_time_boottime_us () + (gint64) after_ms * 1000;

  if (now_us - self->window_us > LOOKS_WINDOW_US)
    {
      self->window_us = now_us;
      self->n_looks = 0;
    }

  self->look_us = self->n_looks++ < MAX_LOOKS ? now_us : MAX (now_us, self->look_us + LOOKS_PAUSE_US);
  sync_core_push_once (sync_worker_get_core (worker),
                       sync_list_job_new (SYNC_PRIORITY_VISIBLE, 0, self->look_us));
}

/**
 * sync_watch_settle:
 *
 * Queues what has to be looked into because of what was said.
 *
 * Returns: %FALSE if the cache could not be read
 */
gboolean
sync_watch_settle (SyncWatch *self,
                   SyncWorker *worker,
                   GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(GPtrArray) folders = NULL;
  gboolean looks_at_list = self->has_overflown;

  if (!sync_watch_has_news (self))
    return TRUE;

  folders = store_reader_list_folders (sync_worker_get_reader (worker), sync_core_get_uuid (core),
                                       error);
  if (folders == NULL)
    return FALSE;

  if (self->has_overflown)
    {
      g_message ("The server cannot tell of all that changes: looking at all folders");
      sync_core_set_watched (core, FALSE);
      self->has_overflown = FALSE;
    }

  if (look_into_statuses (self, worker, folders))
    looks_at_list = TRUE;
  if (has_list_news (self, worker, folders))
    {
      sync_core_look_again (core);
      looks_at_list = TRUE;
    }
  if (looks_at_list)
    push_list (self, worker, 0);

  /* Dovecot 2.3 loses what comes right behind something else */
  else if (self->was_told)
    push_list (self, worker, sync_core_get_timings (core)->names_ms);
  self->was_told = FALSE;

  return TRUE;
}
