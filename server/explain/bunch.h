/* Pods of one group with the same trouble: one finding tells of all. */
#pragma once

#include "server/explain/looks.h"
#include "server/explain/trouble.h"

struct bunch {
	struct explain_trouble first; /* the oldest pod's */
	size_t count;
};

typedef void bunch_fn(struct look *l, const struct bunch *b);

/* All troubles there are; at most as many as pods. In the order of telling. */
struct bunch *bunches_of(const struct explain_subject *s, size_t *count);

/* "the head", "2 pods of group \"w\"", "a pod of group \"w\"" */
struct str bunch_name(struct arena *arena, const struct bunch *b);
/* "is" for one and "are" for more. */
const char *bunch_are(const struct bunch *b);
/* Which pods these are, and for how long. */
void bunch_show_pods(struct look *l, struct explain_finding *f, const struct bunch *b);

void bunch_tell_scheduling(struct look *l, const struct bunch *b);
void bunch_tell_image(struct look *l, const struct bunch *b);
void bunch_tell_crash(struct look *l, const struct bunch *b);
/* The last line of the container's log, and what it means. False when there is no log. */
bool bunch_show_log(
	struct look *l, struct explain_finding *f, const struct bunch *b, bool previous);
