#include "base/sha256.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"

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
		uint8_t digest[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];

		sha256(str_from(CASES[i].text), digest);
		for (size_t j = 0; j < SHA256_BYTES; j++)
			snprintf(hex + 2 * j, sizeof(hex) - 2 * j, "%02x", digest[j]);
		cr_expect_str_eq(hex, CASES[i].digest);
	}
}
