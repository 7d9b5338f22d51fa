#include "tests/support/fake_cluster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "api/patch.h"
#include "base/clock.h"
#include "base/mem.h"

enum { OBJECTS_MAX = 1024, TOO_MANY = 429 };

static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 1 << 16};

struct object {
	char *path, *json;
};

struct fake_cluster {
	struct object objects[OBJECTS_MAX];
	size_t count;
	int version;
	bool is_away;
	const char *forbidden;
	const char *hanging; /* the end of a path */
	void (*hook)(void *context);
	void *hook_context;
	size_t writes;
	size_t lose_in; /* writes until the answer of one is lost, that one counted; 0: none is */
	const char *mutated_end, *mutation;
	const char *refused_end, *refused_reason;
	int refused_code;
	size_t refused;
	struct buf log;
};

struct transport {
	struct kube_transport base;
	struct fake_cluster *cluster;
};

struct fake_cluster *fake_cluster_new(void)
{
	return mem_alloc(sizeof(struct fake_cluster));
}

static void object_done(struct object *object)
{
	free(object->path);
	free(object->json);
}

void fake_cluster_free(struct fake_cluster **cluster)
{
	if (*cluster == NULL)
		return;
	for (size_t i = 0; i < (*cluster)->count; i++)
		object_done(&(*cluster)->objects[i]);
	buf_done(&(*cluster)->log);
	mem_free(cluster);
}

static struct object *find(const struct fake_cluster *cluster, struct str path)
{
	for (size_t i = 0; i < cluster->count; i++)
		if (str_is(path, cluster->objects[i].path))
			return (struct object *)(uintptr_t)&cluster->objects[i];
	return NULL;
}

static const struct json_node *read_json(struct arena *arena, struct str text)
{
	struct json_doc doc;
	struct err err;

	cr_assert(
		json_read(arena, text, &LIMITS, &doc, &err), "%s in %.*s", err.text, STR_ARG(text));
	return doc.root;
}

/* The object with a resourceVersion that it never had. */
static char *stamped(struct fake_cluster *cluster, struct str json)
{
	struct arena arena CLEANUP(arena_done);
	struct buf out = {0};

	arena_init(&arena, 4096);
	const struct json_node *const object = read_json(&arena, json);
	const struct json_node *const uid = json_get(json_get(object, "metadata"), "uid");
	const struct str stamp =
		arena_printf(&arena, "{\"metadata\":{\"resourceVersion\":\"%d\",\"uid\":\"%.*s\"}}",
			cluster->version + 1,
			STR_ARG(uid ? json_str(&arena, uid)
				    : arena_printf(&arena, "uid-%d", cluster->version + 1)));

	cluster->version++;
	merge_patch_apply(&arena, object, read_json(&arena, stamp), &out);
	return buf_take(&out);
}

static void store(struct fake_cluster *cluster, struct str path, struct str json)
{
	struct object *object = find(cluster, path);
	char *const text = stamped(cluster, json);
	struct buf name = {0};

	if (object == NULL) {
		cr_assert_lt(cluster->count, OBJECTS_MAX);
		object = &cluster->objects[cluster->count++];
		buf_add(&name, path);
		*object = (struct object){.path = buf_take(&name)};
	}
	free(object->json);
	object->json = text;
}

void fake_cluster_put(struct fake_cluster *cluster, const char *path, const char *json)
{
	store(cluster, str_from(path), str_from(json));
}

void fake_cluster_delete(struct fake_cluster *cluster, const char *path)
{
	struct object *const object = find(cluster, str_from(path));

	cr_assert_not_null(object, "%s", path);
	object_done(object);
	*object = cluster->objects[--cluster->count];
}

const char *fake_cluster_get(const struct fake_cluster *cluster, const char *path)
{
	const struct object *const object = find(cluster, str_from(path));

	return object ? object->json : NULL;
}

void fake_cluster_set_away(struct fake_cluster *cluster, bool away)
{
	cluster->is_away = away;
}

void fake_cluster_hang(struct fake_cluster *cluster, const char *end)
{
	cluster->hanging = end;
}

void fake_cluster_forbid(struct fake_cluster *cluster, const char *part)
{
	cluster->forbidden = part;
}

void fake_cluster_before_write(
	struct fake_cluster *cluster, void (*hook)(void *context), void *context)
{
	cluster->hook = hook;
	cluster->hook_context = context;
}

size_t fake_cluster_writes(const struct fake_cluster *cluster)
{
	return cluster->writes;
}

void fake_cluster_lose(struct fake_cluster *cluster, size_t after)
{
	cluster->lose_in = after + 1;
}

void fake_cluster_mutate(struct fake_cluster *cluster, const char *end, const char *patch)
{
	cluster->mutated_end = end;
	cluster->mutation = patch;
}

