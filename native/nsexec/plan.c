#include "plan.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static long map(size_t size, int fd) {
  const int flags = MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : 0);
  return kernel(mmap, 0, size, PROT_READ | PROT_WRITE, flags, fd, 0);
}

/* The next NUL-ended string before `end`; NULL when there is none. */
static char *take_string(char **at, const char *end) {
  char *const begin = *at;
  for (char *here = begin; here < end; here++) {
    if (*here) continue;
    *at = here + 1;
    return begin;
  }
  return NULL;
}

/* Fills `count` pointers and the NULL that ends them. */
static char **take_strings(char ***table, uint32_t count, char **at, const char *end) {
  char **const begin = *table;
  for (uint32_t i = 0; i < count; i++) {
    begin[i] = take_string(at, end);
    if (!begin[i]) return NULL;
  }
  begin[count] = NULL;
  *table = begin + count + 1;
  return begin;
}

long read_plan(struct plan *plan) {
  const long size = kernel(lseek, NSEXEC_PLAN_FD, 0, SEEK_END);
  if (size < (long)sizeof(struct nsexec_plan)) return -EINVAL;
  const long memory = map((size_t)size, NSEXEC_PLAN_FD);
  kernel(close, NSEXEC_PLAN_FD);
  if (memory < 0 && memory > -4096) return memory;
  struct nsexec_plan *const head = (struct nsexec_plan *)memory;
  const char *const end = (char *)memory + size;
  if (head->size != (uint64_t)size || head->cgroups > NSEXEC_MOST_CGROUPS) return -EINVAL;
  const uint64_t strings = 3 + (uint64_t)head->arguments + head->variables + head->cgroups;
  if (strings > (uint64_t)size + 3 || head->groups > (uint64_t)size / sizeof(uint32_t)) return -EINVAL;
  const long pointers = map(strings * sizeof(char *), -1);
  if (pointers < 0 && pointers > -4096) return pointers;
  char **table = (char **)pointers;
  plan->head = head;
  plan->groups = (uint32_t *)(head + 1);
  char *at = (char *)(plan->groups + head->groups);
  plan->cwd = take_string(&at, end);
  if (!plan->cwd) return -EINVAL;
  if (!*plan->cwd) plan->cwd = NULL;
  plan->arguments = take_strings(&table, head->arguments, &at, end);
  plan->variables = plan->arguments ? take_strings(&table, head->variables, &at, end) : NULL;
  plan->cgroups = plan->variables ? take_strings(&table, head->cgroups, &at, end) : NULL;
  return plan->cgroups ? 0 : -EINVAL;
}

void forget_plan(struct plan *plan) {
  const uint64_t strings = 3 + (uint64_t)plan->head->arguments + plan->head->variables + plan->head->cgroups;
  kernel(munmap, plan->arguments, strings * sizeof(char *));
  kernel(munmap, plan->head, plan->head->size);
}

_Noreturn void fail(struct start *start, enum nsexec_step step, long error, uint64_t detail) {
  start->failure = (struct nsexec_report){NSEXEC_FAILED, (int32_t)step, (int32_t)-error, detail};
  for (;;) kernel(exit_group, 1);
}
