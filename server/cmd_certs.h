/* `raygate certs`: mint, inspect and verify the CA and the serving certificate. */
#pragma once

/*
 * argv[0] is "certs". Returns the exit code: 0 fine, 1 the pair is not in order (verify), 2 usage,
 * 3 something cannot be read or written.
 */
int cmd_certs(int argc, char **argv);
