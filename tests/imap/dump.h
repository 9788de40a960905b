#pragma once

#include "imap-response.h"

char *dump_response  (const ImapResponse  *response);
char *dump_structure (const ImapStructure *structure);
char *dump_envelope  (const ImapEnvelope  *envelope);
char *dump_bytes     (const void          *bytes,
                      gsize                size,
                      gsize                step);
