#include "discovery-error.h"
#include "discovery-lookup.h"

#include <string.h>

/* The table is read here a second time, by other code, and every row and every domain of it is
 * held against what a lookup gives. */

static GKeyFile *table;

static DiscoveryResult *
look_up (const char *local_part,
         const char *domain)
{
  g_autofree char *email = g_strconcat (local_part, "@", domain, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DiscoveryAddress) address = discovery_address_parse (email, &error);

  g_assert_no_error (error);
  return discovery_lookup (discovery_providers_get_default (), address);
}

static char *
fill_in (const char *form,
         const char *local_part,
         const char *domain)
{
  if (strcmp (form, "email") == 0)
    return g_strconcat (local_part, "@", domain, NULL);
  if (strcmp (form, "localpart") == 0)
    return g_strdup (local_part);
  if (strcmp (form, "localpart%domain") == 0)
    return g_strconcat (local_part, "%", domain, NULL);

  g_error ("the table has a form that this test does not know: %s", form);
}

/* Checks the servers at [position …] against one key's list, and returns the position after it. */
static guint
check_list (DiscoveryResult *result,
            NetPurpose       purpose,
            guint            position,
            const char      *group,
            const char      *key,
            const char      *domain,
            DiscoverySource  source)
{
  g_auto(GStrv) list = g_key_file_get_string_list (table, group, key, NULL, NULL);

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      const DiscoveryServer *server = discovery_result_get_server (result, purpose, position++);
      g_auto(GStrv) parts = g_strsplit (list[i], "{domain}", -1);
      g_autofree char *expected = g_strjoinv (domain, parts);
      g_autofree char *text = NULL;

      g_assert_nonnull (server);
      text = net_endpoint_to_string (server->endpoint);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpint (net_endpoint_get_purpose (server->endpoint), ==, purpose);
      g_assert_cmpint (server->source, ==, source);
      g_assert_false (net_endpoint_is_plain_allowed (server->endpoint));
    }

  return position;
}

static void
check_usernames (DiscoveryResult *result,
                 NetPurpose       purpose,
                 const char      *group,
                 const char      *key,
                 const char      *domain)
{
  g_auto(GStrv) forms = g_key_file_get_string_list (table, group, key, NULL, NULL);
  const char * const *usernames = discovery_result_get_usernames (result, purpose);
  guint n = 0;

  for (; forms != NULL && forms[n] != NULL; n++)
    {
      g_autofree char *expected = fill_in (forms[n], "alice", domain);

      g_assert_cmpstr (usernames[n], ==, expected);
    }

  g_assert_null (usernames[n]);
}

static void
check_row (DiscoveryResult *result,
           const char      *group,
           const char      *domain,
           gboolean         own_domain)
{
  g_autofree char *status = g_key_file_get_string (table, group, "status", NULL);
  g_auto(GStrv) auth = g_key_file_get_string_list (table, group, "auth", NULL, NULL);
  DiscoveryProvider *provider = discovery_result_get_provider (result);
  const char *imap_key = own_domain && g_key_file_has_key (table, group, "own-domain-username", NULL)
                           ? "own-domain-username" : "username";
  const char *smtp_key = imap_key;
  guint position;

  g_assert_nonnull (provider);
  g_assert_cmpstr (discovery_provider_get_id (provider), ==, group);
  g_assert_cmpint (discovery_result_get_kind (result), ==,
                   g_strcmp0 (status, "no-imap") == 0 ? DISCOVERY_KIND_NO_IMAP
                                                      : DISCOVERY_KIND_KNOWN);

  position = check_list (result, NET_PURPOSE_IMAP, 0, group, "imap", domain,
                         DISCOVERY_SOURCE_PROVIDER);
  position = check_list (result, NET_PURPOSE_IMAP, position, group, "imap-alt", domain,
                         DISCOVERY_SOURCE_ALTERNATIVE);
  g_assert_cmpuint (discovery_result_get_n_servers (result, NET_PURPOSE_IMAP), ==, position);

  position = check_list (result, NET_PURPOSE_SMTP, 0, group, "smtp", domain,
                         DISCOVERY_SOURCE_PROVIDER);
  position = check_list (result, NET_PURPOSE_SMTP, position, group, "smtp-alt", domain,
                         DISCOVERY_SOURCE_ALTERNATIVE);
  g_assert_cmpuint (discovery_result_get_n_servers (result, NET_PURPOSE_SMTP), ==, position);

  if (strcmp (imap_key, "username") == 0 && g_key_file_has_key (table, group, "smtp-username", NULL))
    smtp_key = "smtp-username";
  check_usernames (result, NET_PURPOSE_IMAP, group, imap_key, domain);
  check_usernames (result, NET_PURPOSE_SMTP, group, smtp_key, domain);

  if (auth != NULL)
    g_assert_cmpstrv (discovery_result_get_auth (result), auth);
}

