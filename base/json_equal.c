#include "base/json_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum {
	FEW_MEMBERS = 16,            /* found by search; in larger objects both sides are sorted */
	SAME_TEXT_BYTES = 64 * 1024, /* compared as text first, at each level: nesting is bounded */
};

/* Fixed, so that a hash may be stored: it is never trusted to differ. */
static const struct hash_key FIXED_KEY = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B};
static const uint64_t SPREAD = 0x9E3779B97F4A7C15;

static bool equal(const struct json_node *a, const struct json_node *b);

static int compare_keys(const void *left, const void *right)
{
	return json_str_cmp(
		*(const struct json_node *const *)left, *(const struct json_node *const *)right);
}

static const struct json_node **sorted_keys(const struct json_node *object, size_t count)
{
	const struct json_node **const keys = mem_alloc(count * sizeof(const struct json_node *));
	size_t i = 0;

	for (struct json_iter it = json_iter(object); json_next_member(&it);)
		keys[i++] = it.key;
	qsort(keys, count, sizeof(const struct json_node *), compare_keys);
	return keys;
}

static bool equal_sorted(const struct json_node *a, const struct json_node *b, size_t count)
{
	CLEANUP(mem_free) const struct json_node **left = sorted_keys(a, count);
	CLEANUP(mem_free) const struct json_node **right = sorted_keys(b, count);

	for (size_t i = 0; i < count; i++) {
		if (!json_str_equal(left[i], right[i]) || !equal(left[i] + 1, right[i] + 1))
			return false;
	}
	return true;
}

static const struct json_node *find(const struct json_node *object, const struct json_node *key)
{
	for (struct json_iter it = json_iter(object); json_next_member(&it);) {
		if (json_str_equal(it.key, key))
			return it.value;
	}
	return NULL;
}

static bool same_order(const struct json_node *a, const struct json_node *b)
{
	struct json_iter x = json_iter(a), y = json_iter(b);

	while (json_next_member(&x) && json_next_member(&y)) {
		if (!json_str_equal(x.key, y.key))
			return false;
	}
	return true;
}

/* Both have as many members. */
static bool equal_members(const struct json_node *a, const struct json_node *b, size_t count)
{
	const bool ordered = same_order(a, b);
	struct json_iter y = json_iter(b);

	if (!ordered && count > FEW_MEMBERS)
		return equal_sorted(a, b, count);
	for (struct json_iter x = json_iter(a); json_next_member(&x) && json_next_member(&y);) {
		if (!equal(x.value, ordered ? y.value : find(b, x.key)))
			return false;
	}
	return true;
}

static bool equal_items(const struct json_node *a, const struct json_node *b)
{
	struct json_iter y = json_iter(b);

	for (struct json_iter x = json_iter(a); json_next_item(&x) && json_next_item(&y);) {
		if (!equal(x.value, y.value))
			return false;
	}
	return true;
}

/* Of json_limits.twins, or one and the same. */
static bool is_copy(const struct json_node *a, const struct json_node *b)
{
	return a->at == b->at && a->len == b->len;
}

static bool equal(const struct json_node *a, const struct json_node *b)
{
	if (a == NULL || b == NULL || a->kind != b->kind || a->span != b->span)
		return false;
	if (is_copy(a, b))
		return true;
	if (a->kind == JSON_STRING)
		return json_str_equal(a, b);
	if (a->kind != JSON_ARRAY && a->kind != JSON_OBJECT)
		return str_eq(json_raw(a), json_raw(b));
	/* Two versions of an object are the same text in all but a few places. */
	if (a->len <= SAME_TEXT_BYTES && str_eq(json_raw(a), json_raw(b)))
		return true;
	const size_t count = json_count(a);

	if (count != json_count(b))
		return false;
	return a->kind == JSON_ARRAY ? equal_items(a, b) : equal_members(a, b, count);
}

bool json_equal(const struct json_node *a, const struct json_node *b)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL || a->kind != b->kind || a->span != b->span)
		return false;
	return is_copy(a, b) || str_eq(json_raw(a), json_raw(b)) || equal(a, b);
}

static uint64_t spread(uint64_t hash)
{
	hash = (hash ^ hash >> 32) * SPREAD;
	return hash ^ hash >> 29;
}

uint64_t json_hash(const struct json_node *node)
{
	uint64_t hash = FIXED_KEY.low;

	if (node == NULL)
		return 0;
	if (node->kind == JSON_STRING)
		return json_str_hash(node, &FIXED_KEY);
	if (node->kind != JSON_ARRAY && node->kind != JSON_OBJECT)
		return str_hash(json_raw(node)) + node->kind;
	/* Members are added up, since their order means nothing. */
	for (struct json_iter it = json_iter(node); json_next_member(&it);)
		hash += spread(spread(json_str_hash(it.key, &FIXED_KEY)) + json_hash(it.value));
	for (struct json_iter it = json_iter(node); json_next_item(&it);)
		hash = spread(hash + json_hash(it.value));
	return spread(hash + node->kind);
}
