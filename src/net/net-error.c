#include "net-error.h"

G_DEFINE_QUARK (pipit-net-error-quark, net_error)
