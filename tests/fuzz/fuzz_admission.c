/*
 * Any bytes as the body of a review, to both webhooks: no crash, and either a reason or an answer
 * that is JSON.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "server/admission/admit.h"
#include "server/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(
	struct arena *arena, const struct policy *policy, enum admit_phase phase, struct str body)
{
	CLEANUP(buf_done) struct buf reply = {0};
	const struct admit_input in = {
		.phase = phase, .body = body, .arena = arena, .policy = policy};
	struct admit_outcome outcome;
	struct json_doc doc;
	struct err err;

	if (!admit(&in, &reply, &outcome, &err)) {
		assert(reply.len == 0 && err.text[0]);
		return;
	}
	const bool read = json_read(arena, buf_str(&reply), &ADMISSION_LIMITS, &doc, &err);

	assert(read);
	(void)read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy_store *store;
	struct arena arena;
	struct err err;

	if (store == NULL)
		store = policy_store_new(NULL, &err);
	const struct policy *const policy = policy_store_acquire(store);

	arena_init(&arena, 65536);
	ask(&arena, policy, ADMIT_MUTATE, (struct str){(const char *)data, size});
	ask(&arena, policy, ADMIT_VALIDATE, (struct str){(const char *)data, size});
	arena_done(&arena);
	policy_store_release(store, policy);
	return 0;
}
