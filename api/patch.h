/*
 * JSON Patches (RFC 6902): a list of operations that we print, and applying one in process, so
 * that we know what the API server will make of it. Values are JSON text; no number is ever
 * converted, not even by a patch that is applied.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/pointer.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	PATCH_OPERATIONS_MAX = 10000,       /* as the API server has it, for a patch that is read */
	PATCH_DEPTH_MAX = 512,              /* of a value, and of the place where it goes */
	PATCH_BYTES_MAX = 16 * 1024 * 1024, /* of all values that one application brings in */
};

enum patch_verb {
	PATCH_ADD,
	PATCH_REMOVE,
	PATCH_REPLACE,
	PATCH_MOVE,
	PATCH_COPY,
	PATCH_TEST,
};

struct patch_step {
	enum patch_verb verb;
	struct str path;  /* JSON Pointer */
	struct str from;  /* move and copy */
	struct str value; /* JSON text: add, replace and test */
};

/* Start from {0}. The steps live in the arena; the strings in them are only referred to. */
struct patch {
	struct patch_step *steps;
	size_t count;
	size_t room;
};

void patch_push(struct arena *arena, struct patch *patch, struct patch_step step);
/* "add", … */
const char *patch_verb_name(enum patch_verb verb);

/* The patch as JSON text: "[]" when there is nothing in it. */
void patch_print(const struct patch *patch, struct buf *out);

/*
 * A patch as somebody sent it; members that RFC 6902 does not know are ignored. The strings are
 * slices of the document or in the arena. From a document of JSON text, not YAML.
 */
bool patch_read(struct arena *arena, const struct json_node *root, struct patch *out,
	struct err *err) MUST_CHECK;

/*
 * Appends the patched document to `out` as JSON text without white space. All steps or none: on
 * failure nothing is appended, and the error names the step. ERR_CONFLICT when a test did not
 * hold, ERR_TOO_LARGE beyond a limit above, ERR_INVALID for anything else. Test compares numbers
 * by value (1 is 1.0), exactly. Removing the whole document is refused.
 */
bool patch_apply(struct arena *arena, const struct json_node *root, const struct patch *patch,
	struct buf *out, struct err *err) MUST_CHECK;

/*
 * A JSON Merge Patch (RFC 7386), as kubectl sends one for a custom resource: members of `patch`
 * replace those of `target`, null removes, lists are replaced whole. Appends to `out`. `target`
 * may be NULL.
 */
void merge_patch_apply(struct arena *arena, const struct json_node *target,
	const struct json_node *patch, struct buf *out);
