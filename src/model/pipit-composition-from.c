#include "pipit-config.h"

#include "pipit-composition-private.h"

#include "mime-message.h"
#include "mime-reply.h"
#include "pipit-attachment-private.h"
#include "pipit-body.h"
#include "pipit-date.h"
#include "pipit-message.h"

#include <glib/gi18n.h>
#include <string.h>

/* How a composition begins: empty, from a mailto: address, or from a message that is answered,
 * forwarded or taken up again. */

static void
set_addresses (PipitComposition      *self,
               PipitRecipientsField   field,
               const MimeAddressList *addresses)
{
  g_autoptr(GListStore) list = g_list_store_new (PIPIT_TYPE_ADDRESS);

  if (addresses == NULL)
    return;

  for (guint i = 0; i < mime_address_list_get_length (addresses); i++)
    {
      const MimeAddress *item = mime_address_list_get (addresses, i);
      g_autoptr(PipitAddress) address = pipit_address_new (item->name, item->address);

      g_list_store_append (list, address);
    }

  pipit_composition_set_recipients (self, field, G_LIST_MODEL (list));
}

/* What the person writes, then the signature, then what is quoted. */
static void
compose_text (PipitComposition *self,
              const char       *written,
              const char       *quoted)
{
  g_autoptr(GString) text = g_string_new (written);
  const char *signature = self->identity != NULL ? pipit_identity_get_signature (self->identity)
                                                 : NULL;

  self->cursor_chars = (gsize) g_utf8_strlen (written, -1);

  if (signature != NULL && *signature != '\0')
    /* RFC 3676 section 4.3: the dashes and the space */
    g_string_append_printf (text, "\n\n-- \n%s", signature);
  if (quoted != NULL && *quoted != '\0')
    g_string_append_printf (text, "\n\n%s", quoted);

  pipit_composition_set_text (self, text->str);
}

/**
 * pipit_composition_new:
 * @engine: an engine that is open
 *
 * Returns: (transfer full): an empty message from the first account
 */
PipitComposition *
pipit_composition_new (PipitEngine *engine)
{
  PipitComposition *self;

  g_return_val_if_fail (PIPIT_IS_ENGINE (engine), NULL);

  self = pipit_composition_new_empty (engine, PIPIT_COMPOSE_NEW, NULL);
  self->loading = TRUE;
  compose_text (self, "", NULL);
  self->loading = FALSE;

  return self;
}

static void
add_typed (PipitComposition     *self,
           PipitRecipientsField  field,
           const char           *text)
{
  g_autoptr(GListStore) list = g_list_store_new (PIPIT_TYPE_ADDRESS);
  g_autoptr(GListModel) typed = pipit_address_parse_list (text);
  GListModel *sources[] = { G_LIST_MODEL (self->recipients[field]), typed };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    for (guint j = 0; j < g_list_model_get_n_items (sources[i]); j++)
      {
        g_autoptr(PipitAddress) address = g_list_model_get_item (sources[i], j);

        g_list_store_append (list, address);
      }

  pipit_composition_set_recipients (self, field, G_LIST_MODEL (list));
}

/* The header fields of RFC 6068 that are safe to take: section 7 warns of all others, and files
 * are never attached because a link says so. */
static void
take_uri_field (PipitComposition *self,
                const char       *name,
                const char       *value,
                GString          *body)
{
  if (g_ascii_strcasecmp (name, "to") == 0)
    add_typed (self, PIPIT_RECIPIENTS_TO, value);
  else if (g_ascii_strcasecmp (name, "cc") == 0)
    add_typed (self, PIPIT_RECIPIENTS_CC, value);
  else if (g_ascii_strcasecmp (name, "bcc") == 0)
    add_typed (self, PIPIT_RECIPIENTS_BCC, value);
  else if (g_ascii_strcasecmp (name, "subject") == 0)
    pipit_composition_set_subject (self, value);
  else if (g_ascii_strcasecmp (name, "body") == 0)
    g_string_append (body, value);
  else if (g_ascii_strcasecmp (name, "in-reply-to") == 0 && self->in_reply_to == NULL)
    self->in_reply_to = g_strdup (value);
}

static char *
unescape (const char *text)
{
  g_autofree char *bytes = g_uri_unescape_string (text, NULL);
  char *valid = g_utf8_make_valid (bytes != NULL ? bytes : text, -1);
  char *to = valid;

  /* line ends come as CRLF */
  for (const char *from = valid; *from != '\0'; from++)
    if (*from != '\r')
      *to++ = *from;
  *to = '\0';

  return valid;
}

