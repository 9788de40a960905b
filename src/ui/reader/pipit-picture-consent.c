#include "pipit-config.h"

#include "pipit-picture-consent.h"

#include "pipit-address.h"
#include "pipit-folder.h"
#include "pipit-message.h"
#include "pipit-settings.h"

#include <string.h>

#define SENDERS  "picture-senders"
#define MESSAGES "picture-messages"

/* Older ones are asked about again. */
#define MAX_MESSAGES 1000

static char *
dup_sender (PipitBody *body)
{
  PipitAddress *from = pipit_message_get_from (pipit_body_get_message (body));

  if (from == NULL || !pipit_address_is_valid (from))
    return NULL;

  return g_utf8_strdown (pipit_address_get_address (from), -1);
}

/**
 * pipit_picture_consent_dup_name:
 * @scope: how far it reaches
 *
 * What a person is asked about, and what is remembered: an address; a domain with an @ before it; or the
 * message by its contents, so that no other one can pass for it.
 *
 * Returns: (transfer full) (nullable): the name, %NULL if the message has none
 */
char *
pipit_picture_consent_dup_name (PipitBody         *body,
                                PipitPictureScope  scope)
{
  g_autofree char *sender = NULL;
  const char *at;

  if (scope == PIPIT_PICTURES_OF_MESSAGE)
    return g_strdup (pipit_body_get_fingerprint (body));

  sender = dup_sender (body);
  at = sender != NULL ? strrchr (sender, '@') : NULL;
  if (scope == PIPIT_PICTURES_OF_DOMAIN)
    return at != NULL ? g_strdup (at) : NULL;

  return g_steal_pointer (&sender);
}

static gboolean
is_remembered (PipitBody         *body,
               PipitPictureScope  scope)
{
  const char *key = scope == PIPIT_PICTURES_OF_MESSAGE ? MESSAGES : SENDERS;
  g_auto(GStrv) names = g_settings_get_strv (pipit_settings_get (), key);
  g_autofree char *name = pipit_picture_consent_dup_name (body, scope);

  return name != NULL && g_strv_contains ((const char * const *) names, name);
}

/**
 * pipit_picture_consent_is_given:
 * @body: of a message
 *
 * Anybody can write any sender into a message: in junk only what was said of the message itself counts.
 *
 * Returns: whether its pictures may be brought from the network
 */
gboolean
pipit_picture_consent_is_given (PipitBody *body)
{
  PipitFolder *folder = pipit_message_get_folder (pipit_body_get_message (body));

  if (pipit_settings_get () == NULL)
    return FALSE;
  if (is_remembered (body, PIPIT_PICTURES_OF_MESSAGE))
    return TRUE;
  if (folder == NULL || pipit_folder_get_role (folder) == PIPIT_FOLDER_JUNK)
    return FALSE;

  return is_remembered (body, PIPIT_PICTURES_OF_SENDER) ||
         is_remembered (body, PIPIT_PICTURES_OF_DOMAIN);
}

static void
remember (const char *key,
          const char *name,
          guint       max)
{
  g_auto(GStrv) names = g_settings_get_strv (pipit_settings_get (), key);
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();

  g_ptr_array_add (kept, (gpointer) name);
  for (guint i = 0; names[i] != NULL && kept->len < max; i++)
    if (!g_str_equal (names[i], name))
      g_ptr_array_add (kept, names[i]);
  g_ptr_array_add (kept, NULL);
  g_settings_set_strv (pipit_settings_get (), key, (const char * const *) kept->pdata);
}

/**
 * pipit_picture_consent_give:
 * @scope: how far it reaches
 *
 * Remembers that the person wants to see the pictures. What was said of senders is in the preferences,
 * where it can be taken back.
 */
void
pipit_picture_consent_give (PipitBody         *body,
                            PipitPictureScope  scope)
{
  g_autofree char *name = pipit_picture_consent_dup_name (body, scope);

  if (name == NULL || pipit_settings_get () == NULL)
    return;

  if (scope == PIPIT_PICTURES_OF_MESSAGE)
    remember (MESSAGES, name, MAX_MESSAGES);
  else
    remember (SENDERS, name, G_MAXUINT);
}

/**
 * pipit_picture_consent_take_back:
 * @sender: an address, or a domain with an @ before it
 *
 * Its pictures are asked about again.
 */
void
pipit_picture_consent_take_back (const char *sender)
{
  g_auto(GStrv) names = g_settings_get_strv (pipit_settings_get (), SENDERS);
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; names[i] != NULL; i++)
    if (!g_str_equal (names[i], sender))
      g_ptr_array_add (kept, names[i]);
  g_ptr_array_add (kept, NULL);
  g_settings_set_strv (pipit_settings_get (), SENDERS, (const char * const *) kept->pdata);
}
