#include "api/schema_value.h"

#include <assert.h>
#include <string.h>

#include "base/attr.h"

const struct resource *resource_find_str(const struct resource_list *list, struct str name)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *const item = &list->items[i];

		if (item->name.len == name.len && str_same(item->name.at, name.at, name.len))
			return item;
	}
	return NULL;
}

struct field_fact schema_fact(
	const char *rule, enum field_error_type type, struct field_reads reads)
{
	return (struct field_fact){
		.rule = rule, .type = type, .at_most = FIELD_SEVERITY_ERROR, .reads = reads};
}

static bool is_boolean(const struct json_node *node)
{
	return node->kind == JSON_TRUE || node->kind == JSON_FALSE;
}

static bool is_one_of(struct str word, const char *const *words)
{
	while (*words && !str_is(word, *words))
		words++;
	return *words;
}

COLD NOINLINE static void report_word(
	const struct schema_decoder *d, const struct schema_value *v, struct str word)
{
	const bool pod = v->row->judge != SCHEMA_JUDGE_CRD;
	const struct field_fact wrong = schema_fact(pod ? SCHEMA_RULE_POD_WORD : SCHEMA_RULE_WORD,
		FIELD_NOT_SUPPORTED, FIELD_READS(v->node));
	const char *const nearest = str_meant(word, v->row->words);
	CLEANUP(buf_done) struct buf all = {0};

	for (const char *const *w = v->row->words; *w; w++)
		buf_printf(&all, "%s\"%s\"", all.len ? ", " : "", *w);
	if (nearest)
		field_add(d->errors, SCHEMA_AT(v), &wrong,
			"supported values: %.*s; did you mean \"%s\"?", STR_ARG(buf_str(&all)),
			nearest);
	else
		field_add(d->errors, SCHEMA_AT(v), &wrong, "supported values: %.*s",
			STR_ARG(buf_str(&all)));
}

static void check_word(
	const struct schema_decoder *d, const struct schema_value *v, struct str word)
{
	/* Kubernetes defaults most empty words of a pod; the CRD refuses its own. */
	if (word.len == 0 && v->row->judge == SCHEMA_JUDGE_POD)
		return;
	if (!is_one_of(word, v->row->words))
		report_word(d, v, word);
}

static void decode_string(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (v->node->kind != JSON_STRING)
		schema_value_wrong(d, v, SCHEMA_WANTED_STRING);
	if (v->node->kind >= JSON_ARRAY)
		return;
	/* A number counts as its text: what is wrong with that, too, is told in the same answer. */
	const struct str text = v->node->kind == JSON_STRING ? json_str(d->arena, v->node)
							     : schema_text(d, v->node);

	if (v->row->words)
		check_word(d, v, text);
	SCHEMA_STORE(out, v, struct val_str, v->node, text);
}

static void decode_bool(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (!is_boolean(v->node)) {
		schema_value_wrong(d, v, SCHEMA_WANTED_BOOL);
		return;
	}
	SCHEMA_STORE(out, v, struct val_bool, v->node, v->node->kind == JSON_TRUE);
}

/*
 * The type's own bounds are the CRD's business whatever the row says of narrower ones: an int32
 * beyond its range once stored stops every typed client of the kind (raycluster-validation, 8.9).
 * Told is the bound that was passed, the row's where it has one.
 */
COLD NOINLINE static void report_beyond_type(
	const struct schema_decoder *d, const struct schema_value *v, bool above)
{
	const struct field_fact wrong =
		schema_fact(SCHEMA_RULE_RANGE, FIELD_INVALID, FIELD_READS(v->node));
	const bool narrow = v->row->kind == SCHEMA_INT32;
	const int64_t least = narrow ? INT32_MIN : INT64_MIN;
	const int64_t most = narrow ? INT32_MAX : INT64_MAX;

	if (above)
		field_add(d->errors, SCHEMA_AT(v), &wrong,
			"is more than the field can hold: write the number that you need, at most "
			"%lld",
			(long long)(v->row->bounded ? v->row->max : most));
	else
		field_add(d->errors, SCHEMA_AT(v), &wrong,
			"is less than the field can hold: write a number of at least %lld",
			(long long)(v->row->bounded ? v->row->min : least));
}

