#include "server/children/auth_secret.h"

#include <assert.h>

#include "api/derived_names.h"

static bool is_random(const uint8_t *bytes)
{
	uint8_t all = 0;

	for (size_t i = 0; i < AUTH_SECRET_RANDOM; i++)
		all |= bytes[i];
	return all != 0;
}

static void put_token(struct json_edit *data, const uint8_t *random)
{
	CLEANUP(buf_done) struct buf text = {0};

	/* A token that all clusters share would be none. */
	assert(is_random(random));
	buf_add_base64(&text, (struct str){(const char *)random, AUTH_SECRET_RANDOM});
	json_edit_put_str(data, "auth_token", buf_str(&text));
}

/* KubeRay makes one that nothing reads where the mode is not said. */
static bool has_token(const struct child_context *c)
{
	const struct auth_options *const auth = &c->cluster->auth;

	if (auth->k8s_token.v || auth->secret_name.v.len)
		return false;
	return c->token_auth || (!child_is_of_raygate(c) && json_present(auth->self.node) &&
					!str_is(auth->mode.v, "disabled"));
}

struct json_edit *auth_secret(const struct child_context *c, const uint8_t *random)
{
	if (!has_token(c))
		return NULL;
	struct json_edit *const secret = child_new(c, "v1", "Secret");
	struct json_edit *const meta = json_edit_get(secret, STR("metadata"));

	json_edit_put_str(meta, "name", derived_check_name(c->arena, c->name));
	json_edit_put_str(json_edit_put_object(meta, "labels"), LABEL_CLUSTER, c->name);
	if (random)
		put_token(json_edit_put_object(secret, "stringData"), random);
	return secret;
}
