#include "store-error.h"

G_DEFINE_QUARK (pipit-store-error-quark, store_error)
