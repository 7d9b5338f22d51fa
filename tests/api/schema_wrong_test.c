/* Values of the wrong type are told how they have to be written. */
#include <criterion/criterion.h>

#include "api/schema_value.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/verdict_grade.h"

#define CLUSTER(spec, head, pod, container)                                                        \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {headGroupSpec: "    \
	"{template: {spec: {containers: [{name: c, image: ray" container "}]" pod "}}" head        \
	"}" spec "}}"
#define IN_SPEC(fields)      CLUSTER(", " fields, "", "", "")
#define IN_HEAD(fields)      CLUSTER("", ", " fields, "", "")
#define IN_POD(fields)       CLUSTER("", "", ", " fields, "")
#define IN_CONTAINER(fields) CLUSTER("", "", "", ", " fields)
#define STRING_BUT           "must be a string, is "
#define LIST_BUT             "must be a list, is "
#define STRINGS_BUT          "must be a list of strings, is a string: "
#define FRACTION             "is a number with a fraction, which the schema refuses: "
#define BYTES                "write it as a string with a unit, such as "
#define BY_WORD              "write it word by word, as [\"sh\", \"-c\", \"sleep 5\"]"

Test(schema_wrong, what_has_the_wrong_type_is_told_how_it_is_written)
{
	static const struct {
		const char *object, *words;
	} CASES[] = {
		{IN_CONTAINER("env: {A: b}"), LIST_BUT "an object: begin each item with '- name:'"},
		{IN_SPEC("workerGroupSpecs: {replicas: 1}"),
			LIST_BUT "an object: begin each item with '- groupName:'"},
		{IN_POD("tolerations: {key: a}"), LIST_BUT "an object: begin each item with '- '"},
		{IN_POD("imagePullSecrets: a"), LIST_BUT "a string: write '- name: a'"},
		{IN_POD("imagePullSecrets: [a]"),
			"must be an object, is a string: write 'name: a'"},
		{IN_CONTAINER("ports: [6379]"),
			"must be an object, is a number: write 'containerPort: 6379'"},
		{IN_CONTAINER("ports: ['8265']"),
			"must be an object, is a string: write 'containerPort: 8265'"},
		{IN_CONTAINER("ports: [http]"),
			"must be an object, is a string: write 'name: http'"},
		{IN_CONTAINER("ports: [[1]]"),
			"must be an object, is a list: leave out the '- ' in front"},
		{IN_CONTAINER("env: [A=b=c]"),
			"must be an object, is a string: write 'name: A' and 'value: b=c'"},
		{IN_CONTAINER("env: [A]"), "must be an object, is a string: write 'name: A'"},
		{IN_CONTAINER("env: ['=a']"), "must be an object, is a string: write 'name: =a'"},
		{IN_SPEC("gcsFaultToleranceOptions: {redisAddress: a, redisPassword: x}"),
			"must be an object, is a string: write value or valueFrom below it, for a "
			"password valueFrom with a secretKeyRef"},
		{IN_POD("securityContext: [{runAsUser: 1}]"),
			"must be an object, is a list: leave out the '- ' in front"},
		{IN_POD("nodeSelector: [{a: b}]"),
			"must be a map of strings, is a list: leave out the '- ' in front"},
		{IN_HEAD("rayStartParams: []"),
			"must be a map of strings, is a list: write {} for none"},
		{IN_CONTAINER("command: bash -c x"), STRINGS_BUT BY_WORD},
		{IN_CONTAINER("args: x"), STRINGS_BUT BY_WORD},
		{IN_SPEC("workerGroupSpecs: [{scaleStrategy: {workersToDelete: a}}]"),
			STRINGS_BUT "write [\"a\"]"},
		{IN_SPEC("suspend: 'true'"),
			"must be true or false, is a string: write true without quotes"},
		{IN_CONTAINER("env: [{name: A, value: {a: 1}}]"),
			STRING_BUT "an object: put it in quotes, or into the lines below a |"},
		{IN_SPEC("workerGroupSpecs: [{replicas: 1.5}]"),
			"must be an integer, is a number with a fraction"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0101", CASES[i].object, CASES[i].words);
}

/* Thousandths are right for CPUs alone: of bytes they are next to nothing, and devices are whole.
 */
Test(schema_wrong, an_amount_with_a_fraction_is_told_how_that_resource_is_written)
{
	static const struct {
		const char *amount, *words;
	} CASES[] = {
		{"cpu: 1.5", FRACTION "write 1500m"},
		{"memory: 1.5", FRACTION BYTES "\"1.5Gi\""},
		{"memory: 15e-1", FRACTION BYTES "\"1.5Gi\""},
		{"ephemeral-storage: 0.5", FRACTION BYTES "\"0.5Gi\""},
		{"hugepages-2Mi: 2.5", FRACTION BYTES "\"2.5Gi\""},
		{"nvidia.com/gpu: 1.5", FRACTION "it must be whole: 1 or 2"},
		{"nvidia.com/gpu: 0.5", FRACTION "it must be whole: 0 or 1"},
		{"example.com/memory: 2.5", FRACTION "it must be whole: 2 or 3"},
		{"count/rayclusters: 1.5", FRACTION "it must be whole: 1 or 2"},
		{"pods: 1.5", FRACTION "it must be whole: 1 or 2"},
		{"memory: -1.5", "must be 0 or more"},
		{"nvidia.com/gpu: 1e+23",
			"is a number larger than the schema takes: write a smaller amount"},
		{"cpu: 1e+99", "is a number larger than the schema takes: write a smaller amount"},
	};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0106",
			arena_printf(
				&arena, IN_CONTAINER("resources: {limits: {%s}}"), CASES[i].amount)
				.at,
			CASES[i].words);
	arena_done(&arena);
}

/* YAML writes 15e-1 as 1.5: of JSON alone it stays as it is, and "15e-1Gi" is none. */
Test(schema_wrong, an_exponent_is_no_part_of_the_amount_that_is_proposed)
{
	static const char *const NUMBERS[] = {"15e-1", "15E-1"};
	static const struct json_limits LIMITS = {.bytes = 10, .depth = 1, .nodes = 1};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(NUMBERS); i++) {
		const struct schema_decoder d = {.arena = &arena};
		struct json_doc doc;
		struct err err;

		cr_assert(json_read(&arena, str_from(NUMBERS[i]), &LIMITS, &doc, &err), "%s",
			err.text);
		const struct str told = schema_fraction(
			&d, doc.root, FIELD_KEY(FIELD_ROOT("limits"), STR("memory")));

		cr_expect(str_is(told, FRACTION BYTES "\"1.5Gi\""), "%.*s", STR_ARG(told));
	}
	arena_done(&arena);
}

