/* What becomes of recorded defaults when the object changes in the odd ways that objects do. */
#include <criterion/criterion.h>

#include "tests/support/review.h"
#include "validators/defaults.h"

static struct arena arena;
static struct policy *policy;

static const char POLICY[] = "{'apiVersion':'raygate.dev/v1','kind':'Policy','defaults':{"
			     "'head':{'limits':{'cpu':'1','memory':'4Gi'}},"
			     "'worker':{'limits':{'cpu':'2','memory':'4Gi'}}},"
			     "'profiles':[{'name':'p','all':{'env':[{'name':'TEAM','value':'x'}],"
			     "'tolerations':[{'key':'ray','operator':'Exists'}]}}]}";

/* JSON is written with single quotes here. */
static struct str json(const char *text)
{
	struct str copy = arena_str(&arena, str_from(text));

	for (char *c = (char *)(uintptr_t)copy.at; *c; c++) {
		if (*c == '\'')
			*c = '"';
	}
	return copy;
}

static void use_policy(const char *text)
{
	policy_free(&policy);
	policy = review_policy(json(text).at);
}

static void start(void)
{
	arena_init(&arena, 65536);
	use_policy(POLICY);
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(defaulting_update, .init = start, .fini = stop);

#define BOX(name, more) "{'name':'" name "','image':'rayproject/ray:2.46.0'" more "}"
#define GROUP(name, boxes)                                                                         \
	"{'groupName':'" name "','replicas':1,'minReplicas':0,'maxReplicas':3,'numOfHosts':1,"     \
	"'template':{'spec':{'containers':[" boxes "]}}}"
#define SPEC(head, groups)                                                                         \
	"{'headGroupSpec':{'template':{'spec':" head "}},'workerGroupSpecs':[" groups "]}"
#define OBJECT(version, kind, meta, spec)                                                          \
	"{'apiVersion':'" version "','kind':'" kind "','metadata':{" meta                          \
	"'name':'c','namespace':'n'},'spec':" spec "}"
#define CLUSTER(head, groups) OBJECT("ray.io/v1", "RayCluster", "", SPEC(head, groups))
#define HEAD(boxes)           "{'containers':[" boxes "]}"
#define PLAIN                 CLUSTER(HEAD(BOX("h", "")), GROUP("w", BOX("r", "")))
#define TYPE(name)                                                                                 \
	"{'name':'" name "','podConfig':{'apiVersion':'v1','kind':'Pod','metadata':{"              \
	"'generateName':'p-'},'spec':{'restartPolicy':'Never','tolerations':[{'key':'mine',"       \
	"'operator':'Exists'}],'containers':[" BOX("ray-node", ",'env':[{'name':'A','value':"      \
							       "'1'}]") "]}}}"
#define LEGACY(types)                                                                              \
	OBJECT("cluster.ray.io/v1", "RayCluster", "",                                              \
		"{'headPodType':'h','maxWorkers':2,'podTypes':[" types "]}")

static struct review_result mutate(struct str object, struct str old)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_MUTATE,
			.object = object,
			.old = old,
			.namespace = STR("n"),
			.policy = policy},
		&result);
	cr_assert(result.allowed, "%.*s", STR_ARG(result.reply));
	return result;
}

static struct str create(const char *object)
{
	return mutate(json(object), STR("")).object;
}

static struct str replaced(struct str text, const char *part, const char *by)
{
	const struct str cut = json(part);
	char *const at = memmem(text.at, text.len, cut.at, cut.len);

	cr_assert_not_null(at, "%s is not in %.*s", part, STR_ARG(text));
	return arena_printf(
		&arena, "%.*s%s%s", (int)(at - text.at), text.at, json(by).at, at + cut.len);
}

static struct str without(struct str text, const char *part)
{
	return replaced(text, part, "");
}

static void expect_count(struct str text, const char *part, size_t wanted)
{
	const struct str what = json(part);
	size_t count = 0;

	for (const char *at = text.at;
		(at = memmem(at, (size_t)(text.at + text.len - at), what.at, what.len)) != NULL;
		at += what.len)
		count++;
	cr_expect_eq(count, wanted, "%zu times %s in %.*s", count, part, STR_ARG(text));
}

