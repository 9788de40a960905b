#include "account-error.h"

G_DEFINE_QUARK (pipit-account-error-quark, account_error)
