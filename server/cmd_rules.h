/* raygate rules: the table of rules, and one of them explained. */
#pragma once

/* argv[0] is the command's word. Returns the process's exit code. */
int cmd_rules(int argc, char **argv);
