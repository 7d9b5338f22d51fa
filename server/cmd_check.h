/* raygate check: judge manifests without a cluster. */
#pragma once

/* argv[0] is the command's word. Returns the process's exit code. */
int cmd_check(int argc, char **argv);
