#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_CERTIFICATE (pipit_certificate_get_type ())
G_DECLARE_FINAL_TYPE (PipitCertificate, pipit_certificate, PIPIT, CERTIFICATE, GObject)

const char  *pipit_certificate_get_host        (PipitCertificate *self); /* that was asked for */
const char  *pipit_certificate_get_subject     (PipitCertificate *self);
const char  *pipit_certificate_get_issuer      (PipitCertificate *self);
char        *pipit_certificate_dup_names       (PipitCertificate *self); /* that it is valid for */
char        *pipit_certificate_dup_validity    (PipitCertificate *self); /* "1 May 2026 to 30 July 2026" */
const char  *pipit_certificate_get_fingerprint (PipitCertificate *self); /* SHA-256, in pairs */
char        *pipit_certificate_dup_problems    (PipitCertificate *self); /* a sentence a line */

G_END_DECLS
