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
/*
 * A bit for each of 16 bytes that is plain text of a string: no quote, no backslash, no control
 * character, and ASCII. With this bit turned a quote, and no other of these, is a space; compared
 * as signed, bytes from 0x80 are less than that too.
 */
static inline unsigned json_scan_plain(const char *at)
{
	const __m128i v = _mm_loadu_si128((const void *)at);
	const __m128i turned = _mm_xor_si128(v, _mm_set1_epi8('"' ^ ' '));
	const __m128i high = _mm_cmpgt_epi8(turned, _mm_set1_epi8(' '));
	const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

	return (unsigned)_mm_movemask_epi8(_mm_andnot_si128(backslash, high));
}

/* What stands where in a block of 64 bytes, the first byte in the lowest bit. */
enum { JSON_SCAN_BLOCK = 64 };

struct json_scan_block {
	uint64_t quotes, backslashes, brackets;
	uint64_t even; /* no control characters, and ASCII */
};

static inline void json_scan_add(struct json_scan_block *block, const char *at, unsigned place)
{
	const __m128i v = _mm_loadu_si128((const void *)(at + place));
	/* Square brackets differ from curly ones in this bit alone. */
	const __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
	const __m128i bracket = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')),
		_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
	const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
	/* Signed, so that bytes from 0x80 are less than a space too. */
	const __m128i even = _mm_cmpgt_epi8(v, _mm_set1_epi8(' ' - 1));

	block->quotes |= (uint64_t)(unsigned)_mm_movemask_epi8(quote) << place;
	block->backslashes |= (uint64_t)(unsigned)_mm_movemask_epi8(backslash) << place;
	block->brackets |= (uint64_t)(unsigned)_mm_movemask_epi8(bracket) << place;
	block->even |= (uint64_t)(unsigned)_mm_movemask_epi8(even) << place;
}

static inline struct json_scan_block json_scan_block(const char *at)
{
	struct json_scan_block block = {0};

	json_scan_add(&block, at, 0);
	json_scan_add(&block, at, 16);
	json_scan_add(&block, at, 32);
	json_scan_add(&block, at, 48);
	return block;
}
#endif

/* The first byte that is not plain text of a string. */
static inline const char *json_scan_string(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		const unsigned plain = json_scan_plain(at);

		if (plain != 0xFFFF)
			return at + __builtin_ctz(~plain);
	}
#endif
	while (at < end && *at >= ' ' && *at != '"' && *at != '\\' && (unsigned char)*at < 0x80)
		at++;
	return at;
}

enum { JSON_SCAN_SHORT = 16 };

/* How many bytes of a string are plain, of so many that are there. */
static inline size_t json_scan_short_string(const char *at)
{
#ifdef __SSE2__
	return (unsigned)__builtin_ctz(~json_scan_plain(at));
#else
	return (size_t)(json_scan_string(at, at + JSON_SCAN_SHORT) - at);
#endif
}

#ifdef __SSE2__
/*
 * What stands behind a backslash that is not itself escaped. `carry` is whether the byte in front
 * of the block escapes its first one, and becomes that of the next block. A run of backslashes
 * escapes by pairs: where it begins on an odd place, adding it to itself carries its end along.
 */
static inline uint64_t json_scan_escaped(uint64_t backslashes, uint64_t *carry)
{
	const uint64_t even = UINT64_C(0x5555555555555555);
	uint64_t sum;

	backslashes &= ~*carry;
	const uint64_t behind = backslashes << 1 | *carry;

	*carry = __builtin_add_overflow(backslashes & ~even & ~behind, backslashes, &sum);
	return (even ^ sum << 1) & behind;
}

/* Each bit is whether an odd number of bits is set from the lowest up to it. */
static inline uint64_t json_scan_parity(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	return bits ^ bits << 32;
}
#endif

#ifdef __SSE2__
/*
 * Whether each quote of a block stands behind a backslash, each backslash before a quote, and all
 * else is plain: as in nearly all of a document in a string. The byte before it is looked at too.
 */
