#pragma once

#include "discovery-advice.h"
#include "tool-output.h"

G_BEGIN_DECLS

char *tool_advice_describe (DiscoveryAdvice *advice);
void  tool_advice_print    (DiscoveryAdvice *advice);
void  tool_advice_add      (JsonBuilder     *builder,
                            DiscoveryAdvice *advice);

G_END_DECLS