/**
 * pipit_composition_new_from_uri:
 * @engine: an engine that is open
 * @mailto_uri: a mailto: address, RFC 6068
 *
 * Returns: (transfer full): a message with what the address says; an empty one when it is no
 *   mailto: address
 */
PipitComposition *
pipit_composition_new_from_uri (PipitEngine *engine,
                                const char  *mailto_uri)
{
  PipitComposition *self;
  g_autoptr(GString) body = g_string_new (NULL);
  g_auto(GStrv) halves = NULL;
  g_autofree char *to = NULL;

  g_return_val_if_fail (PIPIT_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (mailto_uri != NULL, NULL);

  self = pipit_composition_new_empty (engine, PIPIT_COMPOSE_NEW, NULL);
  self->loading = TRUE;

  if (g_ascii_strncasecmp (mailto_uri, "mailto:", strlen ("mailto:")) == 0)
    {
      g_auto(GStrv) fields = NULL;

      halves = g_strsplit (mailto_uri + strlen ("mailto:"), "?", 2);
      to = unescape (halves[0] != NULL ? halves[0] : "");
      if (*to != '\0')
        add_typed (self, PIPIT_RECIPIENTS_TO, to);

      fields = g_strsplit (halves[0] != NULL && halves[1] != NULL ? halves[1] : "", "&", 64);
      for (guint i = 0; fields[i] != NULL; i++)
        {
          g_auto(GStrv) pair = g_strsplit (fields[i], "=", 2);
          g_autofree char *value = NULL;

          if (pair[0] == NULL || pair[1] == NULL)
            continue;

          value = unescape (pair[1]);
          take_uri_field (self, pair[0], value, body);
        }
    }

  compose_text (self, body->str, NULL);
  self->loading = FALSE;

  return self;
}

/* Every address of the person's, so that no reply goes to themselves. */
static MimeAddressList *
list_own_addresses (PipitEngine *engine)
{
  GListModel *accounts = pipit_engine_get_accounts (engine);
  g_autoptr(GArray) own = g_array_new (FALSE, TRUE, sizeof (MimeAddress));

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);
      GListModel *identities = pipit_account_get_identities (account);

      for (guint j = 0; j < g_list_model_get_n_items (identities); j++)
        {
          g_autoptr(PipitIdentity) identity = g_list_model_get_item (identities, j);
          MimeAddress address = { .address = pipit_identity_get_address (identity) };

          /* the account holds the identity, and with it the text */
          g_array_append_val (own, address);
        }
    }

  return mime_address_list_new ((const MimeAddress *) own->data, own->len);
}

/* The identity that a message was sent to, so that the answer comes from there. */
static PipitIdentity *
choose_identity (PipitMessage *message,
                 MimeHeaders  *headers)
{
  static const MimeAddressField fields[] = { MIME_ADDRESS_FIELD_TO, MIME_ADDRESS_FIELD_CC,
                                             MIME_ADDRESS_FIELD_BCC, MIME_ADDRESS_FIELD_FROM };
  PipitAccount *account = pipit_message_get_account (message);
  GListModel *identities;

  if (account == NULL)
    return NULL;

  identities = pipit_account_get_identities (account);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const MimeAddressList *addresses = mime_headers_get_addresses (headers, fields[i]);

      for (guint j = 0; addresses != NULL && j < g_list_model_get_n_items (identities); j++)
        {
          g_autoptr(PipitIdentity) identity = g_list_model_get_item (identities, j);

          if (mime_address_list_contains (addresses, pipit_identity_get_address (identity)))
            return identity; /* the account holds it */
        }
    }

  return pipit_account_get_identity (account);
}

static char *
describe_sender (MimeHeaders *headers)
{
  const MimeAddressList *from = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM);
  const MimeAddress *first;

  if (from == NULL || mime_address_list_get_length (from) == 0)
    /* Translators: in "On 3 May 2026 at 10:42 … wrote:", for a message without a sender */
    return g_strdup (_("somebody"));

  first = mime_address_list_get (from, 0);
  return g_strdup (first->name != NULL && *first->name != '\0' ? first->name : first->address);
}

static char *
quote_for_reply (MimeHeaders *headers,
                 PipitBody   *body)
{
  g_autofree char *sender = describe_sender (headers);
  g_autofree char *date = NULL;
  g_autofree char *attribution = NULL;

  if (mime_headers_has_date (headers))
    {
      date = pipit_date_format_long (mime_headers_get_date_unix (headers));
      /* Translators: the line above a quote: "On 3 May 2026 at 10:42 Mara Lind wrote:" */
      attribution = g_strdup_printf (_("On %1$s %2$s wrote:"), date, sender);
    }
  else
    {
      /* Translators: the line above a quote: "Mara Lind wrote:" */
      attribution = g_strdup_printf (_("%s wrote:"), sender);
    }

  return mime_text_quote (pipit_body_get_text (body), attribution);
}

