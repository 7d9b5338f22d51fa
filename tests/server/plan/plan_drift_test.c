/* What is there and is not as the spec has it by now: changed where that is safe, else told. */
#include <criterion/criterion.h>

#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define HEAD                                                                                       \
	"  headGroupSpec: {template: {spec: {containers: [{name: r, image: 'i:1', resources: "     \
	"{limits: {cpu: 1, memory: 4Gi}}}]}}}\n"
#define TYPED(type)                                                                                \
	"  headGroupSpec: {" type ", template: {spec: {containers: [{name: r, image: i}]}}}\n"
#define NAMED(name)        TYPED("headService: {metadata: {name: " name "}}")
#define STORE(more)        "  gcsFaultToleranceOptions: {backend: rocksdb" more "}\n" HEAD
#define THERE              "service demo-head-svc None ClusterIP\npod h headgroup running ready\n"
#define CLAIM(owner, spec) "claim demo-gcs-pvc " owner " " spec "\n"
#define PLAIN                                                                                      \
	"{accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: "  \
	"1Gi}}}"
#define TOLD "warning NotSupported: not supported by this version: changing "
#define ANEW ": it is made anew where it is deleted)\n"

struct example {
	const char *what, *spec, *there, *actions;
};

/* clang-format off */
static const struct example EXAMPLES[] = {
	{"a claim that is seen is not asked for again", STORE(""),
	 "first\n" THERE CLAIM("ours", PLAIN), ""},
	{"one that is missed is", STORE(""), "first\n" THERE, "create PersistentVolumeClaim demo-gcs-pvc\n"},
	{"but not in each round", STORE(""), THERE, ""},
	{"another one is none of it", STORE(""), "first\n" THERE "claim other ours " PLAIN "\n",
	 "create PersistentVolumeClaim demo-gcs-pvc\n"},
	{"one that is to outlive the cluster is not owned by it any more",
	 STORE(", storage: {deletionPolicy: Retain}"), THERE CLAIM("ours", PLAIN), "release PersistentVolumeClaim demo-gcs-pvc\n"},
	{"and stays so", STORE(", storage: {deletionPolicy: Retain}"), "first\n" THERE CLAIM("stray", PLAIN), ""},
	{"until it is not to", STORE(", storage: {deletionPolicy: DeleteWithCluster}"), THERE CLAIM("stray", PLAIN),
	 "adopt PersistentVolumeClaim demo-gcs-pvc\n"},
	{"one that an earlier cluster left is taken in", STORE(""), "first\n" THERE CLAIM("stray", PLAIN),
	 "adopt PersistentVolumeClaim demo-gcs-pvc\n"},
	{"somebody else's is used, and stays his", STORE(""), "first\n" THERE CLAIM("another", PLAIN), ""},
	{"a spec that is not accepted changes no owner", STORE(", storage: {deletionPolicy: Retain}"),
	 THERE CLAIM("ours", PLAIN) "verdict InvalidSpec headgroup=1\n", "warning InvalidSpec: spec is wrong\n"},
	{"a claim of the user's own is left alone", STORE(", storage: {claimName: mine, deletionPolicy: Retain}"),
	 "first\n" THERE "claim mine ours " PLAIN "\n" CLAIM("ours", PLAIN), ""},
	{"another size", STORE(", storage: {size: 5Gi}"), THERE CLAIM("ours", PLAIN),
	 TOLD "PersistentVolumeClaim \"demo-gcs-pvc\" (its size is 1Gi, not 5Gi" ANEW},
	{"the same, written otherwise", STORE(", storage: {size: 1024Mi, storageClassName: fast, accessModes: [ReadWriteOnce]}"),
	 THERE CLAIM("ours", PLAIN), ""},
	{"another class, other modes", STORE(", storage: {storageClassName: slow, accessModes: [ReadWriteMany]}"), THERE CLAIM("ours", PLAIN),
	 TOLD "PersistentVolumeClaim \"demo-gcs-pvc\" (its storageClassName is fast, not slow, "
	 "its accessModes is ReadWriteOnce, not ReadWriteMany" ANEW},
	{"modes in another order", STORE(", storage: {accessModes: [ReadOnlyMany, ReadWriteOnce]}"),
	 THERE CLAIM("ours", "{accessModes: [ReadWriteOnce, ReadOnlyMany], resources: {requests: {storage: 1Gi}}}"), ""},
	{"a Service of another type", TYPED("serviceType: NodePort"), THERE,
	 TOLD "Service \"demo-head-svc\" (its type is ClusterIP, not NodePort" ANEW},
	{"or by its own text", TYPED("serviceType: ClusterIP, headService: {spec: {type: LoadBalancer}}"), THERE,
	 TOLD "Service \"demo-head-svc\" (its type is ClusterIP, not LoadBalancer" ANEW},
	{"of the same", TYPED("serviceType: NodePort"), "service demo-head-svc 10.0.0.1 NodePort\npod h headgroup running ready\n", ""},
	{"another name", NAMED("other"), "service demo-head-svc None ClusterIP head\npod h headgroup running ready\n",
	 TOLD "Service \"demo-head-svc\" (its name is demo-head-svc, not other, and pods that are there go by it" ANEW},
	{"which no watch has told to be the head's", NAMED("other"), THERE, "create Service other needed\n"},
	{"one that is being deleted is not gone on with", NAMED("other"),
	 "service demo-head-svc None ClusterIP head deleting\npod h headgroup running ready\n", "create Service other needed\n"},
	{"one of that name is the head's, whatever else there is", NAMED("other"),
	 "service demo-head-svc None ClusterIP head\nservice other None ClusterIP\npod h headgroup running ready\n", ""},
	{"a pod that misses the Secret has it made at once", "  authOptions: {mode: token}\n" HEAD,
	 "service demo-head-svc None ClusterIP\npod h headgroup age=1 reason=CreateContainerConfigError : secret \"demo\" not found\n",
	 "create Secret demo\nagain 9\n"},
	{"and no other Secret", "  authOptions: {mode: token}\n" HEAD,
	 "service demo-head-svc None ClusterIP\npod h headgroup age=1 reason=CreateContainerConfigError : secret \"demo-2\" not found\n",
	 "again 9\n"},
	{"nor for another's pod", "  authOptions: {mode: token}\n" HEAD,
	 THERE "pod x headgroup foreign age=1 reason=CreateContainerConfigError : secret \"demo\" not found\n", ""},
};
/* clang-format on */

Test(plan_drift, what_is_there_is_compared_with_the_spec)
{
	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++) {
		const struct example *const e = &EXAMPLES[i];
		const struct plan_kit_cluster cluster = {NULL, e->spec, e->there};
		struct arena arena;
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan_modern(plan_kit_observe(&arena, &cluster), &round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(str_is(actions, e->actions), "%s: expected\n%s\ngot\n%s\n", e->what,
			e->actions, actions.at);
		round_done(&round);
		arena_done(&arena);
	}
}
