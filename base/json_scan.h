/*
 * The inner loops of json_read, 16 bytes at a time where the machine can: only for json_read.c.
 * Each returns the first byte from `at` on that is not what it passes over, or `end`.
 */
#pragma once

#include <stdbool.h>
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

/* As json_scan_string, but escapes of two bytes are passed too, untold, where it is quick. */
static inline const char *json_scan_long_string(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		for (unsigned special = json_scan_special(at); special;) {
			const int i = __builtin_ctz(special);

			if (i == 15 || at[i] != '\\' ||
				!JSON_SCAN_ESCAPES[(unsigned char)at[i + 1]])
				return at + i;
			special &= ~(3u << i);
		}
	}
#endif
	return json_scan_string(at, end);
}
