/* raygate serve: the admission webhook. */
#pragma once

/* argv[0] is the command's word. Returns the process's exit code. */
int cmd_serve(int argc, char **argv);
