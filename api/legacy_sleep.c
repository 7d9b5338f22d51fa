#include "api/legacy_sleep.h"

#define SLEEP "trap : TERM INT; sleep infinity & wait"

/* The last word of the command line where bash runs it; else "". */
static struct str script_of(struct arena *arena, const struct container *container)
{
	const struct json_node *const words =
		json_count(container->args.node) ? container->args.node : container->command.node;
	const size_t count = json_count(words);
	const struct str shell = json_str(arena, json_item(container->command.node, 0));

	if (count == 0 || !(str_ends(shell, "/bash") || str_is(shell, "bash")))
		return STR("");
	return str_trim(json_str(arena, json_item(words, count - 1)));
}

bool legacy_sleeps(struct arena *arena, const struct container *container, struct str *before)
{
	struct str script = script_of(arena, container);

	while (str_ends(script, ";"))
		script = str_trim((struct str){script.at, script.len - 1});
	if (!str_ends(script, SLEEP))
		return false;
	*before = str_trim((struct str){script.at, script.len - STR(SLEEP).len});
	return true;
}
