#include "web-error.h"

G_DEFINE_QUARK (web-error-quark, web_error)
