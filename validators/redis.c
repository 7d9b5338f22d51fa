/* The Redis behind a fault-tolerant GCS: its address, its password, and who shares what is in it.
 */
#include "validators/rules.h"

static bool has_redis_options(const struct raycluster *cluster)
{
	return cluster->gcs.self.node && !str_is(cluster->gcs.backend.v, "rocksdb");
}

/* RG0817: KubeRay writes the empty address into the pod, and Ray then keeps its state in memory. */
static void redis_has_an_address(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const address = &cluster->gcs.redis_address;

	if (has_redis_options(cluster) && address->v.len == 0)
		rule_found(c, FIELD_CHILD(cluster->gcs.self.at, "redisAddress"), FIELD_REQUIRED,
			FIELD_READS(address->node),
			"without an address the GCS keeps its state in memory and dies with the "
			"head: give host:port");
}

static struct str without_scheme(struct str address)
{
	static const char *const SCHEMES[] = {"redis://", "rediss://"};

	for (size_t i = 0; i < ARRAY_LEN(SCHEMES); i++) {
		if (str_starts(address, SCHEMES[i]))
			return str_from_offset(address, str_from(SCHEMES[i]).len);
	}
	return address;
}

static bool has_space(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.at[i] <= ' ')
			return true;
	}
	return false;
}

/* What is behind the last colon, and not inside the brackets of an IPv6 address. */
static struct str port_of(struct str endpoint)
{
	for (size_t i = endpoint.len; i > 0 && endpoint.at[i - 1] != ']'; i--) {
		if (endpoint.at[i - 1] == ':')
			return str_from_offset(endpoint, i);
	}
	return (struct str){0};
}

static const char *endpoint_fault(struct str endpoint)
{
	const struct str port = port_of(endpoint);
	int64_t number;

	if (has_space(endpoint))
		return "must not hold white space";
	if (str_contains(endpoint, "://"))
		return "must be host:port, redis://host:port or rediss://host:port";
	if (port.len == 0)
		return "needs a port: host:port, such as redis:6379";
	if (!str_to_i64(port, &number) || number < 1 || number > 65535)
		return "the port must be a number from 1 to 65535: host:port, such as redis:6379";
	if (endpoint.len == port.len + 1)
		return "needs a host before the port, such as redis:6379";
	return NULL;
}

/* A list of endpoints with commas between; what Kubernetes or a shell fills in is not judged. */
static const char *address_fault(struct str address)
{
	const char *fault = NULL;

	if (str_find(address, '$') < address.len)
		return NULL;
	while (fault == NULL && address.len)
		fault = endpoint_fault(without_scheme(str_cut(&address, ',')));
	return fault;
}

/* RG0818 */
static void address_can_be_dialled(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const address = &cluster->gcs.redis_address;
	const struct env_var *const env =
		cluster->head ? container_env(pod_ray_container(&cluster->head->template),
					"RAY_REDIS_ADDRESS")
			      : NULL;
	const char *fault = has_redis_options(cluster) ? address_fault(address->v) : NULL;

	if (fault)
		rule_found(c, FIELD_CHILD(cluster->gcs.self.at, "redisAddress"), FIELD_INVALID,
			FIELD_READS(address->node), "%s", fault);
	fault = env && env->value.v.len ? address_fault(env->value.v) : NULL;
	if (fault)
		rule_found(c, FIELD_CHILD(env->self.at, "value"), FIELD_INVALID,
			FIELD_READS(env->value.node), "%s", fault);
}

/* $REDIS_PASSWORD and $(REDIS_PASSWORD) stand for a password that is kept elsewhere. */
static bool is_clear_text(struct str value)
{
	return value.len > 0 && value.at[0] != '$';
}

/* The value itself must not be repeated in a message. */
static void warn_of_clear_text(const struct rule_context *c, const struct field_path *at)
{
	rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS_NOTHING,
		"the password stands here in clear text for all who may read the object: take it "
		"from a Secret (valueFrom.secretKeyRef)");
}

/* RG0819 */
static void password_is_not_shown(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct ray_group *const head = cluster->head;

	if (is_clear_text(cluster->gcs.redis_password.value.v))
		warn_of_clear_text(c, FIELD_CHILD(cluster->gcs.redis_password.self.at, "value"));
	if (head == NULL)
		return;
	const struct env_var *const env =
		container_env(pod_ray_container(&head->template), "REDIS_PASSWORD");
	const struct json_node *const param = group_start_param(head, "redis-password");

	if (env && is_clear_text(env->value.v))
		warn_of_clear_text(c, FIELD_CHILD(env->self.at, "value"));
	if (json_is(param, JSON_STRING) && is_clear_text(json_str(c->arena, param)))
		warn_of_clear_text(c, FIELD_KEY(FIELD_CHILD(head->self.at, "rayStartParams"),
					      STR("redis-password")));
}

/* RG0820: an upgrade of a RayService runs two clusters at once. */
static void state_is_not_shared(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct gcs_options *const gcs = &cluster->gcs;

	if (c->object->kind == RAY_CLUSTER || c->object->kind == RAY_JOB)
		return;
	if (gcs->storage_namespace.v.len)
		rule_found(c, FIELD_CHILD(gcs->self.at, "externalStorageNamespace"), FIELD_INVALID,
			FIELD_READS(gcs->storage_namespace.node),
			"every cluster of this %s would keep its state in one place: leave it out "
			"and each has its own",
			ray_kind_name(c->object->kind));
	if (gcs->storage.claim_name.v.len)
		rule_found(c, FIELD_CHILD(gcs->storage.self.at, "claimName"), FIELD_INVALID,
			FIELD_READS(gcs->storage.claim_name.node),
			"every cluster of this %s would keep its state in one claim: give size "
			"instead and each has its own",
			ray_kind_name(c->object->kind));
}

static const struct rule RULES[] = {
	RULE("RG0817", "redis-has-an-address", WARN, MODERN, "0.1", NULL,
		"Fault tolerance by Redis names an address.",
		RULE_CHECKS_CLUSTER(redis_has_an_address), .needs = PART(GCS)),
	RULE("RG0818", "redis-address-is-host-and-port", WARN, MODERN, "0.1", NULL,
		"A Redis address is host:port, with redis:// or rediss:// in front or not.",
		RULE_CHECKS_CLUSTER(address_can_be_dialled), .needs = PART(GCS) | PART(ENV)),
	RULE("RG0819", "redis-password-is-secret", WARN, MODERN, "0.1", NULL,
		"The Redis password is taken from a Secret.",
		RULE_CHECKS_CLUSTER(password_is_not_shown),
		.needs = PART(GCS) | PART(ENV) | PART(START_PARAMS)),
	RULE("RG0820", "gcs-state-is-not-shared", WARN, MODERN, "0.1", NULL,
		"The clusters that a RayService or RayCronJob makes do not share their GCS state.",
		RULE_CHECKS_CLUSTER(state_is_not_shared), .needs = PART(GCS)),
};

const struct rule_table RULES_REDIS = RULE_TABLE(RULES);
