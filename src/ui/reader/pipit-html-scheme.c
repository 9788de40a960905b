/*
 * pipit-message://ID/ is the message that a view shows, cid:… one of its parts, and pipit-remote:NUMBER
 * a picture on the network that the person wants to see. Each message is an origin of its own, and a
 * view gets what is of its own message whatever address it asks for.
 */
#include "pipit-config.h"

#include "pipit-html-scheme.h"

#include "pipit-attachment.h"
#include "pipit-body.h"
#include "pipit-html-view-private.h"
#include "pipit-html-walls.h"

#include <string.h>

/* A picture in a message that is larger is not shown in it, only among its files. */
#define MAX_IMAGE_BYTES (32 * 1024 * 1024)

typedef struct
{
  const char *type;
  gsize offset;
  const char *bytes;
  gsize size;
} Magic;

/* No SVG: it is a document, not a picture. */
static const Magic magics[] = {
  { "image/png", 0, "\x89PNG\r\n\x1a\n", 8 },
  { "image/jpeg", 0, "\xff\xd8\xff", 3 },
  { "image/gif", 0, "GIF87a", 6 },
  { "image/gif", 0, "GIF89a", 6 },
  { "image/webp", 8, "WEBPVP8", 7 },
  { "image/avif", 4, "ftypavif", 8 },
  { "image/bmp", 0, "BM", 2 },
};

/**
 * pipit_html_scheme_sniff_image:
 * @bytes: a part of a message
 *
 * Goes by what is in it: what the message calls it is the sender's to choose.
 *
 * Returns: (nullable): the type of picture, or %NULL if it is none
 */
const char *
pipit_html_scheme_sniff_image (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (size >= magics[i].offset + magics[i].size &&
        memcmp (data + magics[i].offset, magics[i].bytes, magics[i].size) == 0)
      return magics[i].type;

  return NULL;
}

static PipitHtmlView *
view_of (WebKitURISchemeRequest *request)
{
  WebKitWebView *web_view = webkit_uri_scheme_request_get_web_view (request);

  return web_view != NULL ? pipit_html_view_find (web_view) : NULL;
}

static void
refuse (WebKitURISchemeRequest *request)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                 "Not in this message");

  webkit_uri_scheme_request_finish_error (request, error);
}

static void
answer (WebKitURISchemeRequest *request,
        GBytes                 *bytes,
        const char             *content_type)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr(WebKitURISchemeResponse) response =
    webkit_uri_scheme_response_new (stream, g_bytes_get_size (bytes));
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  soup_message_headers_append (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_append (headers, "X-Content-Type-Options", "nosniff");
  webkit_uri_scheme_response_set_http_headers (response, headers);
  webkit_uri_scheme_response_set_content_type (response, content_type);
  webkit_uri_scheme_request_finish_with_response (request, response);
}

static void
on_message_requested (WebKitURISchemeRequest *request,
                      gpointer                user_data)
{
  PipitHtmlView *view = view_of (request);
  const char *html;
  g_autoptr(GBytes) bytes = NULL;

  if (view == NULL ||
      g_strcmp0 (webkit_uri_scheme_request_get_uri (request), pipit_html_view_get_address (view)) != 0)
    {
      refuse (request);
      return;
    }

  html = pipit_html_view_get_html (view);
  bytes = g_bytes_new (html, strlen (html));
  answer (request, bytes, "text/html; charset=utf-8");
}

static void
part_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(WebKitURISchemeRequest) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = pipit_attachment_load_finish (PIPIT_ATTACHMENT (source), result, &error);
  const char *type = bytes != NULL ? pipit_html_scheme_sniff_image (bytes) : NULL;

  if (type == NULL || g_bytes_get_size (bytes) > MAX_IMAGE_BYTES)
    refuse (request);
  else
    answer (request, bytes, type);
}

/* RFC 2392. */
static void
on_part_requested (WebKitURISchemeRequest *request,
                   gpointer                user_data)
{
  PipitHtmlView *view = view_of (request);
  g_autoptr(PipitAttachment) part = NULL;

  if (view != NULL)
    part = pipit_html_view_dup_part (view, webkit_uri_scheme_request_get_uri (request));
  if (part == NULL)
    refuse (request);
  else
    pipit_attachment_load_async (part, NULL, part_loaded_cb, g_object_ref (request));
}

typedef struct
{
  WebKitURISchemeRequest *request; /* (owned) */
  PipitHtmlView *view;             /* (owned) */
  guint load;                      /* of the view, that it belongs to */
} PictureRequest;

static void
picture_loaded_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  PictureRequest *wanted = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = pipit_body_load_picture_finish (PIPIT_BODY (source), result, &error);
  const char *type = bytes != NULL ? pipit_html_scheme_sniff_image (bytes) : NULL;

  if (type == NULL)
    refuse (wanted->request);
  else
    answer (wanted->request, bytes, type);
  if (type == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pipit_html_view_miss_picture (wanted->view, wanted->load);

  g_object_unref (wanted->request);
  g_object_unref (wanted->view);
  g_free (wanted);
}

/* The web view has no way to the network: what it asks for is fetched by the model. */
static void
on_picture_requested (WebKitURISchemeRequest *request,
                      gpointer                user_data)
{
  PipitHtmlView *view = view_of (request);
  GCancellable *cancellable;
  PipitBody *body = view != NULL ? pipit_html_view_get_pictures_body (view, &cancellable) : NULL;
  PictureRequest *wanted;

  if (body == NULL)
    {
      refuse (request);
      return;
    }

  wanted = g_new0 (PictureRequest, 1);
  wanted->request = g_object_ref (request);
  wanted->view = g_object_ref (view);
  wanted->load = pipit_html_view_get_load (view);
  pipit_body_load_picture_async (body, webkit_uri_scheme_request_get_uri (request), cancellable,
                                 picture_loaded_cb, wanted);
}

/**
 * pipit_html_scheme_register:
 * @context: of all messages
 *
 * None of the schemes is registered as local, secure or free of the content security policy.
 */
void
pipit_html_scheme_register (WebKitWebContext *context)
{
  webkit_web_context_register_uri_scheme (context, PIPIT_HTML_SCHEME, on_message_requested, NULL,
                                          NULL);
  webkit_web_context_register_uri_scheme (context, "cid", on_part_requested, NULL, NULL);
  webkit_web_context_register_uri_scheme (context, PIPIT_PICTURE_SCHEME, on_picture_requested, NULL,
                                          NULL);
}
