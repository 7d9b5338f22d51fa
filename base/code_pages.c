#include "base/code_pages.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Nobody writes to code, so nothing is lost: what is relocated lies in segments that cannot run.
 * Linux takes the advice at once (madvise(2), MADV_DONTNEED); whatever it says, nothing changes.
 */
static int give_back(struct dl_phdr_info *object, size_t size, void *unused)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size, (void)unused;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *const part = &object->dlpi_phdr[i];
		const uintptr_t from = object->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && part->p_flags == (PF_R | PF_X))
			madvise((void *)(from & ~(page - 1)), part->p_memsz + (from & (page - 1)),
				MADV_DONTNEED);
	}
	return 0;
}

void code_pages_give_back(void)
{
	dl_iterate_phdr(give_back, NULL);
}
