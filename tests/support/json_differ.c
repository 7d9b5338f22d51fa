#include "tests/support/json_differ.h"

#include <string.h>

#include "api/quantity.h"
#include "base/buf.h"

/* Where we are in both. */
struct place {
	struct buf text;
	struct arena *arena;
	json_differs_fn differs;
	void *context;
};

static void differ(struct place *p, const struct json_node *left, const struct json_node *right,
	struct str key);

/* Of most keys false and 0 are not what an absent one is; of these they are. */
static const struct {
	const char *key, *value;
} SAME_AS_ABSENT[] = {
	{"tty", "false"},
	{"publishNotReadyAddresses", "false"},
	{"initialDelaySeconds", "0"},
};

static bool is_as_absent(const struct json_node *node, struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(SAME_AS_ABSENT); i++) {
		if (str_is(key, SAME_AS_ABSENT[i].key) &&
			str_is(json_raw(node), SAME_AS_ABSENT[i].value))
			return true;
	}
	return false;
}

/* An emptyDir says what it is by being there. */
static bool is_nothing(const struct json_node *node, struct str key)
{
	if (!json_present(node) || is_as_absent(node, key))
		return true;
	return !str_is(key, "emptyDir") &&
	       (json_is(node, JSON_OBJECT) || json_is(node, JSON_ARRAY)) && json_count(node) == 0;
}

static void tell(struct place *p, const struct json_node *left, const struct json_node *right)
{
	p->differs(p->context, buf_str(&p->text), left, right);
}

static void step(struct place *p, struct str key, const struct json_node *left,
	const struct json_node *right)
{
	const size_t length = p->text.len;

	buf_printf(&p->text, "%s%.*s", length ? "/" : "", STR_ARG(key));
	differ(p, left, right, key);
	p->text.len = length;
}

static bool are_equal_amounts(const struct json_node *left, const struct json_node *right)
{
	struct quantity a, b;
	struct err ignored;

	return quantity_read(left, &a, &ignored) && quantity_read(right, &b, &ignored) &&
	       quantity_cmp(a, b) == 0;
}

static void differ_members(
	struct place *p, const struct json_node *left, const struct json_node *right)
{
	for (struct json_iter it = json_iter(left); json_next_member(&it);) {
		const struct str key = json_str(p->arena, it.key);

		step(p, key, it.value, json_get_str(right, key));
	}
	for (struct json_iter it = json_iter(right); json_next_member(&it);) {
		const struct str key = json_str(p->arena, it.key);

		if (json_get_str(left, key) == NULL)
			step(p, key, NULL, it.value);
	}
}

static const struct json_node *find(const struct json_node *array, const struct json_node *name)
{
	for (struct json_iter it = json_iter(array); json_next_item(&it);) {
		const struct json_node *const other = json_get(it.value, "name");

		if (json_is(other, JSON_STRING) && json_str_equal(other, name))
			return it.value;
	}
	return NULL;
}

static bool is_named(const struct json_node *array)
{
	for (struct json_iter it = json_iter(array); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");

		/* Two of one name are told apart by where they stand. */
		if (!json_is(name, JSON_STRING) || find(array, name) != it.value)
			return false;
	}
	return true;
}

/* The next one whose name the other has, too. */
static const struct json_node *next_common(struct json_iter *it, const struct json_node *other)
{
	while (json_next_item(it)) {
		if (find(other, json_get(it->value, "name")))
			return json_get(it->value, "name");
	}
	return NULL;
}

static void differ_order(
	struct place *p, const struct json_node *left, const struct json_node *right)
{
	struct json_iter x = json_iter(left), y = json_iter(right);
	const struct json_node *a, *b;

	while ((a = next_common(&x, right)) && (b = next_common(&y, left))) {
		if (!json_str_equal(a, b)) {
			step(p, STR("order"), a, b);
			return;
		}
	}
}

static void differ_named(
	struct place *p, const struct json_node *left, const struct json_node *right)
{
	for (struct json_iter it = json_iter(left); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");

		step(p, json_str(p->arena, name), it.value, find(right, name));
	}
	for (struct json_iter it = json_iter(right); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");

		if (find(left, name) == NULL)
			step(p, json_str(p->arena, name), NULL, it.value);
	}
	differ_order(p, left, right);
}

static void differ_items(
	struct place *p, const struct json_node *left, const struct json_node *right)
{
	struct json_iter x = json_iter(left), y = json_iter(right);

	for (int i = 0;; i++) {
		const bool has_left = json_next_item(&x), has_right = json_next_item(&y);

		if (!has_left && !has_right)
			return;
		step(p, arena_printf(p->arena, "%d", i), has_left ? x.value : NULL,
			has_right ? y.value : NULL);
	}
}

static bool is_amount(struct place *p, struct str key)
{
	const struct str text = buf_str(&p->text);

	return str_is(key, "sizeLimit") || str_is(key, "divisor") ||
	       str_contains(text, "/limits/") || str_contains(text, "/requests/");
}

static bool are_equal(struct place *p, const struct json_node *left, const struct json_node *right,
	struct str key)
{
	return json_equal(left, right) || (is_amount(p, key) && are_equal_amounts(left, right));
}

/* A list of which only one has any is the same to look at as one of which both have some. */
static bool are_lists(const struct json_node *left, const struct json_node *right)
{
	return (left == NULL || json_is(left, JSON_ARRAY)) &&
	       (right == NULL || json_is(right, JSON_ARRAY));
}

static void differ(struct place *p, const struct json_node *left, const struct json_node *right,
	struct str key)
{
	if (is_nothing(left, key) && is_nothing(right, key))
		return;
	if (are_lists(left, right) && is_named(left) && is_named(right))
		differ_named(p, left, right);
	else if (json_is(left, JSON_ARRAY) && json_is(right, JSON_ARRAY))
		differ_items(p, left, right);
	else if (json_is(left, JSON_OBJECT) && json_is(right, JSON_OBJECT))
		differ_members(p, left, right);
	else if (left == NULL || right == NULL || !are_equal(p, left, right, key))
		tell(p, left, right);
}

void json_differ(const struct json_node *left, const struct json_node *right,
	json_differs_fn differs, void *context)
{
	struct arena arena;

	arena_init(&arena, 4096);
	struct place place = {.arena = &arena, .differs = differs, .context = context};

	differ(&place, left, right, STR(""));
	buf_done(&place.text);
	arena_done(&arena);
}
