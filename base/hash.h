/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a hash whose collisions nobody can prepare who does
 * not know the key.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"

struct hash_key {
	uint64_t low, high;
};

uint64_t hash_str(const struct hash_key *key, struct str s);

/* The key of this process, from the system's random numbers; the same for its whole life. */
const struct hash_key *hash_process_key(void);
