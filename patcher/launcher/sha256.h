/* SHA-256 (FIPS 180-4) without a libc. */
#ifndef CHESTNUT_PATCHER_LAUNCHER_SHA256_H_
#define CHESTNUT_PATCHER_LAUNCHER_SHA256_H_

struct chestnut_sha256 {
  unsigned int state[8];
  unsigned char block[64];
  unsigned int used; /* of the block */
  unsigned long length;
};

void chestnut_sha256_begin(struct chestnut_sha256 *sha);
void chestnut_sha256_add(struct chestnut_sha256 *sha,
                         const unsigned char *bytes, unsigned long size);
void chestnut_sha256_end(struct chestnut_sha256 *sha, unsigned char digest[32]);

#endif /* CHESTNUT_PATCHER_LAUNCHER_SHA256_H_ */
