#include "server/serve/cert_dir.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "certs/folder.h"

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH };

static const char *absolute(const char *variable)
{
	const char *const path = getenv(variable);

	return path && path[0] == '/' ? path : NULL;
}

static char *choose(void)
{
	const char *const cache = absolute("XDG_CACHE_HOME");
	const char *const home = absolute("HOME");
	struct buf dir = {0};

	if (cache)
		buf_printf(&dir, "%s/raygate/certs", cache);
	else if (home)
		buf_printf(&dir, "%s/.cache/raygate/certs", home);
	else
		return NULL;
	return buf_take(&dir);
}

/* Where everybody may write, names are safe only if each may rename but his own: as in /tmp. */
static bool names_are_safe(const struct stat *info)
{
	const bool sticky =
		(info->st_mode & S_ISVTX) && (info->st_uid == 0 || info->st_uid == geteuid());

	return !(info->st_mode & S_IWOTH) || sticky;
}

static bool check_one(const char *path, bool last, struct err *err)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return err_errno(err, "'%s'", path);
	if (last && info.st_uid != geteuid())
		return err_set(err, ERR_INVALID, "'%s' belongs to another user", path);
	if (last ? (info.st_mode & OTHERS_WRITE) != 0 : !names_are_safe(&info))
		return err_set(err, ERR_INVALID, "other users may write into '%s'", path);
	return true;
}

/* All folders on the way: who may rename one of them may put another in its place. */
static bool check_way(const char *path, struct err *err)
{
	char *way CLEANUP(mem_free) = mem_strdup(path);

	for (char *slash = strchr(way + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!check_one(way, false, err))
			return false;
		*slash = '/';
	}
	return check_one(way, true, err);
}

bool cert_dir_default(char **out, struct err *err)
{
	char *dir CLEANUP(mem_free) = choose();
	const bool good = dir ? folder_make(dir, err) && check_way(dir, err)
			      : err_set(err, ERR_INVALID, "HOME is not set to an absolute path");

	if (!good)
		return err_wrap(err, "name a private folder for the keys with --cert-dir");
	*out = dir;
	dir = NULL;
	return true;
}
