#pragma once

#include "discovery-test.h"

G_BEGIN_DECLS

DiscoveryStep    *discovery_step_new    (NetEndpoint    *endpoint,
                                         NetStage        stage,
                                         NetStageState   state,
                                         const char     *detail,
                                         gint64          elapsed_us);

DiscoveryFailure *discovery_failure_new (NetEndpoint    *endpoint,
                                         const char     *username,
                                         NetStage        stage,
                                         const GError   *error,
                                         NetCertificate *certificate);

/* One server that may be tried. */
typedef struct
{
  NetEndpoint *endpoint; /* (owned) */
  gboolean is_guess;     /* no password goes there */
} DiscoveryTarget;

/* What is known of one of the two servers before and after. */
typedef struct
{
  GArray *targets;       /* (owned) of DiscoveryTarget, best first */
  char *username;        /* (owned) (nullable) */
  BaseSecret *secret;    /* (owned) (nullable) */
  NetEndpoint *reached;  /* (owned) (nullable): who answered */
  GStrv capabilities;    /* (owned) (nullable) */
  char *name;            /* (owned) (nullable): of IMAP: what it says of itself */
  GStrv quirks;          /* (owned) (nullable): of IMAP: rows of the table of servers */
} DiscoveryRunServer;

/* One run of a test. The caller fills it and hands it to a worker; the worker writes its results
 * and hands it back. The two never use it at the same time. */
typedef struct
{
  gatomicrefcount ref_count;
  DiscoveryRunServer servers[2]; /* by NetPurpose */
  char *sender;                  /* (owned) (nullable) */
  NetTrust *trust;               /* (owned) */
  NetTranscript *transcript;     /* (owned) thread-safe */
  guint timeout_ms;              /* 0: the floors' own */

  DiscoveryTest *test;           /* (unowned) for the caller's side only */
  GMainContext *context;         /* (owned) the caller's */

  DiscoveryFailure *failure;     /* (owned) (nullable) */
  GStrv folders;                 /* (owned) (nullable) */
  char *special_use[ACCOUNT_N_FOLDER_ROLES]; /* (owned) (nullable) each */
} DiscoveryRun;

DiscoveryRun *discovery_run_new     (NetTrust       *trust);
DiscoveryRun *discovery_run_ref     (DiscoveryRun   *run);
void          discovery_run_unref   (DiscoveryRun   *run);
gboolean      discovery_run_work    (DiscoveryRun   *run,
                                     GCancellable   *cancellable,
                                     GError        **error);

void          discovery_test_report (DiscoveryTest  *self,
                                     DiscoveryStep  *step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiscoveryRun, discovery_run_unref)

G_END_DECLS
