#include "server/kube/lease.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_edit.h"

#define DURATION  (15 * CLOCK_SECOND)
#define GONE_MOST (60 * CLOCK_SECOND) /* whatever duration was written into one that is gone */

static const struct kube_resource LEASES = {"coordination.k8s.io", "v1", "leases", false};
static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 100000};

void kube_lease_done(struct kube_lease *lease)
{
	buf_done(&lease->object);
	buf_done(&lease->spec);
}

bool kube_lease_is_ours(const struct kube_lease *lease)
{
	return lease->object.len && strcmp(lease->holder, lease->options.identity) == 0;
}

static int64_t duration_of(const struct kube_lease *lease)
{
	return lease->options.duration ? lease->options.duration : DURATION;
}

static void forget(struct kube_lease *lease)
{
	lease->object.len = 0;
	lease->holder[0] = '\0';
}

/* Takes what the server says of it now. */
static void observe(struct kube_lease *lease, struct kube_reply *reply)
{
	const struct json_node *const spec = json_get(reply->doc.root, "spec");
	const struct str text = spec ? json_raw(spec) : STR("{}");
	const struct str holder = json_str(&reply->arena, json_get(spec, "holderIdentity"));
	int64_t seconds = 0;

	if (lease->object.len == 0 || !str_eq(buf_str(&lease->spec), text))
		lease->observed = clock_now();
	lease->object.len = lease->spec.len = 0;
	buf_add(&lease->object, reply->doc.text);
	buf_add(&lease->spec, text);
	snprintf(lease->holder, sizeof(lease->holder), "%.*s", STR_ARG(holder));
	lease->transitions = lease->gone_until = 0;
	json_i64(json_get(spec, "leaseTransitions"), &lease->transitions);
	/* What is longer than an int32 of seconds is no duration. */
	if (json_i64(json_get(spec, "leaseDurationSeconds"), &seconds) && seconds > 0 &&
		seconds <= INT32_MAX)
		lease->runs = seconds * CLOCK_SECOND;
	else
		lease->runs = duration_of(lease);
}

static void set_i64(struct json_edit *object, const char *key, int64_t value)
{
	json_edit_set(object, str_from(key), json_edit_i64(value));
}

static void set_text(struct json_edit *object, const char *key, const char *value)
{
	json_edit_set(object, str_from(key), json_edit_str(str_from(value)));
}

static struct json_edit *child_of(struct json_edit *object, const char *key)
{
	struct json_edit *child = json_edit_get(object, str_from(key));

	if (json_edit_kind(child) != JSON_OBJECT) {
		child = json_edit_object();
		json_edit_set(object, str_from(key), child);
	}
	return child;
}

/* The object as it was, or a new one; everything that is not ours to change stays. */
static struct json_edit *object_of(const struct kube_lease *lease)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 4096);
	if (lease->object.len && json_read(&arena, buf_str(&lease->object), &LIMITS, &doc, &err))
		return json_edit_import(doc.root);
	struct json_edit *const object = json_edit_object();

	set_text(object, "apiVersion", "coordination.k8s.io/v1");
	set_text(object, "kind", "Lease");
	set_text(child_of(object, "metadata"), "name", lease->options.name);
	set_text(child_of(object, "metadata"), "namespace", lease->options.namespace);
	return object;
}

struct change {
	const char *holder;
	int64_t seconds;
	bool acquired; /* it was not ours before */
};

static void put_change(const struct kube_lease *lease, const struct change *change, struct buf *out)
{
	struct json_edit *object CLEANUP(json_edit_free) = object_of(lease);
	struct json_edit *const spec = child_of(object, "spec");
	char now[CLOCK_TEXT];

	clock_rfc3339_micro(clock_wall(), now);
	set_text(spec, "holderIdentity", change->holder);
	set_i64(spec, "leaseDurationSeconds", change->seconds);
	set_text(spec, "renewTime", now);
	if (change->acquired) {
		set_text(spec, "acquireTime", now);
		set_i64(spec, "leaseTransitions", lease->object.len ? lease->transitions + 1 : 0);
	}
	json_edit_print(object, out);
}

static bool is_free(const struct kube_lease *lease)
{
	if (lease->object.len == 0)
		return lease->gone_until == 0 || clock_now() > lease->gone_until;
	return lease->holder[0] == '\0' || kube_lease_is_ours(lease) ||
	       clock_now() - lease->observed > lease->runs;
}

/* It is not there to be seen, and may be somebody's for so long. */
static void take_for_held(struct kube_lease *lease, int64_t duration)
{
	lease->gone_until = clock_now() + (duration < GONE_MOST ? duration : GONE_MOST);
}

/* That it is not there, though it may have been before. */
static void miss(struct kube_lease *lease)
{
	if (!is_free(lease) && lease->object.len)
		take_for_held(lease, lease->runs);
	forget(lease);
}

static bool write_change(
	struct kube_lease *lease, const struct change *change, int64_t patience, struct err *err)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	CLEANUP(buf_done) struct buf body = {0};
	const bool exists = lease->object.len > 0;

	put_change(lease, change, &body);
	const struct kube_call call = {
		.verb = exists ? KUBE_UPDATE : KUBE_CREATE,
		.at = {&LEASES, lease->options.namespace, exists ? lease->options.name : NULL,
			NULL},
		.body = buf_str(&body),
		.patience = patience,
		.stop = lease->stop,
	};

	if (!kube_call(lease->options.client, &call, &reply, err)) {
		/* Whether it was written is not known, or somebody else wrote: who then has it.
		 * A conflict also says that our own was deleted, which is made again at once. */
		forget(lease);
		if (err->code == ERR_CONFLICT && change->acquired)
			take_for_held(lease, duration_of(lease));
		return false;
	}
	observe(lease, &reply);
	return true;
}

/* What the server has; that there is none is fine too. */
static bool look(struct kube_lease *lease, int64_t patience, struct err *err)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	const struct kube_call call = {
		.verb = KUBE_GET,
		.at = {&LEASES, lease->options.namespace, lease->options.name, NULL},
		.patience = patience,
		.stop = lease->stop,
	};

	if (kube_call(lease->options.client, &call, &reply, err)) {
		observe(lease, &reply);
		return true;
	}
	if (err->code == ERR_NOT_FOUND)
		miss(lease);
	return err->code == ERR_NOT_FOUND;
}

bool kube_lease_try(struct kube_lease *lease, int64_t patience, struct err *err)
{
	const int64_t until = clock_now() + patience;

	/* What is ours is renewed without a look; if it was not ours any more, that fails. */
	if (!kube_lease_is_ours(lease) && !look(lease, patience, err))
		return false;
	if (!is_free(lease) && lease->object.len == 0)
		return err_set(err, ERR_CONFLICT, "'%.100s' is gone, and was held by somebody else",
			lease->options.name);
	if (!is_free(lease))
		return err_set(err, ERR_CONFLICT, "'%.100s' is held by '%.100s'",
			lease->options.name, lease->holder);
	const struct change change = {
		.holder = lease->options.identity,
		.seconds = duration_of(lease) / CLOCK_SECOND,
		.acquired = !kube_lease_is_ours(lease),
	};
	const int64_t left = until - clock_now();

	return write_change(lease, &change, left > 0 ? left : 1, err);
}

void kube_lease_release(struct kube_lease *lease, int64_t patience)
{
	const struct change change = {.holder = "", .seconds = 1};
	struct err ignored;

	if (lease->object.len == 0 && !look(lease, patience, &ignored))
		return;
	if (kube_lease_is_ours(lease) && !write_change(lease, &change, patience, &ignored))
		forget(lease);
}
