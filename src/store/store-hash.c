#include "store-hash-private.h"

#include <string.h>

/* A 64 bit hash that is quick on long input and the same on every machine: its values are
 * stored. Not for secrets. Two lanes take eight bytes each in turn; the end mixes until every
 * input bit reaches every output bit. */

#define MULTIPLY_1 G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
#define MULTIPLY_2 G_GUINT64_CONSTANT (0xd6e8feb86659fd93)

static inline guint64
rotate (guint64 value,
        guint   bits)
{
  return value << bits | value >> (64 - bits);
}

static inline guint64
load (const guint8 *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT64_FROM_LE (word);
}

static inline guint64
mix (guint64 value)
{
  value ^= value >> 32;
  value *= MULTIPLY_2;
  value ^= value >> 29;
  value *= MULTIPLY_1;
  return value ^ value >> 32;
}

/* Spreads the word before it meets the lane: two flipped bits in neighbouring words must not
 * cancel each other out. */
static inline guint64
add (guint64 lane,
     guint64 word)
{
  word ^= word >> 32;
  word *= MULTIPLY_2;
  word ^= word >> 29;
  return rotate (lane ^ word, 31) * MULTIPLY_1;
}

/**
 * store_hash_bytes:
 * @seed: a hash to go on from, or what sets apart one use from another
 *
 * Returns: the hash
 */
guint64
store_hash_bytes (guint64     seed,
                  const void *bytes,
                  gsize       size_bytes)
{
  const guint8 *p = bytes;
  guint64 a = mix (seed ^ MULTIPLY_1);
  guint64 b = a ^ MULTIPLY_2;
  guint64 tail = 0;
  gsize left = size_bytes;

  for (; left >= 16; p += 16, left -= 16)
    {
      a = add (a, load (p));
      b = add (b, load (p + 8));
    }

  if (left >= 8)
    {
      a = add (a, load (p));
      p += 8;
      left -= 8;
    }

  for (gsize i = 0; i < left; i++)
    tail |= (guint64) p[i] << (8 * i);

  b = add (b, tail);
  return mix (mix (a ^ (guint64) size_bytes * MULTIPLY_1) ^ b);
}

/**
 * store_hash_text:
 * @text: (nullable): %NULL and "" hash alike
 *
 * Returns: the hash
 */
guint64
store_hash_text (guint64     seed,
                 const char *text)
{
  return store_hash_bytes (seed, text, text == NULL ? 0 : strlen (text));
}
