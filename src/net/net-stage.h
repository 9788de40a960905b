#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * NetStage:
 * @NET_STAGE_RESOLVE: find the server's addresses
 * @NET_STAGE_CONNECT: TCP
 * @NET_STAGE_ENCRYPT: TLS and the certificate; with STARTTLS it comes after the greeting
 * @NET_STAGE_GREETING: the protocol's first lines
 * @NET_STAGE_SIGN_IN: name and secret
 * @NET_STAGE_FOLDERS: IMAP: the list of mailboxes
 * @NET_STAGE_SENDER: SMTP: the server takes the sender's address
 *
 * The steps of a connection that a person is shown one by one.
 */
typedef enum
{
  NET_STAGE_RESOLVE,
  NET_STAGE_CONNECT,
  NET_STAGE_ENCRYPT,
  NET_STAGE_GREETING,
  NET_STAGE_SIGN_IN,
  NET_STAGE_FOLDERS,
  NET_STAGE_SENDER,
} NetStage;

#define NET_STAGE_LAST NET_STAGE_SENDER

/**
 * NetStageState:
 * @NET_STAGE_STARTED: under way
 * @NET_STAGE_DONE: reached
 * @NET_STAGE_FAILED: where it ended
 */
typedef enum
{
  NET_STAGE_STARTED,
  NET_STAGE_DONE,
  NET_STAGE_FAILED,
} NetStageState;

/**
 * NetStageFunc:
 * @detail: (nullable): for experts: the address, the TLS version, the error
 * @elapsed_us: since the stage began; 0 when it begins
 *
 * Hears of a connection's steps, on the worker's thread, in the middle of the call that takes
 * them: it only hands on what it was told.
 */
typedef void (*NetStageFunc) (NetStage       stage,
                              NetStageState  state,
                              const char    *detail,
                              gint64         elapsed_us,
                              gpointer       user_data);

const char *net_stage_to_string (NetStage stage);

G_END_DECLS
