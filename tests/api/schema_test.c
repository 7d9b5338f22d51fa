#include "api/schema.h"

#include <criterion/criterion.h>
#include <string.h>

#include "api/pod.h"
#include "api/ray_object.h"
#include "api/rayjob_schema.h"

static struct arena arena;
static struct field_errors errors;
static struct json_doc doc;

static void start(void)
{
	arena_init(&arena, 65536);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(schema, .init = start, .fini = stop);

static struct ray_object *decode_as(
	enum ray_kind kind, enum dialect dialect, const char *text, bool crd_defaults)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 100, .nodes = 100000};
	struct err err;

	cr_assert(json_read(&arena, str_from(text), &LIMITS, &doc, &err), "%s: %s", text, err.text);
	field_errors_init(&errors, &arena, doc.root);
	return ray_object_decode(
		&(struct schema_decoder){
			.arena = &arena, .errors = &errors, .crd_defaults = crd_defaults},
		kind, dialect, doc.root);
}

static struct ray_object *decode(const char *text)
{
	return decode_as(RAY_CLUSTER, DIALECT_MODERN, text, false);
}

/* All findings as lines "rule field: message". */
static const char *lines(void)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < errors.count; i++)
		buf_printf(&text, "%s%s %.*s: %.*s", i ? "\n" : "", errors.items[i].rule,
			STR_ARG(errors.items[i].field), STR_ARG(errors.items[i].message));
	return arena_str(&arena, buf_str(&text)).at;
}

#define HEAD "\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\"}]}}}"
#define WORKER(rest)                                                                               \
	"{\"spec\":{" HEAD ",\"workerGroupSpecs\":[{\"groupName\":\"w\",\"template\":{\"spec\":{"  \
	"\"containers\":[{\"name\":\"c\"}]}}" rest "}]}}"

static const struct {
	const char *name;
	const char *text;
	const char *expected;
} CASES[] = {
	{"a right object has no findings", WORKER(""), ""},
	{"a string where an integer belongs", WORKER(",\"replicas\":\"2\""),
		"RG0101 spec.workerGroupSpecs[0].replicas: Invalid value: \"2\": must be an "
		"integer, "
		"is a string: write 2 without quotes"},
	{"an integer where a string belongs", WORKER(",\"rayStartParams\":{\"num-cpus\":1}"),
		"RG0101 spec.workerGroupSpecs[0].rayStartParams[num-cpus]: Invalid value: 1: must "
		"be "
		"a string, is a number: put it in quotes, as it stands in your file"},
	{"a number of which more than one spelling is known where a string belongs",
		"{\"spec\":{" HEAD ",\"rayVersion\":2.1}}",
		"RG0101 spec.rayVersion: Invalid value: 2.1: must be a string, is a number: put it "
		"in quotes, as it stands in your file"},
	{"a boolean where a string belongs, which a bare no was",
		WORKER(",\"rayStartParams\":{\"block\":false}"),
		"RG0101 spec.workerGroupSpecs[0].rayStartParams[block]: Invalid value: false: must "
		"be "
		"a string, is a boolean: put it in quotes (bare yes, no, on and off are booleans "
		"in "
		"YAML, too)"},
	{"a fraction where an integer belongs", WORKER(",\"replicas\":1.5"),
		"RG0101 spec.workerGroupSpecs[0].replicas: Invalid value: 1.5: must be an integer, "
		"is "
		"a number with a fraction"},
	{"the least and the greatest int32",
		WORKER(",\"replicas\":-2147483648,\"maxReplicas\":2147483647"), ""},
	{"an integer beyond int32", WORKER(",\"maxReplicas\":9999999999"),
		"RG0105 spec.workerGroupSpecs[0].maxReplicas: Invalid value: 9999999999: is more "
		"than the field can hold: write the number that you need, at most 2147483647"},
	{"an integer below int32", WORKER(",\"maxReplicas\":-9999999999"),
		"RG0105 spec.workerGroupSpecs[0].maxReplicas: Invalid value: -9999999999: is less "
		"than the field can hold: write a number of at least -2147483648"},
	{"an integer beyond all", WORKER(",\"maxReplicas\":99999999999999999999"),
		"RG0105 spec.workerGroupSpecs[0].maxReplicas: Invalid value: 99999999999999999999: "
		"is more than the field can hold: write the number that you need, at most "
		"2147483647"},
	{"an integer below all", WORKER(",\"maxReplicas\":-99999999999999999999"),
		"RG0105 spec.workerGroupSpecs[0].maxReplicas: Invalid value: "
		"-99999999999999999999: is less than the field can hold: write a number of at "
		"least -2147483648"},
	{"a name nearly right", WORKER(",\"maxReplica\":2"),
		"RG0102 spec.workerGroupSpecs[0].maxReplica: Invalid value: unknown field in a "
		"worker "
		"group; did you mean \"maxReplicas\"?"},
	{"a name from nowhere", WORKER(",\"flavour\":2"),
		"RG0102 spec.workerGroupSpecs[0].flavour: Invalid value: unknown field: a worker "
		"group has no such field"},
	{"null counts as absent", WORKER(",\"replicas\":null,\"rayStartParams\":null"), ""},
	{"a list where an object belongs", "{\"spec\":{\"headGroupSpec\":[]}}",
		"RG0101 spec.headGroupSpec: Invalid value: must be an object, is a list"},
	{"a required field is missing", "{\"spec\":{}}",
		"RG0103 spec.headGroupSpec: Required value: a RayCluster spec needs it"},
	{"a word that is not one", "{\"spec\":{" HEAD ",\"authOptions\":{\"mode\":\"tokens\"}}}",
		"RG0104 spec.authOptions.mode: Unsupported value: \"tokens\": supported values: "
		"\"disabled\", \"token\"; did you mean \"token\"?"},
	{"a container's name twice",
		"{\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"a\"},"
		"{\"name\":\"b\"},{\"name\":\"a\"}]}}}}}",
		"RG0107 spec.headGroupSpec.template.spec.containers[2].name: Duplicate value: "
		"\"a\": "
		"item 0 has the same name; each may stand here once"},
	{"a port twice, once by the default protocol",
		"{\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"a\","
		"\"ports\":[{\"containerPort\":1,\"protocol\":\"TCP\"},{\"containerPort\":1}]}]}}}}"
		"}",
		"RG0107 spec.headGroupSpec.template.spec.containers[0].ports[1]: Duplicate value: "
		"1: "
		"item 0 has the same containerPort and protocol"},
	{"a quantity that is none",
		"{\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"a\","
		"\"resources\":{\"limits\":{\"memory\":true}}}]}}}}}",
		"RG0101 spec.headGroupSpec.template.spec.containers[0].resources.limits[memory]: "
		"Invalid value: true: must be a quantity such as \"500m\" or \"2Gi\", is a "
		"boolean"},
};

