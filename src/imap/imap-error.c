#include "imap-error.h"

G_DEFINE_QUARK (pipit-imap-error-quark, imap_error)
