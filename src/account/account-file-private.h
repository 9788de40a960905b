#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _AccountFile AccountFile;

AccountFile *account_file_new      (const char    *path);
void         account_file_free     (AccountFile   *self);

GKeyFile    *account_file_load     (AccountFile   *self,
                                    GError       **error);
gboolean     account_file_begin    (AccountFile   *self,
                                    GError       **error);
gboolean     account_file_save     (AccountFile   *self,
                                    GKeyFile      *key_file,
                                    GError       **error);
void         account_file_end      (AccountFile   *self);
gboolean     account_file_set_aside (AccountFile  *self,
                                    char         **out_path,
                                    GError       **error);

const char  *account_file_get_path (AccountFile   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AccountFile, account_file_free)

G_END_DECLS
