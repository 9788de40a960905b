#include "account-error.h"
#include "mime-date.h"
#include "mime-builder.h"
#include "mime-message-id.h"
#include "mime-message.h"
#include "net-error.h"
#include "tool-beside.h"
#include "tool-commands.h"
#include "tool-input.h"
#include "tool-output.h"
#include "tool-settle.h"

#include <string.h>

/* pipitctl send: a finished message from a file goes into the outbox, and from there to the
 * server. What it lacks of Date and Message-ID is put in; Bcc is for the envelope only. */

typedef struct
{
  AccountSettings *settings; /* (owned) */
  GBytes *filed;             /* (owned) the message as it is kept, with Bcc */
  GBytes *sent;              /* (owned) as it goes out */
  char *sender;              /* (owned) */
  char *identity;            /* (owned) (nullable) */
  GPtrArray *recipients;     /* (owned) of char, NULL-terminated */
  char *message_id;          /* (owned) */
} Outgoing;

static void
outgoing_clear (Outgoing *outgoing)
{
  g_clear_pointer (&outgoing->settings, account_settings_unref);
  g_clear_pointer (&outgoing->filed, g_bytes_unref);
  g_clear_pointer (&outgoing->sent, g_bytes_unref);
  g_free (outgoing->sender);
  g_free (outgoing->identity);
  g_clear_pointer (&outgoing->recipients, g_ptr_array_unref);
  g_free (outgoing->message_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outgoing, outgoing_clear)

static gboolean
wrong_message (GError     **error,
               const char  *what)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, what);
  return FALSE;
}

/* RFC 5322 section 2.3: lines end with CR LF, and neither stands alone. */
static GBytes *
with_line_ends (GBytes *message)
{
  gsize size_bytes;
  const char *data = g_bytes_get_data (message, &size_bytes);
  GString *text = g_string_sized_new (size_bytes + size_bytes / 32);

  for (gsize i = 0; i < size_bytes; i++)
    {
      if (data[i] == '\r' && i + 1 < size_bytes && data[i + 1] == '\n')
        continue;
      if (data[i] == '\n' || data[i] == '\r')
        g_string_append (text, "\r\n");
      else
        g_string_append_c (text, data[i]);
    }

  return g_string_free_to_bytes (text);
}

static GBytes *
with_missing_fields (GBytes       *message,
                     MimeHeaders  *headers,
                     const char   *sender,
                     char        **out_message_id)
{
  const char *message_id = mime_headers_get_message_id (headers);
  GString *text = g_string_new (NULL);
  gsize size_bytes;
  const char *data = g_bytes_get_data (message, &size_bytes);

  if (!mime_headers_has_date (headers))
    {
      g_autoptr(GDateTime) now = g_date_time_new_now_local ();
      int offset_minutes = (int) (g_date_time_get_utc_offset (now) / G_TIME_SPAN_MINUTE);
      g_autofree char *date = mime_date_format (g_date_time_to_unix (now), offset_minutes);

      g_string_append_printf (text, "Date: %s\r\n", date);
    }

  *out_message_id = message_id != NULL ? g_strdup (message_id) : mime_message_id_new (sender);
  if (message_id == NULL)
    g_string_append_printf (text, "Message-ID: <%s>\r\n", *out_message_id);

  g_string_append_len (text, data, (gssize) size_bytes);
  return g_string_free_to_bytes (text);
}

static void
add_recipients (GPtrArray   *recipients,
                MimeHeaders *headers)
{
  static const MimeAddressField fields[] = {
    MIME_ADDRESS_FIELD_TO, MIME_ADDRESS_FIELD_CC, MIME_ADDRESS_FIELD_BCC,
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const MimeAddressList *list = mime_headers_get_addresses (headers, fields[i]);
      guint n = list != NULL ? mime_address_list_get_length (list) : 0;

      for (guint j = 0; j < n; j++)
        {
          const char *address = mime_address_list_get (list, j)->address;

          if (!g_ptr_array_find_with_equal_func (recipients, address,
                                                 (GEqualFunc) mime_address_equal, NULL))
            g_ptr_array_add (recipients, g_strdup (address));
        }
    }
}

static gboolean
check_recipients (GPtrArray  *recipients,
                  GError    **error)
{
  if (recipients->len == 0)
    return wrong_message (error, "The message has no recipient");

  for (guint i = 0; i < recipients->len; i++)
    if (!mime_address_is_valid (recipients->pdata[i]))
      {
        g_autofree char *quoted = tool_output_quote (recipients->pdata[i]);

        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "“%s” is no address to send to", quoted);
        return FALSE;
      }

  g_ptr_array_add (recipients, NULL);
  return TRUE;
}

