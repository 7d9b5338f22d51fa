/*
 * Why one RayCluster is not what was asked for: a table of looks, each in its turn, at what was
 * read. A pure function: the same input has the same findings.
 */
#pragma once

#include "server/explain/finding.h"
#include "server/explain/subject.h"

struct explain_verdict {
	struct explain_subject subject;
	struct explain_findings findings; /* the most important first */
	size_t wrong;                     /* how many of them are */
	struct str state;                 /* "ready", "3 of 4 pods run", … */
	/* What runs and how to reach it, where nothing is wrong. */
	struct explain_lines well;
};

/* `root` is an EXPLAIN_CLUSTER of the input. */
void explain_diagnose(
	const struct explain_input *in, const struct json_node *root, struct explain_verdict *out);
