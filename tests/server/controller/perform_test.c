/* What a write does that the other tests of the controller do not come to. */
#include "server/controller/perform.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "tests/support/controller_kit.h"

static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};
static const struct action MAKE = {.kind = ACTION_CREATE,
	.child = CHILD_POD,
	.name = STR_INIT("p"),
	.expected = {.group = STR_INIT("workers"), .role = POD_WORKER}};

static bool is_late(void *context)
{
	(void)context;
	return false;
}

static size_t pods(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	struct observed seen;
	struct acceptance_view view;

	arena_init(&arena, 65536);
	cr_assert(world_observe(kit->world, &KEY, &arena, &seen, &view));
	return seen.pod_count;
}

/* Nobody is harmed by it, and what it finds is true. */
Test(perform, who_may_write_no_more_still_reads)
{
	struct controller_kit *kit = controller_kit_new(NULL);

	controller_kit_apply(kit, "a", 1);
	controller_kit_begin(kit);
	struct performer late = kit->performer;
	struct write write = {.key = KEY,
		.uid = STR("uid-of-a"),
		.action = ACTION_CREATE,
		.child = CHILD_POD,
		.name = MAKE.name,
		.group = STR("workers"),
		.body = STR("{\"metadata\":{\"name\":\"p\"}}")};

	late.leads = is_late;
	world_expect(kit->world, &KEY, write.uid, &MAKE);
	cr_assert_eq(pods(kit), 1u);
	write.look = true;
	cr_expect_eq(perform(&late, &write), WRITE_DONE);
	cr_expect_eq(pods(kit), 0u, "it is not there");
	write.look = false;
	cr_expect_eq(perform(&late, &write), WRITE_GIVEN_UP);
	cr_expect_eq(fake_cluster_writes(kit->cluster), 0u);
	cr_expect_eq(perform(&kit->performer, &write), WRITE_DONE);
	cr_expect_eq(fake_cluster_writes(kit->cluster), 1u);
	controller_kit_free(&kit);
}

/* How long an answer is waited for at most. */
static struct {
	int64_t write, read;
} waited;

/* What is asked for is there already. */
static bool send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	const bool reads = str_is(str_from(request->method), "GET");

	(void)self;
	(void)err;
	*(reads ? &waited.read : &waited.write) = request->deadline - clock_now();
	answer->status = reads ? 404 : 409;
	buf_printf(&answer->body,
		"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d,"
		"\"reason\":\"%s\"}",
		answer->status, reads ? "NotFound" : "AlreadyExists");
	memcpy(answer->content_type, "application/json", sizeof("application/json"));
	return true;
}

static void leave(struct kube_transport *self)
{
	(void)self;
}

/* An API server gives the request up after 34 s; to look it needs no webhook. */
Test(perform, a_write_that_nobody_answered_is_given_more_time)
{
	struct controller_kit *kit = controller_kit_new(NULL);
	struct kube_transport transport = {send, leave};
	struct kube_client *client =
		kube_client_new(&(struct kube_client_options){.transport = &transport});
	struct write write = {.key = KEY,
		.uid = STR("uid-of-a"),
		.action = ACTION_CREATE,
		.child = CHILD_POD,
		.name = MAKE.name,
		.body = STR("{}")};

	controller_kit_begin(kit);
	struct performer performer = kit->performer;

	performer.client = client;
	perform(&performer, &write);
	cr_expect_eq(waited.write, 12 * CLOCK_SECOND);
	cr_expect_eq(waited.read, 12 * CLOCK_SECOND);
	write.slow = true;
	perform(&performer, &write);
	cr_expect_eq(waited.write, 36 * CLOCK_SECOND);
	cr_expect_eq(waited.read, 12 * CLOCK_SECOND);
	kube_client_free(&client);
	controller_kit_free(&kit);
}
