#include "server/children/legacy_start.h"

#include "api/legacy_sleep.h"

/* Followed by names of programs. */
#define EACH_PROCESS_OF                                                                            \
	"for at in /proc/[0-9]*; do\n"                                                             \
	"  name=; IFS= read -r -d '' name 2>/dev/null < \"$at/cmdline\" || continue\n"             \
	"  case ${name##*/} in "

/* The processes by which Ray is known: a head's GCS, and every node's raylet. */
#define EACH_RAY_PROCESS EACH_PROCESS_OF "raylet | gcs_server) "

/* Each command in a shell of its own, so that none can spoil the next. */
#define HEAD_OF_SCRIPT                                                                             \
	"trap 'exit 143' TERM INT\n"                                                               \
	"run() {\n"                                                                                \
	"  /bin/bash -c \"$1\" & wait $!\n"                                                        \
	"  code=$?\n"                                                                              \
	"  [ $code -eq 0 ] || { echo \"ended with $code: $1\" >&2; exit $code; }\n"                \
	"}\n"

#define WAIT_FOR_HEAD                                                                              \
	"until (exec 3<>\"/dev/tcp/$RAY_HEAD_IP/%.*s\") 2>/dev/null; do\n"                         \
	"  [ $SECONDS -lt %d ] || { echo \"no head at $RAY_HEAD_IP\" >&2; exit 1; }\n"             \
	"  sleep 1 & wait $!\n"                                                                    \
	"done\n"

#define REST_OF_SCRIPT                                                                             \
	"ray=\n" EACH_RAY_PROCESS "ray=\"$ray $at\" ;; esac\n"                                     \
	"done\n"                                                                                   \
	"[ -n \"$ray\" ] || { echo 'Ray is not running after its start commands' >&2; exit 1; }\n" \
	"while :; do\n"                                                                            \
	"  for at in $ray; do [ -e \"$at\" ] || { echo \"Ray has ended\" >&2; exit 1; }; done\n"   \
	"  sleep 2 & wait $!\n"                                                                    \
	"done\n"

/* By their raylet programs beside it find Ray: a head's GCS runs seconds before it. */
#define PROBE EACH_PROCESS_OF "raylet) exit 0 ;; esac\ndone\nexit 1\n"

enum {
	START_WAIT_S = 900, /* the operator of 2022 gave a node so long */
	PROBE_PERIOD_S = 2,
	PROBE_TIMEOUT_S = 5,
};

/* Kubernetes takes $(NAME) for a variable of its own, and $$ for one $: not so in an exec. */
static void add_char(struct buf *out, struct str text, size_t i)
{
	const char next = i + 1 < text.len ? text.at[i + 1] : ' ';

	if (text.at[i] == '$' && (next == '$' || next == '('))
		buf_add_char(out, '$');
	buf_add_char(out, text.at[i]);
}

/* In single quotes, for a shell. */
static void add_quoted(struct buf *out, struct str text)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\'')
			buf_add_cstr(out, "'\\''");
		else
			add_char(out, text, i);
	}
	buf_add_char(out, '\'');
}

static void add_commands(
	struct buf *out, const struct legacy_commands *commands, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		buf_add_cstr(out, "run ");
		add_quoted(out, commands->items[i]);
		buf_add_char(out, '\n');
	}
}

/* Where nothing ran before it, there is nothing to be stopped, and to find that out takes a second.
 */
static size_t first_of(const struct legacy_commands *commands, struct str before)
{
	size_t first = 0;

	while (before.len == 0 && first < commands->count &&
		str_is(str_trim(commands->items[first]), "ray stop"))
		first++;
	return first;
}

static struct str wrapper(const struct child_context *c, const struct ray_group *type,
	const struct legacy_commands *commands, struct str before)
{
	const size_t first = first_of(commands, before);
	CLEANUP(buf_done) struct buf out = {0};

	if (before.len) {
		buf_add(&out, before);
		buf_add_char(&out, '\n');
	}
	buf_add_cstr(&out, HEAD_OF_SCRIPT);
	add_commands(&out, commands, first, commands->setup);
	if (!type->is_head)
		buf_printf(&out, WAIT_FOR_HEAD, STR_ARG(legacy_head_port(c)), START_WAIT_S);
	add_commands(
		&out, commands, first > commands->setup ? first : commands->setup, commands->count);
	buf_add_cstr(&out, REST_OF_SCRIPT);
	return arena_str(c->arena, buf_str(&out));
}

static struct json_edit *words_of(const char *const *words, size_t count)
{
	struct json_edit *const list = json_edit_array();

	for (size_t i = 0; i < count; i++)
		json_edit_add(list, json_edit_str(str_from(words[i])));
	return list;
}

/*
 * The pod is not ready before Ray is up. A startup probe, so that nothing is asked of a node that
 * runs: from then on the container ends when Ray does. What it runs is the shell that the container
 * runs already.
 */
static void put_probe(struct json_edit *container)
{
	static const char *const COMMAND[] = {"/bin/bash", "-c", PROBE};
	struct json_edit *const probe = json_edit_put_object(container, "startupProbe");

	json_edit_put(json_edit_put_object(probe, "exec"), "command",
		words_of(COMMAND, ARRAY_LEN(COMMAND)));
	json_edit_put_i64(probe, "periodSeconds", PROBE_PERIOD_S);
	json_edit_put_i64(probe, "timeoutSeconds", PROBE_TIMEOUT_S);
	json_edit_put_i64(probe, "failureThreshold", START_WAIT_S / PROBE_PERIOD_S);
}

/* For whoever starts Ray there: bash -c "$RAYGATE_START_COMMANDS". */
static void put_as_env(
	const struct legacy_commands *commands, struct arena *arena, struct json_edit *container)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < commands->count; i++) {
		for (size_t at = 0; at < commands->items[i].len; at++)
			add_char(&text, commands->items[i], at);
		buf_add_char(&text, '\n');
	}
	container_default_env(
		container, "RAYGATE_START_COMMANDS", arena_str(arena, buf_str(&text)));
}

void legacy_put_start(
	const struct child_context *c, const struct ray_group *type, struct json_edit *container)
{
	const struct container *const ray = pod_ray_container(&type->template);
	const struct legacy_commands commands = legacy_commands_of(c, type);
	struct str before;

	if (commands.count == 0)
		return;
	if (!legacy_sleeps(c->arena, ray, &before)) {
		put_as_env(&commands, c->arena, container);
		return;
	}
	container_put_script(container, wrapper(c, type, &commands, before));
	put_probe(container);
}
