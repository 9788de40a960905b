#include "pipit-config.h"

#include "pipit-html-walls-private.h"

#include "pipit-body.h"

/* Nothing listens here and nothing may, but for the system itself: the way to everywhere else. */
#define DEAD_PROXY "http://127.0.0.1:1"

/* Connects, fetches ahead, keeps, or talks to the desktop. A name the engine does not know is passed over. */
static const char * const features_off[] = {
  "LinkPreconnect", "LinkPreconnectEarlyHints", "LinkPreload", "LinkPrefetch", "LinkDNSPrefetch",
  "WebSocket", "ServiceWorkers", "SharedWorker", "BeaconAPI", "PrivateClickMeasurement",
  "PDFJSViewer", "SpeechSynthesisAPI", "LocalStorage", "IndexedDBAPI", "CacheAPI", "HTTPEquiv",
  "GeolocationAPI", "Notifications", "Gamepads", "WebTransport", "SpeculationRulesPrefetch",
};

static gboolean taken_away[PIPIT_HTML_N_WALLS];

/**
 * pipit_html_walls_take_away:
 * @wall: one of the walls
 *
 * Shows what the others hold. For tests, before the first view is made.
 */
void
pipit_html_walls_take_away (PipitHtmlWall wall)
{
  g_return_if_fail (wall < PIPIT_HTML_N_WALLS);

  taken_away[wall] = TRUE;
}

/**
 * pipit_html_wall_is_up:
 *
 * Returns: %TRUE, but in tests
 */
gboolean
pipit_html_wall_is_up (PipitHtmlWall wall)
{
  return !taken_away[wall];
}

/**
 * pipit_html_wall_policy:
 *
 * Returns: (nullable): the content security policy of every message. Content Security Policy Level 3.
 */
const char *
pipit_html_wall_policy (void)
{
  if (!pipit_html_wall_is_up (PIPIT_HTML_WALL_POLICY))
    return NULL;

  return "default-src 'none'; "
         "img-src cid: data: " PIPIT_HTML_SCHEME ": " PIPIT_PICTURE_SCHEME ":; "
         "style-src 'unsafe-inline'; "
         "form-action 'none'; base-uri 'none'";
}

/**
 * pipit_html_wall_filter:
 *
 * Blocks everything, then lets the message's own through. The filter's expressions know no
 * alternation, so it takes a rule for each scheme.
 *
 * Returns: the rules, as WebKit compiles them
 */
const char *
pipit_html_wall_filter (void)
{
  if (!pipit_html_wall_is_up (PIPIT_HTML_WALL_FILTER))
    return "[{\"trigger\":{\"url-filter\":\"^nothing:\"},\"action\":{\"type\":\"block\"}}]";

#define LET_THROUGH(scheme) \
  ",{\"trigger\":{\"url-filter\":\"^" scheme ":\"}," \
  "\"action\":{\"type\":\"ignore-previous-rules\"}}"
  return "[{\"trigger\":{\"url-filter\":\".*\"},\"action\":{\"type\":\"block\"}}"
         LET_THROUGH ("about")
         LET_THROUGH ("data")
         LET_THROUGH ("cid")
         LET_THROUGH (PIPIT_HTML_SCHEME)
         LET_THROUGH (PIPIT_PICTURE_SCHEME)
         "]";
#undef LET_THROUGH
}

static void
on_download_started (WebKitNetworkSession *session,
                     WebKitDownload       *download)
{
  webkit_download_cancel (download);
}

/**
 * pipit_html_wall_session:
 *
 * A session that keeps nothing and reaches nothing.
 *
 * Returns: (transfer full): a session for all messages
 */
