#include "validators/start_flags.h"

#include <criterion/criterion.h>

#include "base/attr.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 4096);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(start_flags, .init = start, .fini = stop);

Test(start_flags, every_flag_is_found_by_its_name_alone)
{
	size_t count;
	const struct start_flag *const flags = start_flags(&count);

	cr_assert_gt(count, 50);
	for (size_t i = 0; i < count; i++) {
		const struct str name = str_from(flags[i].name);

		cr_expect_eq(start_flag_find(name), &flags[i], "%s", flags[i].name);
		cr_expect_null(
			start_flag_find((struct str){name.at, name.len - 1}), "%s", flags[i].name);
	}
}

Test(start_flags, a_value_is_taken_or_refused_as_ray_does)
{
	static const struct {
		const char *flag, *value;
		bool taken;
	} CASES[] = {
		{"num-cpus", "0", true},
		{"num-cpus", " 4 ", true},
		{"num-cpus", "+4", true},
		{"num-cpus", "008", true},
		{"num-cpus", "1_000", true},
		{"num-cpus", "1__0", false},
		{"num-cpus", "_1", false},
		{"num-cpus", "1_", false},
		{"num-cpus", "0.5", false},
		{"num-cpus", "500m", false},
		{"num-cpus", "-1", false},
		{"num-cpus", "", false},
		{"num-cpus", "+", false},
		{"num-cpus", "four", false},
		{"num-cpus", "99999999999999999999", false},
		{"memory", "4294967296", true},
		{"memory", "4Gi", false},
		{"memory", "4e9", false},
		{"object-store-memory", "78643200", true},
		{"object-store-memory", "78643199", false},
		{"num-cpus", "100000000000000", true},
		{"num-cpus", "100000000000001", false},
		{"num-gpus", "200000000000000", false},
		{"memory", "200000000000000", false},
		{"object-store-memory", "200000000000000", false},
		{"system-reserved-memory", "200000000000000", true},
		{"port", "6379", true},
		{"port", "0", false},
		{"port", "65535", true},
		{"port", "65536", false},
		{"dashboard-port", "0", true},
		{"dashboard-port", "8265/tcp", false},
		{"min-worker-port", "0", true},
		{"min-worker-port", "1023", false},
		{"ray-client-server-port", "0", false},
		{"ray-client-server-port", "1024", true},
		{"worker-port-list", "10002,10003", true},
		{"worker-port-list", "10002", true},
		{"worker-port-list", "10002,", false},
		{"worker-port-list", "80", false},
		{"worker-port-list", "", false},
		{"include-dashboard", "True", true},
		{"include-dashboard", "no", true},
		{"include-dashboard", "maybe", false},
		{"no-monitor", "TRUE", true},
		{"no-monitor", "1", false},
		{"no-monitor", "", false},
		{"system-reserved-cpu", "0.5", true},
		{"system-reserved-cpu", "1e-1", true},
		{"system-reserved-cpu", "500m", false},
		{"system-reserved-cpu", "", false},
		{"resources", "{}", true},
		{"resources", "{\"Custom\": 1}", true},
		{"resources", "{\"Custom\": 1.0}", true},
		{"resources", "{\"Custom\": 0.5}", false},
		{"resources", "{\"Custom\": -1}", false},
		{"resources", "{\"Custom\": \"1\"}", false},
		{"resources", "{\"Custom\": 100000000000000}", true},
		{"resources", "{\"Custom\": 1e14}", true},
		{"resources", "{\"Custom\": 100000000000001}", false},
		{"resources", "{\"Custom\": 1e300}", false},
		{"resources", "{\"CPU\": 1}", false},
		{"resources", "{Custom: 1}", false},
		{"resources", "[1]", false},
		{"resources", "", false},
		{"system-config", "{\"a\": [1]}", true},
		{"system-config", "a=1", false},
		{"log-style", "Pretty", true},
		{"log-style", "loud", false},
		{"log-color", "false", true},
		{"temp-dir", "", true},
		{"dashboard-host", "anything at all", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct start_flag *const flag = start_flag_find(str_from(CASES[i].flag));

		cr_assert(flag, "%s", CASES[i].flag);
		cr_expect(CASES[i].taken == (start_value_fault(&arena, flag,
						     str_from(CASES[i].value)) == NULL),
			"%s=%s", CASES[i].flag, CASES[i].value);
	}
}

Test(start_flags, a_wrong_name_finds_the_flag_that_was_meant)
{
	static const struct {
		const char *name, *meant;
		bool certain;
	} CASES[] = {
		{"--num-cpus", "num-cpus", true},
		{"num_cpus", "num-cpus", true},
		{"numCpus", "num-cpus", true},
		{"num cpus", "num-cpus", true},
		{"NUM-GPUS", "num-gpus", true},
		{"num-cpu", "num-cpus", false},
		{"dashbord-host", "dashboard-host", false},
		{"object_storememory", "object-store-memory", true},
		{"completely-else", NULL, false},
		{"x", NULL, false},
		{"", NULL, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct start_flag *const spelt = start_flag_spelt(str_from(CASES[i].name));
		const struct start_flag *const flag = start_flag_nearest(str_from(CASES[i].name));

		cr_expect_eq(spelt, CASES[i].certain ? flag : NULL, "%s", CASES[i].name);
		if (CASES[i].meant)
			cr_expect(flag && str_is(str_from(flag->name), CASES[i].meant), "%s: %s",
				CASES[i].name, flag ? flag->name : "none");
		else
			cr_expect_null(flag, "%s: %s", CASES[i].name, flag ? flag->name : "");
	}
}

Test(start_flags, the_flags_that_kuberay_writes_are_known)
{
	static const char *const KUBERAYS[] = {"address", "block", "dashboard-agent-listen-port",
		"dashboard-host", "labels", "memory", "metrics-export-port", "no-monitor",
		"num-cpus", "num-gpus", "redis-password", "redis-username", "resources"};

	for (size_t i = 0; i < ARRAY_LEN(KUBERAYS); i++)
		cr_expect(start_flag_find(str_from(KUBERAYS[i])), "%s", KUBERAYS[i]);
}
