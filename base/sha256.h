/*
 * SHA-256 (FIPS 180-4): a digest of which nobody can make a second text, or two texts that have it.
 * What only has to be told apart within the process is cheaper by base/hash.h.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum { SHA256_BLOCK = 64, SHA256_WORDS = 8 };

struct sha256 {
	uint32_t state[SHA256_WORDS];
	uint64_t len; /* bytes until now */
	uint8_t block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, struct str text);
/* The digest, its first word first. Nothing can be added after it. */
void sha256_end(struct sha256 *s, uint32_t out[SHA256_WORDS]);
