#include "tests/support/generate.h"

#include <stdio.h>

#include "base/attr.h"
#include "base/buf.h"

struct random {
	uint64_t state;
	unsigned mistakes;
	bool legacy;
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
	add(r, "}");
}

static void pod_spec(struct random *r, const char *name)
{
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
		number(r, "maxReplicas", min + 2);
	if (one_in(r, 2))
		number(r, "replicas", min);
	if (one_in(r, 3))
		member(r, "rayStartParams", "{}");
	template(r, "template", "worker", false);
	add(r, "}");
}

static void modern(struct random *r)
{
	const unsigned groups = below(r, 4);

	if (one_in(r, 2))
		member(r, "enableInTreeAutoscaling", "true");
	if (one_in(r, 2))
		member(r, "rayVersion", "\"2.46.0\"");
	open_member(r, "headGroupSpec", '{');
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

struct str generate_cluster(struct arena *arena, uint64_t seed, unsigned mistakes)
{
	struct random r = {.state = seed * 0x9E3779B97F4A7C15u + 1, .mistakes = mistakes};
	r.legacy = below(&r, 4) == 0;

	add(&r, "{\"apiVersion\":");
	add(&r, r.legacy ? "\"cluster.ray.io/v1\"" : "\"ray.io/v1\"");
	add(&r, ",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"demo\",\"namespace\":\"team-"
		"a\"");
	if (one_in(&r, 3))
		member(&r, "annotations", "{\"note\":\"x\"}");
	if (one_in(&r, 3))
		member(&r, "labels", "{\"team\":\"a\"}");
	add(&r, "},\"spec\":{");
	if (r.legacy)
		legacy(&r);
	else
		modern(&r);
	add(&r, "}}");
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
