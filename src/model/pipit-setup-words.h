#pragma once

#include "discovery-advice.h"
#include "pipit-problem.h"
#include "pipit-types.h"

G_BEGIN_DECLS

PipitProblem *pipit_setup_words_for_advice   (DiscoveryAdvice   *advice,
                                              DiscoveryProvider *provider);
char         *pipit_setup_words_for_provider (DiscoveryResult   *result);
char         *pipit_setup_words_for_source   (DiscoveryResult   *result);
char         *pipit_setup_words_for_stage    (NetStage           stage,
                                              NetEndpoint       *endpoint);

G_END_DECLS
