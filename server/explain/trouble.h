/* What is wrong with a single pod: the first thing that keeps it from doing its work. */
#pragma once

#include "server/explain/subject.h"

/* In the order in which they are told. */
enum explain_trouble_kind {
	TROUBLE_NODE_LOST,
	TROUBLE_FAILED, /* the whole pod has ended: evicted, over its deadline, … */
	TROUBLE_CRASH,
	TROUBLE_IMAGE,
	TROUBLE_CONFIG, /* a container cannot be made: a Secret or a key that is not there */
	TROUBLE_MOUNT,
	TROUBLE_SCHEDULING,
	TROUBLE_GATED, /* not given to the scheduler yet */
	TROUBLE_INIT,  /* an init container runs on and on */
	TROUBLE_UNREADY,
	TROUBLE_TERMINATING,
	TROUBLE_ENDING, /* it has the time to, and none is in its place */
	TROUBLE_STARTING,
	TROUBLE_NONE,
};

struct explain_trouble {
	enum explain_trouble_kind kind;
	const struct explain_pod *pod;
	const struct explain_container *container; /* whose it is, or NULL */
	const struct json_node *event;             /* that tells of it, or NULL */
	struct str reason, message;
	int64_t since; /* 0: not known */
};

struct explain_trouble explain_trouble_of(
	const struct explain_subject *s, const struct explain_pod *pod);
/* Whether one sentence tells of both. */
bool explain_troubles_alike(const struct explain_trouble *a, const struct explain_trouble *b);
