#pragma once

#include "store-reader.h"
#include "sync-account.h"
#include "tool-context.h"

G_BEGIN_DECLS

typedef struct _ToolEngine ToolEngine;

/**
 * ToolEngineMode:
 * @TOOL_ENGINE_READ: reading is enough: beside a running Pipit too
 * @TOOL_ENGINE_WORK: mail is fetched or changed: the profile has to be free
 * @TOOL_ENGINE_ASK: likewise, but where a running Pipit has the profile it is asked to do it
 */
typedef enum
{
  TOOL_ENGINE_READ,
  TOOL_ENGINE_WORK,
  TOOL_ENGINE_ASK,
} ToolEngineMode;

ToolEngine  *tool_engine_open          (ToolContext      *context,
                                        ToolEngineMode    mode,
                                        GError          **error);
void         tool_engine_free          (ToolEngine       *self);

ToolContext *tool_engine_get_context   (ToolEngine       *self);
StoreReader *tool_engine_get_reader    (ToolEngine       *self);
Store       *tool_engine_get_store     (ToolEngine       *self);
gboolean     tool_engine_is_beside     (ToolEngine       *self);
SyncAccount *tool_engine_get_account   (ToolEngine       *self,
                                        AccountSettings  *settings,
                                        GError          **error);
SyncAccount *tool_engine_start_account (ToolEngine       *self,
                                        AccountSettings  *settings,
                                        GError          **error);

StoreFolder *tool_engine_find_folder   (ToolEngine       *self,
                                        const char       *account,
                                        const char       *text,
                                        GError          **error);
AccountSettings *tool_engine_find_owner (ToolEngine      *self,
                                        gint64            location,
                                        GError          **error);
const char  *tool_engine_role_name     (StoreSpecialUse   use);
gboolean     tool_engine_parse_id      (const char       *text,
                                        gint64           *out_id,
                                        GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolEngine, tool_engine_free)

G_END_DECLS
