/*
 * The pages of a process that hold code: the program's and its libraries'.
 *
 * The kernel maps 64 KB of a file around each page that is touched, and never takes them away from
 * a process while there is memory: what ran once, at the start, counts for ever.
 */
#pragma once

/*
 * Unmaps what is mapped of all code, and a page comes back, from the page cache, when it runs
 * again: half a microsecond each 64 KB. After a start that has used much of its libraries once.
 */
void code_pages_give_back(void);
