#include "imap-deflate-private.h"

#include <zlib.h>

#include "net-error.h"

/* COMPRESS=DEFLATE, RFC 4978: two raw deflate streams, one each way. Does no I/O: the pumps of the
 * connection stand on both sides of it.
 *
 * A server, or whoever speaks in its place, can make a gigabyte of a megabyte on the wire. What the
 * reader keeps is bounded by its own limits; here the work is: a thousandfold is what deflate can
 * do, an honest mailbox packs a tenth to a thirtieth, and a message of nothing but zeros, which is
 * the honest exception, is fetched again without compression. */

/* So much has to come out before its ratio is looked at */
#define BOMB_BYTES (32 * 1024 * 1024)
#define BOMB_RATIO 250
/* As Dovecot's and zlib's own default: more costs time and gains one part in a hundred */
#define LEVEL 6
#define PACK_BYTES (16 * 1024)

struct _ImapDeflate
{
  z_stream packing;
  z_stream unpacking;

  const guint8 *fed; /* (unowned) (nullable): what is left of the bytes that came */
  gsize fed_bytes;
  gboolean has_ended;

  guint64 stretch_in;  /* since the ratio was last an honest one */
  guint64 stretch_out;
};

/* imap_deflate_new:
 *
 * Returns: (transfer full): two streams at their beginning */
ImapDeflate *
imap_deflate_new (void)
{
  ImapDeflate *self = g_new0 (ImapDeflate, 1);

  /* without header and checksum: RFC 4978 section 3 */
  if (deflateInit2 (&self->packing, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
      inflateInit2 (&self->unpacking, -MAX_WBITS) != Z_OK)
    g_error ("zlib has no memory");

  return self;
}

/* imap_deflate_free:
 * @self: (transfer full): the streams */
void
imap_deflate_free (ImapDeflate *self)
{
  deflateEnd (&self->packing);
  inflateEnd (&self->unpacking);
  g_free (self);
}

/* imap_deflate_pack:
 * @out_packed: (inout): gets what is to go out added to its end
 *
 * Packs bytes such that the other side can read all of them at once. */
void
imap_deflate_pack (ImapDeflate  *self,
                   const guint8 *bytes,
                   gsize         size_bytes,
                   GByteArray   *out_packed)
{
  z_stream *stream = &self->packing;

  stream->next_in = (guint8 *) bytes;
  stream->avail_in = (uInt) size_bytes;

  do
    {
      guint before = out_packed->len;

      g_byte_array_set_size (out_packed, before + PACK_BYTES);
      stream->next_out = out_packed->data + before;
      stream->avail_out = PACK_BYTES;
      deflate (stream, Z_SYNC_FLUSH);
      g_byte_array_set_size (out_packed, before + PACK_BYTES - stream->avail_out);
    }
  while (stream->avail_out == 0);
}

/* imap_deflate_feed:
 * @bytes: (array length=size_bytes): what has come; to be there until all of it is unpacked */
void
imap_deflate_feed (ImapDeflate  *self,
                   const guint8 *bytes,
                   gsize         size_bytes)
{
  self->fed = bytes;
  self->fed_bytes = size_bytes;
}

static gboolean
check_bomb (ImapDeflate  *self,
            gsize         n_in,
            gsize         n_out,
            GError      **error)
{
  self->stretch_in += n_in;
  self->stretch_out += n_out;

  if (self->stretch_out < BOMB_BYTES)
    return TRUE;
  if (self->stretch_out / BOMB_RATIO > self->stretch_in)
    {
      g_set_error (error, NET_ERROR, NET_ERROR_PROTOCOL,
                   "The server's compressed data unpacks to more than %d times its size",
                   BOMB_RATIO);
      return FALSE;
    }

  self->stretch_in = self->stretch_out = 0;
  return TRUE;
}

/* imap_deflate_unpack:
 * @space: (array length=size_bytes): where to
 * @out_size_bytes: (out): how much was unpacked; 0 when more has to be fed
 *
 * Errors: NET_ERROR_PROTOCOL for what is no deflate, or a bomb; the streams are unusable then.
 *
 * Returns: %FALSE on error */
gboolean
imap_deflate_unpack (ImapDeflate  *self,
                     guint8       *space,
                     gsize         size_bytes,
                     gsize        *out_size_bytes,
                     GError      **error)
{
  z_stream *stream = &self->unpacking;
  gsize n_in;
  int result;

  *out_size_bytes = 0;
  stream->next_in = (guint8 *) self->fed;
  stream->avail_in = (uInt) self->fed_bytes;
  stream->next_out = space;
  stream->avail_out = (uInt) MIN (size_bytes, G_MAXUINT);
  result = self->has_ended ? Z_BUF_ERROR : inflate (stream, Z_SYNC_FLUSH);

  n_in = self->fed_bytes - stream->avail_in;
  self->fed = stream->next_in;
  self->fed_bytes = stream->avail_in;
  *out_size_bytes = (gsize) (stream->next_out - space);
  self->has_ended |= result == Z_STREAM_END;

  /* Z_BUF_ERROR: there was nothing to do */
  if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END)
    {
      g_set_error (error, NET_ERROR, NET_ERROR_PROTOCOL, "The server's compressed data is broken: %s",
                   stream->msg != NULL ? stream->msg : zError (result));
      return FALSE;
    }

  if (self->has_ended && self->fed_bytes > 0)
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_PROTOCOL,
                           "The server sends more behind the end of its compressed data");
      return FALSE;
    }

  return check_bomb (self, n_in, *out_size_bytes, error);
}
