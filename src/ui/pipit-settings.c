#include "pipit-config.h"

#include "pipit-settings.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

/* (unowned) (nullable): what the application has opened */
static GSettings *current;

/**
 * pipit_settings_open:
 * @keyfile_path: (nullable): a file of a profile's own, instead of the desktop's settings
 *
 * Opens the window's preferences. Their schema is that of the released program, in every profile.
 *
 * Returns: (transfer full) (nullable): the settings; %NULL if the schema is not installed
 */
GSettings *
pipit_settings_open (const char *keyfile_path)
{
  g_autoptr(GSettingsSchema) schema = NULL;
  g_autoptr(GSettingsBackend) backend = NULL;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, PIPIT_BASE_ID, TRUE);
  if (schema == NULL)
    return NULL;

  if (keyfile_path != NULL)
    backend = g_keyfile_settings_backend_new (keyfile_path, "/io/github/pipitmail/Pipit/",
                                              "Pipit");

  g_set_weak_pointer (&current, NULL);
  current = g_settings_new_full (schema, backend, NULL);
  g_object_add_weak_pointer (G_OBJECT (current), (gpointer *) &current);

  return current;
}

/**
 * pipit_settings_get:
 *
 * Returns: (transfer none) (nullable): the settings that are open
 */
GSettings *
pipit_settings_get (void)
{
  return current;
}
