#include "base/sha256.h"

#include <string.h>

enum { ROUNDS = 64, LENGTH_AT = SHA256_BLOCK - 8 };

static const uint32_t K[ROUNDS] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
	0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6,
	0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
	0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585,
	0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
	0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int by)
{
	return x >> by | x << (32 - by);
}

static uint32_t read_word(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void expand(const uint8_t *block, uint32_t w[ROUNDS])
{
	for (int i = 0; i < 16; i++)
		w[i] = read_word(block + 4 * i);
	for (int i = 16; i < ROUNDS; i++) {
		const uint32_t a = w[i - 15];
		const uint32_t b = w[i - 2];

		w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
		       (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
	}
}

static void mix(struct sha256 *s, const uint8_t *block)
{
	uint32_t *const v = s->state;
	uint32_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
	uint32_t w[ROUNDS];

	expand(block, w);
	for (int i = 0; i < ROUNDS; i++) {
		const uint32_t one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
				     (g ^ (e & (f ^ g))) + K[i] + w[i];
		const uint32_t two =
			(turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) | (c & (a | b)));

		h = g;
		g = f;
		f = e;
		e = d + one;
		d = c;
		c = b;
		b = a;
		a = one + two;
	}
	v[0] += a;
	v[1] += b;
	v[2] += c;
	v[3] += d;
	v[4] += e;
	v[5] += f;
	v[6] += g;
	v[7] += h;
}

void sha256_init(struct sha256 *s)
{
	*s = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
				     0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *s, struct str text)
{
	const char *at = text.at;
	size_t left = text.len;

	while (left) {
		const size_t used = s->len % SHA256_BLOCK;
		const size_t room = SHA256_BLOCK - used;
		const size_t part = left < room ? left : room;

		memcpy(s->block + used, at, part);
		s->len += part;
		at += part;
		left -= part;
		if (part == room)
			mix(s, s->block);
	}
}

void sha256_end(struct sha256 *s, uint32_t out[SHA256_WORDS])
{
	static const uint8_t PADDING[SHA256_BLOCK] = {0x80};
	const uint64_t bits = s->len * 8;
	const size_t used = s->len % SHA256_BLOCK;
	const size_t padding = (used < LENGTH_AT ? LENGTH_AT : LENGTH_AT + SHA256_BLOCK) - used;
	char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (char)(bits >> (56 - 8 * i) & 0xff);
	sha256_add(s, (struct str){(const char *)PADDING, padding});
	sha256_add(s, (struct str){length, sizeof(length)});
	memcpy(out, s->state, sizeof(s->state));
}
