#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ACCOUNT_ERROR (account_error_quark ())

/**
 * AccountError:
 * @ACCOUNT_ERROR_FAILED: none of the others; the message says what
 * @ACCOUNT_ERROR_PROFILE_IN_USE: another process holds the profile's lock
 * @ACCOUNT_ERROR_MALFORMED: a settings file cannot be read as one; it was left as it is
 * @ACCOUNT_ERROR_NEWER: a settings file was written by a newer Pipit; it was left as it is
 * @ACCOUNT_ERROR_NOT_FOUND: there is no such account
 * @ACCOUNT_ERROR_EXISTS: there is an account with this address already
 * @ACCOUNT_ERROR_INVALID: a setting is missing or impossible
 * @ACCOUNT_ERROR_NO_SECRET: no password is known: ask the person
 * @ACCOUNT_ERROR_KEYRING_MISSING: no service on this desktop keeps passwords
 * @ACCOUNT_ERROR_KEYRING_LOCKED: the keyring is locked and could not be unlocked
 * @ACCOUNT_ERROR_KEYRING_DENIED: the person, or the service, refused access
 * @ACCOUNT_ERROR_COMMAND_FAILED: the password command could not be run, failed or said nothing
 * @ACCOUNT_ERROR_COMMAND_TIMED_OUT: the password command did not end in time
 * @ACCOUNT_ERROR_CERTIFICATE: a certificate's file or text cannot be read
 */
typedef enum
{
  ACCOUNT_ERROR_FAILED,
  ACCOUNT_ERROR_PROFILE_IN_USE,
  ACCOUNT_ERROR_MALFORMED,
  ACCOUNT_ERROR_NEWER,
  ACCOUNT_ERROR_NOT_FOUND,
  ACCOUNT_ERROR_EXISTS,
  ACCOUNT_ERROR_INVALID,
  ACCOUNT_ERROR_NO_SECRET,
  ACCOUNT_ERROR_KEYRING_MISSING,
  ACCOUNT_ERROR_KEYRING_LOCKED,
  ACCOUNT_ERROR_KEYRING_DENIED,
  ACCOUNT_ERROR_COMMAND_FAILED,
  ACCOUNT_ERROR_COMMAND_TIMED_OUT,
  ACCOUNT_ERROR_CERTIFICATE,
} AccountError;

GQuark account_error_quark (void);

G_END_DECLS
