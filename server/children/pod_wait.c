#include "server/children/pod_parts.h"

/*
 * For two minutes the head's silence is normal; then what is said of it is shown. No file is
 * written: the root's file system may be read-only.
 */
static struct str script(const struct child_context *c)
{
	const struct str host = c->head_fqdn, port = c->head_port;

	return arena_printf(c->arena,
		"head=%.*s:%.*s\n"
		"SECONDS=0\n"
		"until said=$(ray health-check --address \"$head\" 2>&1); do\n"
		"	echo \"$SECONDS s: the head ($head) does not answer yet\"\n"
		"	if [ \"$SECONDS\" -gt 120 ]; then\n"
		"		echo \"$said\"\n"
		"		echo 'Is the head running? Is its Service reachable from here?'\n"
		"	fi\n"
		"	sleep 5\n"
		"done\n"
		"echo \"$SECONDS s: the head answers\"\n",
		STR_ARG(host), STR_ARG(port));
}

/* It talks to Ray as the worker does: by the same image, environment and mounts. */
static void take_from_ray(struct json_edit *container, const struct json_edit *ray)
{
	static const char *const TAKEN[] = {
		"image", "imagePullPolicy", "securityContext", "env", "volumeMounts"};

	for (size_t i = 0; i < ARRAY_LEN(TAKEN); i++) {
		const struct json_edit *const value = json_edit_get(ray, str_from(TAKEN[i]));

		if (value)
			json_edit_put(container, TAKEN[i], json_edit_copy(value));
	}
}

void pod_add_wait_for_head(struct pod_draft *d)
{
	struct json_edit *const container = json_edit_object();

	json_edit_put_cstr(container, "name", "wait-gcs-ready");
	take_from_ray(container, d->ray);
	container_put_script(container, script(d->c));
	container_put_resources(container, "200m", "256Mi");
	json_edit_add(child_array(d->spec, "initContainers"), container);
}
