/* What the commands of a legacy cluster are, and what can be read from them. */
#include "server/children/legacy_start.h"

#include <ctype.h>

/* As the chart of 2022 has them; the operator's own default for the head could not start it. */
static const char *const HEAD_DEFAULT[] = {"ray stop",
	"ulimit -n 65536; ray start --head --port=6379 --no-monitor --dashboard-host 0.0.0.0"};
static const char *const WORKER_DEFAULT[] = {
	"ray stop", "ulimit -n 65536; ray start --address=$RAY_HEAD_IP:6379"};

enum { DEFAULTS = ARRAY_LEN(HEAD_DEFAULT) };

static const struct json_node *setup_of(const struct ray_group *type)
{
	if (!type->is_head && json_present(type->worker_setup_commands.node))
		return type->worker_setup_commands.node;
	return type->setup_commands.node;
}

static void add_list(
	struct legacy_commands *commands, struct arena *arena, const struct json_node *list)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		commands->items[commands->count++] = json_str(arena, it.value);
}

struct legacy_commands legacy_commands_of(
	const struct child_context *c, const struct ray_group *type)
{
	const char *const *const defaults = type->is_head ? HEAD_DEFAULT : WORKER_DEFAULT;
	const struct json_node *const setup = setup_of(type);
	const struct json_node *const start = type->is_head
						      ? c->cluster->head_start_commands.node
						      : c->cluster->worker_start_commands.node;
	const size_t most = json_count(setup) + json_count(start) + DEFAULTS;
	struct legacy_commands commands = {
		.items = arena_array(c->arena, most, sizeof(*commands.items))};

	add_list(&commands, c->arena, setup);
	commands.setup = commands.count;
	add_list(&commands, c->arena, start);
	for (size_t i = 0; start == NULL && i < DEFAULTS; i++)
		commands.items[commands.count++] = str_from(defaults[i]);
	return commands;
}

static struct str next_token(struct str *rest)
{
	size_t len = 0;

	while (rest->len && (*rest->at == ' ' || *rest->at == '='))
		*rest = str_from_offset(*rest, 1);
	while (len < rest->len && rest->at[len] != ' ' && rest->at[len] != '=')
		len++;
	const struct str token = {rest->at, len};

	*rest = str_from_offset(*rest, len);
	return token;
}

static bool is_port(struct str text)
{
	int64_t port;

	return str_to_i64(text, &port) && port > 0 && port <= 65535;
}

/* As the operator of 2022 found it: the token behind "--port". */
struct str legacy_head_port(const struct child_context *c)
{
	const struct legacy_commands commands = legacy_commands_of(c, c->cluster->head);

	for (size_t i = 0; i < commands.count; i++) {
		struct str rest = commands.items[i];

		while (rest.len) {
			if (!str_is(next_token(&rest), "--port"))
				continue;
			const struct str port = next_token(&rest);

			if (is_port(port))
				return port;
		}
	}
	return STR("6379");
}
