/*
 * What Raygate's controller tells of refused writes, one behind the other in one message:
 * `Pod of "workers": exceeded quota: …; delete Pod "x": …`.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/* Parts of a text that outlives it. */
struct refusal {
	struct str text; /* all of it */
	struct str verb; /* "delete", "adopt", …; "" of a create, or when it says nothing */
	struct str kind; /* "Pod", "Service", …; "" where it does not begin as those do */
	struct str name; /* of the object; of pods that are to be that of the group */
};

/* Takes the first off the front of `rest`, or all where it is no such list. False: none is left. */
bool refusal_next(struct str *rest, struct refusal *out);
/* "made", "deleted", "adopted", …: what it was not. */
const char *refusal_participle(const struct refusal *r);
/* Whether it is of pods that were to be made: also where it does not say of what. */
bool refusal_is_of_pods(const struct refusal *r);
