/* Any bytes as a policy file: no crash, and either a policy or a reason. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "api/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct field_errors errors;
	struct err err;

	arena_init(&arena, 4096);
	field_errors_init(&errors, &arena, NULL);
	struct policy *policy =
		policy_decode((struct str){(const char *)data, size}, "fuzz", &errors, &err);

	assert(policy == NULL || errors.count == 0);
	if (policy == NULL)
		assert(err.text[0]);
	policy_free(&policy);
	arena_done(&arena);
	return 0;
}
