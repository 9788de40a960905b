#pragma once

#include "account-list.h"
#include "account-secrets.h"
#include "account-trust.h"
#include "tool-exit.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ToolContext ToolContext;

ToolContext     *tool_context_new             (void);
void             tool_context_free            (ToolContext         *self);

gboolean         tool_context_parse_globals   (ToolContext         *self,
                                               int                 *argc,
                                               char              ***argv,
                                               GError             **error);
gboolean         tool_context_parse           (ToolContext         *self,
                                               GStrv                arguments,
                                               const char          *parameters,
                                               const char          *summary,
                                               const GOptionEntry  *entries,
                                               guint                min_rest,
                                               guint                max_rest,
                                               GStrv               *out_rest);

gboolean         tool_context_is_json         (ToolContext         *self);
gboolean         tool_context_wants_version   (ToolContext         *self);
gboolean         tool_context_wants_help      (ToolContext         *self);
GCancellable    *tool_context_get_cancellable (ToolContext         *self);

AccountProfile  *tool_context_get_profile     (ToolContext         *self,
                                               GError             **error);
AccountList     *tool_context_get_accounts    (ToolContext         *self,
                                               GError             **error);
AccountSecrets  *tool_context_get_secrets     (ToolContext         *self,
                                               GError             **error);
AccountTrust    *tool_context_get_trust       (ToolContext         *self,
                                               GError             **error);
AccountSettings *tool_context_find_account    (ToolContext         *self,
                                               const char          *text,
                                               GError             **error);

GPtrArray       *tool_context_find_accounts   (ToolContext         *self,
                                               GStrv                names,
                                               GError             **error);

void             tool_context_result_cb       (GObject             *source_object,
                                               GAsyncResult        *result,
                                               gpointer             user_data);
GAsyncResult    *tool_context_wait            (ToolContext         *self,
                                               GAsyncResult       **result);

ToolExit         tool_context_fail            (ToolContext         *self,
                                               const GError        *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolContext, tool_context_free)

G_END_DECLS
