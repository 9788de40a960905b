#pragma once

#include "store-reader.h"
#include "tool-context.h"
#include "tool-output.h"

G_BEGIN_DECLS

/* What an account's server was found to limit. */
typedef struct
{
  guint max_connections; /* 0: nothing known */
  GPtrArray *idles;      /* (owned) (nullable) (element-type SyncIdleLimit) */
} ToolLimits;

void tool_limits_read    (ToolLimits      *self,
                          StoreReader     *reader,
                          AccountSettings *settings);
void tool_limits_look_up (ToolLimits      *self,
                          ToolContext     *context,
                          AccountSettings *settings);
void tool_limits_clear   (ToolLimits      *self);
void tool_limits_print   (const ToolLimits *self);
void tool_limits_add     (const ToolLimits *self,
                          JsonBuilder     *builder);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ToolLimits, tool_limits_clear)

G_END_DECLS
