#include "net-test-resolver.h"

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent_instance;

  char **addresses; /* (owned) (nullable) */
  GQuark error_domain;
  int error_code;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GResolver *before;

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  g_task_return_error_if_cancelled (user_data);
}

static void
test_resolver_lookup_async (GResolver                *resolver,
                            const char               *host,
                            GResolverNameLookupFlags  flags,
                            GCancellable             *cancellable,
                            GAsyncReadyCallback       callback,
                            gpointer                  user_data)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  g_autoptr(GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GList *found = NULL;

  if (self->error_domain != 0)
    {
      g_task_return_new_error (task, self->error_domain, self->error_code, "No: %s", host);
      return;
    }

  /* neither an answer nor an error: silent until somebody gives up */
  if (self->addresses == NULL)
    {
      g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_object_ref (task),
                             g_object_unref);
      return;
    }

  for (guint i = 0; self->addresses[i] != NULL; i++)
    found = g_list_append (found, g_inet_address_new_from_string (self->addresses[i]));
  g_task_return_pointer (task, found, free_addresses);
}

static void
test_resolver_lookup_default_async (GResolver           *resolver,
                                    const char          *host,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  test_resolver_lookup_async (resolver, host, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                              callback, user_data);
}

static GList *
test_resolver_lookup_finish (GResolver     *resolver,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_finalize (GObject *object)
{
  g_strfreev (TEST_RESOLVER (object)->addresses);

  G_OBJECT_CLASS (test_resolver_parent_class)->finalize (object);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_resolver_finalize;
  resolver_class->lookup_by_name_async = test_resolver_lookup_default_async;
  resolver_class->lookup_by_name_finish = test_resolver_lookup_finish;
  resolver_class->lookup_by_name_with_flags_async = test_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = test_resolver_lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

/* Every name has @addresses; or there is an error for it; or, with neither, no answer comes */
void
net_test_resolver_push (const char * const *addresses,
                        GQuark              error_domain,
                        int                 error_code)
{
  TestResolver *self = g_object_new (TEST_TYPE_RESOLVER, NULL);

  self->addresses = g_strdupv ((char **) addresses);
  self->error_domain = error_domain;
  self->error_code = error_code;

  before = g_resolver_get_default ();
  g_resolver_set_default (G_RESOLVER (self));
  g_object_unref (self);
}

void
net_test_resolver_pop (void)
{
  g_resolver_set_default (before);
  g_clear_object (&before);
}
