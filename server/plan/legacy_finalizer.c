/*
 * The operator of 2022 held each cluster by a finalizer. An object that has it must wait for
 * nobody: not even where its operator, which is ours now, is uninstalled first.
 */
#include "server/plan/finalizer.h"
#include "server/plan/legacy_parts.h"

#define KOPF_FINALIZER "kopf.zalando.org/KopfFinalizerMarker"

/* Seldom while it lives: an operator of 2022 that is still there puts it back each time. */
static bool is_time(const struct observed *seen)
{
	return seen->first || seen->object->meta.deletion_timestamp.v.len;
}

void legacy_let_go(const struct observed *seen, struct round *round)
{
	if (is_time(seen) &&
		finalizer_take_off(json_get(seen->root, "metadata"), STR(KOPF_FINALIZER), round))
		round->checks = true;
}
