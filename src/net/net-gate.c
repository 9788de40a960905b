#include "net-gate-private.h"

#include "base-await.h"

/* GIO runs each TLS handshake in a thread of its small common pool: more than a few at once, for
 * example after the network came back, would keep everything else of GIO waiting. Workers pass this
 * gate before a handshake, in the order in which they came. */

typedef struct
{
  GMainContext *context; /* of the worker that waits */
  GSource *source;       /* (owned) (nullable) under way to tell it, once it has been let in */
  gboolean inside;       /* set on the worker's own thread */
} Waiter;

static GMutex lock;
static GQueue waiters = G_QUEUE_INIT; /* Waiter, on the stacks of their threads */
static guint n_inside;

static gboolean
let_in_cb (gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->inside = TRUE;
  return G_SOURCE_REMOVE;
}

/* Called with the lock held: whoever is let in counts as inside from here on */
static void
let_in (Waiter *waiter)
{
  waiter->source = g_idle_source_new ();
  g_source_set_priority (waiter->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (waiter->source, let_in_cb, waiter, NULL);
  g_source_attach (waiter->source, waiter->context);
}

/**
 * net_gate_enter:
 * @deadline_us: as for base_await ()
 * @cancellable: (nullable): as for base_await ()
 *
 * Waits until fewer than %NET_GATE_WIDTH handshakes are under way in the process. Each success is
 * followed by net_gate_leave ().
 *
 * Thread: as base_await ().
 * Errors: as base_await ().
 *
 * Returns: %TRUE when inside
 */
gboolean
net_gate_enter (gint64         deadline_us,
                GCancellable  *cancellable,
                GError       **error)
{
  Waiter waiter = { 0 };
  gboolean inside;
  gboolean was_let_in;

  g_mutex_lock (&lock);
  if (n_inside < NET_GATE_WIDTH)
    {
      n_inside++;
      g_mutex_unlock (&lock);
      return TRUE;
    }

  waiter.context = g_main_context_get_thread_default ();
  g_queue_push_tail (&waiters, &waiter);
  g_mutex_unlock (&lock);

  inside = base_await (&waiter.inside, deadline_us, cancellable, error);

  g_mutex_lock (&lock);
  g_queue_remove (&waiters, &waiter);
  was_let_in = waiter.source != NULL;
  g_mutex_unlock (&lock);

  if (was_let_in)
    {
      g_source_destroy (waiter.source);
      g_source_unref (waiter.source);
      if (!inside)
        net_gate_leave ();
    }

  return inside;
}

/**
 * net_gate_leave:
 *
 * Ends one net_gate_enter (): the next one is let in.
 *
 * Thread: any.
 */
void
net_gate_leave (void)
{
  Waiter *next;

  g_mutex_lock (&lock);
  g_assert (n_inside > 0);
  next = g_queue_pop_head (&waiters);
  if (next != NULL)
    let_in (next);
  else
    n_inside--;
  g_mutex_unlock (&lock);
}

/**
 * net_gate_count:
 *
 * Returns: how many are inside now
 */
guint
net_gate_count (void)
{
  guint count;

  g_mutex_lock (&lock);
  count = n_inside;
  g_mutex_unlock (&lock);

  return count;
}
