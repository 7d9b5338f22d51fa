/* The texts of --help, made from the tables of commands and of settings. */
#pragma once

#include "server/commands.h"

/* The list of all commands. */
void help_print_list(struct buf *out);
/* All that there is to say of one command. */
void help_print_command(const struct command_row *command, struct buf *out);
