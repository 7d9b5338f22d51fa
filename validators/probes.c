/* Probes and lifecycle handlers of containers. */
#include "validators/check.h"
#include "validators/rules.h"

enum { DEFAULT_GRACE_SECONDS = 30 };

static void check_port(const struct rule_context *c, const struct schema_object *action)
{
	const struct json_node *const port = json_get(action->node, "port");
	const struct field_path *const at = FIELD_CHILD(action->at, "port");
	const char *fault = NULL;
	int64_t number;

	if (json_is(port, JSON_NUMBER) && json_i64(port, &number))
		fault = names_port_number_fault(number);
	else if (json_is(port, JSON_STRING))
		fault = names_fault(NAME_PORT, json_str(c->arena, port));
	if (fault)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(port),
			json_is(port, JSON_STRING)
				? "a port is a number without quotes, or the name of one: %s"
				: "%s",
			fault);
}

static void check_headers(const struct rule_context *c, const struct schema_object *action)
{
	const struct json_node *const list = json_get(action->node, "httpHeaders");
	const struct field_path *const at = FIELD_CHILD(action->at, "httpHeaders");

	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		check_member_name(c, &(struct schema_object){it.value, FIELD_INDEX(at, it.index)},
			"name", NAME_HTTP_HEADER);
}

/* The one action of a probe or a lifecycle handler. */
static void check_action(
	const struct rule_context *c, const struct schema_object *up, const char *const *kinds)
{
	static const char *const WITH_PORT[] = {"grpc", "httpGet", "tcpSocket"};
	const struct json_node *const exec = json_get(up->node, "exec");
	const struct json_node *const command = json_get(exec, "command");

	check_one_of(c, up, kinds, true);
	for (size_t i = 0; i < ARRAY_LEN(WITH_PORT); i++)
		check_port(c, &(struct schema_object){json_get(up->node, WITH_PORT[i]),
				      FIELD_CHILD(up->at, WITH_PORT[i])});
	check_headers(c, &(struct schema_object){
				 json_get(up->node, "httpGet"), FIELD_CHILD(up->at, "httpGet")});
	const bool listed = !json_present(command) || json_is(command, JSON_ARRAY);

	if (json_is(exec, JSON_OBJECT) && listed && json_count(command) == 0)
		rule_found(c, FIELD_CHILD(FIELD_CHILD(up->at, "exec"), "command"), FIELD_REQUIRED,
			FIELD_READS(command), "must be a command with its arguments");
}

static void check_probe_numbers(
	const struct rule_context *c, const struct schema_object *probe, bool readiness)
{
	static const char *const NUMBERS[] = {
		"failureThreshold", "initialDelaySeconds", "periodSeconds", "timeoutSeconds"};
	const struct json_node *const grace =
		json_get(probe->node, "terminationGracePeriodSeconds");

	for (size_t i = 0; i < ARRAY_LEN(NUMBERS); i++)
		check_range(c, probe, NUMBERS[i], 0, INT64_MAX);
	if (readiness)
		check_range(c, probe, "successThreshold", 0, INT64_MAX);
	else
		check_range(c, probe, "successThreshold", 0, 1);
	if (readiness && json_present(grace))
		rule_found(c, FIELD_CHILD(probe->at, "terminationGracePeriodSeconds"),
			FIELD_FORBIDDEN, FIELD_READS(grace),
			"a readiness probe ends nothing: remove it");
	else
		check_range(c, probe, "terminationGracePeriodSeconds", 1, INT64_MAX);
}

static const char *const PROBES[] = {"livenessProbe", "readinessProbe", "startupProbe"};

static void probes_are_complete(const struct rule_context *c, const struct container *container)
{
	static const char *const KINDS[] = {"exec", "grpc", "httpGet", "tcpSocket", NULL};

	for (size_t i = 0; i < ARRAY_LEN(PROBES); i++) {
		const struct schema_object probe = {json_get(container->self.node, PROBES[i]),
			FIELD_CHILD(container->self.at, PROBES[i])};

		if (!json_is(probe.node, JSON_OBJECT))
			continue;
		check_action(c, &probe, KINDS);
		check_probe_numbers(c, &probe, i == 1);
	}
}

static void check_sleep(const struct rule_context *c, const struct schema_object *handler,
	const struct val_i64 *grace)
{
	const struct json_node *const seconds =
		json_get(json_get(handler->node, "sleep"), "seconds");
	const int64_t most = grace->node ? grace->v : DEFAULT_GRACE_SECONDS;
	int64_t value;

	if (json_is(seconds, JSON_NUMBER) && json_i64(seconds, &value) &&
		(value < 0 || value > most))
		rule_found(c, FIELD_CHILD(FIELD_CHILD(handler->at, "sleep"), "seconds"),
			FIELD_INVALID, FIELD_READS(seconds, grace->node),
			"must be between 0 and terminationGracePeriodSeconds (%lld)",
			(long long)most);
}

static void lifecycle_is_complete(
	const struct rule_context *c, const struct rule_pod *pod, const struct container *container)
{
	static const char *const KINDS[] = {"exec", "httpGet", "sleep", "tcpSocket", NULL};
	static const char *const HANDLERS[] = {"postStart", "preStop"};
	const struct json_node *const lifecycle = json_get(container->self.node, "lifecycle");
	const struct field_path *const at = FIELD_CHILD(container->self.at, "lifecycle");

	for (size_t i = 0; i < ARRAY_LEN(HANDLERS); i++) {
		const struct schema_object handler = {
			json_get(lifecycle, HANDLERS[i]), FIELD_CHILD(at, HANDLERS[i])};

		if (!json_is(handler.node, JSON_OBJECT))
			continue;
		check_action(c, &handler, KINDS);
		check_sleep(c, &handler, &pod->template->spec.termination_grace_seconds);
	}
}

static void init_containers_have_none(const struct rule_context *c, const struct rule_pod *pod)
{
	static const char *const MEMBERS[] = {
		"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"};
	const container_list *const inits = &pod->template->spec.init_containers;

	for (size_t i = 0; i < inits->count; i++) {
		const struct container *const init = &inits->items[i];

		for (size_t m = 0; m < ARRAY_LEN(MEMBERS); m++) {
			const struct json_node *const member =
				json_get(init->self.node, MEMBERS[m]);

			if (json_present(member) && !str_is(init->restart_policy.v, "Always"))
				rule_found(c, FIELD_CHILD(init->self.at, MEMBERS[m]),
					FIELD_FORBIDDEN,
					FIELD_READS(member, init->restart_policy.node),
					"an init container runs to its end: remove it, or set "
					"restartPolicy: Always to make it a sidecar");
		}
	}
}

static const struct rule RULES[] = {
	RULE("RG0650", "probe-complete", ERROR, BOTH, "0.1", NULL,
		"A probe has exactly one action and numbers that it can have.",
		RULE_CHECKS_CONTAINER(probes_are_complete), .needs = PART(PROBES)),
	RULE("RG0651", "lifecycle-complete", ERROR, BOTH, "0.1", NULL,
		"A lifecycle handler has exactly one action, within the pod's grace period.",
		RULE_CHECKS_POD_CONTAINER(lifecycle_is_complete), .needs = PART(LIFECYCLE)),
	RULE("RG0652", "init-container-without-probes", ERROR, BOTH, "0.1", NULL,
		"An init container has probes or a lifecycle only where it is a sidecar.",
		RULE_CHECKS_POD(init_containers_have_none), .needs = PART(INIT_CONTAINERS)),
};

const struct rule_table RULES_PROBES = RULE_TABLE(RULES);