static char *
quote_for_forward (MimeHeaders *headers,
                   PipitBody   *body)
{
  static const struct
  {
    const char *label;
    MimeAddressField field;
  } people[] = {
    { N_("From"), MIME_ADDRESS_FIELD_FROM },
    { N_("To"), MIME_ADDRESS_FIELD_TO },
    { N_("Cc"), MIME_ADDRESS_FIELD_CC },
  };
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n", _("Forwarded message"));
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      const MimeAddressList *list = mime_headers_get_addresses (headers, people[i].field);
      g_autofree char *formatted = NULL;

      if (list == NULL || mime_address_list_get_length (list) == 0)
        continue;

      formatted = mime_address_list_format (list);
      g_string_append_printf (text, "%s: %s\n", _(people[i].label), formatted);
    }
  if (mime_headers_has_date (headers))
    {
      g_autofree char *date = pipit_date_format_long (mime_headers_get_date_unix (headers));

      g_string_append_printf (text, "%s: %s\n", _("Date"), date);
    }
  g_string_append_printf (text, "%s: %s\n\n%s", _("Subject"),
                          mime_headers_get_subject (headers) != NULL
                            ? mime_headers_get_subject (headers)
                            : "",
                          pipit_body_get_text (body));

  return g_string_free (text, FALSE);
}

static void
begin_reply (PipitComposition *self,
             MimeHeaders      *headers,
             PipitBody        *body)
{
  static const MimeReplyKind kinds[] = {
    [PIPIT_COMPOSE_REPLY] = MIME_REPLY_SENDER,
    [PIPIT_COMPOSE_REPLY_ALL] = MIME_REPLY_ALL,
    [PIPIT_COMPOSE_REPLY_LIST] = MIME_REPLY_LIST,
  };
  g_autoptr(MimeAddressList) own = list_own_addresses (self->engine);
  g_autoptr(MimeAddressList) to = NULL;
  g_autoptr(MimeAddressList) cc = NULL;
  g_autofree char *subject = mime_subject_for_reply (mime_headers_get_subject (headers));
  g_autofree char *quoted = quote_for_reply (headers, body);

  mime_reply_recipients (headers, own, kinds[self->kind], &to, &cc);
  set_addresses (self, PIPIT_RECIPIENTS_TO, to);
  set_addresses (self, PIPIT_RECIPIENTS_CC, cc);
  pipit_composition_set_subject (self, subject);
  compose_text (self, "", quoted);

  self->in_reply_to = g_strdup (mime_headers_get_message_id (headers));
  self->references = mime_references_for_reply (headers);
  self->answered_id = pipit_message_get_id (pipit_body_get_message (body));
}

static void
begin_forward (PipitComposition *self,
               MimeHeaders      *headers,
               PipitBody        *body)
{
  g_autofree char *subject = mime_subject_for_forward (mime_headers_get_subject (headers));
  g_autofree char *quoted = NULL;

  if (self->kind == PIPIT_COMPOSE_FORWARD)
    quoted = quote_for_forward (headers, body);

  pipit_composition_set_subject (self, subject);
  compose_text (self, "", quoted);
  self->forwarded_id = pipit_message_get_id (pipit_body_get_message (body));
}

static void
begin_edit (PipitComposition *self,
            MimeHeaders      *headers,
            const char       *text)
{
  set_addresses (self, PIPIT_RECIPIENTS_TO,
                 mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO));
  set_addresses (self, PIPIT_RECIPIENTS_CC,
                 mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_CC));
  set_addresses (self, PIPIT_RECIPIENTS_BCC,
                 mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_BCC));
  pipit_composition_set_subject (self, mime_headers_get_subject (headers));
  pipit_composition_set_text (self, text);

  /* a draft is still the answer that it was; a message edited as new is not */
  if (self->kind == PIPIT_COMPOSE_DRAFT)
    {
      self->in_reply_to = g_strdup (mime_headers_get_in_reply_to (headers));
      self->references = g_strdupv ((char **) mime_headers_get_references (headers));
    }
}

/* What the making of a composition still waits for. */
typedef struct
{
  PipitMessage *message;         /* (owned) */
  PipitComposeKind kind;
  PipitComposition *composition; /* (owned) (nullable) until the body is there */
  GListModel *files;             /* (owned) (nullable): attachments to be taken along */
  guint next_file;
} Making;