static void expect_same(struct str is, struct str wanted, const char *what)
{
	cr_expect(
		str_eq(is, wanted), "%s:\n%.*s\nis not\n%.*s", what, STR_ARG(is), STR_ARG(wanted));
}

/* Taken out while the gate was away: what it did not admit it does not change. */
Test(defaulting_update, what_old_and_new_lack_stays_absent_whatever_is_recorded)
{
	const struct str stored = without(create(PLAIN), ",'tolerations':[{'key':'ray','operator':"
							 "'Exists'}]");
	const struct review_result r =
		mutate(replaced(stored, "'replicas':1", "'replicas':2"), stored);

	expect_count(r.object, "'tolerations'", 1);
}

Test(defaulting_update, a_group_that_moves_keeps_its_defaults)
{
	const struct str stored = create(
		CLUSTER(HEAD(BOX("h", "")), GROUP("a", BOX("r", "")) "," GROUP("b", BOX("r", ""))));

	use_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy','defaults':{'worker':{"
		   "'requests':{'cpu':'64'}}}}");
	const struct review_result r =
		mutate(json(CLUSTER(HEAD(BOX("h", "")),
			       GROUP("b", BOX("r", "")) "," GROUP("a", BOX("r", "")))),
			stored);

	expect_count(r.object, "'limits':{'cpu':'2','memory':'4Gi'}", 2);
	expect_count(r.object, "'cpu':'64'", 0);
}

Test(defaulting_update, a_renamed_group_and_a_renamed_container_are_new)
{
	static const char *const RENAMED[] = {
		CLUSTER(HEAD(BOX("h", "")), GROUP("v", BOX("r", ""))),
		CLUSTER(HEAD(BOX("h", "")), GROUP("w", BOX("q", ""))),
		CLUSTER(HEAD(BOX("h", "")), GROUP("w", BOX("side", "") "," BOX("r", ""))),
	};
	const struct str stored = create(PLAIN);

	use_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy','defaults':{'worker':{"
		   "'requests':{'cpu':'64'}}}}");
	for (size_t i = 0; i < ARRAY_LEN(RENAMED); i++) {
		const struct review_result r = mutate(json(RENAMED[i]), stored);

		expect_count(r.object, "'requests':{'cpu':'64'}", 1);
		expect_same(mutate(json(RENAMED[i]), r.object).object, r.object, "sent again");
	}
}

/* A renamed container is a new one; its pod is the old one. */
Test(defaulting_update, what_came_into_the_policy_is_for_new_containers_alone)
{
	const struct str stored = create(PLAIN);
	const char *const renamed = CLUSTER(HEAD(BOX("h", "")), GROUP("w", BOX("q", "")));

	use_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy','profiles':[{'name':'p','all':{"
		   "'env':[{'name':'LATE','value':'x'}],'nodeSelector':{'late':'y'},"
		   "'securityContext':{'runAsUser':7}}}]}");
	const struct review_result r = mutate(json(renamed), stored);

	expect_count(r.object, "'LATE'", 1);
	expect_count(r.object, "'runAsUser':7", 1);
	expect_count(r.object, "'late'", 0);
	expect_count(mutate(replaced(stored, "'replicas':1", "'replicas':2"), stored).object,
		"'LATE'", 0);
}

Test(defaulting_update, every_kind_and_dialect_survives_being_sent_again)
{
	static const char *const OBJECTS[] = {
		PLAIN,
		CLUSTER("{'tolerations':[{'key':'mine','operator':'Exists'}],'containers':[" BOX(
				"h", ",'env':[{'name':'A','value':'1'}]") "]}",
			GROUP("w", BOX("r", ""))),
		LEGACY(TYPE("h") "," TYPE("w")),
		LEGACY(TYPE("w") "," TYPE("h")),
		OBJECT("ray.io/v1", "RayJob", "",
			"{'entrypoint':'e','rayClusterSpec':" SPEC(
				HEAD(BOX("h", "")), GROUP("w", BOX("r", ""))) "}"),
		OBJECT("ray.io/v1", "RayService", "",
			"{'rayClusterConfig':" SPEC(
				HEAD(BOX("h", "")), GROUP("w", BOX("r", ""))) "}"),
		OBJECT("ray.io/v1", "RayCronJob", "",
			"{'schedule':'0 3 * * *','jobTemplate':{'entrypoint':'e',"
			"'rayClusterSpec':" SPEC(
				HEAD(BOX("h", "")), GROUP("w", BOX("r", ""))) "}}"),
	};

	for (size_t i = 0; i < ARRAY_LEN(OBJECTS); i++) {
		const struct str stored = create(OBJECTS[i]);

		expect_count(stored, "{'name':'TEAM','value':'x'}", 2);
		expect_count(stored, "{'key':'ray','operator':'Exists'}", 2);
		expect_same(mutate(json(OBJECTS[i]), stored).object, stored, OBJECTS[i]);
		expect_same(mutate(stored, stored).object, stored, "stored again");
	}
}

