/* raygate completion: completions for a shell, made from the tables of commands and options. */
#pragma once

/* argv[0] is the command's word. Returns the process's exit code. */
int cmd_completion(int argc, char **argv);