static void
check_facts (DiscoveryProvider *provider,
             const char        *group)
{
  g_autofree char *name = g_key_file_get_string (table, group, "name", NULL);
  g_autofree char *help = g_key_file_get_string (table, group, "help", NULL);
  g_autofree char *oauth = g_key_file_get_string (table, group, "oauth", NULL);
  g_auto(GStrv) needs = g_key_file_get_string_list (table, group, "needs", NULL, NULL);
  int minutes = g_key_file_get_integer (table, group, "poll-min-minutes", NULL);

  g_assert_cmpstr (discovery_provider_get_name (provider), ==, name);
  g_assert_cmpstr (discovery_provider_get_help (provider), ==, help);
  g_assert_cmpstr (discovery_provider_get_oauth (provider), ==, oauth);
  g_assert_cmpint ((int) discovery_provider_get_poll_minutes (provider), ==, minutes);
  g_assert_cmpuint (g_strv_length ((GStrv) discovery_provider_get_needs (provider)), ==,
                    needs != NULL ? g_strv_length (needs) : 0);
  for (guint i = 0; needs != NULL && needs[i] != NULL; i++)
    g_assert_true (discovery_provider_has_need (provider, needs[i]));
}

static gboolean
is_glob (const char *text)
{
  return strpbrk (text, "*?") != NULL;
}

static void
test_every_row_and_domain (void)
{
  g_auto(GStrv) groups = g_key_file_get_groups (table, NULL);
  DiscoveryProviders *providers = discovery_providers_get_default ();
  guint n_rows = 0, n_domains = 0;

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto(GStrv) domains = NULL;

      if (groups[i][0] == '@')
        continue;

      n_rows++;
      check_facts (discovery_providers_find (providers, groups[i]), groups[i]);

      domains = g_key_file_get_string_list (table, groups[i], "domains", NULL, NULL);
      for (guint j = 0; domains != NULL && domains[j] != NULL; j++)
        {
          g_autoptr(DiscoveryResult) result = NULL;

          if (is_glob (domains[j]))
            continue;
          n_domains++;
          result = look_up ("alice", domains[j]);
          check_row (result, groups[i], domains[j], FALSE);
        }
    }

  g_assert_cmpuint (n_rows, ==, discovery_providers_get_n (providers));
  g_assert_cmpuint (n_rows, ==, (guint) g_key_file_get_integer (table, "@meta", "providers", NULL));
  g_test_message ("%u rows, %u domains", n_rows, n_domains);
}

/* The row with the longest glob for a domain, found by brute force. */
static char *
expected_for_glob (const char *key,
                   const char *text)
{
  g_auto(GStrv) groups = g_key_file_get_groups (table, NULL);
  char *best = NULL;
  gsize best_length = 0;

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto(GStrv) globs = groups[i][0] == '@'
                              ? NULL
                              : g_key_file_get_string_list (table, groups[i], key, NULL, NULL);

      for (guint j = 0; globs != NULL && globs[j] != NULL; j++)
        if (is_glob (globs[j]) && strlen (globs[j]) > best_length &&
            g_pattern_match_simple (globs[j], text))
          {
            g_free (best);
            best = g_strdup (groups[i]);
            best_length = strlen (globs[j]);
          }
    }

  return best;
}

static char *
example_of (const char *glob)
{
  g_auto(GStrv) parts = g_strsplit_set (glob, "*?", -1);

  return g_strjoinv ("q", parts);
}