/* The account that has the sender as one of its identities. */
static AccountSettings *
find_sender (ToolContext      *context,
             const char       *address,
             AccountIdentity **out_identity,
             GError          **error)
{
  AccountList *accounts = tool_context_get_accounts (context, error);

  for (guint i = 0; accounts != NULL && i < account_list_get_n (accounts); i++)
    {
      AccountSettings *settings = account_list_get (accounts, i);

      *out_identity = account_settings_find_identity (settings, address);
      if (*out_identity != NULL)
        return settings;
    }

  if (accounts != NULL)
    g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND,
                 "No account sends as “%s”; name one with --account", address);
  return NULL;
}

static gboolean
set_account (ToolContext  *context,
             const char   *account,
             Outgoing     *outgoing,
             GError      **error)
{
  AccountIdentity *identity = NULL;
  AccountSettings *settings;

  if (account != NULL)
    {
      settings = tool_context_find_account (context, account, error);
      if (settings != NULL)
        identity = account_settings_find_identity (settings, outgoing->sender);
    }
  else
    settings = find_sender (context, outgoing->sender, &identity, error);

  if (settings == NULL)
    return FALSE;

  if (account_settings_get_smtp (settings) == NULL)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_INVALID, "The account %s cannot send",
                   account_settings_get_address (settings));
      return FALSE;
    }

  outgoing->settings = account_settings_ref (settings);
  outgoing->identity = identity != NULL ? g_strdup (account_identity_get_id (identity)) : NULL;
  return TRUE;
}

static gboolean
prepare (ToolContext  *context,
         GBytes       *bytes,
         const char   *account,
         Outgoing     *outgoing,
         GError      **error)
{
  g_autoptr(GBytes) lines = with_line_ends (bytes);
  g_autoptr(MimeMessage) message = mime_message_new (lines);
  MimeHeaders *headers = mime_message_get_headers (message);
  const MimeAddressList *from = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM);

  if (from == NULL || mime_address_list_get_length (from) == 0)
    return wrong_message (error, "The message says nowhere whom it is from");

  outgoing->sender = g_strdup (mime_address_list_get (from, 0)->address);
  outgoing->recipients = g_ptr_array_new_with_free_func (g_free);
  add_recipients (outgoing->recipients, headers);
  if (!check_recipients (outgoing->recipients, error) ||
      !set_account (context, account, outgoing, error))
    return FALSE;

  outgoing->filed = with_missing_fields (lines, headers, outgoing->sender, &outgoing->message_id);
  outgoing->sent = mime_message_bytes_without_bcc (outgoing->filed);
  return TRUE;
}

static gboolean
submit (ToolEngine  *engine,
        Outgoing    *outgoing,
        gint64      *out_item,
        GError     **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  SyncAccount *account = tool_engine_get_account (engine, outgoing->settings, error);
  g_autoptr(SyncSubmission) submission = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  if (account == NULL)
    return FALSE;

  submission = sync_submission_new (outgoing->sender,
                                    (const char * const *) outgoing->recipients->pdata,
                                    outgoing->sent);
  submission->identity = g_strdup (outgoing->identity);
  if (!g_bytes_equal (outgoing->filed, outgoing->sent))
    submission->local_copy = g_bytes_ref (outgoing->filed);

  sync_account_submit_async (account, submission, tool_context_result_cb, &result);
  return sync_account_submit_finish (account, tool_context_wait (context, &result), out_item, error);
}

/* Telling how it went */