Test(schema, mistakes_are_told_with_place_and_way_out)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		decode(CASES[i].text);
		cr_expect_str_eq(lines(), CASES[i].expected, "%s: %s", CASES[i].name, lines());
	}
}

Test(schema, values_are_decoded_with_their_nodes)
{
	const struct ray_object *const object = decode(
		WORKER(",\"replicas\":2,\"minReplicas\":1,\"suspend\":true,\"numOfHosts\":4"));
	const struct ray_group *const group = object->cluster->workers[0];

	cr_assert_eq(object->cluster->worker_count, 1u);
	cr_assert_eq(object->cluster->group_count, 2u);
	cr_assert(object->cluster->head->is_head);
	cr_assert_eq(group->replicas.v, 2);
	cr_assert_eq(group->min.v, 1);
	cr_assert(group->suspend.v);
	cr_assert_eq(group->hosts.v, 4);
	cr_assert_null(group->max.node);
	cr_assert(str_is(group->name.v, "w"));
	cr_assert(str_is(json_raw(group->replicas.node), "2"));
	cr_assert(str_is(pod_ray_container(&group->template)->name.v, "c"));
}

/* Overwrites the stack that decoding used. */
static void scribble(void)
{
	volatile char junk[16384];

	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = (char)i;
}

Test(schema, what_is_kept_apart_is_there_only_where_an_object_is)
{
	static const char *const NONE[] = {
		"{\"spec\":{}}",
		"{\"spec\":{\"headGroupSpec\":null}}",
		"{\"spec\":{\"headGroupSpec\":[]}}",
		"{\"spec\":{\"headGroupSpec\":\"x\"}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(NONE); i++)
		cr_expect_null(decode(NONE[i])->cluster->head, "%s", NONE[i]);
	const struct raycluster *const cluster =
		decode("{\"spec\":{\"headGroupSpec\":{\"serviceType\":\"NodePort\"}}}")->cluster;

	cr_assert_not_null(cluster->head);
	cr_expect(cluster->head->is_head && cluster->groups[0] == cluster->head);
	cr_expect(str_is(cluster->head->service_type.v, "NodePort"));
	cr_expect_eq(cluster->head->self.at->parent, cluster->self.at);
}

Test(schema, the_paths_of_the_model_outlive_decoding)
{
	const struct ray_object *const object =
		decode(WORKER(",\"scaleStrategy\":{\"workersToDelete\":[]}"));
	const struct ray_group *const group = object->cluster->workers[0];
	CLEANUP(buf_done) struct buf text = {0};

	scribble();
	field_path_print(group->template.spec.containers.items[0].self.at, &text);
	buf_add_char(&text, ' ');
	field_path_print(group->scale_strategy.self.at, &text);
	buf_add_char(&text, '\0');
	cr_assert_str_eq(text.at, "spec.workerGroupSpecs[0].template.spec.containers[0] "
				  "spec.workerGroupSpecs[0].scaleStrategy");
}

Test(schema, the_defaults_of_the_crd_are_taken_where_asked_for)
{
	const struct ray_object *object = decode_as(RAY_CLUSTER, DIALECT_MODERN, WORKER(""), true);
	const struct ray_group *const group = object->cluster->workers[0];

	cr_assert_eq(group->max.v, INT32_MAX);
	cr_assert_eq(group->hosts.v, 1);
	cr_assert_not_null(group->min.node);
}

Test(schema, the_legacy_dialect_has_one_model_with_the_modern_one)
{
	const struct ray_object *const object = decode_as(RAY_CLUSTER, DIALECT_LEGACY,
		"{\"spec\":{\"headPodType\":\"h\",\"maxWorkers\":3,\"podTypes\":[{\"name\":\"w\","
		"\"minWorkers\":2,\"podConfig\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}},{"
		"\"name\":"
		"\"h\",\"podConfig\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{"
		"\"generateName\":\"x-\"}}}]}}",
		false);
	const struct raycluster *const cluster = object->cluster;

	cr_assert_str_eq(lines(), "");
	cr_assert(str_is(cluster->head->name.v, "h"));
	cr_assert_eq(cluster->worker_count, 1u);
	cr_assert_eq(group_max(cluster, cluster->workers[0]), 3);
	cr_assert_eq(group_replicas(cluster, cluster->workers[0]), 2);
	cr_assert_eq(group_max(cluster, cluster->head), 0);
	cr_assert(str_is(cluster->head->template.metadata.generate_name.v, "x-"));
}

Test(schema, ray_resources_that_are_no_object_are_refused)
{
	static const char *const WRONG[] = {"5", "\"x\"", "[]", "true"};

	for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
		CLEANUP(buf_done) struct buf text = {0};

		buf_printf(&text,
			"{\"spec\":{\"headPodType\":\"h\",\"podTypes\":[{\"name\":\"h\","
			"\"podConfig\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\"},"
			"\"rayResources\":%s}]}}",
			WRONG[i]);
		decode_as(RAY_CLUSTER, DIALECT_LEGACY, text.at, false);
		cr_expect(strstr(lines(), "RG0101 spec.podTypes[0].rayResources: ") != NULL,
			"%s: %s", WRONG[i], lines());
	}
}

