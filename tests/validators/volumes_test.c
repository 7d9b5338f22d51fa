#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_VOLUME                                                                                \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {volumes: [{name: v, %s}], containers: [{name: h, image: ray}]}}}}}"

/* As the API server has it of a pod: what it takes is not refused either. */
Test(volumes, sources_are_judged_as_the_api_server_does)
{
	static const struct {
		const char *rule, *source;
		bool refused;
	} CASES[] = {
		{"RG0671", "emptyDir: {}, hostPath: {path: /a}", true},
		{"RG0671", "emptyDir: {}", false},
		{"RG0672", "secret: {secretName: a, defaultMode: 511}", false},
		{"RG0672", "secret: {secretName: a, defaultMode: 512}", true},
		{"RG0672", "secret: {secretName: a, defaultMode: 644}", true},
		{"RG0672", "secret: {secretName: a, defaultMode: -1}", true},
		{"RG0672", "secret: {secretName: a, items: [{key: k, path: a/b..c, mode: 0}]}",
			false},
		{"RG0672", "secret: {secretName: a, items: [{key: k, path: a, mode: 512}]}", true},
		{"RG0672", "secret: {secretName: a, items: [{key: k, path: /a}]}", true},
		{"RG0672", "secret: {secretName: a, items: [{key: k, path: a/../b}]}", true},
		{"RG0672", "secret: {secretName: a, items: [{key: k, path: ..}]}", true},
		{"RG0672", "secret: {secretName: A_b}", true},
		{"RG0672", "secret: {items: []}", true},
		{"RG0672", "configMap: {name: a.b, items: [{key: k, path: ../a}]}", true},
		{"RG0672", "configMap: {name: a.b, items: [{key: k, path: a}], optional: true}",
			false},
		{"RG0672", "configMap: {name: ''}", true},
		{"RG0672", "configMap: {name: a, items: [{key: k, path: ''}]}", true},
		{"RG0672", "configMap: {name: a, items: [{key: '', path: a}]}", true},
		{"RG0672", "secret: {optional: true}", true},
		{"RG0672", "secret: {optional: true, secretName: A_b}", false},
		{"RG0672", "persistentVolumeClaim: {claimName: a, readOnly: true}", false},
		{"RG0672", "persistentVolumeClaim: {claimName: ''}", true},
		{"RG0672",
			"downwardAPI: {items: [{path: /l, fieldRef: {fieldPath: "
			"metadata.labels}}]}",
			true},
		{"RG0672",
			"downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}",
			false},
		{"RG0672", "downwardAPI: {defaultMode: 512, items: []}", true},
		{"RG0673", "emptyDir: {medium: Memory, sizeLimit: 0}", false},
		{"RG0673", "emptyDir: {medium: HugePages-2Mi}", false},
		{"RG0673", "emptyDir: {medium: ''}", false},
		{"RG0673", "emptyDir: {medium: memory}", true},
		{"RG0673", "emptyDir: {sizeLimit: -1Gi}", true},
		{"RG0674", "hostPath: {path: /a/b..c}", false},
		{"RG0674", "hostPath: {path: ''}", true},
		{"RG0674", "hostPath: {path: /a/..}", true},
		{"RG0674", "hostPath: {path: /a/../b}", true},
		{"RG0674", "hostPath: {path: ../b}", true},
		{"RG0674", "hostPath: {path: ..}", true},
		{"RG0675", "projected: {sources: [{serviceAccountToken: {path: t}}]}", false},
		{"RG0675",
			"projected: {sources: [{secret: {name: a, items: [{key: k, path: p}]}}, "
			"{configMap: {name: b, items: [{key: k, path: p}]}}]}",
			true},
		{"RG0675",
			"projected: {sources: [{secret: {name: a, items: [{key: k, path: p}]}}, "
			"{configMap: {name: b, items: [{key: k, path: q}, {key: l, path: r}]}}]}",
			false},
		{"RG0675",
			"projected: {sources: [{downwardAPI: {items: [{path: p, fieldRef: "
			"{fieldPath: metadata.labels}}, {path: p, fieldRef: {fieldPath: "
			"metadata.name}}]}}]}",
			true},
		/* Of a token the API server does not look whether it is one of them. */
		{"RG0675",
			"projected: {sources: [{secret: {name: a, items: [{key: k, path: p}]}}, "
			"{serviceAccountToken: {path: p}}]}",
			false},
		{"RG0672", "secret: {secretName: a, items: [{key: k, path: p}, {key: l, path: p}]}",
			false},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {metadata: {name: a}, spec: "
			"{accessModes: "
			"[ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}",
			true},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {metadata: {name: '', labels: {a: b}}, "
			"spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: "
			"1Gi}}}}}",
			false},
		{"RG0675", "projected: {sources: [{serviceAccountToken: {path: /t}}]}", true},
		{"RG0675",
			"projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: "
			"599}}]}",
			true},
		{"RG0675",
			"projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: "
			"600}}]}",
			false},
		{"RG0675", "projected: {defaultMode: 512, sources: []}", true},
		{"RG0675",
			"projected: {sources: [{secret: {name: a, items: [{key: k, path: /a}]}}]}",
			true},
		{"RG0675", "projected: {sources: [{configMap: {name: a}, secret: {name: b}}]}",
			true},
		{"RG0675", "projected: {sources: [{}]}", false},
		{"RG0675", "projected: {sources: [{serviceAccountToken: {path: ''}}]}", true},
		{"RG0675",
			"projected: {sources: [{downwardAPI: {items: [{path: a, fieldRef: "
			"{fieldPath: status.podIP}}]}}]}",
			true},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOncePod], "
			"resources: {requests: {storage: 1Gi}}}}}",
			false},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {spec: {accessModes: [RWO], resources: "
			"{requests: {storage: 1Gi}}}}}",
			true},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: "
			"1Gi}}}}}",
			true},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], "
			"resources: {requests: {storage: 0}}}}}",
			true},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}",
			true},
		{"RG0676", "ephemeral: {}", true},
		{"RG0676",
			"ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], "
			"selector: {matchExpressions: [{key: a, operator: In}]}, "
			"resources: {requests: {storage: 1Gi}}}}}",
			true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_VOLUME, CASES[i].source),
			CASES[i].refused ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_OFF, "%s: %s",
			CASES[i].rule, CASES[i].source);
}
