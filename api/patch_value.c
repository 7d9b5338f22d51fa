#include "api/patch_value.h"

#include <stdlib.h>

static void print_container(
	struct arena *arena, const struct json_node *node, struct buf *out, bool object)
{
	bool first = true;

	buf_add_char(out, object ? '{' : '[');
	for (struct json_iter it = json_iter(node);
		object ? json_next_member(&it) : json_next_item(&it); first = false) {
		if (!first)
			buf_add_char(out, ',');
		if (object) {
			buf_add_json_str(out, json_str(arena, it.key));
			buf_add_char(out, ':');
		}
		patch_value_print(arena, it.value, out);
	}
	buf_add_char(out, object ? '}' : ']');
}

void patch_value_print(struct arena *arena, const struct json_node *node, struct buf *out)
{
	switch (json_kind(node)) {
	case JSON_NULL:
		buf_add_cstr(out, "null");
		break;
	case JSON_FALSE:
		buf_add_cstr(out, "false");
		break;
	case JSON_TRUE:
		buf_add_cstr(out, "true");
		break;
	case JSON_STRING:
		buf_add_json_str(out, json_str(arena, node));
		break;
	case JSON_NUMBER:
	case JSON_SKIPPED:
		buf_add(out, (struct str){node->at, node->len});
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		print_container(arena, node, out, node->kind == JSON_OBJECT);
		break;
	}
}

/*
 * A number as sign, digits without zeros at either end, and the power of ten of the last one.
 * Zero has no digits.
 */
struct decimal {
	bool negative;
	struct str digits; /* with at most one point among them */
	int64_t power;
	bool far; /* the exponent is beyond what int64 can be reckoned with */
};

static bool is_zero_or_point(char c)
{
	return c == '0' || c == '.';
}

static void read_exponent(struct str text, struct decimal *out)
{
	int64_t power;

	if (text.len == 0)
		return;
	out->far = !str_to_i64(str_from_offset(text, 1), &power) || power > INT64_MAX / 2 ||
		   power < INT64_MIN / 2;
	if (!out->far)
		out->power = power;
}

static struct decimal decimal_of(struct str text)
{
	struct decimal number = {.negative = str_starts(text, "-")};
	struct str digits = str_from_offset(text, number.negative);
	size_t end = str_find(digits, 'e');

	if (end == digits.len)
		end = str_find(digits, 'E');
	read_exponent(str_from_offset(digits, end), &number);
	digits.len = end;
	const size_t point = str_find(digits, '.');

	if (point < digits.len)
		number.power -= (int64_t)(digits.len - point - 1);
	while (digits.len && is_zero_or_point(digits.at[digits.len - 1])) {
		number.power += digits.at[digits.len - 1] == '0';
		digits.len--;
	}
	while (digits.len && is_zero_or_point(digits.at[0]))
		digits = str_from_offset(digits, 1);
	number.digits = digits;
	return number;
}

static bool digits_equal(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	for (;; i++, j++) {
		i += i < a.len && a.at[i] == '.';
		j += j < b.len && b.at[j] == '.';
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (a.at[i] != b.at[j])
			return false;
	}
}

bool patch_number_equal(struct str a, struct str b)
{
	const struct decimal x = decimal_of(a), y = decimal_of(b);

	if (x.digits.len == 0 || y.digits.len == 0)
		return x.digits.len == y.digits.len;
	if (x.far || y.far)
		return str_eq(a, b);
	return x.negative == y.negative && x.power == y.power && digits_equal(x.digits, y.digits);
}

static int compare_keys(const void *a, const void *b)
{
	return json_str_cmp(
		*(const struct json_node *const *)a, *(const struct json_node *const *)b);
}

/* The keys of an object in order; a key's value is the node behind it. */
static const struct json_node **sorted_keys(struct arena *arena, const struct json_node *object)
{
	const struct json_node **const keys =
		arena_array(arena, json_count(object) + 1, sizeof(*keys));
	size_t count = 0;

	for (struct json_iter it = json_iter(object); json_next_member(&it);)
		keys[count++] = it.key;
	qsort(keys, count, sizeof(*keys), compare_keys);
	return keys;
}

static bool objects_equal(struct arena *arena, const struct json_node *a, const struct json_node *b)
{
	const size_t count = json_count(a);
	const struct json_node **const x = sorted_keys(arena, a), **const y = sorted_keys(arena, b);

	for (size_t i = 0; i < count; i++) {
		if (!json_str_equal(x[i], y[i]) ||
			!patch_value_equal(arena, json_next(x[i]), json_next(y[i])))
			return false;
	}
	return true;
}

static bool arrays_equal(struct arena *arena, const struct json_node *a, const struct json_node *b)
{
	struct json_iter x = json_iter(a), y = json_iter(b);

	while (json_next_item(&x) && json_next_item(&y)) {
		if (!patch_value_equal(arena, x.value, y.value))
			return false;
	}
	return true;
}

bool patch_value_equal(struct arena *arena, const struct json_node *a, const struct json_node *b)
{
	if (a->kind != b->kind)
		return false;
	switch (json_kind(a)) {
	case JSON_NUMBER:
		return patch_number_equal((struct str){a->at, a->len}, (struct str){b->at, b->len});
	case JSON_ARRAY:
		return json_count(a) == json_count(b) && arrays_equal(arena, a, b);
	case JSON_OBJECT:
		return json_count(a) == json_count(b) && objects_equal(arena, a, b);
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_STRING:
	case JSON_SKIPPED:
		break;
	}
	return json_equal(a, b);
}