/* A restore, or the child of a RayJob: what the object holds stays recorded, the rest is new. */
Test(defaulting_update, a_record_on_create_counts_where_it_is_true)
{
	const struct str stored = create(PLAIN);
	const struct str cut =
		without(stored, "'resources':{'limits':{'cpu':'2','memory':'4Gi'}},");

	expect_same(mutate(stored, STR("")).object, stored, "restored");
	use_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy','defaults':{'worker':{"
		   "'requests':{'cpu':'64'}}}}");
	expect_count(mutate(cut, STR("")).object, "'requests':{'cpu':'64'}", 1);
	expect_count(mutate(cut, STR("")).object, "'limits':{'cpu':'2','memory':'4Gi'}", 0);
}

Test(defaulting_update, a_record_without_room_adds_nothing_and_says_so)
{
	char value[20001];

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = 0;
	use_policy(arena_printf(&arena,
		"{'apiVersion':'raygate.dev/v1','kind':'Policy','profiles':[{'name':'p',"
		"'all':{'annotations':{'example.com/a':'%s'}}}]}",
		value)
			   .at);
	const struct review_result r = mutate(json(PLAIN), STR(""));

	cr_expect_eq(r.patch.len, 0u, "%.200s", r.patch.at);
	cr_expect(str_contains(r.reply, "RG1602"), "%.*s", STR_ARG(r.reply));
}

Test(defaulting_update, annotations_that_are_full_leave_no_room)
{
	static char value[262100];

	memset(value, 'v', sizeof(value) - 1);
	const struct str full = json(arena_printf(&arena, "%s'annotations':{'a':'%s'},%s",
		"{'apiVersion':'ray.io/v1','kind':'RayCluster','metadata':{", value,
		"'name':'c'},'spec':" SPEC(HEAD(BOX("h", "")), "") "}")
					     .at);
	const struct review_result r = mutate(full, STR(""));

	cr_expect_eq(r.patch.len, 0u);
	cr_expect(str_contains(r.reply, "RG1602"));
}

static struct str cluster_of(size_t groups)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < groups; i++)
		buf_printf(&text,
			"%s{'groupName':'w%zu','template':{'spec':{'containers':["
			"{'name':'r','image':'rayproject/ray:2.46.0'}]}}}",
			i ? "," : "", i);
	return json(arena_printf(&arena,
		"{'apiVersion':'ray.io/v1','kind':'RayCluster','metadata':{'name':'c'},'spec':{"
		"'headGroupSpec':{'template':{'spec':" HEAD(
			BOX("h", "")) "}},"
				      "'workerGroupSpecs':[%.*s]}}",
		STR_ARG(buf_str(&text)))
			    .at);
}

Test(defaulting_update, very_many_groups_get_nothing_and_it_is_said)
{
	for (size_t groups = 998; groups <= 1001; groups++) {
		const struct review_result r = mutate(cluster_of(groups), STR(""));

		cr_expect_eq(r.patch.len, 0u, "%zu: %.200s", groups, r.patch.at);
		cr_expect(str_contains(r.reply, "RG1602"), "%zu: %.*s", groups, STR_ARG(r.reply));
	}
}

