#include "server/controller/deflated.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/buf.h"
#include "tests/support/generate.h"

Test(deflated, a_text_comes_out_as_it_went_in)
{
	struct deflater *d = deflater_new();
	struct arena arena;

	arena_init(&arena, 4096);
	for (uint64_t seed = 0; seed < 50; seed++) {
		const struct str text = generate_object(&arena, seed, 0);
		struct deflated *const packed = deflater_pack(d, text);

		cr_expect_lt(packed->size, text.len / 2);
		cr_expect(str_eq(deflater_unpack(d, packed, &arena), text), "seed %d", (int)seed);
		free(packed);
	}
	arena_done(&arena);
	deflater_free(&d);
}

Test(deflated, texts_of_no_and_of_many_bytes)
{
	struct deflater *d = deflater_new();
	struct buf text = {0};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t len = 0; len < 300000; len = len * 3 + 1) {
		while (text.len < len)
			buf_printf(&text, "%zu ", text.len * 2654435761u);
		text.len = len;
		struct deflated *const packed = deflater_pack(d, buf_str(&text));

		cr_expect(str_eq(deflater_unpack(d, packed, &arena), buf_str(&text)), "%zu", len);
		free(packed);
	}
	cr_expect_eq(deflater_unpack(d, NULL, &arena).len, 0u);
	buf_done(&text);
	arena_done(&arena);
	deflater_free(&d);
}