void fake_cluster_refuse(
	struct fake_cluster *cluster, const char *end, int code, const char *reason, size_t count)
{
	cluster->refused_end = end;
	cluster->refused_code = code;
	cluster->refused_reason = reason;
	cluster->refused = count;
}

const char *fake_cluster_next(const struct fake_cluster *cluster, size_t *at, const char **path)
{
	if (*at >= cluster->count)
		return NULL;
	*path = cluster->objects[*at].path;
	return cluster->objects[(*at)++].json;
}

struct str fake_cluster_log(const struct fake_cluster *cluster)
{
	return buf_str(&cluster->log);
}

static void refuse(struct kube_answer *answer, int code, const char *reason)
{
	answer->status = code;
	/* Later than anybody waits for: no test does. */
	answer->retry_after = code == TOO_MANY ? 3600 * CLOCK_SECOND : 0;
	buf_printf(&answer->body,
		"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
		"\"message\":\"the fake says %s\",\"reason\":\"%s\",\"code\":%d}",
		reason, reason, code);
}

static bool is_refused(struct fake_cluster *cluster, struct str path, struct kube_answer *answer)
{
	if (cluster->refused == 0 || !str_ends(path, cluster->refused_end))
		return false;
	cluster->refused--;
	refuse(answer, cluster->refused_code, cluster->refused_reason);
	return true;
}

static void answer_with(struct kube_answer *answer, int code, const struct object *object)
{
	answer->status = code;
	buf_add_cstr(&answer->body, object->json);
}

/* As a mutating webhook answers. */
static struct str mutated(
	const struct fake_cluster *cluster, struct arena *arena, struct str path, struct str body)
{
	struct buf out CLEANUP(buf_done) = {0};

	if (cluster->mutation == NULL || !str_ends(path, cluster->mutated_end))
		return body;
	merge_patch_apply(
		arena, read_json(arena, body), read_json(arena, str_from(cluster->mutation)), &out);
	return arena_str(arena, buf_str(&out));
}

static void create(
	struct fake_cluster *cluster, struct str path, struct str body, struct kube_answer *answer)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const struct json_node *const name =
		json_get(json_get(read_json(&arena, body), "metadata"), "name");
	const struct str at =
		arena_printf(&arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(json_str(&arena, name)));

	if (is_refused(cluster, path, answer))
		return;
	if (find(cluster, at)) {
		refuse(answer, 409, "AlreadyExists");
		return;
	}
	store(cluster, at, mutated(cluster, &arena, path, body));
	cluster->writes++;
	answer_with(answer, 201, find(cluster, at));
}

/* False when the patch says of which version or object it is, and that is another one. */
static bool is_current(const struct json_node *patch, const struct json_node *object)
{
	const struct json_node *const wanted =
		json_get(json_get(patch, "metadata"), "resourceVersion");

	const struct json_node *const uid = json_get(json_get(patch, "metadata"), "uid");

	if (uid && !json_equal(uid, json_get(json_get(object, "metadata"), "uid")))
		return false;
	return wanted == NULL ||
	       json_equal(wanted, json_get(json_get(object, "metadata"), "resourceVersion"));
}

static bool has_owner(const struct json_node *list, const struct json_node *uid)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (json_equal(json_get(it.value, "uid"), uid))
			return true;
	}
	return false;
}

static const struct json_node *owners_of(const struct json_node *object)
{
	return json_get(json_get(object, "metadata"), "ownerReferences");
}

/* A strategic patch as a merge patch: the list of owners is merged by uid, other lists are not. */
static const struct json_node *with_owners(
	struct arena *arena, const struct json_node *old, const struct json_node *body)
{
	CLEANUP(buf_done) struct buf list = {0};
	struct buf whole CLEANUP(buf_done) = {0};

	if (owners_of(body) == NULL)
		return body;
	for (struct json_iter it = json_iter(owners_of(old)); json_next_item(&it);) {
		if (!has_owner(owners_of(body), json_get(it.value, "uid")))
			buf_printf(
				&list, "%s%.*s", list.len ? "," : "", STR_ARG(json_raw(it.value)));
	}
	for (struct json_iter it = json_iter(owners_of(body)); json_next_item(&it);) {
		if (!json_str_is(json_get(it.value, "$patch"), STR("delete")))
			buf_printf(
				&list, "%s%.*s", list.len ? "," : "", STR_ARG(json_raw(it.value)));
	}
	const struct str merged = arena_printf(
		arena, "{\"metadata\":{\"ownerReferences\":[%.*s]}}", STR_ARG(buf_str(&list)));

	merge_patch_apply(arena, body, read_json(arena, merged), &whole);
	return read_json(arena, arena_str(arena, buf_str(&whole)));
}

