/*
 * `raygate check` as a user runs it: 2,000 documents of about 840 bytes in one file, CPU time of
 * the whole process from exec to exit, the median of many runs.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/files.h"

enum { RUNS = 21, DOCUMENTS = 2000 };

static const double GATE = 30, AIM = 80; /* MB of YAML a second of one core */

static const char *const MANIFESTS = "build/bench-check.yaml";

static const char DOCUMENT[] = "apiVersion: ray.io/v1\n"
			       "kind: RayCluster\n"
			       "metadata:\n"
			       "  name: cluster-%04d\n"
			       "  namespace: team-a\n"
			       "  labels:\n"
			       "    app.kubernetes.io/name: ray\n"
			       "spec:\n"
			       "  rayVersion: 2.52.0\n"
			       "  headGroupSpec:\n"
			       "    rayStartParams:\n"
			       "      dashboard-host: 0.0.0.0\n"
			       "    template:\n"
			       "      spec:\n"
			       "        containers:\n"
			       "        - name: ray-head\n"
			       "          image: rayproject/ray:2.52.0\n"
			       "          resources:\n"
			       "            limits: {cpu: \"1\", memory: 4Gi}\n"
			       "            requests: {cpu: \"1\", memory: 4Gi}\n"
			       "  workerGroupSpecs:\n"
			       "  - groupName: workers\n"
			       "    replicas: 1\n"
			       "    minReplicas: 1\n"
			       "    maxReplicas: 3\n"
			       "    template:\n"
			       "      spec:\n"
			       "        containers:\n"
			       "        - name: ray-worker\n"
			       "          image: rayproject/ray:2.52.0\n"
			       "          env:\n"
			       "          - {name: RAY_LOG_TO_STDERR, value: \"1\"}\n"
			       "          resources:\n"
			       "            limits: {cpu: \"1\", memory: 1Gi}\n"
			       "            requests: {cpu: \"1\", memory: 1Gi}\n"
			       "---\n";

static void make_manifests(struct buf *out)
{
	struct err err;

	for (int i = 0; i < DOCUMENTS; i++)
		buf_printf(out, DOCUMENT, i);
	if (!files_write(MANIFESTS, buf_str(out), &err)) {
		fprintf(stderr, "bench_check: %s\n", err.text);
		exit(2);
	}
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Seconds of CPU of one run; it must find nothing. */
static double run(char *program, char *file)
{
	char command[] = "check", quiet[] = "-q";
	char *const argv[] = {program, command, quiet, file, NULL};
	struct rusage usage;
	pid_t child;
	int status = -1;

	if (posix_spawn(&child, program, NULL, NULL, argv, environ) != 0 ||
		wait4(child, &status, 0, &usage) != child || status != 0) {
		fprintf(stderr, "bench_check: '%s check %s' does not exit with 0\n", program, file);
		exit(2);
	}
	return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	CLEANUP(buf_done) struct buf text = {0};
	char *const program = getenv("RAYGATE");
	double times[RUNS];
	struct arena arena;

	if (program == NULL) {
		fprintf(stderr, "bench_check: RAYGATE names no program\n");
		return 2;
	}
	arena_init(&arena, 4096);
	char *const file = mem_strdup(files_path(&arena, MANIFESTS));

	make_manifests(&text);
	for (int i = 0; i < RUNS; i++)
		times[i] = run(program, file);
	qsort(times, RUNS, sizeof(*times), by_value);
	const double megabytes = (double)text.len / 1e6;
	const double rate = megabytes / times[RUNS / 2];

	printf("check, %d documents of %zu bytes: %.1f MB/s of CPU (best %.1f, worst %.1f; gate "
	       "%.0f, aim %.0f)%s\n",
		DOCUMENTS, text.len / DOCUMENTS, rate, megabytes / times[0],
		megabytes / times[RUNS - 1], GATE, AIM, rate < GATE ? "  TOO SLOW" : "");
	free(file);
	arena_done(&arena);
	return rate < GATE;
}
