#include "base/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/str.h"

static double seconds_of(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* The number `index` words behind the start of `text`; 0 when there is none. */
static double number_at(struct str text, size_t index)
{
	int64_t value = 0;

	for (; index > 0 && text.len; index--)
		text = str_trim(str_from_offset(text, str_find(text, ' ')));
	str_to_i64((struct str){text.at, str_find(text, ' ')}, &value);
	return (double)value;
}

/* A small file of /proc, empty when it cannot be read. */
static struct str read_proc(const char *path, char *text, size_t size)
{
	FILE *const file = fopen(path, "re");
	size_t len = 0;

	if (file) {
		len = fread(text, 1, size, file);
		fclose(file);
	}
	return str_trim((struct str){text, len});
}

/* Field 22 of /proc/self/stat, in clock ticks since boot; counted behind the name, field 2. */
static double start_time(void)
{
	char space[1024];
	struct str stat = read_proc("/proc/self/stat", space, sizeof(space));

	while (stat.len && str_find(stat, ')') < stat.len)
		stat = str_from_offset(stat, str_find(stat, ')') + 1);
	return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME) +
	       number_at(stat, 22 - 2) / (double)sysconf(_SC_CLK_TCK);
}

static double memory(size_t field)
{
	char space[128];

	return number_at(read_proc("/proc/self/statm", space, sizeof(space)), field) *
	       (double)sysconf(_SC_PAGESIZE);
}

static double virtual_memory(void)
{
	return memory(0);
}

static double resident_memory(void)
{
	return memory(1);
}

static double open_fds(void)
{
	DIR *const dir = opendir("/proc/self/fd");
	int count = 0;

	if (dir == NULL)
		return 0;
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count - 1; /* without the folder itself */
}

static double max_fds(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (double)limit.rlim_cur : 0;
}

/* Names and words as in Prometheus' "Writing client libraries". */
static const struct row {
	const char *name, *kind, *help;
	double (*read)(void);
} ROWS[] = {
	{"process_cpu_seconds_total", "counter", "User and system CPU time spent.", cpu_seconds},
	{"process_open_fds", "gauge", "Open file descriptors.", open_fds},
	{"process_max_fds", "gauge", "Most open file descriptors.", max_fds},
	{"process_virtual_memory_bytes", "gauge", "Virtual memory size.", virtual_memory},
	{"process_resident_memory_bytes", "gauge", "Resident memory size.", resident_memory},
	{"process_start_time_seconds", "gauge", "Start of the process, Unix time.", start_time},
};

void metrics_print_process(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s ", ROWS[i].name, ROWS[i].help,
			ROWS[i].name, ROWS[i].kind, ROWS[i].name);
		buf_printf(out, "%.3f\n", ROWS[i].read());
	}
}
