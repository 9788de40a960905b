#include "mime-error.h"

G_DEFINE_QUARK (pipit-mime-error-quark, mime_error)