static void
test_globs_of_domains (void)
{
  g_auto(GStrv) groups = g_key_file_get_groups (table, NULL);
  guint n_globs = 0;

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto(GStrv) domains = groups[i][0] == '@'
                                ? NULL
                                : g_key_file_get_string_list (table, groups[i], "domains", NULL, NULL);

      for (guint j = 0; domains != NULL && domains[j] != NULL; j++)
        if (is_glob (domains[j]))
          {
            g_autofree char *domain = example_of (domains[j]);
            g_autofree char *expected = expected_for_glob ("domains", domain);
            g_autoptr(DiscoveryResult) result = look_up ("alice", domain);

            n_globs++;
            check_row (result, expected, domain, FALSE);
          }
    }

  g_assert_cmpuint (n_globs, >, 0);
}

static void
test_mx_of_own_domains (void)
{
  g_auto(GStrv) groups = g_key_file_get_groups (table, NULL);
  g_autoptr(DiscoveryAddress) address = discovery_address_parse ("alice@own.example", NULL);
  DiscoveryProviders *providers = discovery_providers_get_default ();
  guint n_globs = 0;

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto(GStrv) globs = groups[i][0] == '@'
                              ? NULL
                              : g_key_file_get_string_list (table, groups[i], "mx", NULL, NULL);

      for (guint j = 0; globs != NULL && globs[j] != NULL; j++)
        {
          g_autofree char *host = example_of (globs[j]);
          g_autofree char *expected = expected_for_glob ("mx", host);
          g_autofree char *absolute = g_strconcat (host, ".", NULL);
          g_autoptr(DiscoveryResult) result = discovery_lookup_mx (providers, address, absolute);

          n_globs++;
          g_assert_nonnull (result);
          check_row (result, expected != NULL ? expected : groups[i], "own.example", TRUE);
        }
    }

  g_assert_cmpuint (n_globs, >, 0);
  g_assert_null (discovery_lookup_mx (providers, address, "mx.nobody.example"));
}

static void
check_provider (const char *domain,
                const char *id)
{
  g_autoptr(DiscoveryResult) result = look_up ("alice", domain);
  DiscoveryProvider *provider = discovery_result_get_provider (result);

  g_assert_cmpstr (provider != NULL ? discovery_provider_get_id (provider) : NULL, ==, id);
}

static void
test_exact_before_glob (void)
{
  check_provider ("tampabay.rr.com", "brighthouse");
  check_provider ("nyc.rr.com", "roadrunner");
  check_provider ("NYC.RR.com", "roadrunner");
  check_provider ("rr.com", "roadrunner");
  check_provider ("notrr.com", NULL);
}

static void
test_unknown_domain_gives_guesses (void)
{
  g_autoptr(DiscoveryResult) result = look_up ("alice", "nobody.example");
  const char * const usernames[] = { "alice@nobody.example", "alice", NULL };

  g_assert_cmpint (discovery_result_get_kind (result), ==, DISCOVERY_KIND_UNKNOWN);
  g_assert_null (discovery_result_get_provider (result));
  g_assert_true (discovery_result_needs_confirmation (result));
  g_assert_cmpstrv (discovery_result_get_usernames (result, NET_PURPOSE_IMAP), usernames);

  for (NetPurpose purpose = NET_PURPOSE_IMAP; purpose <= NET_PURPOSE_SMTP; purpose++)
    {
      guint n = discovery_result_get_n_servers (result, purpose);

      g_assert_cmpuint (n, >, 0);
      for (guint i = 0; i < n; i++)
        {
          const DiscoveryServer *server = discovery_result_get_server (result, purpose, i);

          g_assert_cmpint (server->source, ==, DISCOVERY_SOURCE_GUESS);
          g_assert_cmpint (net_endpoint_get_security (server->endpoint), !=, NET_SECURITY_NONE);
        }
    }
}

static void
test_pop_only_is_said_and_not_known (void)
{
  g_autoptr(DiscoveryResult) result = look_up ("alice", "ocn.ne.jp");

  g_assert_cmpint (discovery_result_get_kind (result), ==, DISCOVERY_KIND_POP_ONLY);
  g_assert_true (discovery_result_needs_confirmation (result));
}

