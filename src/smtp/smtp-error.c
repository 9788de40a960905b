#include "smtp-error.h"

G_DEFINE_QUARK (pipit-smtp-error-quark, smtp_error)
