/*
 * Mutates JSON as JSON: a value takes the place of another, is removed, doubled or becomes one of
 * another type. Bytes flipped at random hardly ever pass a strict reader, so that is done only half
 * of the time, and always where the input is no JSON.
 */
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/json_read.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static const char *const VALUES[] = {"null", "true", "false", "0", "-1", "1", "2147483648",
	"9223372036854775808", "1e999", "0.1", "\"\"", "\"1\"", "\"500m\"", "\"2Gi\"", "\"a\"",
	"\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"a/b~c\"", "[]", "[null]", "[{}]", "{}",
	"{\"\":null}", "{\"name\":\"a\"}", "{\"cpu\":\"1\",\"memory\":\"1Gi\"}",
	"[{\"name\":\"E\",\"value\":\"u\"}]"};

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 8;
}

/* Any value of the document, keys included now and then. */
static struct str pick(const struct json_doc *doc, unsigned *state)
{
	return json_raw(&doc->root[next(state) % doc->count]);
}

static void write_instead(
	const struct json_doc *doc, struct str place, unsigned *state, struct buf *out)
{
	const struct str other = pick(doc, state);

	switch (next(state) % 4) {
	case 0:
		buf_add_cstr(out, VALUES[next(state) % ARRAY_LEN(VALUES)]);
		break;
	case 1:
		buf_add(out, other);
		break;
	case 2: /* one more item, where it stands in a list */
		buf_add(out, place);
		buf_add_char(out, ',');
		buf_add(out, next(state) % 2 ? place : other);
		break;
	default: /* the same thing under another name, where it is a member */
		buf_add(out, place);
		buf_add_cstr(out, ",\"x\":");
		buf_add(out, other);
		break;
	}
}

static size_t mutate(const struct json_doc *doc, uint8_t *data, size_t max_size, unsigned *state)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct str place = pick(doc, state);
	const size_t start = (size_t)(place.at - doc->text.at);

	buf_add(&out, (struct str){doc->text.at, start});
	write_instead(doc, place, state, &out);
	buf_add(&out, str_from_offset(doc->text, start + place.len));
	const size_t size = out.len < max_size ? out.len : max_size;

	memcpy(data, out.at, size);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	const struct json_limits limits = {.bytes = 1 << 20, .depth = 200, .nodes = 100000};
	unsigned state = seed;
	struct arena arena;
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 65536);
	if (next(&state) % 4 &&
		json_read(&arena, (struct str){(const char *)data, size}, &limits, &doc, &err))
		size = mutate(&doc, data, max_size, &state);
	else
		size = LLVMFuzzerMutate(data, size, max_size);
	arena_done(&arena);
	return size;
}
