#pragma once

#include "freestanding/kernel.h"
#include "protocol.h"

/* The plan with its parts found. */
struct plan {
  struct nsexec_plan *head;
  uint32_t *groups;
  char *cwd; /* NULL: none was asked for */
  char **arguments;
  char **variables;
  char **cgroups;
};

/* Reads it from its descriptor, which is closed. 0 or -errno. */
long read_plan(struct plan *plan);

/* Gives its memory back. */
void forget_plan(struct plan *plan);

/* What the three processes of the helper share while the command starts. */
struct start {
  struct nsexec_report failure; /* kind 0: none */
  int command;                  /* its pid, as the helper counts */
};

/* Notes what failed and ends this process. */
_Noreturn void fail(struct start *start, enum nsexec_step step, long error, uint64_t detail);