static void
making_free (Making *making)
{
  g_clear_object (&making->message);
  g_clear_object (&making->composition);
  g_clear_object (&making->files);
  g_free (making);
}

static void
made (GTask *task)
{
  Making *making = g_task_get_task_data (task);

  making->composition->loading = FALSE;
  g_task_return_pointer (task, g_object_ref (making->composition), g_object_unref);
}

static void take_next_file (GTask *task);

static void
file_loaded_cb (GObject      *source_object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Making *making = g_task_get_task_data (task);
  PipitAttachment *file = PIPIT_ATTACHMENT (source_object);
  g_autoptr(PipitAttachment) copy = NULL;
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;

  bytes = pipit_attachment_load_finish (file, result, &error);
  if (bytes == NULL)
    {
      /* never a forward that silently lacks a file */
      g_task_return_error (task, error);
      return;
    }

  copy = pipit_attachment_new_for_bytes (pipit_attachment_get_name (file),
                                         pipit_attachment_get_content_type (file), bytes);
  pipit_composition_take_attachment (making->composition, copy);
  take_next_file (task);
}

static void
take_next_file (GTask *task)
{
  Making *making = g_task_get_task_data (task);
  g_autoptr(PipitAttachment) file = NULL;

  if (making->files != NULL)
    file = g_list_model_get_item (making->files, making->next_file++);

  if (file == NULL)
    made (task);
  else
    pipit_attachment_load_async (file, g_task_get_cancellable (task), file_loaded_cb,
                                 g_object_ref (task));
}

static void
source_loaded_cb (GObject      *source_object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Making *making = g_task_get_task_data (task);
  const char *subject = pipit_message_get_subject (making->message);
  g_autofree char *name = NULL;
  g_autoptr(PipitAttachment) attachment = NULL;
  g_autoptr(GBytes) source = NULL;
  GError *error = NULL;

  source = pipit_message_load_source_finish (making->message, result, &error);
  if (source == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  name = g_strdup_printf ("%s.eml", subject != NULL && *subject != '\0' ? subject : _("Message"));
  g_strdelimit (name, "/\\", '-');
  attachment = pipit_attachment_new_for_bytes (name, "message/rfc822", source);
  pipit_composition_take_attachment (making->composition, attachment);
  made (task);
}

static void
body_loaded_cb (GObject      *source_object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Making *making = g_task_get_task_data (task);
  g_autoptr(PipitBody) body = NULL;
  g_autoptr(MimeHeaders) headers = NULL;
  const char *block;
  GError *error = NULL;

  body = pipit_message_load_body_finish (making->message, result, &error);
  if (body == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  block = pipit_body_get_headers (body);
  headers = mime_headers_new (block != NULL ? block : "", block != NULL ? strlen (block) : 0);
  making->composition = pipit_composition_new_empty (pipit_message_get_engine (making->message),
                                                     making->kind,
                                                     choose_identity (making->message, headers));
  making->composition->loading = TRUE;

  switch (making->kind)
    {
    case PIPIT_COMPOSE_REPLY:
    case PIPIT_COMPOSE_REPLY_ALL:
    case PIPIT_COMPOSE_REPLY_LIST:
      begin_reply (making->composition, headers, body);
      break;
    case PIPIT_COMPOSE_FORWARD:
      begin_forward (making->composition, headers, body);
      making->files = g_object_ref (pipit_body_get_attachments (body));
      break;
    case PIPIT_COMPOSE_FORWARD_ATTACHED:
      begin_forward (making->composition, headers, body);
      pipit_message_load_source_async (making->message, g_task_get_cancellable (task),
                                       source_loaded_cb, g_object_ref (task));
      return;
    case PIPIT_COMPOSE_NEW:
    case PIPIT_COMPOSE_EDIT_AS_NEW:
    case PIPIT_COMPOSE_DRAFT:
    default:
      begin_edit (making->composition, headers, pipit_body_get_text (body));
      making->files = g_object_ref (pipit_body_get_attachments (body));
      break;
    }

  take_next_file (task);
}

/**
 * pipit_composition_new_from_async:
 * @message: what is answered, forwarded or taken up
 * @kind: which of these
 *
 * Begins a composition from a message, whose text is fetched first when it is not here.
 */
void
pipit_composition_new_from_async (PipitMessage        *message,
                                  PipitComposeKind     kind,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task;
  Making *making;

  g_return_if_fail (PIPIT_IS_MESSAGE (message));

  making = g_new0 (Making, 1);
  making->message = g_object_ref (message);
  making->kind = kind;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_composition_new_from_async);
  g_task_set_task_data (task, making, (GDestroyNotify) making_free);
  pipit_message_load_body_async (message, cancellable, body_loaded_cb, task);
}

/**
 * pipit_composition_new_from_finish:
 *
 * Errors: what the loading of the message, or of a file of it, said.
 *
 * Returns: (transfer full): the composition
 */
PipitComposition *
pipit_composition_new_from_finish (GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A message that was built here, taken apart again: off the main thread, for its files. */
typedef struct
{
  GBytes *source;    /* (owned) */
  MimeMessage *mime; /* (owned) (nullable) until it is parsed */
  char *text;        /* (owned) (nullable) */
  GPtrArray *files;  /* (owned) (nullable) of PipitAttachment */
} Reading;

static void
reading_free (Reading *reading)
{
  g_bytes_unref (reading->source);
  g_clear_pointer (&reading->mime, mime_message_unref);
  g_clear_pointer (&reading->files, g_ptr_array_unref);
  g_free (reading->text);
  g_free (reading);
}

static void
read_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Reading *reading = task_data;
  g_autoptr(GPtrArray) parts = NULL;

  reading->mime = mime_message_new (reading->source);
  reading->text = mime_message_dup_text (reading->mime);
  reading->files = g_ptr_array_new_with_free_func (g_object_unref);

  parts = mime_message_get_attachments (reading->mime);
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr(GBytes) bytes = mime_part_decode (parts->pdata[i]);

      g_ptr_array_add (reading->files,
                       pipit_attachment_new_for_bytes (mime_part_get_file_name (parts->pdata[i]),
                                                       mime_part_get_content_type (parts->pdata[i]),
                                                       bytes));
    }

  g_task_return_boolean (task, TRUE);
}

