#include "base/hash.h"

#include <endian.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

static uint64_t rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void mix(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v);
	mix(v);
	v[0] ^= word;
}

/* Little-endian, of at most eight bytes. */
static uint64_t word_at(const char *at, size_t len)
{
	uint64_t word = 0;

	if (len == sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		return le64toh(word);
	}
	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)(unsigned char)at[i] << (8 * i);
	return word;
}

uint64_t hash_str(const struct hash_key *key, struct str s)
{
	uint64_t v[4] = {
		key->low ^ 0x736f6d6570736575u,
		key->high ^ 0x646f72616e646f6du,
		key->low ^ 0x6c7967656e657261u,
		key->high ^ 0x7465646279746573u,
	};
	const uint64_t length = (uint64_t)s.len << 56;

	for (; s.len >= 8; s = str_from_offset(s, 8))
		absorb(v, word_at(s.at, 8));
	absorb(v, length | word_at(s.at, s.len));
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Written once, by draw_key(). */
static struct hash_key process_key;

static void draw_key(void)
{
	if (getrandom(&process_key, sizeof(process_key), 0) == (ssize_t)sizeof(process_key))
		return;
	/* Only a system older than Debian 12 has none; then the time must do. */
	process_key = (struct hash_key){(uint64_t)clock_now(), (uint64_t)clock_wall()};
}

const struct hash_key *hash_process_key(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, draw_key);
	return &process_key;
}
