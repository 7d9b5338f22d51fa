/* The files that the arguments of a command name: files as they are, folders by what is in them. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

struct inputs {
	const char **paths;
	size_t count, room;
	bool recursive;
	size_t passed_over; /* folders within folders that were not entered */
	size_t patches;     /* files of a folder that a kustomization there names so */
	/* Files among them that kustomize builds by; the first that has patches, else the first. */
	size_t kustomizations;
	const char *kustomization; /* NULL: none */
};

/*
 * Adds a file (or - for standard input), or the *.yaml, *.yml and *.json of a folder, sorted; those
 * of the folders within it only when it is to be recursive, and of links to folders never. Of a
 * folder only files are taken: opening a pipe there would wait for whoever writes it. What a
 * kustomization in the folder names as its patches is left out. Whether a file can be read is seen
 * when it is. A folder that cannot be read, or has nothing of these, is an error. Paths live in the
 * arena.
 */
bool inputs_add(
	struct arena *arena, struct inputs *inputs, const char *path, struct err *err) MUST_CHECK;
