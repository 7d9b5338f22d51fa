#include "tests/support/generate.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"

struct random {
	uint64_t state;
	unsigned mistakes;
	bool legacy;
	bool has_volume; /* the pod that is being written has one called "data" */
	struct buf out;
};

/* xorshift64*: small, and the same on every machine. */
static uint64_t next(struct random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545F4914F6CDD1Du;
}

static unsigned below(struct random *r, unsigned bound)
{
	assert(bound > 0);
	return (unsigned)((next(r) >> 33) % bound);
}

static bool one_in(struct random *r, unsigned n)
{
	return below(r, n) == 0;
}

static bool mistake(struct random *r)
{
	return r->mistakes && one_in(r, r->mistakes);
}

static void comma(struct random *r)
{
	const char last = r->out.at[r->out.len - 1];

	if (last != '{' && last != '[')
		buf_add_char(&r->out, ',');
}

/* A member, with its comma; the value is JSON text. Now and then something of a wrong type. */
static void member(struct random *r, const char *name, const char *value)
{
	static const char *const WRONG[] = {"null", "7", "\"x\"", "[]", "{}", "true", "-1", "1.5"};

	comma(r);
	buf_printf(&r->out, "\"%s\":%s", name, mistake(r) ? WRONG[below(r, 8)] : value);
}

static void open_member(struct random *r, const char *name, char bracket)
{
	comma(r);
	buf_printf(&r->out, "\"%s\":%c", name, bracket);
}

static void add(struct random *r, const char *text)
{
	buf_add_cstr(&r->out, text);
}

/* A member that may be there, as one of some kinds. */
struct part {
	const char *name;
	unsigned one_in;
	const char *values[5]; /* NULL behind the last */
};

static void parts(struct random *r, const struct part *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned kinds = 1; /* at least */

		while (kinds < ARRAY_LEN(table[i].values) && table[i].values[kinds])
			kinds++;
		if (one_in(r, table[i].one_in))
			member(r, table[i].name, table[i].values[below(r, kinds)]);
	}
}

static const struct part CONTAINER_PARTS[] = {
	{"imagePullPolicy", 5, {"\"IfNotPresent\"", "\"Always\""}},
	{"envFrom", 6,
		{"[{\"configMapRef\":{\"name\":\"settings\"}}]",
			"[{\"prefix\":\"P_\",\"secretRef\":{\"name\":\"s\",\"optional\":true}}]"}},
	{"livenessProbe", 6,
		{"{\"httpGet\":{\"path\":\"/\",\"port\":9100},\"periodSeconds\":10}",
			"{\"exec\":{\"command\":[\"true\"]},\"timeoutSeconds\":5}"}},
	{"readinessProbe", 6,
		{"{\"tcpSocket\":{\"port\":9100},\"successThreshold\":2}",
			"{\"grpc\":{\"port\":9100},\"failureThreshold\":9}"}},
	{"startupProbe", 6, {"{\"tcpSocket\":{\"port\":9100},\"failureThreshold\":60}"}},
	{"lifecycle", 6,
		{"{\"preStop\":{\"exec\":{\"command\":[\"/bin/sh\",\"-c\",\"ray stop\"]}}}"}},
	{"securityContext", 6,
		{"{\"runAsUser\":1000}", "{}",
			"{\"capabilities\":{\"drop\":[\"ALL\"]},\"allowPrivilegeEscalation\":"
			"false}"}},
	{"workingDir", 8, {"\"/home/ray\""}},
};

