#include "validators/start_read.h"

#include "validators/shell_word.h"
#include "validators/start_flags.h"

#define OVERWRITE "ray.io/overwrite-container-cmd"

const struct json_node *start_param_number(
	const struct rule_context *c, const struct ray_group *group, const char *name, int64_t *out)
{
	const struct json_node *const value = group_start_param(group, name);

	if (!json_is(value, JSON_STRING))
		return NULL;
	const struct shell_word word = shell_word_read(c->arena, json_str(c->arena, value));

	return !word.expands && start_int(word.text, out) ? value : NULL;
}

const struct field_path *start_param_path(
	const struct rule_context *c, const struct ray_group *group, const char *name)
{
	const struct field_path *const map =
		field_path_keep(c->arena, FIELD_CHILD(group->self.at, "rayStartParams"));

	return field_path_keep(c->arena, FIELD_KEY(map, str_from(name)));
}

static bool says_true(struct arena *arena, const struct val_map *map, const char *key)
{
	const struct json_node *const value = json_get(map->node, key);

	return json_is(value, JSON_STRING) && str_is_nocase(json_str(arena, value), "true");
}

static bool starts_ray(struct arena *arena, const struct json_node *words)
{
	for (struct json_iter it = json_iter(words); json_next_item(&it);) {
		if (str_contains(json_str(arena, it.value), "ray start"))
			return true;
	}
	return false;
}

static bool has_own_command(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	return says_true(c->arena, &c->object->meta.annotations, OVERWRITE) ||
	       says_true(c->arena, &group->template.metadata.annotations, OVERWRITE) ||
	       (ray && (starts_ray(c->arena, ray->command.node) ||
			       starts_ray(c->arena, ray->args.node)));
}

enum field_severity start_param_grade(const struct rule_context *c, const struct ray_group *group)
{
	return group->is_head && !has_own_command(c, group) ? FIELD_SEVERITY_ERROR
							    : FIELD_SEVERITY_WARN;
}
