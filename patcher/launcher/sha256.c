#include "patcher/launcher/sha256.h"

/* The fractional parts of the cube roots of the first 64 primes (FIPS 180-4,
 * 4.2.2). */
static const unsigned int round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static unsigned int rotate(unsigned int word, int by) {
  return word >> by | word << (32 - by);
}

static void add_block(struct chestnut_sha256 *sha) {
  unsigned int w[64];
  unsigned int s[8];
  const unsigned char *at = sha->block;
  for (int i = 0; i < 16; ++i, at += 4) {
    w[i] = (unsigned int)at[0] << 24 | (unsigned int)at[1] << 16 |
           (unsigned int)at[2] << 8 | at[3];
  }
  for (int i = 16; i < 64; ++i) {
    w[i] = w[i - 16] + w[i - 7] +
           (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
           (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
  }
  for (int i = 0; i < 8; ++i) s[i] = sha->state[i];
  for (int i = 0; i < 64; ++i) {
    const unsigned int t1 =
        s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
        ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constants[i] + w[i];
    const unsigned int t2 =
        (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
        ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    for (int j = 7; j > 0; --j) s[j] = s[j - 1];
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; ++i) sha->state[i] += s[i];
  sha->used = 0;
}

static void add_byte(struct chestnut_sha256 *sha, unsigned char byte) {
  sha->block[sha->used++] = byte;
  if (sha->used == sizeof(sha->block)) add_block(sha);
}

void chestnut_sha256_begin(struct chestnut_sha256 *sha) {
  /* Of the square roots of the first eight primes (5.3.3). */
  static const unsigned int initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                          0xa54ff53a, 0x510e527f, 0x9b05688c,
                                          0x1f83d9ab, 0x5be0cd19};
  for (int i = 0; i < 8; ++i) sha->state[i] = initial[i];
  sha->used = 0;
  sha->length = 0;
}

void chestnut_sha256_add(struct chestnut_sha256 *sha,
                         const unsigned char *bytes, unsigned long size) {
  sha->length += size;
  for (unsigned long i = 0; i < size; ++i) add_byte(sha, bytes[i]);
}

void chestnut_sha256_end(struct chestnut_sha256 *sha,
                         unsigned char digest[32]) {
  const unsigned long bits = sha->length * 8;
  add_byte(sha, 0x80);
  while (sha->used != 56) add_byte(sha, 0);
  for (int shift = 56; shift >= 0; shift -= 8) {
    add_byte(sha, (unsigned char)(bits >> shift));
  }
  for (int i = 0; i < 32; ++i) {
    digest[i] = (unsigned char)(sha->state[i / 4] >> (24 - i % 4 * 8));
  }
}