/* What is no integer, or one that no int64 holds. */
COLD NOINLINE static void report_no_int64(
	const struct schema_decoder *d, const struct schema_value *v)
{
	double approximate = 0;

	if (v->node->kind != JSON_NUMBER ||
		(json_double(v->node, &approximate) && approximate > -9e18 && approximate < 9e18))
		schema_value_wrong(d, v, SCHEMA_WANTED_INTEGER);
	else
		report_beyond_type(d, v, json_raw(v->node).at[0] != '-');
}

COLD NOINLINE static void report_range(
	const struct schema_decoder *d, const struct schema_value *v, int64_t number)
{
	const bool pod = v->row->judge == SCHEMA_JUDGE_POD;
	struct field_fact wrong = schema_fact(pod ? SCHEMA_RULE_POD_RANGE : SCHEMA_RULE_RANGE,
		FIELD_INVALID, FIELD_READS(v->node));

	/* CRDs have least numbers; the greatest are those of the type. */
	wrong.crd = !pod && number < v->row->min;

	if (v->row->kind == SCHEMA_INT32 && v->row->max == INT32_MAX)
		field_add(d->errors, SCHEMA_AT(v), &wrong, "must be at least %d", v->row->min);
	else
		field_add(d->errors, SCHEMA_AT(v), &wrong, "must be between %d and %d", v->row->min,
			v->row->max);
}

static inline void keep_integer(
	const struct schema_decoder *d, const struct schema_value *v, int64_t number, void *out)
{
	const bool narrow = v->row->kind == SCHEMA_INT32;

	if (narrow && number != (int32_t)number) {
		report_beyond_type(d, v, number > 0);
		return;
	}
	if (v->row->bounded && (number < v->row->min || number > v->row->max))
		report_range(d, v, number);
	if (narrow)
		SCHEMA_STORE(out, v, struct val_i32, v->node, (int32_t)number);
	else
		SCHEMA_STORE(out, v, struct val_i64, v->node, number);
}

NOINLINE static void decode_odd_integer(
	const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	int64_t number;

	if (json_i64(v->node, &number))
		keep_integer(d, v, number, out);
	else
		report_no_int64(d, v);
}

static void decode_integer(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	int64_t number;

	if (json_plain_i64(v->node, &number))
		keep_integer(d, v, number, out);
	else
		decode_odd_integer(d, v, out);
}

static void decode_number(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	double number;

	if (v->node->kind != JSON_NUMBER || !json_double(v->node, &number)) {
		schema_value_wrong(d, v, SCHEMA_WANTED_NUMBER);
		return;
	}
	if (v->row->bounded && number < (double)v->row->min) {
		struct field_fact wrong =
			schema_fact(SCHEMA_RULE_RANGE, FIELD_INVALID, FIELD_READS(v->node));

		wrong.crd = true;
		field_add(d->errors, SCHEMA_AT(v), &wrong, "must be at least %lld",
			(long long)v->row->min);
	}
	SCHEMA_STORE(out, v, struct val_double, v->node, number);
}

COLD NOINLINE static void report_quantity(const struct schema_decoder *d,
	const struct json_node *node, const struct field_path *at, const struct err *err)
{
	const struct field_fact wrong =
		schema_fact(SCHEMA_RULE_QUANTITY, FIELD_INVALID, FIELD_READS(node));

	if (node->kind != JSON_STRING && node->kind != JSON_NUMBER) {
		schema_wrong_type(d, node, at, SCHEMA_WANTED_QUANTITY);
		return;
	}
	const struct str fraction = schema_fraction(d, node, at);

	field_add(d->errors, at, &wrong, "%s", fraction.len ? fraction.at : err->text);
}

static void decode_quantity(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	struct quantity amount;
	struct err err;

	if (quantity_read_fitting(v->node, &amount, &err))
		SCHEMA_STORE(out, v, struct val_quantity, v->node, amount);
	else
		report_quantity(d, v->node, SCHEMA_AT(v), &err);
}

static void decode_int_or_string(
	const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	int64_t number;

	if (v->node->kind == JSON_STRING || json_i64(v->node, &number))
		SCHEMA_STORE(out, v, struct val_int_or_str, v->node);
	else
		schema_value_wrong(d, v, SCHEMA_WANTED_INT_OR_STRING);
}

