#pragma once

#include "plan.h"

/* Descriptors that the command's process takes over from those before it; -1: none. */
struct handed_on {
  int cgroups[NSEXEC_MOST_CGROUPS];
  int life; /* hangs up when the monitor is gone */
  int terminal; /* where the master of a new terminal goes */
};

/* The process between: takes on what must be taken on with our own privileges, joins the namespaces, changes the root.
   Gives what the command's process needs. */
void join(struct start *start, const struct plan *plan, struct handed_on *handed_on);
