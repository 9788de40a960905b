#include "sync-error.h"

G_DEFINE_QUARK (pipit-sync-error-quark, sync_error)
