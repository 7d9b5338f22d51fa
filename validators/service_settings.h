/* What the API server takes of a Service that a user describes and KubeRay makes. */
#pragma once

#include "validators/rule.h"

/*
 * Labels, annotations, and settings that go with the type. `type` is the one that counts where the
 * spec has none; NULL is ClusterIP.
 */
void service_settings_fit(const struct rule_context *c, const struct schema_object *meta,
	const struct schema_object *spec, const struct json_node *type);
