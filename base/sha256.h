/*
 * SHA-256 (FIPS 180-4): a digest of which nobody can make a second text, or two texts that have it.
 * What only has to be told apart within the process is cheaper by base/hash.h.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum { SHA256_BYTES = 32 };

void sha256(struct str text, uint8_t out[SHA256_BYTES]);
