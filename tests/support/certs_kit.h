/* What tests with certificates share: minted pairs, folders of their own, foreign material. */
#pragma once

#include <stdint.h>

#include "certs/mint.h"
#include "certs/x509.h"

enum { KIT_DAY = 24 * 60 * 60 };
/* A fixed "now", so that no test depends on the day it runs. */
#define KIT_NOW INT64_C(1790000000)

/* A chain or a key of text that must be right. */
struct x509_chain *kit_chain(const char *pem);
struct x509_key *kit_key(const char *pem);
/* A CA made at `now`. */
struct mint_pair kit_ca(int64_t now);
/* A serving pair for one host. */
struct mint_pair kit_pair(const struct mint_pair *ca, const char *host, int64_t now);

/* A new empty folder below the system's temporary one; kit_folder_done() removes it and frees. */
char *kit_folder(void);
void kit_folder_done(char **folder);
/* The bytes of folder/name as a string; free(). */
char *kit_read(const char *folder, const char *name);
/* Writes folder/name in place, as an editor or a copy does. */
void kit_write(const char *folder, const char *name, const char *text);
/* Runs a shell command made by printf that must succeed. */
void kit_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