static void
kept_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitComposition *composition = PIPIT_COMPOSITION (source_object);
  GError *error = NULL;

  if (pipit_composition_save_finish (composition, result, &error))
    g_task_return_pointer (task, g_object_ref (composition), g_object_unref);
  else
    g_task_return_error (task, error);
}

static PipitIdentity *
find_sender (PipitEngine *engine,
             MimeHeaders *headers)
{
  const MimeAddressList *from = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM);
  GListModel *accounts = pipit_engine_get_accounts (engine);

  for (guint i = 0; from != NULL && i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);
      GListModel *identities = pipit_account_get_identities (account);

      for (guint j = 0; j < g_list_model_get_n_items (identities); j++)
        {
          g_autoptr(PipitIdentity) identity = g_list_model_get_item (identities, j);

          if (mime_address_list_contains (from, pipit_identity_get_address (identity)))
            return identity; /* the account holds it */
        }
    }

  return NULL;
}

static void
source_read_cb (GObject      *source_object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitEngine *engine = PIPIT_ENGINE (source_object);
  Reading *reading = g_task_get_task_data (task);
  MimeHeaders *headers;
  g_autoptr(PipitComposition) composition = NULL;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  headers = mime_message_get_headers (reading->mime);
  composition = pipit_composition_new_empty (engine, PIPIT_COMPOSE_DRAFT,
                                             find_sender (engine, headers));
  composition->loading = TRUE;
  begin_edit (composition, headers, reading->text);
  for (guint i = 0; i < reading->files->len; i++)
    pipit_composition_take_attachment (composition, reading->files->pdata[i]);
  composition->loading = FALSE;
  pipit_composition_set_modified (composition, TRUE);

  pipit_composition_save_async (composition, NULL, kept_cb, g_steal_pointer (&task));
}

/**
 * pipit_composition_new_from_source_async:
 * @engine: an engine that is open
 * @source: a message that was built here, with its Bcc
 *
 * Takes up a message that was on its way. It ends when the draft is durable, since it may be the
 * only copy.
 */
void
pipit_composition_new_from_source_async (PipitEngine         *engine,
                                         GBytes              *source,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Reading *reading;

  g_return_if_fail (PIPIT_IS_ENGINE (engine));
  g_return_if_fail (source != NULL);

  reading = g_new0 (Reading, 1);
  reading->source = g_bytes_ref (source);

  task = g_task_new (engine, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_composition_new_from_source_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);

  {
    g_autoptr(GTask) parse = g_task_new (engine, cancellable, source_read_cb, g_object_ref (task));

    g_task_set_task_data (parse, reading, NULL);
    g_task_run_in_thread (parse, read_in_thread);
  }
}

/**
 * pipit_composition_new_from_source_finish:
 *
 * Errors: STORE_ERROR_* when the draft could not be kept.
 *
 * Returns: (transfer full): the composition
 */
PipitComposition *
pipit_composition_new_from_source_finish (PipitEngine   *engine,
                                          GAsyncResult  *result,
                                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
