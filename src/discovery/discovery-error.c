#include "discovery-error.h"

G_DEFINE_QUARK (pipit-discovery-error-quark, discovery_error)
