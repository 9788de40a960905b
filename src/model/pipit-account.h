#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_ACCOUNT (pipit_account_get_type ())
G_DECLARE_FINAL_TYPE (PipitAccount, pipit_account, PIPIT, ACCOUNT, GObject)

/*
 * Properties (all notify): "name", "address", "state" (PipitState), "status" (a sentence or NULL),
 * "problem" (PipitProblem or NULL), "progress" (0 … 1, or -1 when unknown).
 */
PipitEngine   *pipit_account_get_engine       (PipitAccount         *self);
const char    *pipit_account_get_id           (PipitAccount         *self);
const char    *pipit_account_get_name         (PipitAccount         *self);
const char    *pipit_account_get_address      (PipitAccount         *self);
PipitState     pipit_account_get_state        (PipitAccount         *self);
const char    *pipit_account_get_status       (PipitAccount         *self);
double         pipit_account_get_progress     (PipitAccount         *self);
PipitProblem  *pipit_account_get_problem      (PipitAccount         *self);
GListModel    *pipit_account_get_folders      (PipitAccount         *self);
GListModel    *pipit_account_get_identities   (PipitAccount         *self);
PipitIdentity *pipit_account_get_identity     (PipitAccount         *self);
PipitFolder   *pipit_account_get_folder       (PipitAccount         *self,
                                               PipitFolderRole       role);

void           pipit_account_check_mail       (PipitAccount         *self);
void           pipit_account_retry            (PipitAccount         *self);
void           pipit_account_set_password     (PipitAccount         *self,
                                               const char           *password,
                                               PipitKeepPassword     keep);
void           pipit_account_trust            (PipitAccount         *self,
                                               PipitServer           server,
                                               PipitCertificate     *certificate);
int            pipit_account_get_keep_days    (PipitAccount         *self); /* 0 headers only, -1 all */
void           pipit_account_set_keep_days    (PipitAccount         *self,
                                               int                   days);
gboolean       pipit_account_get_paused       (PipitAccount         *self);
void           pipit_account_set_paused       (PipitAccount         *self,
                                               gboolean              paused);
void           pipit_account_remove_async     (PipitAccount         *self,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean       pipit_account_remove_finish    (PipitAccount         *self,
                                               GAsyncResult         *result,
                                               GError              **error);

G_END_DECLS
