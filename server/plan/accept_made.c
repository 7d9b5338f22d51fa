/*
 * What pods are made of: all of a spec but how many there are to be. By its digest a later process
 * knows whether the text that it finds is the one that was accepted.
 */
#include "base/json_sorted.h"
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

/*
 * The text that is digested: JSON, with each string written one way, however it was escaped, and
 * members in one order, whoever wrote them.
 */
struct writing {
	struct arena *arena;
	struct buf text;
	enum dialect dialect;
};

static void put_value(struct writing *w, const struct json_node *node);

static bool is_among(struct str key, const char *const *names)
{
	for (; names && *names; names++) {
		if (str_is(key, *names))
			return true;
	}
	return false;
}

static void put_key(struct writing *w, struct str key)
{
	buf_add_json_str(&w->text, key);
	buf_add_char(&w->text, ':');
}

static void put_members(
	struct writing *w, const struct json_node *object, const char *const *without)
{
	const struct json_member *members;
	const size_t count = json_sorted(w->arena, object, &members);

	buf_add_char(&w->text, '{');
	for (size_t i = 0; i < count; i++) {
		if (is_among(members[i].key, without))
			continue;
		put_key(w, members[i].key);
		put_value(w, members[i].value);
		buf_add_char(&w->text, ',');
	}
	buf_add_char(&w->text, '}');
}

static void put_value(struct writing *w, const struct json_node *node)
{
	switch (json_kind(node)) {
	case JSON_OBJECT:
		put_members(w, node, NULL);
		break;
	case JSON_ARRAY:
		buf_add_char(&w->text, '[');
		for (struct json_iter it = json_iter(node); json_next_item(&it);) {
			put_value(w, it.value);
			buf_add_char(&w->text, ',');
		}
		buf_add_char(&w->text, ']');
		break;
	case JSON_STRING:
		buf_add_json_str(&w->text, json_str(w->arena, node));
		break;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER:
	case JSON_SKIPPED:
		buf_add(&w->text, json_raw(node));
		break;
	}
}

static void put_groups(struct writing *w, const struct json_node *groups)
{
	buf_add_char(&w->text, '[');
	for (struct json_iter it = json_iter(groups); json_next_item(&it);) {
		if (json_is(it.value, JSON_OBJECT))
			put_members(w, it.value, SIZES[w->dialect].of_group);
		else
			put_value(w, it.value);
		buf_add_char(&w->text, ',');
	}
	buf_add_char(&w->text, ']');
}

static void put_spec(struct writing *w, const struct json_node *spec)
{
	const char *const groups = DIALECT_WORDS[w->dialect].groups;
	const struct json_member *members;
	const size_t count = json_sorted(w->arena, spec, &members);

	for (size_t i = 0; i < count; i++) {
		const struct json_node *const value = members[i].value;

		if (is_among(members[i].key, SIZES[w->dialect].of_spec))
			continue;
		put_key(w, members[i].key);
		if (str_is(members[i].key, groups) && json_is(value, JSON_ARRAY))
			put_groups(w, value);
		else
			put_value(w, value);
		buf_add_char(&w->text, ',');
	}
}

static uint64_t read_number(const uint8_t *at)
{
	uint64_t number = 0;

	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | at[i];
	return number;
}

struct observed_digest accept_made_of(
	struct arena *arena, enum dialect dialect, const struct json_node *root)
{
	struct writing w = {.arena = arena, .dialect = dialect};
	uint8_t digest[SHA256_BYTES];

	put_spec(&w, json_get(root, "spec"));
	sha256(buf_str(&w.text), digest);
	buf_done(&w.text);
	return (struct observed_digest){read_number(digest), read_number(digest + 8)};
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
