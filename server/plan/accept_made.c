/*
 * What pods are made of: all of a spec but how many there are to be. By its digest a later process
 * knows whether the text that it finds is the one that was accepted.
 */
#include "base/sha256.h"
#include "server/plan/accept.h"

enum { HEX = 16, DIGITS = 2 * HEX };

/* What says how many, which the size says anew; NULL behind the last. */
static const struct {
	const char *of_spec[2], *of_group[6];
} SIZES[] = {
	[DIALECT_MODERN] = {{"suspend"},
		{"replicas", "minReplicas", "maxReplicas", "suspend", "scaleStrategy"}},
	[DIALECT_LEGACY] = {{"maxWorkers"}, {"minWorkers", "maxWorkers"}},
};

struct digesting {
	struct arena *arena;
	struct buf text;
	enum dialect dialect;
};

/* No text has the byte that ends it, so none runs into the next. */
static void put(struct digesting *d, char kind, struct str text)
{
	buf_add_char(&d->text, kind);
	buf_add(&d->text, text);
	buf_add_char(&d->text, '\xff');
}

static void put_value(struct digesting *d, const struct json_node *node);

static bool is_among(const struct json_node *key, const char *const *names)
{
	for (; names && *names; names++) {
		if (json_str_is(key, str_from(*names)))
			return true;
	}
	return false;
}

static void put_key(struct digesting *d, const struct json_node *key)
{
	put(d, 'k', json_str(d->arena, key));
}

static void put_members(
	struct digesting *d, const struct json_node *object, const char *const *without)
{
	buf_add_char(&d->text, '{');
	for (struct json_iter it = json_iter(object); json_next_member(&it);) {
		if (is_among(it.key, without))
			continue;
		put_key(d, it.key);
		put_value(d, it.value);
	}
	buf_add_char(&d->text, '}');
}

/* Strings as they are meant, however they are escaped. */
static void put_value(struct digesting *d, const struct json_node *node)
{
	switch (json_kind(node)) {
	case JSON_OBJECT:
		put_members(d, node, NULL);
		break;
	case JSON_ARRAY:
		buf_add_char(&d->text, '[');
		for (struct json_iter it = json_iter(node); json_next_item(&it);)
			put_value(d, it.value);
		buf_add_char(&d->text, ']');
		break;
	case JSON_STRING:
		put(d, 's', json_str(d->arena, node));
		break;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER:
	case JSON_SKIPPED:
		put(d, 'v', json_raw(node));
		break;
	}
}

static void put_groups(struct digesting *d, const struct json_node *groups)
{
	buf_add_char(&d->text, '[');
	for (struct json_iter it = json_iter(groups); json_next_item(&it);) {
		if (json_is(it.value, JSON_OBJECT))
			put_members(d, it.value, SIZES[d->dialect].of_group);
		else
			put_value(d, it.value);
	}
	buf_add_char(&d->text, ']');
}

static void put_spec(struct digesting *d, const struct json_node *spec)
{
	const struct str groups = str_from(DIALECT_WORDS[d->dialect].groups);

	for (struct json_iter it = json_iter(spec); json_next_member(&it);) {
		if (is_among(it.key, SIZES[d->dialect].of_spec))
			continue;
		put_key(d, it.key);
		if (json_str_is(it.key, groups) && json_is(it.value, JSON_ARRAY))
			put_groups(d, it.value);
		else
			put_value(d, it.value);
	}
}

struct observed_digest accept_made_of(
	struct arena *arena, enum dialect dialect, const struct json_node *root)
{
	struct digesting d = {.arena = arena, .dialect = dialect};
	uint32_t words[SHA256_WORDS];
	struct sha256 sha;

	put_spec(&d, json_get(root, "spec"));
	sha256_init(&sha);
	sha256_add(&sha, buf_str(&d.text));
	sha256_end(&sha, words);
	buf_done(&d.text);
	return (struct observed_digest){
		(uint64_t)words[0] << 32 | words[1], (uint64_t)words[2] << 32 | words[3]};
}

bool accept_is_known(struct observed_digest digest)
{
	return digest.high || digest.low;
}

bool accept_is_the_same(struct observed_digest a, struct observed_digest b)
{
	return accept_is_known(a) && a.high == b.high && a.low == b.low;
}

void accept_digest_print(struct observed_digest digest, struct buf *out)
{
	buf_printf(out, "%016llx%016llx", (unsigned long long)digest.high,
		(unsigned long long)digest.low);
}

static bool read_hex(struct str text, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.at[i];
		const bool is_digit = c >= '0' && c <= '9';

		if (!is_digit && (c < 'a' || c > 'f'))
			return false;
		*out = *out << 4 | (uint64_t)(is_digit ? c - '0' : c - 'a' + 10);
	}
	return true;
}

bool accept_digest_read(struct str text, struct observed_digest *out)
{
	struct observed_digest digest;

	*out = (struct observed_digest){0};
	if (text.len != DIGITS || !read_hex((struct str){text.at, HEX}, &digest.high) ||
		!read_hex((struct str){text.at + HEX, HEX}, &digest.low))
		return false;
	*out = digest;
	return true;
}