static inline bool json_scan_is_document(const char *at)
{
	__m128i most = _mm_setzero_si128(), stray = _mm_setzero_si128();

#pragma GCC unroll 4
	for (int i = 0; i < JSON_SCAN_BLOCK; i += 16) {
		const __m128i v = _mm_loadu_si128((const void *)(at + i));
		const __m128i before = _mm_loadu_si128((const void *)(at + i - 1));
		/* Control characters come to stand behind all others, as what is not ASCII does. */
		const __m128i up = _mm_sub_epi8(v, _mm_set1_epi8(' '));
		const __m128i quote = _mm_cmpeq_epi8(up, _mm_set1_epi8('"' - ' '));
		const __m128i escaped = _mm_cmpeq_epi8(before, _mm_set1_epi8('\\'));

		most = _mm_max_epu8(most, up);
		stray = _mm_or_si128(stray, _mm_xor_si128(quote, escaped));
	}
	const __m128i beyond = _mm_subs_epu8(most, _mm_set1_epi8(0x7F - ' '));

	return _mm_movemask_epi8(
		       _mm_cmpeq_epi8(_mm_or_si128(stray, beyond), _mm_setzero_si128())) == 0xFFFF;
}

/* The first block that is not like that, or too short. */
static inline const char *json_scan_document(const char *at, const char *end)
{
	while (end - at >= JSON_SCAN_BLOCK && json_scan_is_document(at))
		at += JSON_SCAN_BLOCK;
	return at;
}

/* Of escaped bytes of a block the first that may not stand alone behind a backslash. */
static inline int json_scan_wrong_escape(const char *at, uint64_t escaped)
{
	for (; escaped; escaped &= escaped - 1) {
		const int i = __builtin_ctzll(escaped);

		if (!JSON_SCAN_ESCAPES[(unsigned char)at[i]])
			return i;
	}
	return JSON_SCAN_BLOCK;
}
#endif

/*
 * As json_scan_string, but escapes of two bytes are passed too, untold, where it is quick. `at` is
 * not behind a backslash that escapes it, and neither is what is returned; a byte stands before it.
 */
static inline const char *json_scan_long_string(const char *at, const char *end)
{
#ifdef __SSE2__
	uint64_t carry = 0;

	for (; end - at >= JSON_SCAN_BLOCK; at += JSON_SCAN_BLOCK) {
		/* A backslash before it that escapes nothing would be taken for one that does. */
		if ((at[-1] == '\\') == carry) {
			at = json_scan_document(at, end);
			carry = at[-1] == '\\';
			if (end - at < JSON_SCAN_BLOCK)
				break;
		}
		const struct json_scan_block block = json_scan_block(at);
		const uint64_t escaped = json_scan_escaped(block.backslashes, &carry);
		const uint64_t stop = (block.quotes & ~escaped) | ~block.even;
		const int length = stop ? __builtin_ctzll(stop) : JSON_SCAN_BLOCK;
		const int wrong =
			json_scan_wrong_escape(at, escaped & ~(block.quotes | block.backslashes));

		if (wrong < JSON_SCAN_BLOCK && wrong <= length)
			return at + wrong - 1;
		if (stop)
			return at + length;
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

#ifdef __SSE2__
/* A bit for each of 16 bytes that are the same in both texts. */
static inline __m128i json_scan_same(const char *a, const char *b)
{
	return _mm_cmpeq_epi8(_mm_loadu_si128((const void *)a), _mm_loadu_si128((const void *)b));
}

/* Whether 64 are. */
static inline bool json_scan_same_block(const char *a, const char *b)
{
	const __m128i low = _mm_and_si128(json_scan_same(a, b), json_scan_same(a + 16, b + 16));
	const __m128i high =
		_mm_and_si128(json_scan_same(a + 32, b + 32), json_scan_same(a + 48, b + 48));

	return _mm_movemask_epi8(_mm_and_si128(low, high)) == 0xFFFF;
}
#endif

/* How many bytes, of `len` at most, are the same in both texts from their beginnings on. */
static inline size_t json_scan_common(const char *a, const char *b, size_t len)
{
	size_t i = 0;
#ifdef __SSE2__
	for (; i + 16 <= len; i += 16) {
		const unsigned same = (unsigned)_mm_movemask_epi8(json_scan_same(a + i, b + i));

		if (same != 0xFFFF)
			return i + (unsigned)__builtin_ctz(~same);
		while (i + 16 + JSON_SCAN_BLOCK <= len &&
			json_scan_same_block(a + i + 16, b + i + 16))
			i += JSON_SCAN_BLOCK;
	}
	/* Some of the last 16 bytes are known to be the same by now. */
	if (len >= 16) {
		const unsigned same =
			(unsigned)_mm_movemask_epi8(json_scan_same(a + len - 16, b + len - 16));

		return len - 16 + (unsigned)__builtin_ctz(~same);
	}
#endif
	while (i < len && a[i] == b[i])
		i++;
	return i;
}
