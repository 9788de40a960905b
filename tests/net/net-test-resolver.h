#pragma once

#include <gio/gio.h>

/* A name service for tests: instead of the system's until it is popped. */
void net_test_resolver_push (const char * const *addresses,
                             GQuark              error_domain,
                             int                 error_code);
void net_test_resolver_pop  (void);
