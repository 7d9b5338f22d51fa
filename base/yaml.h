/*
 * YAML into the nodes of base/json_read.h, as kubectl reads it: each document becomes compact JSON
 * text in the arena and is read from there, so that everything that reads JSON reads YAML.
 *
 * Scalars are resolved as sigs.k8s.io/yaml does (YAML 1.1: yes, no, on, off, y, n are booleans,
 * 0777 is octal, 1_000 is 1000, dates stay strings, a float is written as Go's encoder writes it;
 * keys become strings), with these differences: an integer beyond 64 bits keeps its digits, an
 * explicit key wins over `<<` wherever it stands, and a key that stands twice is an error even when
 * it is written in two ways (1 and "1"). JSON is YAML, but json_read is faster: it may be tried
 * when the first byte that is not white space is '{'.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/str.h"

struct yaml_limits {
	size_t bytes;      /* of the stream, and again of what aliases add to one document */
	uint32_t depth;    /* nested mappings and sequences */
	uint32_t nodes;    /* keys and values of one document */
	uint32_t expanded; /* of these, those that aliases copied */
};

struct yaml_place {
	uint32_t line, column; /* from 1, in characters */
};

struct yaml_doc {
	struct json_doc json;            /* its text is JSON, in the arena */
	const struct yaml_place *places; /* of each node, in the same order */
	uint32_t index; /* in the stream, from 0, empty ones counted; also of a wrong one */
};

/* One document at a time, so that a long stream needs little memory. One thread at a time. */
struct yaml_stream;

/* The text stays the caller's, and must outlive the stream. */
struct yaml_stream *yaml_open(struct str text);
/* Takes NULL and nulls. */
void yaml_close(struct yaml_stream **stream);

/*
 * The next document that is not empty (or null), in the arena; at the end doc->json.root is NULL.
 * False when it is wrong: ERR_TOO_LARGE for a limit, ERR_INVALID otherwise, with line and column
 * in the message. Behind a document with a wrong value or key twice the stream goes on; behind
 * one that is no YAML (but see yaml_resume), or beyond a limit, it is at its end.
 */
bool yaml_next(struct yaml_stream *stream, struct arena *arena, const struct yaml_limits *limits,
	struct yaml_doc *doc, struct err *err) MUST_CHECK;

/*
 * When the last document was no YAML: goes on at the next line that begins with "---", if there is
 * one.
 */
bool yaml_resume(struct yaml_stream *stream);

/* The one document of a text; none, or a second one, is an error. */
bool yaml_read(struct arena *arena, struct str text, const struct yaml_limits *limits,
	struct yaml_doc *doc, struct err *err) MUST_CHECK;

/*
 * Where a node of the document (a key or a value) stands in the YAML text; a value that is left
 * out may be on the line behind the last one.
 */
void yaml_position(
	const struct yaml_doc *doc, const struct json_node *node, uint32_t *line, uint32_t *column);
