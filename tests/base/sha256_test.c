#include "base/sha256.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"

static void expect(const struct sha256 *begun, const char *digest)
{
	struct sha256 s = *begun;
	uint32_t words[SHA256_WORDS];
	char hex[8 * SHA256_WORDS + 1];

	sha256_end(&s, words);
	for (int i = 0; i < SHA256_WORDS; i++)
		snprintf(hex + 8 * i, sizeof(hex) - 8 * (size_t)i, "%08x", words[i]);
	cr_expect_str_eq(hex, digest);
}

/* FIPS 180-4's own examples, and a text that ends where a block does. */
Test(sha256, agrees_with_the_standard)
{
	static const struct {
		const char *text, *digest;
	} CASES[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			"a8ae6e6ee929abea3afcfc5258c8ccd6f85273e0d4626d26c7279f3250f77c8e"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct sha256 s;

		sha256_init(&s);
		sha256_add(&s, str_from(CASES[i].text));
		expect(&s, CASES[i].digest);
	}
}

Test(sha256, pieces_make_the_same_whole)
{
	struct sha256 whole, pieces;
	char text[1000];
	uint32_t a[SHA256_WORDS], b[SHA256_WORDS];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	sha256_init(&whole);
	sha256_init(&pieces);
	sha256_add(&whole, (struct str){text, sizeof(text)});
	for (size_t at = 0, len = 0; at < sizeof(text); at += len, len = len * 2 + 1) {
		const size_t left = sizeof(text) - at;

		sha256_add(&pieces, (struct str){text + at, len < left ? len : left});
	}
	sha256_end(&whole, a);
	sha256_end(&pieces, b);
	cr_expect_arr_eq(a, b, sizeof(a));
}
