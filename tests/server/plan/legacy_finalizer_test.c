/* When a RayCluster is let go that still has the finalizer of 2022. */
#include "server/plan/plan_legacy.h"

#include <criterion/criterion.h>

#include "tests/support/plan_kit.h"

#define SPEC                                                                                       \
	"  headPodType: h\n  podTypes:\n  - {name: h, podConfig: {apiVersion: v1, kind: Pod, "     \
	"spec: "                                                                                   \
	"{containers: [{name: r, image: i}]}}}\n"
#define KOPF    "kopf.zalando.org/KopfFinalizerMarker"
#define DELETED "deletionTimestamp: '2023-11-14T22:13:20Z', "
#define TAKE_OFF(place)                                                                            \
	"patch [{\"op\":\"test\",\"path\":\"/metadata/finalizers/" place "\",\"value\":\"" KOPF    \
	"\"},{\"op\":\"remove\",\"path\":\"/metadata/finalizers/" place "\"}]\n"

static const struct {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *begins; /* what is asked for */
} EXAMPLES[] = {
	{"a deletion does not wait for it", {DELETED "finalizers: [other, " KOPF "]", SPEC, ""},
		TAKE_OFF("1")},
	{"nor that of an object nobody can read", {DELETED "finalizers: [" KOPF "]", "", ""},
		TAKE_OFF("0")},
	{"but for another one, which is not ours", {DELETED "finalizers: [other]", SPEC, ""}, ""},
	{"one that lives loses it too: its operator may be gone later",
		{"finalizers: [" KOPF ", other]", SPEC, "first\n"}, TAKE_OFF("0") "create Service"},
	{"but not each time that somebody puts it back", {"finalizers: [" KOPF "]", SPEC, ""},
		"create Service"},
	{"and keeps the others", {"finalizers: [other]", SPEC, "first\n"}, "create Service"},
};

Test(legacy_finalizer, is_taken_off)
{
	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++) {
		struct arena arena;
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan_legacy(plan_kit_observe_legacy(&arena, &EXAMPLES[i].cluster), &round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(EXAMPLES[i].begins[0] ? str_starts(actions, EXAMPLES[i].begins)
						: actions.len == 0,
			"%s: %.*s", EXAMPLES[i].what, STR_ARG(actions));
		round_done(&round);
		arena_done(&arena);
	}
}
