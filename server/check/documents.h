/*
 * The documents of one file, one at a time: YAML of several documents, or JSON values one behind
 * the other, as kubectl reads both.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "server/check/source.h"

enum { DOCUMENTS_BYTES_MAX = 64 * 1024 * 1024 };

struct documents {
	struct source *source;
	struct yaml_stream *yaml; /* NULL while it is read as JSON */
	size_t offset;            /* of what is left of JSON */
	bool started;
};

struct document {
	const struct json_node *root; /* NULL at the end */
	struct yaml_doc yaml;         /* of YAML; else its root is NULL */
};

/* Where a document is wrong: line and column are 0 when that is not known. */
struct document_fault {
	uint32_t line, column;
	struct str text; /* in the arena */
};

/* The source stays the caller's, and must outlive what is read. */
void documents_open(struct documents *documents, struct source *source);
void documents_close(struct documents *documents);
/*
 * The next document, in the arena. False when it is wrong; then there may be more behind it, and
 * the end comes when there is none.
 */
bool documents_next(struct documents *documents, struct arena *arena, struct document *out,
	struct document_fault *fault) MUST_CHECK;
/* Line and column, from 1, the column in characters. */
void documents_place(const struct documents *documents, const struct document *document,
	const struct json_node *node, uint32_t *line, uint32_t *column);
