#pragma once

#include "account-settings.h"
#include "base-secret.h"
#include "net-certificate.h"
#include "net-endpoint.h"
#include "net-transport.h"
#include "net-trust.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define DISCOVERY_TYPE_STEP (discovery_step_get_type ())

typedef struct _DiscoveryStep DiscoveryStep;

GType               discovery_step_get_type       (void) G_GNUC_CONST;

DiscoveryStep      *discovery_step_ref            (DiscoveryStep  *self);
void                discovery_step_unref          (DiscoveryStep  *self);
NetEndpoint        *discovery_step_get_endpoint   (DiscoveryStep  *self);
NetStage            discovery_step_get_stage      (DiscoveryStep  *self);
NetStageState       discovery_step_get_state      (DiscoveryStep  *self);
const char         *discovery_step_get_detail     (DiscoveryStep  *self);
gint64              discovery_step_get_elapsed_us (DiscoveryStep  *self);

#define DISCOVERY_TYPE_FAILURE (discovery_failure_get_type ())

typedef struct _DiscoveryFailure DiscoveryFailure;

GType               discovery_failure_get_type        (void) G_GNUC_CONST;

DiscoveryFailure   *discovery_failure_ref             (DiscoveryFailure *self);
void                discovery_failure_unref           (DiscoveryFailure *self);
NetEndpoint        *discovery_failure_get_endpoint    (DiscoveryFailure *self);
const char         *discovery_failure_get_username    (DiscoveryFailure *self);
NetStage            discovery_failure_get_stage       (DiscoveryFailure *self);
const GError       *discovery_failure_get_error       (DiscoveryFailure *self);
const char         *discovery_failure_get_class       (DiscoveryFailure *self);
const char         *discovery_failure_get_server_text (DiscoveryFailure *self);
NetCertificate     *discovery_failure_get_certificate (DiscoveryFailure *self);

#define DISCOVERY_TYPE_TEST (discovery_test_get_type ())

G_DECLARE_FINAL_TYPE (DiscoveryTest, discovery_test, DISCOVERY, TEST, GObject)

DiscoveryTest      *discovery_test_new               (NetTrust             *trust);

void                discovery_test_set_sign_in       (DiscoveryTest        *self,
                                                      NetPurpose            purpose,
                                                      const char           *username,
                                                      BaseSecret           *secret);
void                discovery_test_set_sender        (DiscoveryTest        *self,
                                                      const char           *address);
void                discovery_test_add_endpoint      (DiscoveryTest        *self,
                                                      NetEndpoint          *endpoint);
void                discovery_test_add_guess         (DiscoveryTest        *self,
                                                      NetEndpoint          *endpoint);
void                discovery_test_set_step_timeout  (DiscoveryTest        *self,
                                                      guint                 timeout_ms);

void                discovery_test_run_async         (DiscoveryTest        *self,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
gboolean            discovery_test_run_finish        (DiscoveryTest        *self,
                                                      GAsyncResult         *result,
                                                      GError              **error);

GPtrArray          *discovery_test_get_steps         (DiscoveryTest        *self);
DiscoveryFailure   *discovery_test_get_failure       (DiscoveryTest        *self);
NetEndpoint        *discovery_test_get_endpoint      (DiscoveryTest        *self,
                                                      NetPurpose            purpose);
const char * const *discovery_test_get_capabilities  (DiscoveryTest        *self,
                                                      NetPurpose            purpose);
const char         *discovery_test_get_server_name   (DiscoveryTest        *self);
const char * const *discovery_test_get_quirks        (DiscoveryTest        *self);
const char * const *discovery_test_get_folders       (DiscoveryTest        *self);
const char         *discovery_test_get_special_use   (DiscoveryTest        *self,
                                                      AccountFolderRole     role);
char               *discovery_test_dup_transcript    (DiscoveryTest        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryStep, discovery_step_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryFailure, discovery_failure_unref)

G_END_DECLS
