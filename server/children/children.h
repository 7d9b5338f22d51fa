/* All that a RayCluster becomes when nothing of it is there yet. */
#pragma once

#include "server/children/child.h"

/*
 * An array of objects in the order in which a controller creates them: account and role of the
 * autoscaler, the Secret of a token (without the token, which is random), Services, the head, then
 * the workers of each group as often as they are asked for. The caller frees it. Pods have a
 * generateName; a suspended cluster or group has none. Of the legacy dialect as
 * legacy_children.h says.
 *
 * At most `pods_max` pods are made; `*left_out` is how many more there would be.
 */
struct json_edit *children_of(const struct child_context *c, size_t pods_max, uint64_t *left_out);
