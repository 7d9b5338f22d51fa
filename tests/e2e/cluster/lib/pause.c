/* The first process of a pod: holds its namespaces, and buries what was left in them. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(int sig)
{
	_exit(sig == SIGINT ? 130 : 0);
}

static void bury(int sig)
{
	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int main(void)
{
	signal(SIGINT, leave);
	signal(SIGTERM, leave);
	signal(SIGCHLD, bury);
	for (;;)
		pause();
}
