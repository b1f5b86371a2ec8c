#pragma once

#include "join.h"

/* The command's own process, from its first instruction to execve(2). */
_Noreturn void run_command(struct start *start, const struct plan *plan, const struct handed_on *handed_on);
