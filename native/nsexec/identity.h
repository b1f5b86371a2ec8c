#pragma once

#include "plan.h"

/* Makes this process look like the one of the plan: ids, capabilities, no_new_privs, umask. */
void take_identity(struct start *start, const struct plan *plan);

/* Root of a user namespace that was joined by name, as far as it has one. */
void become_root(void);
