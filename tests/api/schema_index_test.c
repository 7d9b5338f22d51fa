#include "api/schema_index.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "api/raycluster.h"
#include "api/rayjob_schema.h"
#include "base/attr.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 65536);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(schema_index, .init = start, .fini = stop);

/* The first key of an object with one member, as a reader has it. */
static const struct json_node *key_of(struct str json)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 16, .depth = 10, .nodes = 100};
	struct json_doc *const doc = arena_alloc(&arena, sizeof(*doc));
	struct err err;

	cr_assert(json_read(&arena, json, &LIMITS, doc, &err), "%s", err.text);
	struct json_iter it = json_iter(doc->root);

	cr_assert(json_next_member(&it));
	return it.key;
}

static const struct schema_field *row_of(const struct schema *schema, struct str key)
{
	const size_t number = schema_row(schema, schema_index_of(schema, false),
		key_of(arena_printf(&arena, "{\"%.*s\":1}", STR_ARG(key))));

	return number == SCHEMA_NO_ROW ? NULL : &schema->fields[number];
}

enum { SCHEMAS_MAX = 500 };

/* Every schema that can be reached from the roots, each once. */
struct reached {
	const struct schema *schemas[SCHEMAS_MAX];
	size_t count;
};

static void reach(struct reached *all, const struct schema *schema)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->schemas[i] == schema)
			return;
	}
	cr_assert_lt(all->count, (size_t)SCHEMAS_MAX);
	all->schemas[all->count++] = schema;
	for (size_t i = 0; i < schema->count; i++) {
		if (schema->fields[i].of)
			reach(all, schema->fields[i].of);
	}
}

static struct reached reach_all(void)
{
	static const struct schema *const ROOTS[] = {&SCHEMA_RAYCLUSTER_SPEC, &SCHEMA_LEGACY_SPEC,
		&SCHEMA_RAY_JOB_SPEC, &SCHEMA_RAY_SERVICE_SPEC, &SCHEMA_RAY_CRON_JOB_SPEC};
	struct reached all = {.count = 0};

	for (size_t i = 0; i < ARRAY_LEN(ROOTS); i++)
		reach(&all, ROOTS[i]);
	cr_assert_gt(all.count, 100u);
	return all;
}

static bool is_key_of(const struct schema *schema, struct str key)
{
	for (size_t i = 0; i < schema->count; i++) {
		if (str_is(key, schema->fields[i].key))
			return true;
	}
	return false;
}

/* Spellings that fall into the slots of keys that are there, or next to them. */
static void expect_no_near_key(const struct schema *schema, struct str key)
{
	const struct str near[] = {
		arena_printf(&arena, "%.*ss", STR_ARG(key)),
		{key.at, key.len - 1},
		str_from_offset(key, 1),
		arena_printf(&arena, "%c%.*s", key.at[0], STR_ARG(key)),
		arena_printf(&arena, "%c%0*d%c", key.at[0], key.len > 2 ? (int)key.len - 2 : 1, 0,
			key.at[key.len - 1]),
	};

	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		if (!is_key_of(schema, near[i]))
			cr_expect_null(row_of(schema, near[i]), "%s: %.*s", schema->name,
				STR_ARG(near[i]));
	}
}

Test(schema_index, each_key_of_each_schema_leads_to_its_row_and_no_other_does)
{
	const struct reached all = reach_all();

	for (size_t s = 0; s < all.count; s++) {
		const struct schema *const schema = all.schemas[s];

		if (schema->index == NULL)
			continue;
		for (size_t i = 0; i < schema->count; i++) {
			const struct str key = str_from(schema->fields[i].key);

			cr_expect_eq(schema->fields[i].key_len, key.len, "%s", key.at);
			cr_expect_eq(row_of(schema, key), &schema->fields[i], "%s: %s",
				schema->name, key.at);
			expect_no_near_key(schema, key);
		}
		cr_expect_null(row_of(schema, STR("")), "%s", schema->name);
	}
}

Test(schema_index, a_key_that_is_written_with_escapes_is_the_same_key)
{
	const struct schema *const schema = &SCHEMA_RAYCLUSTER_SPEC;

	cr_expect_eq(row_of(schema, STR("ray\\u0056ersion")), row_of(schema, STR("rayVersion")));
	cr_expect_not_null(row_of(schema, STR("\\u0072ayVersion")));
	cr_expect_null(row_of(schema, STR("ray\\u0057ersion")));
	cr_expect_null(row_of(schema, STR("rayVersion\\u0000")));
}

Test(schema_index, what_must_be_there_or_has_a_default_is_asked_for_and_nothing_else)
{
	const struct reached all = reach_all();

	for (size_t s = 0; s < all.count; s++) {
		const struct schema *const schema = all.schemas[s];

		for (size_t i = 0; schema->index && i < schema->count; i++) {
			const struct schema_field *const row = &schema->fields[i];

			cr_expect_eq((schema_index_of(schema, false)->asked >> i) & 1,
				row->required || row->fallback, "%s: %s", schema->name, row->key);
		}
	}
}

/* As many rows as there can be, all of them with the slot of the first. */
Test(schema_index, the_largest_schema_has_room_where_all_its_keys_meet_in_one_slot)
{
	static struct schema_field rows[SCHEMA_ROWS_MAX];
	static struct schema_index index;
	const struct schema full = {
		.name = "full", .fields = rows, .count = SCHEMA_ROWS_MAX, .index = &index};

	for (size_t i = 0; i < SCHEMA_ROWS_MAX; i++) {
		const struct str key = arena_printf(&arena, "a%02zub", i);

		rows[i] = (struct schema_field){.key = key.at,
			.key_len = (uint8_t)key.len,
			.kind = SCHEMA_STRING,
			.required = true};
	}
	for (size_t i = 0; i < SCHEMA_ROWS_MAX; i++)
		cr_expect_eq(row_of(&full, str_from(rows[i].key)), &rows[i], "%s", rows[i].key);
	cr_expect_null(row_of(&full, STR("a99b")));
	cr_expect_eq(schema_index_of(&full, false)->asked, UINT64_MAX);
}

struct asker {
	const struct schema *schema;
	const struct json_node *key;
};

static void *look(void *context)
{
	const struct asker *const asker = context;

	return (void *)(uintptr_t)schema_row(
		asker->schema, schema_index_of(asker->schema, false), asker->key);
}

/* Reviews are answered by several threads, and the first of each decodes. */
Test(schema_index, threads_that_ask_first_at_once_see_the_whole_index)
{
	enum { THREADS = 8, ROUNDS = 50 };
	static const struct schema_field ROWS[] = {
		SCHEMA_CHECK(SCHEMA_STRING, "a"), SCHEMA_CHECK(SCHEMA_STRING, "z")};
	const struct json_node *const key = key_of(STR("{\"z\":1}"));

	for (int round = 0; round < ROUNDS; round++) {
		struct schema_index index = {0};
		const struct schema schema = {
			.name = "s", .fields = ROWS, .count = ARRAY_LEN(ROWS), .index = &index};
		struct asker asker = {&schema, key};
		pthread_t threads[THREADS];
		void *found;

		for (int i = 0; i < THREADS; i++)
			cr_assert_eq(pthread_create(&threads[i], NULL, look, &asker), 0);
		for (int i = 0; i < THREADS; i++) {
			pthread_join(threads[i], &found);
			cr_expect_eq((uintptr_t)found, (uintptr_t)1, "the number of its row");
		}
	}
}
