#include "pipit-config.h"

#include "pipit-certificate-private.h"

#include <glib/gi18n.h>

/* A certificate that was not trusted, in words for a person. */

struct _PipitCertificate
{
  GObject parent_instance;

  NetCertificate *certificate; /* (owned) */
  char *host;                  /* (owned) */
  char *fingerprint;           /* (owned) */
};

G_DEFINE_FINAL_TYPE (PipitCertificate, pipit_certificate, G_TYPE_OBJECT)

static void
pipit_certificate_finalize (GObject *object)
{
  PipitCertificate *self = PIPIT_CERTIFICATE (object);

  g_clear_pointer (&self->certificate, net_certificate_unref);
  g_free (self->host);
  g_free (self->fingerprint);

  G_OBJECT_CLASS (pipit_certificate_parent_class)->finalize (object);
}

static void
pipit_certificate_class_init (PipitCertificateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_certificate_finalize;
}

static void
pipit_certificate_init (PipitCertificate *self)
{
}

/*
 * pipit_certificate_new:
 * @certificate: as the server showed it, with the problems that were found
 * @host: the host that was asked for
 *
 * Returns: (transfer full): the certificate for display
 */
PipitCertificate *
pipit_certificate_new (NetCertificate *certificate,
                       const char     *host)
{
  PipitCertificate *self = g_object_new (PIPIT_TYPE_CERTIFICATE, NULL);

  self->certificate = net_certificate_ref (certificate);
  self->host = g_strdup (host);
  self->fingerprint = net_certificate_dup_sha256_shown (certificate);

  return self;
}

/*
 * pipit_certificate_get_net:
 *
 * Returns: (transfer none): what can be pinned
 */
NetCertificate *
pipit_certificate_get_net (PipitCertificate *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  return self->certificate;
}

/**
 * pipit_certificate_get_host:
 *
 * Returns: (transfer none): the host that was asked for
 */
const char *
pipit_certificate_get_host (PipitCertificate *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  return self->host;
}

/**
 * pipit_certificate_get_subject:
 *
 * Returns: (transfer none): whom it was issued to
 */
const char *
pipit_certificate_get_subject (PipitCertificate *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  return net_certificate_get_subject (self->certificate);
}

/**
 * pipit_certificate_get_issuer:
 *
 * Returns: (transfer none): who issued it
 */
const char *
pipit_certificate_get_issuer (PipitCertificate *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  return net_certificate_get_issuer (self->certificate);
}

/**
 * pipit_certificate_dup_names:
 *
 * Returns: (transfer full): the host names that it is valid for, in one line
 */
char *
pipit_certificate_dup_names (PipitCertificate *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  return g_strjoinv (", ", (char **) net_certificate_get_names (self->certificate));
}

static char *
format_day (gint64 unix_time)
{
  g_autoptr(GDateTime) day = g_date_time_new_from_unix_local (unix_time);

  /* Translators: a day, as g_date_time_format() understands it: "1 May 2026" */
  return day != NULL ? g_date_time_format (day, _("%-d %B %Y")) : g_strdup ("?");
}

/**
 * pipit_certificate_dup_validity:
 *
 * Returns: (transfer full): "1 May 2026 to 30 July 2026", translated
 */
char *
pipit_certificate_dup_validity (PipitCertificate *self)
{
  g_autofree char *from = NULL;
  g_autofree char *until = NULL;

  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  from = format_day (net_certificate_get_not_before_unix (self->certificate));
  until = format_day (net_certificate_get_not_after_unix (self->certificate));

  /* Translators: a certificate is valid from the first day to the second */
  return g_strdup_printf (_("%s to %s"), from, until);
}

/**
 * pipit_certificate_get_fingerprint:
 *
 * Returns: (transfer none): its SHA-256 in pairs of hexadecimal digits
 */
const char *
pipit_certificate_get_fingerprint (PipitCertificate *self)
{
  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  return self->fingerprint;
}

/**
 * pipit_certificate_dup_problems:
 *
 * Returns: (transfer full): why it was not trusted, one translated sentence a line
 */
char *
pipit_certificate_dup_problems (PipitCertificate *self)
{
  NetCertificateProblems problems;
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();
  g_auto(GStrv) sentences = NULL;

  g_return_val_if_fail (PIPIT_IS_CERTIFICATE (self), NULL);

  problems = net_certificate_get_problems (self->certificate);

  if (problems & NET_CERTIFICATE_CHANGED)
    g_strv_builder_add (lines, _("It is not the certificate that you trusted before."));
  if (problems & NET_CERTIFICATE_EXPIRED)
    g_strv_builder_add (lines, _("It has expired."));
  if (problems & NET_CERTIFICATE_NOT_YET_VALID)
    g_strv_builder_add (lines, _("It is not valid yet, or the clock of this computer is wrong."));
  if (problems & NET_CERTIFICATE_OTHER_HOST)
    g_strv_builder_add (lines, _("It was made for another server."));
  if (problems & NET_CERTIFICATE_SELF_SIGNED)
    g_strv_builder_add (lines, _("The server issued it to itself."));
  if (problems & NET_CERTIFICATE_UNKNOWN_ISSUER)
    g_strv_builder_add (lines, _("This computer does not know who issued it."));
  if (problems & NET_CERTIFICATE_REVOKED)
    g_strv_builder_add (lines, _("Its issuer has withdrawn it."));
  if (problems & NET_CERTIFICATE_INSECURE)
    g_strv_builder_add (lines, _("It is signed in a way that is no longer safe."));
  if (problems & NET_CERTIFICATE_OTHER)
    g_strv_builder_add (lines, _("It was refused for another reason."));

  sentences = g_strv_builder_end (lines);
  return g_strjoinv ("\n", sentences);
}
