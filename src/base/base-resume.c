#include "base-resume.h"

#include "base-time.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Less than that is the clocks' inaccuracy. */
#define LEAST_SLEEP_US (1 * G_USEC_PER_SEC)

/* Some years: nobody waits for it. */
#define FAR_S (5 * 365 * 24 * 60 * 60)

typedef struct
{
  GSource source;
  int fd;
  gpointer tag;
  gint64 asleep_us; /* when last looked */
} ResumeSource;

/* A timer of the wall clock is cancelled when that jumps, and resuming is such a jump: the kernel wakes
 * us at once, where a timeout would wait for what is left of it. */
static void
arm (ResumeSource *self)
{
  const struct itimerspec never = { .it_value = { .tv_sec = base_time_now_unix () + FAR_S } };

  if (timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0)
    g_debug ("No word when the computer wakes: %s", g_strerror (errno));
}

static gboolean
resume_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  ResumeSource *self = (ResumeSource *) source;
  gint64 before_us = self->asleep_us;
  guint64 n_expired;

  if (g_source_query_unix_fd (source, self->tag) == 0)
    return G_SOURCE_CONTINUE;

  /* ECANCELED, and nothing to be had */
  if (read (self->fd, &n_expired, sizeof n_expired) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  arm (self);

  /* somebody may have set the clock, and no more */
  self->asleep_us = base_time_asleep_us ();
  if (self->asleep_us - before_us < LEAST_SLEEP_US || callback == NULL)
    return G_SOURCE_CONTINUE;

  return callback (user_data);
}

static void
resume_finalize (GSource *source)
{
  ResumeSource *self = (ResumeSource *) source;

  if (self->fd >= 0)
    close (self->fd);
}

/**
 * base_resume_source_new:
 *
 * A source that is dispatched when the computer has slept.
 *
 * Returns: (transfer full): the source; where the kernel has no such timer it does nothing
 */
GSource *
base_resume_source_new (void)
{
  static GSourceFuncs funcs = { .dispatch = resume_dispatch, .finalize = resume_finalize };
  GSource *source = g_source_new (&funcs, sizeof (ResumeSource));
  ResumeSource *self = (ResumeSource *) source;

  g_source_set_static_name (source, "resume");
  self->asleep_us = base_time_asleep_us ();
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->fd < 0)
    return source;

  self->tag = g_source_add_unix_fd (source, self->fd, G_IO_IN);
  arm (self);
  return source;
}
