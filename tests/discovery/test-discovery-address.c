#include "discovery-address.h"
#include "discovery-error.h"

typedef struct
{
  const char *typed;
  const char *email; /* NULL: no address */
  const char *name;
} Case;

static const Case cases[] = {
  { "alice@example.org", "alice@example.org", NULL },
  { "  alice@example.org\n", "alice@example.org", NULL },
  { "\xe2\x80\x8b\xc2\xa0" "alice@example.org\xe2\x80\x8b", "alice@example.org", NULL },
  { "<alice@example.org>", "alice@example.org", NULL },
  { "< alice@example.org >", "alice@example.org", NULL },
  { "Alice Ash <alice@example.org>", "alice@example.org", "Alice Ash" },
  { "\"Ash, Alice\" <alice@example.org>,", "alice@example.org", "Ash, Alice" },
  { "'alice@example.org'", "alice@example.org", NULL },
  { "\"alice@example.org\"", "alice@example.org", NULL },
  { "mailto:alice@example.org", "alice@example.org", NULL },
  { "MAILTO:alice@example.org?subject=x", "alice@example.org", NULL },
  { "Alice.Ash@Example.ORG", "Alice.Ash@example.org", NULL },
  { "ALICE@EXAMPLE.ORG", "alice@example.org", NULL },
  { "alice+shop@example.org", "alice+shop@example.org", NULL },
  { "alice@example.org.", "alice@example.org", NULL },
  { "alice@b\xc3\xbc" "cher.example", "alice@xn--bcher-kva.example", NULL },
  { "alice@B\xc3\x9c" "CHER.example", "alice@xn--bcher-kva.example", NULL },
  { "alice@xn--bcher-kva.example", "alice@xn--bcher-kva.example", NULL },
  { "al\xc3\xaf" "ce@example.org", "al\xc3\xaf" "ce@example.org", NULL },
  { "alice@localhost", "alice@localhost", NULL },
  { "\"alice ash\"@example.org", "\"alice ash\"@example.org", NULL },
  { "\"a@b\"@example.org", "\"a@b\"@example.org", NULL },
  { "o'brien@example.org", "o'brien@example.org", NULL },
  { "", NULL, NULL },
  { "alice", NULL, NULL },
  { "alice@", NULL, NULL },
  { "@example.org", NULL, NULL },
  { "alice@example..org", NULL, NULL },
  { "alice@-example.org", NULL, NULL },
  { "alice@exa mple.org", NULL, NULL },
  { "alice@exa_mple.org", NULL, NULL },
  { "alice ash@example.org", NULL, NULL },
  { "alice@192.0.2.1", NULL, NULL },
  { ".alice@example.org", NULL, NULL },
  { "alice..ash@example.org", NULL, NULL },
  { "alice@example.org\r\nbob", NULL, NULL },
  { "alice\x01@example.org", NULL, NULL },
  { "\"alice\nash\"@example.org", NULL, NULL },
  { "alice\xff@example.org", NULL, NULL },
  { "a.local.part.that.is.much.longer.than.the.sixty-four.bytes.that.are.allowed@example.org", NULL, NULL },
};

static void
test_what_people_type (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = g_strescape (cases[i].typed, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(DiscoveryAddress) address = discovery_address_parse (cases[i].typed, &error);

      g_test_message ("“%s”", shown);
      if (cases[i].email == NULL)
        {
          g_assert_null (address);
          g_assert_error (error, DISCOVERY_ERROR, DISCOVERY_ERROR_ADDRESS);
          continue;
        }

      g_assert_no_error (error);
      g_assert_cmpstr (discovery_address_get_email (address), ==, cases[i].email);
      g_assert_cmpstr (discovery_address_get_name (address), ==, cases[i].name);
    }
}

static void
test_too_long_text_is_no_address (void)
{
  g_autofree char *spaces = g_strnfill (5000, ' ');
  g_autofree char *text = g_strconcat (spaces, "alice@example.org", NULL);

  g_assert_null (discovery_address_parse (text, NULL));
}

static void
check_form (const char *typed,
            const char *form,
            const char *expected)
{
  g_autoptr(DiscoveryAddress) address = discovery_address_parse (typed, NULL);
  g_autofree char *username = discovery_address_expand (address, form);

  g_assert_cmpstr (username, ==, expected);
}

static void
test_forms_of_user_names (void)
{
  check_form ("Alice@Example.org", "email", "Alice@example.org");
  check_form ("alice@example.org", "localpart", "alice");
  check_form ("alice@example.org", "localpart%domain", "alice%example.org");
  check_form ("alice@example.org", "localpart.domain", "alice.example.org");
  check_form ("alice@example.org", "localpart@mail.example.net", "alice@mail.example.net");
  check_form ("alice@example.org", "ask", NULL);
  check_form ("alice@example.org", "no such form", NULL);
  check_form ("\"alice ash\"@example.org", "localpart", "alice ash");
  check_form ("\"alice ash\"@example.org", "email", "\"alice ash\"@example.org");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/discovery/address/typed", test_what_people_type);
  g_test_add_func ("/discovery/address/too-long", test_too_long_text_is_no_address);
  g_test_add_func ("/discovery/address/username-forms", test_forms_of_user_names);

  return g_test_run ();
}
