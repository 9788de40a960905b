#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_ACCOUNT_SETUP (pipit_account_setup_get_type ())
G_DECLARE_FINAL_TYPE (PipitAccountSetup, pipit_account_setup, PIPIT, ACCOUNT_SETUP, GObject)

/*
 * An account being set up or changed. Properties (all notify, read-write unless said):
 *   "display-name", "address", "password";
 *   "receiving-host", "receiving-port" (uint), "receiving-security" (PipitSecurity), "receiving-name";
 *   "sending-host", "sending-port", "sending-security", "sending-name": filled by the lookup while
 *   the person has not touched them;
 *   "state" (PipitSetupState, read only), "problem" (read only, of the failed step),
 *   "provider-name", "provider-note", "provider-link", "source": what the lookup found, in words (read only, nullable).
 */
PipitAccountSetup *pipit_account_setup_new              (PipitEngine          *engine);
PipitAccountSetup *pipit_account_setup_new_for_account  (PipitAccount         *account);

PipitEngine       *pipit_account_setup_get_engine       (PipitAccountSetup    *self);
PipitAccount      *pipit_account_setup_get_account      (PipitAccountSetup    *self); /* (nullable) being changed */
PipitSetupState    pipit_account_setup_get_state        (PipitAccountSetup    *self);
PipitProblem      *pipit_account_setup_get_problem      (PipitAccountSetup    *self);
const char        *pipit_account_setup_get_provider_name (PipitAccountSetup   *self);
const char        *pipit_account_setup_get_provider_note (PipitAccountSetup   *self);
const char        *pipit_account_setup_get_provider_link (PipitAccountSetup   *self);
const char        *pipit_account_setup_get_source       (PipitAccountSetup    *self);
gboolean           pipit_account_setup_is_complete      (PipitAccountSetup    *self,
                                                         const char          **out_property);

/* A password goes to no host that was only guessed: the person sees such settings first. */
gboolean           pipit_account_setup_has_servers      (PipitAccountSetup    *self);
gboolean           pipit_account_setup_needs_confirmation (PipitAccountSetup  *self);
void               pipit_account_setup_confirm          (PipitAccountSetup    *self);

/* The test: rows that change while it runs. */
GListModel        *pipit_account_setup_get_steps        (PipitAccountSetup    *self); /* of PipitSetupStep */
void               pipit_account_setup_test             (PipitAccountSetup    *self);
void               pipit_account_setup_stop             (PipitAccountSetup    *self);
char              *pipit_account_setup_dup_transcript   (PipitAccountSetup    *self); /* secrets removed */
/* TRY_AGAIN, USE_SERVER and USE_NAME change the settings and run the test again; the others are the page's. */
void               pipit_account_setup_apply_remedy     (PipitAccountSetup    *self,
                                                         PipitRemedy          *remedy);
void               pipit_account_setup_trust            (PipitAccountSetup    *self,
                                                         PipitServer           server,
                                                         PipitCertificate     *certificate);

/* After the test passed: folders of the server as paths, and which is which. */
char             **pipit_account_setup_dup_folder_paths (PipitAccountSetup    *self); /* strv, sorted for display */
const char        *pipit_account_setup_get_role_path    (PipitAccountSetup    *self,
                                                         PipitFolderRole       role); /* (nullable) */
void               pipit_account_setup_set_role_path    (PipitAccountSetup    *self,
                                                         PipitFolderRole       role,
                                                         const char           *path); /* made on the server if it is not there */
int                pipit_account_setup_get_keep_days    (PipitAccountSetup    *self); /* 0 headers only, -1 all */
void               pipit_account_setup_set_keep_days    (PipitAccountSetup    *self,
                                                         int                   days);
void               pipit_account_setup_set_keep_password (PipitAccountSetup   *self,
                                                         PipitKeepPassword     keep);

/* Finds out whether there is a keyring. */
void               pipit_account_setup_check_keyring_async  (PipitAccountSetup    *self,
                                                             GCancellable         *cancellable,
                                                             GAsyncReadyCallback   callback,
                                                             gpointer              user_data);
gboolean           pipit_account_setup_check_keyring_finish (PipitAccountSetup    *self,
                                                             GAsyncResult         *result,
                                                             GError              **error);
/* Keeps settings, password and trusted certificates, and starts the account. */
void               pipit_account_setup_save_async       (PipitAccountSetup    *self,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
PipitAccount      *pipit_account_setup_save_finish      (PipitAccountSetup    *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);

G_END_DECLS
