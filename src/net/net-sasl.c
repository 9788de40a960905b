#include "net-sasl.h"

#include <string.h>

/* The client's side of SASL (RFC 4422): PLAIN and LOGIN. A mechanism that answers challenges, such
 * as SCRAM, is one more case of net_sasl_step (). */

struct _NetSasl
{
  NetSaslMechanism mechanism;
  char *user;         /* (owned) */
  BaseSecret *secret; /* (owned) */
  guint step;         /* responses given */
};

/* Best first */
static const struct
{
  NetSaslMechanism mechanism;
  const char *name;
} mechanism_table[] = {
  { NET_SASL_PLAIN, "PLAIN" },
  { NET_SASL_LOGIN, "LOGIN" },
};

/**
 * net_sasl_choose:
 * @offered: the mechanisms that the server offers, of any case
 *
 * Returns: the best one that we know, or %NET_SASL_NONE
 */
NetSaslMechanism
net_sasl_choose (const char * const *offered)
{
  g_return_val_if_fail (offered != NULL, NET_SASL_NONE);

  for (guint i = 0; i < G_N_ELEMENTS (mechanism_table); i++)
    for (guint j = 0; offered[j] != NULL; j++)
      if (g_ascii_strcasecmp (offered[j], mechanism_table[i].name) == 0)
        return mechanism_table[i].mechanism;

  return NET_SASL_NONE;
}

/**
 * net_sasl_mechanism_to_string:
 * @mechanism: a mechanism
 *
 * Returns: (transfer none) (nullable): its name as it goes over the wire
 */
const char *
net_sasl_mechanism_to_string (NetSaslMechanism mechanism)
{
  for (guint i = 0; i < G_N_ELEMENTS (mechanism_table); i++)
    if (mechanism_table[i].mechanism == mechanism)
      return mechanism_table[i].name;

  return NULL;
}

/**
 * net_sasl_new:
 * @transport: the connection over which it goes
 * @mechanism: how
 * @user: the name to sign in with, UTF-8
 * @secret: the password
 *
 * Begins to sign in. This is where a secret is kept off an open wire: there is no sign-in for a
 * connection that is not encrypted, except on loopback and where plain text was chosen explicitly.
 *
 * Errors: NET_ERROR_PLAIN_NOT_ALLOWED; NET_ERROR_MECHANISM_NOT_OFFERED for %NET_SASL_NONE.
 *
 * Returns: (transfer full): an exchange
 */
NetSasl *
net_sasl_new (NetTransport      *transport,
              NetSaslMechanism   mechanism,
              const char        *user,
              BaseSecret        *secret,
              GError           **error)
{
  NetSasl *self;

  g_return_val_if_fail (NET_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (user != NULL && secret != NULL, NULL);

  if (!net_transport_may_send_secret (transport))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_PLAIN_NOT_ALLOWED,
                           "The password is not sent: the connection is not encrypted");
      return NULL;
    }

  if (mechanism == NET_SASL_NONE)
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED,
                           "The server offers no way of signing in that Pipit knows");
      return NULL;
    }

  self = g_new0 (NetSasl, 1);
  self->mechanism = mechanism;
  self->user = g_strdup (user);
  self->secret = base_secret_ref (secret);

  return self;
}

/**
 * net_sasl_free:
 * @self: (transfer full): an exchange
 */
void
net_sasl_free (NetSasl *self)
{
  g_return_if_fail (self != NULL);

  base_secret_unref (self->secret);
  g_free (self->user);
  g_free (self);
}

/**
 * net_sasl_is_client_first:
 *
 * Returns: %TRUE if the first response may go with the command that names the mechanism
 */
gboolean
net_sasl_is_client_first (NetSasl *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mechanism == NET_SASL_PLAIN;
}

/* RFC 4616: no authorization identity, NUL, user, NUL, password */
static char *
plain_response (NetSasl *self)
{
  const char *password = base_secret_peek (self->secret);
  gsize user_size = strlen (self->user);
  gsize password_size = strlen (password);
  gsize size = user_size + password_size + 2;
  char *message = g_malloc0 (size);
  char *encoded;

  memcpy (message + 1, self->user, user_size);
  memcpy (message + user_size + 2, password, password_size);
  encoded = g_base64_encode ((const guchar *) message, size);

  base_secret_wipe (message, size);
  g_free (message);

  return encoded;
}

static char *
encode_text (const char *text)
{
  return g_base64_encode ((const guchar *) text, strlen (text));
}

/**
 * net_sasl_step:
 * @challenge_base64: (nullable): what the server sent; %NULL for the first response of a mechanism
 *   in which the client comes first
 *
 * Gives the next response. What LOGIN's prompts say differs between servers ("Username:", "User
 * Name", nothing): only their order counts.
 *
 * Errors: NET_ERROR_PROTOCOL when the server asks for more than the mechanism has.
 *
 * Returns: (transfer full): the response in base64, to be freed with base_secret_free ()
 */
char *
net_sasl_step (NetSasl     *self,
               const char  *challenge_base64,
               GError     **error)
{
  guint step;

  g_return_val_if_fail (self != NULL, NULL);

  step = self->step++;

  if (self->mechanism == NET_SASL_PLAIN && step == 0)
    return plain_response (self);
  if (self->mechanism == NET_SASL_LOGIN && step == 0)
    return encode_text (self->user);
  if (self->mechanism == NET_SASL_LOGIN && step == 1)
    return encode_text (base_secret_peek (self->secret));

  g_set_error (error, NET_ERROR, NET_ERROR_PROTOCOL, "The server asks for more than %s has",
               net_sasl_mechanism_to_string (self->mechanism));
  return NULL;
}