/* Whether a group is new cannot be told then: what runs does not start again for a default. */
Test(defaulting_update, what_is_left_of_very_many_groups_is_not_taken_for_new)
{
	const struct review_result r = mutate(cluster_of(2), cluster_of(1000));

	cr_expect_eq(r.patch.len, 0u, "%.*s", STR_ARG(r.patch));
	cr_expect(str_contains(r.reply, "RG1602"), "%.*s", STR_ARG(r.reply));
	cr_expect(str_contains(r.reply, "the version before had more than 999"), "%.*s",
		STR_ARG(r.reply));
}

/* A record that the new body brings along is never left in it, not even where ours has no room. */
Test(defaulting_update, a_forged_record_goes_even_without_room)
{
	static char value[262100];

	memset(value, 'v', sizeof(value) - 1);
	struct str objects[2];

	for (size_t i = 0; i < 2; i++) {
		const struct str annotations = arena_printf(&arena, "'a':'%s'%s", value,
			i == 0 ? ",'raygate.dev/defaulted':'{}'" : ",'b':'c'");

		objects[i] = json(arena_printf(&arena,
			"{'apiVersion':'ray.io/v1','kind':'RayCluster','metadata':{'annotations':{"
			"%.*s},'name':'c'},'spec':" SPEC(HEAD(BOX("h", "")), "") "}",
			STR_ARG(annotations))
					  .at);
	}
	cr_expect_not(str_contains(mutate(objects[0], objects[1]).object, DEFAULTS_ANNOTATION));
	/* and where the old object has defaults that are recorded */
	cr_expect_not(str_contains(mutate(objects[0], create(PLAIN)).object, DEFAULTS_ANNOTATION));
}

Test(defaulting_update, defaults_that_would_break_a_rule_are_left_out_and_say_so)
{
	use_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy','limits':{'pod':{'requests.cpu':"
		   "'4'}},'defaults':{'head':{'requests':{'cpu':'8'}}}}");
	const struct review_result r = mutate(json(PLAIN), STR(""));

	expect_count(r.object, "'cpu':'8'", 0);
	cr_expect(str_contains(r.reply, "RG1603"), "%.*s", STR_ARG(r.reply));
}

#define TWO_GROUPS                                                                                 \
	CLUSTER(HEAD(BOX("h", "")), GROUP("w", BOX("r", "")) "," GROUP("x", BOX("r", "")))
#define RECORDED "{'key':'ray','operator':'Exists'}"

/* What a new group would get is left out; what the others had is not. */
Test(defaulting_update, what_is_recorded_is_given_back_though_new_defaults_break_a_rule)
{
	const struct str stored = create(PLAIN);

	use_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy','limits':{'pod':{'requests.cpu':"
		   "'4'}},'defaults':{'worker':{'requests':{'cpu':'8'}}}}");
	const struct review_result r = mutate(json(TWO_GROUPS), stored);

	expect_count(r.object, "'cpu':'8'", 0);
	expect_count(r.object, RECORDED, 2);
	cr_expect(str_contains(r.reply, "RG1603"), "%.*s", STR_ARG(r.reply));
}

Test(defaulting_update, what_is_recorded_is_given_back_though_there_is_no_room_for_more)
{
	static char value[20001];
	const struct str stored = create(PLAIN);

	memset(value, 'v', sizeof(value) - 1);
	use_policy(arena_printf(&arena,
		"{'apiVersion':'raygate.dev/v1','kind':'Policy','profiles':[{'name':'p',"
		"'all':{'annotations':{'example.com/a':'%s'}}}]}",
		value)
			   .at);
	const struct review_result r = mutate(json(TWO_GROUPS), stored);

	expect_count(r.object, "example.com/a", 0);
	expect_count(r.object, RECORDED, 2);
	cr_expect(str_contains(r.reply, "RG1602"), "%.*s", STR_ARG(r.reply));
}

/* Where no CRD has filled them in. */
Test(defaulting_update, all_numbers_of_a_group_have_a_default)
{
	const struct str object = create(CLUSTER(HEAD(BOX("h", "")),
		"{'groupName':'w','template':{'spec':{'containers':[" BOX("r", "") "]}}}"));

	expect_count(object, "'minReplicas':0", 1);
	expect_count(object, "'maxReplicas':2147483647", 1);
	expect_count(object, "'replicas':0", 1);
	expect_count(object, "'numOfHosts':1", 1);
}