/* Of a list: each item is to be that. */
COLD NOINLINE static void report_item(const struct schema_decoder *d, const struct schema_value *v,
	const struct json_iter *it, enum schema_wanted wanted)
{
	schema_wrong_type(d, it->value, FIELD_INDEX(SCHEMA_AT(v), it->index), wanted);
}

static void decode_strings(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (v->node->kind != JSON_ARRAY) {
		schema_value_wrong(d, v, SCHEMA_WANTED_STRINGS);
		return;
	}
	for (struct json_iter it = json_iter(v->node); json_next_item(&it);) {
		if (it.value->kind != JSON_STRING)
			report_item(d, v, &it, SCHEMA_WANTED_STRING);
	}
	SCHEMA_STORE(out, v, struct val_strings, v->node);
}

static void decode_ints(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	int64_t number;

	if (v->node->kind != JSON_ARRAY) {
		schema_value_wrong(d, v, SCHEMA_WANTED_INTEGERS);
		return;
	}
	for (struct json_iter it = json_iter(v->node); json_next_item(&it);) {
		if (!json_i64(it.value, &number))
			report_item(d, v, &it, SCHEMA_WANTED_INTEGER);
	}
	SCHEMA_STORE(out, v, struct val_any, v->node);
}

COLD NOINLINE static void report_member(const struct schema_decoder *d,
	const struct schema_value *v, const struct json_node *key, const struct json_node *value)
{
	schema_wrong_type(
		d, value, FIELD_KEY(SCHEMA_AT(v), json_str(d->arena, key)), SCHEMA_WANTED_STRING);
}

static void decode_string_map(
	const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (v->node->kind != JSON_OBJECT) {
		schema_value_wrong(d, v, SCHEMA_WANTED_STRING_MAP);
		return;
	}
	for (struct json_iter it = json_iter(v->node); json_next_member(&it);) {
		if (it.value->kind != JSON_STRING && it.value->kind != JSON_NULL)
			report_member(d, v, it.key, it.value);
	}
	SCHEMA_STORE(out, v, struct val_map, v->node);
}

static void decode_quantity_map(
	const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (v->node->kind != JSON_OBJECT) {
		schema_value_wrong(d, v, SCHEMA_WANTED_RESOURCES);
		return;
	}
	struct resource *const items =
		arena_take(d->arena, json_count(v->node) * sizeof(struct resource));
	size_t count = 0;
	struct err err;

	for (struct json_iter it = json_iter(v->node); json_next_member(&it);) {
		struct resource *const item = &items[count];

		item->name = json_str(d->arena, it.key);
		item->node = it.value;
		if (it.value->kind == JSON_NULL)
			continue;
		if (quantity_read_fitting(it.value, &item->quantity, &err))
			count++;
		else
			report_quantity(d, it.value, FIELD_KEY(SCHEMA_AT(v), item->name), &err);
	}
	SCHEMA_STORE(out, v, struct resource_list, v->node, items, count);
}

static void decode_any(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	(void)d;
	SCHEMA_STORE(out, v, struct val_any, v->node);
}

schema_decode_fn *const SCHEMA_DECODE[] = {
	[SCHEMA_STRING] = decode_string,
	[SCHEMA_BOOL] = decode_bool,
	[SCHEMA_INT32] = decode_integer,
	[SCHEMA_INT64] = decode_integer,
	[SCHEMA_NUMBER] = decode_number,
	[SCHEMA_QUANTITY] = decode_quantity,
	[SCHEMA_INT_OR_STRING] = decode_int_or_string,
	[SCHEMA_OBJECT] = schema_decode_object,
	[SCHEMA_LIST] = schema_decode_list,
	[SCHEMA_STRINGS] = decode_strings,
	[SCHEMA_INTS] = decode_ints,
	[SCHEMA_STRING_MAP] = decode_string_map,
	[SCHEMA_QUANTITY_MAP] = decode_quantity_map,
	[SCHEMA_ANY] = decode_any,
};

_Static_assert(ARRAY_LEN(SCHEMA_DECODE) == SCHEMA_ANY + 1, "each kind has its place in the table");
