/*
 * From Ray 2.53 on one path of the node's agent tells whether the node is well; before, the raylet
 * and (on the head) the GCS are asked by wget, which is why images need it.
 */
#include "api/version.h"
#include "server/children/pod_parts.h"

struct probe {
	const char *key;
	int delay, head_timeout, worker_timeout, period, failures;
};

static const struct probe LIVENESS = {"livenessProbe", 30, 5, 2, 5, 120};
static const struct probe READINESS = {"readinessProbe", 10, 5, 2, 5, 10};
/*
 * Ours: each second until the node is up, then the others begin, at once. Of a worker it fails only
 * long after it has given up its head by itself; of a head, whose dashboard may have ended while
 * its Ray runs on, when KubeRay's liveness probe would have.
 */
static const struct probe STARTUP = {"startupProbe", 0, 5, 2, 1, 1800};
static const struct probe STARTUP_OF_HEAD = {"startupProbe", 0, 5, 2, 1, 630};
static const struct probe READINESS_AT_ONCE = {"readinessProbe", 0, 5, 2, 5, 10};
/*
 * Ours, of workers: some ends of a raylet, as of one that meets a new head while it starts, are
 * none to `ray start --block`, and only this ends the container. Two minutes, where no state of the
 * GCS is waited for; then it is the ten that Ray's own wait has.
 */
static const struct probe LIVENESS_OF_WORKER = {"livenessProbe", 30, 5, 5, 5, 24};

enum { SERVE_FAILURES = 1, SERVE_PORT = 8000 };

static int64_t port_of(const struct pod_draft *d, const char *key, int64_t fallback)
{
	const struct str *const text = start_params_get(&d->params, key);
	int64_t port;

	return text && str_to_i64(*text, &port) && port >= INT32_MIN && port <= INT32_MAX
		       ? port
		       : fallback;
}

static int64_t agent_port(const struct pod_draft *d)
{
	return port_of(d, "dashboard-agent-listen-port", 52365);
}

static struct str ask(struct arena *arena, int timeout, int64_t port, const char *path)
{
	return arena_printf(arena,
		"wget --tries 1 -T %d -q -O- http://localhost:%lld/%s | grep success", timeout,
		(long long)port, path);
}

static int64_t serve_port(const struct pod_draft *d)
{
	const struct container *const ray = pod_ray_container(&d->group->template);

	for (size_t i = 0; i < ray->ports.count; i++) {
		if (str_is(ray->ports.items[i].name.v, "serve"))
			return ray->ports.items[i].port.v;
	}
	return SERVE_PORT;
}

/* What wget is asked; a worker that serves must also have its proxy up to be ready. */
static struct str commands(const struct pod_draft *d, bool serves)
{
	struct arena *const arena = d->c->arena;
	const struct str raylet = ask(arena, 2, agent_port(d), "api/local_raylet_healthz");
	const struct str more =
		d->group->is_head
			? ask(arena, 10, port_of(d, "dashboard-port", 8265), "api/gcs_healthz")
			: ask(arena, 10, serve_port(d), "-/healthz");

	if (!d->group->is_head && !serves)
		return raylet;
	return arena_printf(arena, "%.*s && %.*s", STR_ARG(raylet), STR_ARG(more));
}

static bool has_health_path(const struct pod_draft *d)
{
	struct version version;

	return version_parse(d->c->cluster->ray_version.v, &version) &&
	       version_at_least(version, 2, 53, 0);
}

static void put_exec(struct json_edit *probe, struct str text)
{
	struct json_edit *const command =
		json_edit_put_array(json_edit_put_object(probe, "exec"), "command");

	json_edit_add(command, json_edit_str(STR("bash")));
	json_edit_add(command, json_edit_str(STR("-c")));
	json_edit_add(command, json_edit_str(text));
}

static void put_action(struct pod_draft *d, struct json_edit *probe, bool serves)
{
	if (serves || !has_health_path(d)) {
		put_exec(probe, commands(d, serves));
		return;
	}
	struct json_edit *const get = json_edit_put_object(probe, "httpGet");

	json_edit_put_cstr(get, "path", "/api/healthz");
	json_edit_put_i64(get, "port", agent_port(d));
}

static bool has_probe(const struct pod_draft *d, const struct probe *row)
{
	return json_edit_kind(json_edit_get(d->ray, str_from(row->key))) == JSON_OBJECT;
}

static void add_probe(struct pod_draft *d, const struct probe *row, bool serves)
{
	if (has_probe(d, row))
		return;
	struct json_edit *const probe = json_edit_object();

	put_action(d, probe, serves);
	json_edit_put_i64(probe, "initialDelaySeconds", row->delay);
	json_edit_put_i64(probe, "timeoutSeconds",
		d->group->is_head ? row->head_timeout : row->worker_timeout);
	json_edit_put_i64(probe, "periodSeconds", row->period);
	json_edit_put_i64(probe, "successThreshold", 1);
	json_edit_put_i64(probe, "failureThreshold", serves ? SERVE_FAILURES : row->failures);
	json_edit_set(d->ray, str_from(row->key), probe);
}

void pod_add_probes(struct pod_draft *d)
{
	const bool serves =
		!d->group->is_head &&
		str_is(ray_object_label(d->c->object, d->c->arena, LABEL_CRD), "RayService");

	/* Who wrote one of them has his own idea of when a node is up. */
	const bool quick = child_is_of_raygate(d->c) && !has_probe(d, &LIVENESS) &&
			   !has_probe(d, &READINESS) && !has_probe(d, &STARTUP);

	const bool waits = d->group->is_head || d->c->fault_tolerant;

	if (quick)
		add_probe(d, d->group->is_head ? &STARTUP_OF_HEAD : &STARTUP, false);
	add_probe(d, quick && !waits ? &LIVENESS_OF_WORKER : &LIVENESS, false);
	add_probe(d, quick ? &READINESS_AT_ONCE : &READINESS, serves);
}
