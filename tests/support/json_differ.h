/*
 * Where two JSON values differ. A place is written "spec/containers/ray-head/env/RAY_PORT/value":
 * keys, and of items their name, where all have one, else their index.
 *
 * As an API server takes them: null and what is empty are as if absent, but for emptyDir, and so
 * are a few values by their key; amounts of resources are equal by value. Items with names are
 * compared by these, and then in which order those stand that both have ("…/env/order").
 */
#pragma once

#include "base/json_read.h"

/* One of the two is NULL where only the other has it. */
typedef void (*json_differs_fn)(void *context, struct str place, const struct json_node *left,
	const struct json_node *right);

void json_differ(const struct json_node *left, const struct json_node *right,
	json_differs_fn differs, void *context);
