/*
 * The plain part of YAML that most manifests are written in, read without libyaml in a tenth of its
 * time: block mappings and sequences, values on one line, flow collections on one line, comments,
 * several documents; in printable ASCII. base/yaml's own business.
 *
 * Whatever else stands in a document (anchors, tags, block scalars, values of several lines,
 * escapes, tabs, other characters, anything odd or wrong) is left to libyaml: this only ever reads
 * what it is sure of, and then makes the very events that libyaml would. tests/fuzz/fuzz_yaml.c
 * holds one against the other.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/yaml_text.h"

/* Where the next document begins: offset 0 and line 1 at first. */
struct yaml_fast {
	struct str text;
	size_t offset;
	uint32_t line;
};

enum yaml_fast_result {
	YAML_FAST_DOCUMENT, /* all of its events were made */
	YAML_FAST_END,      /* there is none */
	YAML_FAST_NOT,      /* not plain: begin anew, with libyaml from offset and line on */
};

/* `out` has just begun a document. */
enum yaml_fast_result yaml_fast_read(struct yaml_fast *fast, struct yaml_text *out);