WebKitNetworkSession *
pipit_html_wall_session (void)
{
  WebKitNetworkSession *session = webkit_network_session_new_ephemeral ();
  WebKitNetworkProxySettings *proxy;

  g_signal_connect (session, "download-started", G_CALLBACK (on_download_started), NULL);
  webkit_network_session_set_tls_errors_policy (session, WEBKIT_TLS_ERRORS_POLICY_FAIL);
  if (!pipit_html_wall_is_up (PIPIT_HTML_WALL_SESSION))
    {
      webkit_network_session_set_proxy_settings (session, WEBKIT_NETWORK_PROXY_MODE_NO_PROXY, NULL);
      return session;
    }

  proxy = webkit_network_proxy_settings_new (DEAD_PROXY, NULL);
  webkit_network_session_set_proxy_settings (session, WEBKIT_NETWORK_PROXY_MODE_CUSTOM, proxy);
  webkit_network_proxy_settings_free (proxy);
  webkit_network_session_set_persistent_credential_storage_enabled (session, FALSE);
  webkit_cookie_manager_set_accept_policy (webkit_network_session_get_cookie_manager (session),
                                           WEBKIT_COOKIE_POLICY_ACCEPT_NEVER);

  return session;
}

/**
 * pipit_html_wall_script:
 *
 * Our own measuring script needs an engine that runs scripts; those of the message are not run.
 */
void
pipit_html_wall_script (WebKitSettings *settings)
{
  webkit_settings_set_enable_javascript (settings, TRUE);
  webkit_settings_set_enable_javascript_markup (
    settings, !pipit_html_wall_is_up (PIPIT_HTML_WALL_SCRIPT));
}

/**
 * pipit_html_wall_features:
 *
 * Switches off what connects by itself.
 */
void
pipit_html_wall_features (WebKitSettings *settings)
{
  g_autoptr(WebKitFeatureList) features = webkit_settings_get_all_features ();

  if (!pipit_html_wall_is_up (PIPIT_HTML_WALL_FEATURES))
    return;

  for (gsize i = 0; i < webkit_feature_list_get_length (features); i++)
    {
      WebKitFeature *feature = webkit_feature_list_get (features, i);

      for (gsize j = 0; j < G_N_ELEMENTS (features_off); j++)
        if (g_str_equal (webkit_feature_get_identifier (feature), features_off[j]))
          webkit_settings_set_feature_enabled (settings, feature, FALSE);
    }
}

/**
 * pipit_html_wall_settings:
 *
 * Switches off what a letter has no use for.
 */
void
pipit_html_wall_settings (WebKitSettings *settings)
{
  if (!pipit_html_wall_is_up (PIPIT_HTML_WALL_SETTINGS))
    return;

  g_object_set (settings,
                "allow-file-access-from-file-urls", FALSE,
                "allow-modal-dialogs", FALSE,
                "allow-top-navigation-to-data-urls", FALSE,
                "allow-universal-access-from-file-urls", FALSE,
                "disable-web-security", FALSE,
                "enable-back-forward-navigation-gestures", FALSE,
                "enable-developer-extras", FALSE,
                "enable-encrypted-media", FALSE,
                "enable-fullscreen", FALSE,
                "enable-html5-database", FALSE,
                "enable-html5-local-storage", FALSE,
                "enable-media", FALSE,
                "enable-media-capabilities", FALSE,
                "enable-media-stream", FALSE,
                "enable-mediasource", FALSE,
                "enable-page-cache", FALSE,
                "enable-webaudio", FALSE,
                "enable-webgl", FALSE,
                "enable-webrtc", FALSE,
                "javascript-can-access-clipboard", FALSE,
                "javascript-can-open-windows-automatically", FALSE,
                "media-playback-requires-user-gesture", TRUE,
                NULL);
}

/**
 * pipit_html_walls_settings:
 *
 * Returns: (transfer full): the settings of every view of a message
 */
WebKitSettings *
pipit_html_walls_settings (void)
{
  WebKitSettings *settings = webkit_settings_new ();

  pipit_html_wall_script (settings);
  pipit_html_wall_features (settings);
  pipit_html_wall_settings (settings);
  g_object_set (settings,
                "default-font-family", "sans-serif",
                "default-font-size", 15,
                "default-charset", "utf-8",
                "enable-smooth-scrolling", FALSE,
                "hardware-acceleration-policy", WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER,
                NULL);

  return settings;
}
