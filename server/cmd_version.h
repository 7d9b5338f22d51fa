/* raygate version: the version. */
#pragma once

/* argv[0] is the command's word. Returns the process's exit code. */
int cmd_version(int argc, char **argv);