static const struct part POD_PARTS[] = {
	{"initContainers", 5,
		{"[{\"name\":\"fetch\",\"image\":\"busybox:1.36\"}]",
			"[{\"name\":\"fetch\",\"image\":\"busybox:1.36\",\"resources\":{"
			"\"requests\":"
			"{\"cpu\":\"100m\",\"memory\":\"64Mi\"}},\"command\":[\"true\"]}]"}},
	{"terminationGracePeriodSeconds", 5, {"60", "0"}},
	{"affinity", 6,
		{"{\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":{"
		 "\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":\"zone\",\"operator\":"
		 "\"In\",\"values\":[\"a\",\"b\"]}]}]}}}"}},
	{"topologySpreadConstraints", 6,
		{"[{\"maxSkew\":1,\"topologyKey\":\"zone\","
		 "\"whenUnsatisfiable\":\"ScheduleAnyway\",\"labelSelector\":{\"matchLabels\":"
		 "{\"a\":\"b\"}}}]"}},
	{"imagePullSecrets", 6, {"[{\"name\":\"mine\"}]", "[]"}},
	{"securityContext", 6, {"{\"fsGroup\":100}", "{}"}},
	{"dnsPolicy", 8, {"\"ClusterFirst\""}},
	{"schedulerName", 8, {"\"other\""}},
	{"hostAliases", 8, {"[{\"ip\":\"10.0.0.1\",\"hostnames\":[\"db\"]}]"}},
};

static const char *const VOLUMES[] = {"\"emptyDir\":{}",
	"\"emptyDir\":{\"medium\":\"Memory\",\"sizeLimit\":\"256Mi\"}",
	"\"configMap\":{\"name\":\"settings\",\"items\":[{\"key\":\"k\",\"path\":\"p\"}]}",
	"\"secret\":{\"secretName\":\"s\",\"defaultMode\":256}",
	"\"persistentVolumeClaim\":{\"claimName\":\"home\"}",
	"\"projected\":{\"sources\":[{\"serviceAccountToken\":{\"path\":\"t\","
	"\"expirationSeconds\":3600}},{\"configMap\":{\"name\":\"c\"}}]}",
	"\"ephemeral\":{\"volumeClaimTemplate\":{\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
	"\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}}",
	"\"hostPath\":{\"path\":\"/data\",\"type\":\"Directory\"}",
	"\"csi\":{\"driver\":\"d.example.com\",\"readOnly\":true}",
	"\"downwardAPI\":{\"items\":[{\"path\":\"l\",\"fieldRef\":{\"fieldPath\":"
	"\"metadata.labels\"}}]}"};

static const struct part HEAD_PARTS[] = {
	{"serviceType", 5, {"\"ClusterIP\"", "\"NodePort\""}},
	{"rayStartParams", 3, {"{\"dashboard-host\":\"0.0.0.0\"}", "{\"num-cpus\":\"0\"}", "{}"}},
	{"labels", 8, {"{\"ray.io/zone\":\"a\"}"}},
	{"headService", 6,
		{"{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}",
			"{\"spec\":{\"ports\":[{\"name\":\"more\",\"port\":7777}]}}"}},
};

static const struct part WORKER_PARTS[] = {
	{"rayStartParams", 3, {"{}", "{\"num-cpus\":\"2\"}"}},
	{"numOfHosts", 4, {"1", "2"}},
	{"labels", 8, {"{\"ray.io/zone\":\"a\"}"}},
	{"scaleStrategy", 8, {"{\"workersToDelete\":[]}", "{}"}},
};

static const struct part CLUSTER_PARTS[] = {
	{"headServiceAnnotations", 6, {"{\"a\":\"b\"}", "{}"}},
	{"networkPolicy", 5,
		{"{\"mode\":\"DenyAllIngress\",\"head\":{\"ingressRules\":[{\"from\":[{"
		 "\"podSelector\":{\"matchLabels\":{\"a\":\"b\"}}}],\"ports\":[{\"protocol\":"
		 "\"TCP\","
		 "\"port\":10001}]}]}}"}},
	{"gcsFaultToleranceOptions", 6,
		{"{\"redisAddress\":\"redis:6379\"}",
			"{\"redisAddress\":\"redis:6379\",\"redisPassword\":{\"valueFrom\":{"
			"\"secretKeyRef\":{"
			"\"name\":\"redis\",\"key\":\"password\"}}}}"}},
};

/* Of a RayCluster that nothing else makes. */
static const struct part ALONE_PARTS[] = {
	{"upgradeStrategy", 6, {"{\"type\":\"None\"}", "{\"type\":\"Recreate\"}"}},
};

static const struct part AUTOSCALER_PARTS[] = {
	{"autoscalerOptions", 2,
		{"{}", "{\"idleTimeoutSeconds\":60,\"upscalingMode\":\"Default\"}",
			"{\"version\":\"v2\",\"imagePullPolicy\":\"IfNotPresent\",\"env\":[{"
			"\"name\":\"A\","
			"\"value\":\"b\"}]}",
			"{\"resources\":{\"requests\":{\"cpu\":\"200m\"},\"limits\":{\"cpu\":1,"
			"\"memory\":\"1Gi\"}},\"securityContext\":{\"runAsNonRoot\":true}}"}},
};

static void amounts(struct random *r, const char *name)
{
	static const char *const CPU[] = {"\"1\"", "\"500m\"", "2", "\"4\""};
	static const char *const MEMORY[] = {"\"2Gi\"", "\"4G\"", "3221225472", "\"5Gi\""};

	open_member(r, name, '{');
	if (!one_in(r, 3))
		member(r, "cpu", CPU[below(r, 4)]);
	if (!one_in(r, 3))
		member(r, "memory", MEMORY[below(r, 4)]);
	add(r, "}");
}

/* The operator of 2022 fails on resources without a memory limit in whole numbers. */
static void legacy_resources(struct random *r)
{
	if (one_in(r, 2))
		member(r, "resources", "{\"limits\":{\"cpu\":1,\"memory\":\"2Gi\"}}");
}

static void resources(struct random *r)
{
	if (r->legacy) {
		legacy_resources(r);
		return;
	}
	if (one_in(r, 3))
		return;
	open_member(r, "resources", '{');
	if (one_in(r, 2))
		amounts(r, "limits");
	else if (one_in(r, 2))
		amounts(r, "requests");
	add(r, "}");
}

static void container(struct random *r, const char *name)
{
	static const char *const NAMES[] = {"TEAM", "MODE", "DATA", "LEVEL"};
	unsigned from = below(r, 4);

	comma(r);
	buf_printf(&r->out, "{\"name\":\"%s\",\"image\":\"rayproject/ray:2.46.0\"",
		mistake(r) ? "Not_A_Name" : name);
	resources(r);
	if (one_in(r, 2)) {
		open_member(r, "env", '[');
		for (; from < 4; from++) {
			comma(r);
			buf_printf(&r->out, "{\"name\":\"%s\",\"value\":\"%u\"}", NAMES[from],
				below(r, 9));
		}
		add(r, "]");
	}
	if (r->has_volume && one_in(r, 2))
		member(r, "volumeMounts", "[{\"name\":\"data\",\"mountPath\":\"/data\"}]");
	if (!r->legacy) {
		const bool is_ray = strcmp(name, "sidecar") != 0;

		if (is_ray && one_in(r, 3))
			member(r, "ports",
				one_in(r, 2) ? "[{\"containerPort\":9100}]"
					     : "[{\"name\":\"extra\",\"containerPort\":9100,"
					       "\"protocol\":\"TCP\"}]");
		parts(r, CONTAINER_PARTS, ARRAY_LEN(CONTAINER_PARTS));
	}
	add(r, "}");
}

static void volume(struct random *r)
{
	open_member(r, "volumes", '[');
	buf_printf(&r->out, "{\"name\":\"data\",%s}", VOLUMES[below(r, ARRAY_LEN(VOLUMES))]);
	add(r, "]");
}

static void pod_spec(struct random *r, const char *name)
{
	r->has_volume = !r->legacy && one_in(r, 3);
	open_member(r, "spec", '{');
	open_member(r, "containers", '[');
	container(r, name);
	if (one_in(r, 3))
		container(r, "sidecar");
	add(r, "]");
	if (one_in(r, 3))
		member(r, "nodeSelector", one_in(r, 2) ? "{\"zone\":\"a\"}" : "{\"disk\":\"ssd\"}");
	if (one_in(r, 3))
		member(r, "tolerations", "[{\"key\":\"gpu\",\"operator\":\"Exists\"}]");
	if (one_in(r, 4))
		member(r, "priorityClassName", "\"high\"");
	if (one_in(r, 4))
		member(r, "restartPolicy", "\"Never\"");
	if (r->has_volume)
		volume(r);
	if (!r->legacy)
		parts(r, POD_PARTS, ARRAY_LEN(POD_PARTS));
	add(r, "}");
}

static void template(struct random *r, const char *member_name, const char *name, bool legacy)
{
	open_member(r, member_name, '{');
	if (legacy) {
		add(r, "\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"x-"
		       "\"}");
	} else if (one_in(r, 3)) {
		member(r, "metadata", one_in(r, 2) ? "{\"labels\":{\"a\":\"b\"}}" : "{}");
	}
	pod_spec(r, name);
	add(r, "}");
}

static void number(struct random *r, const char *name, unsigned value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	member(r, name, text);
}

static void worker_group(struct random *r, unsigned index)
{
	const unsigned min = below(r, 3);

	comma(r);
	buf_printf(&r->out, "{\"groupName\":\"group-%u\"", mistake(r) ? 0 : index);
	if (one_in(r, 2))
		number(r, "minReplicas", min);
	if (one_in(r, 2))
		number(r, "maxReplicas", min + below(r, 3));
	if (one_in(r, 2))
		number(r, "replicas", min);
	parts(r, WORKER_PARTS, ARRAY_LEN(WORKER_PARTS));
	template(r, "template", "worker", false);
	add(r, "}");
}

static void modern(struct random *r)
{
	const unsigned groups = below(r, 4);

	if (one_in(r, 2)) {
		member(r, "enableInTreeAutoscaling", "true");
		parts(r, AUTOSCALER_PARTS, ARRAY_LEN(AUTOSCALER_PARTS));
	}
	parts(r, CLUSTER_PARTS, ARRAY_LEN(CLUSTER_PARTS));
	if (one_in(r, 2))
		member(r, "rayVersion", "\"2.46.0\"");
	open_member(r, "headGroupSpec", '{');
	parts(r, HEAD_PARTS, ARRAY_LEN(HEAD_PARTS));
	template(r, "template", "head", false);
	add(r, "}");
	open_member(r, "workerGroupSpecs", '[');
	for (unsigned i = 0; i < groups; i++)
		worker_group(r, i);
	add(r, "]");
}

static void pod_type(struct random *r, const char *name, bool head)
{
	comma(r);
	buf_printf(&r->out, "{\"name\":\"%s\"", name);
	if (!head) {
		number(r, "minWorkers", below(r, 2));
		number(r, "maxWorkers", 2);
	}
	template(r, "podConfig", "ray-node", true);
	add(r, "}");
}

static void legacy(struct random *r)
{
	member(r, "headPodType", "\"head\"");
	number(r, "maxWorkers", 4);
	member(r, "headStartRayCommands", "[\"ray start --head --no-monitor\"]");
	open_member(r, "podTypes", '[');
	pod_type(r, "head", true);
	pod_type(r, "worker", false);
	if (one_in(r, 2))
		pod_type(r, "more", false);
	add(r, "]");
}

/* The kinds that carry a cluster, what stands before it in their spec, and how it is called. */
static const struct {
	const char *kind, *before, *spec, *behind;
} KINDS[] = {
	{"RayCluster", "", NULL, ""},
	{"RayCluster", "", NULL, ""},
	{"RayCluster", "", NULL, ""},
	{"RayJob", "\"entrypoint\":\"python job.py\",\"shutdownAfterJobFinishes\":true",
		"rayClusterSpec", ""},
	{"RayService", "\"serveConfigV2\":\"applications: []\"", "rayClusterConfig", ""},
	{"RayCronJob",
		"\"schedule\":\"30 2 * * *\",\"jobTemplate\":{\"entrypoint\":\"python job.py\"",
		"rayClusterSpec", "}"},
};

static void metadata(struct random *r)
{
	open_member(r, "metadata", '{');
	add(r, "\"name\":\"demo\",\"namespace\":\"team-a\"");
	if (one_in(r, 3))
		member(r, "annotations", "{\"note\":\"x\"}");
	if (one_in(r, 3))
		member(r, "labels", "{\"team\":\"a\"}");
	add(r, "}");
}

static void modern_object(struct random *r)
{
	const unsigned kind = below(r, ARRAY_LEN(KINDS));

	buf_printf(&r->out, "{\"apiVersion\":\"ray.io/v1\",\"kind\":\"%s\"", KINDS[kind].kind);
	metadata(r);
	open_member(r, "spec", '{');
	add(r, KINDS[kind].before);
	if (KINDS[kind].spec)
		open_member(r, KINDS[kind].spec, '{');
	else
		parts(r, ALONE_PARTS, ARRAY_LEN(ALONE_PARTS));
	modern(r);
	if (KINDS[kind].spec)
		add(r, "}");
	add(r, KINDS[kind].behind);
	add(r, "}}");
}

static void legacy_object(struct random *r)
{
	add(r, "{\"apiVersion\":\"cluster.ray.io/v1\",\"kind\":\"RayCluster\"");
	metadata(r);
	open_member(r, "spec", '{');
	legacy(r);
	add(r, "}}");
}

struct str generate_object(struct arena *arena, uint64_t seed, unsigned mistakes)
{
	struct random r = {.state = seed * 0x9E3779B97F4A7C15u + 1, .mistakes = mistakes};

	r.legacy = below(&r, 4) == 0;
	if (r.legacy)
		legacy_object(&r);
	else
		modern_object(&r);
	const struct str text = arena_str(arena, buf_str(&r.out));

	buf_done(&r.out);
	return text;
}

static void policy_pod(struct random *r, const char *name)
{
	open_member(r, name, '{');
	if (one_in(r, 2))
		add(r, "\"nodeSelector\":{\"zone\":\"b\",\"pool/name\":\"ray\"}");
	if (one_in(r, 2))
		member(r, "tolerations",
			"[{\"key\":\"ray\",\"operator\":\"Exists\"},{\"key\":\"gpu\",\"operator\":"
			"\"Exists\"}]");
	if (one_in(r, 2))
		member(r, "env",
			"[{\"name\":\"MODE\",\"value\":\"p\"},{\"name\":\"PROXY\",\"value\":\"q\"}"
			"]");
	if (one_in(r, 2))
		member(r, "labels", "{\"cost.center/x\":\"7\"}");
	if (one_in(r, 2))
		member(r, "annotations", "{\"note\":\"y\"}");
	if (one_in(r, 2))
		member(r, "priorityClassName", "\"normal\"");
	if (one_in(r, 2))
		member(r, "imagePullSecrets", "[{\"name\":\"pull\"}]");
	if (one_in(r, 2))
		member(r, "podSecurityContext", "{\"runAsNonRoot\":true}");
	add(r, "}");
}

struct str generate_policy(struct arena *arena, uint64_t seed)
{
	struct random r = {.state = seed * 0xD1342543DE82EF95u + 1};

	add(&r, "{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"defaults\":{\"head\":{");
	amounts(&r, one_in(&r, 2) ? "requests" : "limits");
	add(&r, "},\"worker\":{");
	amounts(&r, "limits");
	add(&r, "}},\"profiles\":[{\"name\":\"p\"");
	if (one_in(&r, 3))
		member(&r, "namespaces", "[\"team-*\"]");
	if (one_in(&r, 3))
		member(&r, "labels", "{\"team\":\"a\"}");
	policy_pod(&r, "all");
	policy_pod(&r, "worker");
	add(&r, "}]}");
	const struct str text = arena_str(arena, buf_str(&r.out));

	buf_done(&r.out);
	return text;
}
