#include "server/cmd_completion.h"

#include "server/commands.h"
#include "server/completion.h"

int cmd_completion(struct settings *settings)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (settings->argument_count != 1 || !completion_print(settings->arguments[0], &text))
		return commands_usage_error("completion", "say bash, zsh or fish");
	return commands_print("completion", buf_str(&text), EXIT_FINE);
}