static void
test_unencrypted_needs_confirmation (void)
{
  DiscoveryProviders *providers = discovery_providers_get_default ();
  guint n_unencrypted = 0;

  for (guint i = 0; i < discovery_providers_get_n (providers); i++)
    {
      DiscoveryProvider *provider = discovery_providers_get (providers, i);
      const char * const *domains = discovery_provider_get_domains (provider);
      g_autoptr(DiscoveryResult) result = NULL;
      const DiscoveryServer *server;

      if (domains[0] == NULL || is_glob (domains[0]))
        continue;
      result = look_up ("alice", domains[0]);
      server = discovery_result_get_server (result, NET_PURPOSE_IMAP, 0);
      if (server == NULL || net_endpoint_get_security (server->endpoint) != NET_SECURITY_NONE)
        continue;
      n_unencrypted++;
      g_assert_true (discovery_result_needs_confirmation (result));
      g_assert_cmpint (discovery_provider_get_status (provider), ==, DISCOVERY_STATUS_INSECURE);
    }

  g_test_message ("%u rows without encryption", n_unencrypted);
}

static void
test_plus_address_offers_the_name_without_it (void)
{
  g_autoptr(DiscoveryResult) result = look_up ("alice+shop", "gmail.com");
  const char * const usernames[] = { "alice+shop@gmail.com", "alice@gmail.com", NULL };

  g_assert_cmpstrv (discovery_result_get_usernames (result, NET_PURPOSE_IMAP), usernames);
}

static void
check_table_is_refused (const char *text)
{
  g_autofree char *whole = g_strconcat ("[@guess]\nimap={domain}:993:tls\nsmtp={domain}:465:tls\n"
                                        "username=email\nauth=password\n[@pop-only]\ndomains=x.example\n",
                                        text, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (whole, strlen (whole));
  g_autoptr(GError) error = NULL;
  g_autoptr(DiscoveryProviders) providers = discovery_providers_new (bytes, &error);

  g_assert_null (providers);
  g_assert_error (error, DISCOVERY_ERROR, DISCOVERY_ERROR_DATA);
}

static void
test_a_wrong_table_is_refused (void)
{
  check_table_is_refused ("[a]\nname=A\ndomains=a.example;\nimap=a.example:993\nusername=email;\n");
  check_table_is_refused ("[a]\nname=A\ndomains=a.example;\n");
  check_table_is_refused ("[a]\nname=A\ndomains=a.example;\nimap=a.example:993:tls;\nusername=email;\nstatus=odd\n");
  check_table_is_refused ("[a]\nname=A\ndomains=a.example;\nimap=a.example:993:tls;\nusername=email;\n"
                          "[b]\nname=B\ndomains=a.example;\nimap=b.example:993:tls;\nusername=email;\n");
  check_table_is_refused ("[a]\nname=A\ndomains=a.example;\nimap=a.example:993:tls;\nusername=email;\npoll-min-minutes=often\n");
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);

  path = g_build_filename (g_getenv ("PIPIT_TEST_SOURCE_ROOT"), "data", "providers.ini", NULL);
  table = g_key_file_new ();
  g_key_file_load_from_file (table, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);

  g_test_add_func ("/discovery/lookup/rows", test_every_row_and_domain);
  g_test_add_func ("/discovery/lookup/globs", test_globs_of_domains);
  g_test_add_func ("/discovery/lookup/mx", test_mx_of_own_domains);
  g_test_add_func ("/discovery/lookup/exact-before-glob", test_exact_before_glob);
  g_test_add_func ("/discovery/lookup/unknown", test_unknown_domain_gives_guesses);
  g_test_add_func ("/discovery/lookup/pop-only", test_pop_only_is_said_and_not_known);
  g_test_add_func ("/discovery/lookup/unencrypted", test_unencrypted_needs_confirmation);
  g_test_add_func ("/discovery/lookup/plus", test_plus_address_offers_the_name_without_it);
  g_test_add_func ("/discovery/lookup/wrong-table", test_a_wrong_table_is_refused);

  status = g_test_run ();
  g_key_file_unref (table);
  return status;
}
