#pragma once

#include "tool-exit.h"

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void  tool_output_line       (const char   *format,
                              ...) G_GNUC_PRINTF (1, 2);
void  tool_output_error      (const char   *format,
                              ...) G_GNUC_PRINTF (1, 2);
char *tool_output_quote      (const char   *text);

void  tool_output_json       (JsonBuilder  *builder);
void  tool_output_json_error (const GError *error,
                              ToolExit      code);

void  tool_json_string       (JsonBuilder  *builder,
                              const char   *name,
                              const char   *value);
void  tool_json_int          (JsonBuilder  *builder,
                              const char   *name,
                              gint64        value);
void  tool_json_boolean      (JsonBuilder  *builder,
                              const char   *name,
                              gboolean      value);
void  tool_json_strings      (JsonBuilder  *builder,
                              const char   *name,
                              const char * const *values);
void  tool_json_error        (JsonBuilder  *builder,
                              const GError *error);

G_END_DECLS