static const char *
state_name (StoreOutboxState state)
{
  static const char * const names[] = {
    "queued", "sending", "unsure", "sent", "filed", "failed", "cancelled",
  };

  return state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

static const char *
answer_name (StoreAnswerState state)
{
  static const char * const names[] = { "none", "accepted", "temporary", "refused" };

  return state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

static const char *
state_words (StoreOutboxState state)
{
  switch (state)
    {
    case STORE_OUTBOX_FILED:
      return "Sent, with a copy in the folder for sent messages.";
    case STORE_OUTBOX_SENT:
      return "Sent. The copy for the folder for sent messages waits for the next sync.";
    case STORE_OUTBOX_UNSURE:
      return "The connection broke at the end: nobody knows whether it was sent. It is not sent "
             "again by itself.";
    case STORE_OUTBOX_FAILED:
      return "Refused. It lies in the outbox.";
    case STORE_OUTBOX_CANCELLED:
      return "Taken back.";
    case STORE_OUTBOX_QUEUED:
    case STORE_OUTBOX_SENDING:
    default:
      return "It waits in the outbox for the next sync.";
    }
}

static gboolean
is_refused (const StoreOutboxRecipient *recipient)
{
  return recipient->state == STORE_ANSWER_REFUSED || recipient->state == STORE_ANSWER_TEMPORARY;
}

static void
print_item (const StoreOutboxItem *item)
{
  tool_output_line ("%s", state_words (item->state));

  for (guint i = 0; i < item->recipients->len; i++)
    {
      const StoreOutboxRecipient *recipient = item->recipients->pdata[i];
      g_autofree char *text = tool_output_quote (recipient->text);

      if (is_refused (recipient))
        tool_output_error ("%s: %u %s", recipient->address, recipient->code, text);
    }

  if (item->error_text != NULL && item->state != STORE_OUTBOX_FILED)
    {
      g_autofree char *text = tool_output_quote (item->error_text);

      tool_output_error ("%s", text);
    }
}

static void
print_json (const StoreOutboxItem *item,
            const Outgoing        *outgoing,
            const GError          *error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  tool_json_int (builder, "outbox", item->item);
  tool_json_string (builder, "account", account_settings_get_address (outgoing->settings));
  tool_json_string (builder, "message_id", outgoing->message_id);
  tool_json_string (builder, "sender", outgoing->sender);
  tool_json_string (builder, "state", state_name (item->state));

  json_builder_set_member_name (builder, "recipients");
  json_builder_begin_array (builder);
  for (guint i = 0; i < item->recipients->len; i++)
    {
      const StoreOutboxRecipient *recipient = item->recipients->pdata[i];

      json_builder_begin_object (builder);
      tool_json_string (builder, "address", recipient->address);
      tool_json_string (builder, "answer", answer_name (recipient->state));
      tool_json_int (builder, "code", recipient->code);
      tool_json_string (builder, "text", recipient->text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  tool_json_string (builder, "class", item->error_class);
  json_builder_set_member_name (builder, "error");
  if (error != NULL)
    tool_json_error (builder, error);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  tool_output_json (builder);
}

/* A message that the connection failed for ends as the connection would. */
static ToolExit
exit_for_class (const char *error_class)
{
  g_autoptr(GError) error = NULL;
  NetError code;

  if (error_class == NULL || !net_error_class_from_name (error_class, &code))
    return TOOL_EXIT_FAILED;

  error = g_error_new_literal (NET_ERROR, (int) code, error_class);
  return tool_exit_for_error (error);
}

static ToolExit
exit_for_item (const StoreOutboxItem *item,
               gboolean               later,
               const GError          *error)
{
  switch (item->state)
    {
    case STORE_OUTBOX_FILED:
      for (guint i = 0; i < item->recipients->len; i++)
        if (is_refused (item->recipients->pdata[i]))
          return TOOL_EXIT_PARTIAL;
      return TOOL_EXIT_DONE;

    case STORE_OUTBOX_SENT:
    case STORE_OUTBOX_UNSURE:
      return TOOL_EXIT_PARTIAL;

    case STORE_OUTBOX_QUEUED:
    case STORE_OUTBOX_SENDING:
      if (later)
        return TOOL_EXIT_DONE;
      if (item->error_class != NULL)
        return exit_for_class (item->error_class);
      return error != NULL ? tool_exit_for_error (error) : TOOL_EXIT_NOT_REACHABLE;

    case STORE_OUTBOX_FAILED:
      return exit_for_class (item->error_class);

    case STORE_OUTBOX_CANCELLED:
    default:
      return TOOL_EXIT_FAILED;
    }
}

static ToolExit
tell (ToolEngine    *engine,
      Outgoing      *outgoing,
      gint64         id,
      gboolean       later,
      const GError  *settle_error,
      GError       **error)
{
  g_autoptr(StoreOutboxItem) item = NULL;

  item = store_reader_get_outbox_item (tool_engine_get_reader (engine), id, error);
  if (item == NULL)
    return TOOL_EXIT_FAILED;

  if (tool_context_is_json (tool_engine_get_context (engine)))
    print_json (item, outgoing, settle_error);
  else
    print_item (item);

  if (settle_error != NULL)
    tool_output_error ("%s", settle_error->message);

  return exit_for_item (item, later, settle_error);
}

/**
 * tool_send:
 *
 * Sends a message.
 */
ToolExit
tool_send (ToolContext *context,
           GStrv        arguments)
{
  g_autofree char *account = NULL;
  gboolean later = FALSE;
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, "Send by this account, whoever it is from",
      "ACCOUNT" },
    { "later", 0, 0, G_OPTION_ARG_NONE, &later, "Put it into the outbox for the next sync", NULL },
    { NULL },
  };
  g_auto(Outgoing) outgoing = { NULL };
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(SyncReport) report = NULL;
  g_autoptr(GError) settle_error = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  ToolExit code;
  gint64 id;

  if (!tool_context_parse (context, arguments, "FILE.eml",
                           "Sends the message in a file, or from the standard input if it is “-”, to "
                           "those in its To, Cc\nand Bcc. Date and Message-ID are put in where they "
                           "are missing; Bcc stays here.",
                           entries, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  bytes = tool_input_read (rest[0], &error);
  if (bytes != NULL && prepare (context, bytes, account, &outgoing, &error))
    engine = tool_engine_open (context, TOOL_ENGINE_ASK, &error);
  if (engine == NULL || !submit (engine, &outgoing, &id, &error))
    return tool_context_fail (context, error);

  if (!later)
    tool_settle_account (engine, outgoing.settings, &report, &settle_error);
  else if (tool_engine_is_beside (engine))
    tool_beside_wake (engine, outgoing.settings);

  code = tell (engine, &outgoing, id, later, settle_error, &error);
  return error != NULL ? tool_context_fail (context, error) : code;
}
