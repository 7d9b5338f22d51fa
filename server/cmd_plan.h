/* raygate plan: what an object would be given by default, and what it costs. */
#pragma once

/* argv[0] is the command's word. Returns the process's exit code. */
int cmd_plan(int argc, char **argv);
