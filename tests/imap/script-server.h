#pragma once

#include <gio/gio.h>

/* A server that plays a transcript, in a thread of its own. Each line is one of
 *
 *   S: text     sends the text and CRLF
 *   S> text     sends the text; \r, \n, \0 and \\ in it are escapes
 *   C: text     reads a line, which has to be the text
 *   C* pattern  reads a line, which has to match the pattern
 *   C# count    reads so many bytes
 *   C< bytes    reads lines until the client goes: none longer than so many bytes, one longer than half
 *   pause N     waits N milliseconds
 *   silence     says nothing until the client goes
 *   flood N text  sends the text N times
 *   end         closes
 *   deflate text  sends the text and CRLF, and in one write with it what the next line sends, packed
 *               as everything from there on is
 *   raw text    sends the text as it is, with the escapes
 *
 * The tags are ours to predict: AAAA, AAAB and so on. */

typedef struct _ScriptServer ScriptServer;

ScriptServer *script_server_new      (const char *const *lines);
guint16       script_server_get_port (ScriptServer      *self);
void          script_server_finish   (ScriptServer      *self);
