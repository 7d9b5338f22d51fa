#include "server/cmd_completion.h"

#include "server/commands.h"
#include "server/completion.h"

int cmd_completion(int argc, char **argv)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct str shell = argc > 1 ? str_from(argv[1]) : (struct str){0};

	if (str_is(shell, "--help") || str_is(shell, "-h"))
		return commands_help("completion");
	if (argc != 2 || !completion_print(shell, &text))
		return commands_usage_error("completion", "say bash, zsh or fish");
	return commands_print("completion", buf_str(&text), EXIT_FINE);
}
