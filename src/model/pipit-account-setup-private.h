#pragma once

#include "account-settings.h"
#include "discovery-lookup.h"
#include "discovery-test.h"
#include "net-trust.h"
#include "pipit-account-setup.h"
#include "pipit-account.h"
#include "pipit-certificate.h"
#include "pipit-engine.h"
#include "pipit-problem.h"

G_BEGIN_DECLS

#define PIPIT_N_SERVERS (PIPIT_SERVER_SENDING + 1)

/* How one of the two servers is to be reached, as the page shows it. */
typedef struct
{
  char *host; /* (owned) */
  guint port;
  PipitSecurity security;
  char *name; /* (owned): to sign in with */
  gboolean touched; /* by the person: the lookup keeps its hands off it */
} PipitSetupServer;

struct _PipitAccountSetup
{
  GObject parent_instance;

  PipitEngine *engine;   /* (owned) */
  PipitAccount *account; /* (owned) (nullable) until saved, unless it is being changed */

  char *display_name; /* (owned) */
  char *address;      /* (owned) */
  char *password;     /* (owned): wiped */
  PipitSetupServer servers[PIPIT_N_SERVERS];
  gboolean confirmed; /* the person has looked at settings that were only guessed */

  DiscoveryResult *found; /* (owned) (nullable) */
  char *provider_note;    /* (owned) (nullable) */
  char *source;           /* (owned) (nullable) */

  PipitSetupState state;
  PipitProblem *problem; /* (owned) (nullable) */

  GListStore *steps;          /* (owned) of PipitSetupStep */
  GPtrArray *step_keys;       /* (owned) of StepKey, beside steps */
  DiscoveryTest *test;        /* (owned) (nullable) the last one */
  GCancellable *cancellable;  /* (owned) (nullable) while a test runs */
  NetTrust *trust;            /* (owned): the profile's, and what was trusted on this page */
  PipitCertificate *trusted[PIPIT_N_SERVERS]; /* (owned) (nullable): to be pinned with the rest */

  char *role_paths[PIPIT_FOLDER_OUTBOX + 1]; /* (owned) (nullable): chosen by the person */
  int keep_days;
  PipitKeepPassword keep_password;
};

void         pipit_account_setup_set_state   (PipitAccountSetup *self,
                                              PipitSetupState    state,
                                              PipitProblem      *problem);
void         pipit_account_setup_set_server  (PipitAccountSetup *self,
                                              PipitServer        server,
                                              NetEndpoint       *endpoint);
void         pipit_account_setup_set_name    (PipitAccountSetup *self,
                                              PipitServer        server,
                                              const char        *name);
NetEndpoint *pipit_account_setup_dup_endpoint (PipitAccountSetup *self,
                                              PipitServer        server);
void         pipit_account_setup_clear_test  (PipitAccountSetup *self);

G_END_DECLS
