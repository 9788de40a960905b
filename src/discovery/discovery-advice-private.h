#pragma once

#include "discovery-advice.h"

G_BEGIN_DECLS

DiscoveryAdvice *discovery_advice_new          (DiscoveryFailure    *failure);
void             discovery_advice_set_code     (DiscoveryAdvice     *self,
                                                DiscoveryAdviceCode  code);
void             discovery_advice_add          (DiscoveryAdvice     *self,
                                                DiscoveryRemedyKind  kind,
                                                const char          *text);
void             discovery_advice_add_endpoint (DiscoveryAdvice     *self,
                                                NetEndpoint         *endpoint,
                                                DiscoverySource      source);

G_END_DECLS