/* Every table, found from the roots. */
static size_t check_order(const struct schema *schema, int depth)
{
	size_t rows = schema->count;

	cr_assert(depth < 20 && schema->count <= 64, "%s", schema->name);
	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_field *const row = &schema->fields[i];

		if (i)
			cr_expect(strcmp(schema->fields[i - 1].key, row->key) < 0,
				"%s: '%s' is out of order", schema->name, row->key);
		cr_expect((row->of != NULL) ==
				  (row->kind == SCHEMA_OBJECT || row->kind == SCHEMA_LIST),
			"%s: %s", schema->name, row->key);
		if (row->of)
			rows += check_order(row->of, depth + 1);
	}
	return rows;
}

Test(schema, rows_stand_in_byte_order)
{
	cr_assert_gt(check_order(&SCHEMA_RAYCLUSTER_SPEC, 0), 1000u);
	check_order(&SCHEMA_LEGACY_SPEC, 0);
	check_order(&SCHEMA_RAY_JOB_SPEC, 0);
	check_order(&SCHEMA_RAY_SERVICE_SPEC, 0);
	check_order(&SCHEMA_RAY_CRON_JOB_SPEC, 0);
}

Test(schema, a_list_of_many_items_is_judged_in_time)
{
	enum { ITEMS = 100000 };
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(
		&text, "{\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[");
	for (int i = 0; i < ITEMS; i++)
		buf_printf(&text, "%s{\"name\":\"c%d\"}", i ? "," : "", i % (ITEMS - 1));
	buf_add_cstr(&text, "]}}}}}");
	static const struct json_limits LIMITS = {.bytes = 8 << 20, .depth = 100, .nodes = 1000000};
	struct err err;

	cr_assert(json_read(&arena, buf_str(&text), &LIMITS, &doc, &err), "%s", err.text);
	field_errors_init(&errors, &arena, doc.root);
	ray_object_decode(&(struct schema_decoder){.arena = &arena, .errors = &errors}, RAY_CLUSTER,
		DIALECT_MODERN, doc.root);
	cr_assert_eq(errors.count, 1u, "%s", lines());
}

/* Few are compared each with each, many by their hashes. */
Test(schema, an_item_with_the_keys_of_another_is_a_duplicate_in_lists_of_any_length)
{
	for (size_t count = 2; count <= 20; count++) {
		CLEANUP(buf_done) struct buf text = {0};

		buf_add_cstr(&text,
			"{\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[");
		for (size_t i = 0; i < count; i++)
			buf_printf(&text, "%s{\"name\":\"c%zu\"}", i ? "," : "", i % (count - 1));
		buf_printf(&text, "]}}}}}%c", 0);
		decode(text.at);
		cr_expect_eq(errors.count, 1, "%zu: %s", count, lines());
		cr_expect(strstr(lines(), "item 0 has the same name"), "%zu: %s", count, lines());
	}
}
