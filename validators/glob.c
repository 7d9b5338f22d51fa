#include "validators/glob.h"

bool glob_matches(struct str pattern, struct str text)
{
	size_t p = 0, t = 0;
	size_t star = pattern.len; /* behind the last star seen; pattern.len: none yet */
	size_t retry = 0;          /* where in the text that star's run ends for now */
	bool seen = false;

	while (t < text.len) {
		if (p < pattern.len && pattern.at[p] == '*') {
			star = ++p;
			retry = t;
			seen = true;
		} else if (p < pattern.len && pattern.at[p] == text.at[t]) {
			p++;
			t++;
		} else if (seen) {
			p = star;
			t = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}
