#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean      base_await           (const gboolean  *done,
                                    gint64           deadline_us,
                                    GCancellable    *cancellable,
                                    GError         **error);

void          base_await_result_cb (GObject         *source_object,
                                    GAsyncResult    *result,
                                    gpointer         user_data);

GAsyncResult *base_await_result    (GAsyncResult   **result);

G_END_DECLS
