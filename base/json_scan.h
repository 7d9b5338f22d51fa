/*
 * The inner loops of json_read, 16 or 64 bytes at a time where the machine can: only for the files
 * of json_read, and for whoever writes strings. Each returns the first byte from `at` on that is
 * not what it passes over, or `end`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What may stand alone behind a backslash. */
static const bool JSON_SCAN_ESCAPES[256] = {['"'] = true,
	['\\'] = true,
	['/'] = true,
	['b'] = true,
	['f'] = true,
	['n'] = true,
	['r'] = true,
	['t'] = true};

static inline const char *json_scan_space(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		const __m128i v = _mm_loadu_si128((const void *)at);
		const __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
		const __m128i newline = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
		const int space = _mm_movemask_epi8(_mm_or_si128(blank, newline));

		if (space != 0xFFFF)
			return at + __builtin_ctz(~(unsigned)space);
	}
#endif
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

#ifdef __SSE2__
/* A bit for each of the 16 bytes that is a quote, a backslash, a control character or not ASCII. */
static inline unsigned json_scan_special(const char *at)
{
	const __m128i v = _mm_loadu_si128((const void *)at);
	/* Signed, so that bytes from 0x80 are less than a space too. */
	const __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(' '));
	const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash)));
}

/* What stands where in a block of 64 bytes, the first byte in the lowest bit. */
enum { JSON_SCAN_BLOCK = 64 };

struct json_scan_block {
	uint64_t quotes, backslashes, brackets;
	uint64_t odd; /* control characters, and what is not ASCII */
};

static inline struct json_scan_block json_scan_block(const char *at)
{
	struct json_scan_block block = {0};

	for (unsigned i = 0; i < JSON_SCAN_BLOCK; i += 16) {
		const __m128i v = _mm_loadu_si128((const void *)(at + i));
		/* Square brackets differ from curly ones in this bit alone. */
		const __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
		const __m128i bracket = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')),
			_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
		const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
		const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
		/* Signed, so that bytes from 0x80 are less than a space too. */
		const __m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(' '));

		block.quotes |= (uint64_t)(unsigned)_mm_movemask_epi8(quote) << i;
		block.backslashes |= (uint64_t)(unsigned)_mm_movemask_epi8(backslash) << i;
		block.brackets |= (uint64_t)(unsigned)_mm_movemask_epi8(bracket) << i;
		block.odd |= (uint64_t)(unsigned)_mm_movemask_epi8(odd) << i;
	}
	return block;
}
#endif

/* The first byte that is not plain text of a string. */
static inline const char *json_scan_string(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		const unsigned special = json_scan_special(at);

		if (special)
			return at + __builtin_ctz(special);
	}
#endif
	while (at < end && *at >= ' ' && *at != '"' && *at != '\\' && (unsigned char)*at < 0x80)
		at++;
	return at;
}

/*
 * As json_scan_string, but escapes of two bytes are passed too, untold, where it is quick. `at` is
 * not behind a backslash that escapes it, and neither is what is returned.
 */
static inline const char *json_scan_long_string(const char *at, const char *end)
{
#ifdef __SSE2__
	uint64_t carry = 0; /* whether a backslash in front of `at` escapes it */

	while (end - at >= JSON_SCAN_BLOCK) {
		struct json_scan_block block = json_scan_block(at);
		uint64_t left = UINT64_MAX; /* of the block */

		for (uint64_t behind, stop;;) {
			behind = block.backslashes << 1 | carry;
			/* The end of the string, another escape, an odd byte. */
			stop = ((block.quotes ^ behind) | block.odd) & left;
			if (stop == 0)
				break;
			const int i = __builtin_ctzll(stop);

			if (!(behind >> i & 1))
				return at + i;
			if (!JSON_SCAN_ESCAPES[(unsigned char)at[i]])
				return at + i - 1;
			/* Two bytes are passed: a backslash that is the second escapes nothing. */
			block.backslashes &= ~(UINT64_C(1) << i);
			left = ~((UINT64_C(2) << i) - 1);
		}
		carry = block.backslashes >> (JSON_SCAN_BLOCK - 1);
		at += JSON_SCAN_BLOCK;
	}
	at -= carry;
#endif
	return json_scan_string(at, end);
}

/* The first byte that is a quote, a bracket, a control character or not ASCII. */
static inline const char *json_scan_outside(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		const __m128i v = _mm_loadu_si128((const void *)at);
		/* Square brackets differ from curly ones in this bit alone. */
		const __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
		const __m128i bracket = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')),
			_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
		const __m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
		const int stop = _mm_movemask_epi8(_mm_or_si128(bracket, odd));

		if (stop)
			return at + __builtin_ctz((unsigned)stop);
	}
#endif
	while (at < end && *at >= ' ' && (unsigned char)*at < 0x80 && *at != '"' &&
		(*at | 0x20) != '{' && (*at | 0x20) != '}')
		at++;
	return at;
}

/* How many bytes, of `len` at most, are the same in both texts from their beginnings on. */
static inline size_t json_scan_common(const char *a, const char *b, size_t len)
{
	size_t i = 0;
#ifdef __SSE2__
	for (; i + 16 <= len; i += 16) {
		const __m128i left = _mm_loadu_si128((const void *)(a + i));
		const __m128i right = _mm_loadu_si128((const void *)(b + i));
		const int same = _mm_movemask_epi8(_mm_cmpeq_epi8(left, right));

		if (same != 0xFFFF)
			return i + (size_t)__builtin_ctz(~(unsigned)same);
	}
#endif
	while (i < len && a[i] == b[i])
		i++;
	return i;
}
