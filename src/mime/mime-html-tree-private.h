#pragma once

#include <glib.h>
#include <gumbo.h>

G_BEGIN_DECLS

typedef struct _MimeHtmlTree MimeHtmlTree;

/*
 * Called on the way down and on the way up. @mark belongs to the node: what is written to it on the
 * way down is there on the way up. Returning FALSE on the way down passes over what is inside; the way
 * up is called all the same.
 */
typedef gboolean (*MimeHtmlEnterFunc) (const GumboNode *node,
                                       guint           *mark,
                                       gpointer         user_data);
typedef void     (*MimeHtmlLeaveFunc) (const GumboNode *node,
                                       guint            mark,
                                       gpointer         user_data);

MimeHtmlTree *mime_html_tree_new      (const char        *html,
                                       gssize             size_bytes);
void          mime_html_tree_free     (MimeHtmlTree      *self);
const char   *mime_html_tree_get_html (MimeHtmlTree      *self,
                                       gsize             *out_size);
void          mime_html_tree_walk     (MimeHtmlTree      *self,
                                       MimeHtmlEnterFunc  enter,
                                       MimeHtmlLeaveFunc  leave,
                                       gpointer           user_data);

const char   *mime_html_attribute     (const GumboNode   *node,
                                       const char        *name);
gboolean      mime_html_is_element    (const GumboNode   *node,
                                       GumboTag           tag);
char         *mime_html_escape        (const char        *text);
char         *mime_html_strip         (const char        *html,
                                       gsize              size_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeHtmlTree, mime_html_tree_free)

G_END_DECLS
