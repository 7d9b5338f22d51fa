/* Reviews for the tests of the built program, and what its answers say. */
#pragma once

#include "base/mem.h"
#include "tests/support/http_client.h"

/* A cluster of one head in the namespace "ray", whose quota is 4 CPU in the built-in policy. */
struct review_text {
	const char *uid;       /* as it stands in JSON, without quotes; NULL: "u-1" */
	const char *name;      /* NULL: "demo" */
	const char *operation; /* NULL: CREATE */
	const char *cpu;       /* of the head; NULL: "1" */
	bool dry_run;
};
struct str review_text(struct arena *arena, const struct review_text *it);

/* What an answer holds; strings live in the arena. */
struct answer {
	int status; /* of HTTP; 0: none came */
	bool is_review, allowed;
	struct str uid, message, patch;
	size_t causes;
	int64_t code;
};
/* POSTs and reads. A reply that is neither a review nor a Status with a sentence fails the test. */
struct answer ask_review(
	struct arena *arena, struct http_client *client, const char *path, struct str body);
/* The same for what was read elsewhere. */
struct answer read_answer(struct arena *arena, const struct http_reply *reply);
/* POSTs any bytes; false when it could not be sent. */
bool post(struct http_client *client, const char *path, struct str body);
/* A file below the root of the repository. */
struct str read_text(struct arena *arena, const char *name);