/* Put into quotes it would be refused all the same: that is told in the same answer. */
Test(schema_wrong, a_number_for_a_string_is_judged_as_its_text)
{
	static const struct {
		const char *rule, *object, *words;
	} CASES[] = {
		{"RG0408", IN_HEAD("rayStartParams: {num-cpus: 1.5}"),
			"must be a whole number, such as \"4\""},
		{"RG0408", IN_HEAD("rayStartParams: {port: 99999}"), "must be a port, 1 to 65535"},
		{"RG0104", IN_SPEC("autoscalerOptions: {upscalingMode: 1}"),
			"supported values: \"Default\", \"Aggressive\", \"Conservative\""},
		{"RG0634", IN_CONTAINER("ports: [{containerPort: 80, name: 80}]"),
			"must have at least one letter from a to z, like 'http'"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		verdict_expect_told("RG0101", CASES[i].object,
			"must be a string, is a number: put it in quotes, as it stands in your "
			"file");
		verdict_expect_told(CASES[i].rule, CASES[i].object, CASES[i].words);
	}
}

Test(schema_wrong, what_looks_right_and_is_not_is_told_by_its_character)
{
	verdict_expect_told("RG0309",
		IN_SPEC("workerGroupSpecs: [{groupName: \"a\u2013b\", template: {spec: "
			"{containers: "
			"[{name: c, image: ray}]}}}]"),
		": has a U+2013, which looks like '-': type it anew (is the value of the pods' "
		"label "
		"ray.io/group and must be empty or letters, digits, '-', '_' and '.', with a "
		"letter "
		"or digit at both ends, like 'my_value')");
}

/* A long text is a document, which is not looked through for each finding in it. */
Test(schema_wrong, a_long_text_is_not_looked_through)
{
	CLEANUP(buf_done) struct buf object = {0};

	buf_add_cstr(&object,
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: "
		"{headGroupSpec: {template: {spec: {containers: [{name: c, image: "
		"ray}]}}}, workerGroupSpecs: [{template: {spec: {containers: [{name: "
		"c, image: ray}]}}, groupName: \"a\u2013");
	for (int i = 0; i < 300; i++)
		buf_add_char(&object, 'a');
	buf_add(&object, STR("\"}]}}\0"));
	verdict_expect_told("RG0309", object.at,
		": is the value of the pods' label ray.io/group and must be no more than 63 "
		"characters");
}

/* They are no two of one name: they have none. */
Test(schema_wrong, items_that_are_no_objects_are_not_alike)
{
	cr_expect_eq(verdict_grade("RG0107", "%s", IN_CONTAINER("ports: [6379, 8265]")),
		FIELD_SEVERITY_OFF);
	cr_expect_eq(verdict_grade("RG0107", "%s",
			     IN_CONTAINER("ports: [{containerPort: 1}, {containerPort: 1}]")),
		FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG0107", "%s",
			     IN_CONTAINER("ports: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, "
					  "15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, "
					  "29, 30, 31, 32, 33]")),
		FIELD_SEVERITY_OFF);
}