static void patch(struct fake_cluster *cluster, const struct kube_request *request,
	const struct object *object, struct kube_answer *answer)
{
	struct arena arena CLEANUP(arena_done);
	struct buf out CLEANUP(buf_done) = {0};
	struct patch steps = {0};
	struct err err;

	arena_init(&arena, 4096);
	if (is_refused(cluster, str_from(object->path), answer))
		return;
	const struct json_node *const body = read_json(&arena, request->body);
	const struct json_node *const old = read_json(&arena, str_from(object->json));

	if (str_ends(str_from(request->content_type), "merge-patch+json")) {
		if (!is_current(body, old)) {
			refuse(answer, 409, "Conflict");
			return;
		}
		merge_patch_apply(&arena, old,
			str_starts(str_from(request->content_type), "application/strategic-")
				? with_owners(&arena, old, body)
				: body,
			&out);
	} else {
		cr_assert_str_eq(request->content_type, "application/json-patch+json");
		cr_assert(patch_read(&arena, body, &steps, &err), "%s", err.text);
		if (!patch_apply(&arena, old, &steps, &out, &err)) {
			refuse(answer, 422, err.text);
			return;
		}
	}
	store(cluster, str_from(object->path), buf_str(&out));
	cluster->writes++;
	answer_with(answer, 200, object);
}

/* Of that uid alone, where the request names one. */
static void remove_object(struct fake_cluster *cluster, const struct kube_request *request,
	struct object *object, struct kube_answer *answer)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const struct json_node *const uid =
		json_get(json_get(read_json(&arena, request->body), "preconditions"), "uid");
	const struct json_node *const is =
		json_get(json_get(read_json(&arena, str_from(object->json)), "metadata"), "uid");

	if (uid && !json_equal(uid, is)) {
		refuse(answer, 409, "Conflict");
		return;
	}
	answer_with(answer, 200, object);
	object_done(object);
	*object = cluster->objects[--cluster->count];
	cluster->writes++;
}

static struct str without_part(struct str path)
{
	return str_ends(path, "/status") ? (struct str){path.at, path.len - strlen("/status")}
					 : path;
}

static void run_hook(struct fake_cluster *cluster)
{
	void (*const hook)(void *context) = cluster->hook;

	cluster->hook = NULL;
	if (hook)
		hook(cluster->hook_context);
}

static void serve(struct fake_cluster *cluster, const struct kube_request *request,
	struct kube_answer *answer)
{
	assert(request->path);
	const struct str whole = str_from(request->path);
	const struct str path = without_part((struct str){whole.at, str_find(whole, '?')});

	if (strcmp(request->method, "GET") != 0)
		run_hook(cluster);
	struct object *const object = find(cluster, path);

	if (cluster->forbidden && str_contains(path, cluster->forbidden))
		refuse(answer, 403, "Forbidden");
	else if (strcmp(request->method, "POST") == 0)
		create(cluster, path, request->body, answer);
	else if (object == NULL)
		refuse(answer, 404, "NotFound");
	else if (strcmp(request->method, "GET") == 0)
		answer_with(answer, 200, object);
	else if (strcmp(request->method, "PATCH") == 0)
		patch(cluster, request, object, answer);
	else if (strcmp(request->method, "DELETE") == 0)
		remove_object(cluster, request, object, answer);
	else
		cr_assert_fail("%s %s", request->method, request->path);
}

/* A write; a path may have a query behind it. */
static bool is_hanging(const struct fake_cluster *cluster, const struct kube_request *request)
{
	const struct str path = {request->path, strcspn(request->path, "?")};

	return cluster->hanging && strcmp(request->method, "GET") != 0 &&
	       str_ends(path, cluster->hanging);
}

static bool send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	struct transport *const transport = (struct transport *)self;

	if (transport->cluster->is_away) {
		answer->fault = KUBE_FAULT_US; /* not tried again: no test waits for a back-off */
		return err_set(err, ERR_UNAVAILABLE, "the API server is away");
	}
	if (is_hanging(transport->cluster, request)) {
		answer->fault = KUBE_FAULT_TIMEOUT;
		return err_set(err, ERR_UNAVAILABLE, "the deadline has passed");
	}
	memcpy(answer->content_type, "application/json", sizeof("application/json"));
	const size_t writes = transport->cluster->writes;

	serve(transport->cluster, request, answer);
	if (transport->cluster->writes == writes)
		return true;
	buf_printf(&transport->cluster->log, " %s %s", request->method, request->path);
	if (transport->cluster->lose_in == 0 || --transport->cluster->lose_in)
		return true;
	answer->fault = KUBE_FAULT_BROKEN;
	answer->status = 0;
	return err_set(err, ERR_UNAVAILABLE, "the answer is lost");
}

static void transport_free(struct kube_transport *self)
{
	free(self);
}

struct kube_client *fake_cluster_client(struct fake_cluster *cluster)
{
	struct transport *const transport = mem_alloc(sizeof(*transport));

	transport->base = (struct kube_transport){.send = send, .free = transport_free};
	transport->cluster = cluster;
	return kube_client_new(&(struct kube_client_options){.transport = &transport->base});
}
