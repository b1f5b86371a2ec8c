#include "identity.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <sys/prctl.h>

static void check(struct start *start, enum nsexec_step step, long result) {
  if (result < 0) fail(start, step, result, 0);
}

static bool has(uint64_t set, unsigned capability) { return set >> capability & 1; }

static void drop_bounding(struct start *start, uint64_t wanted) {
  for (unsigned i = 0; i < 64; i++) {
    const long there = kernel(prctl, PR_CAPBSET_READ, i, 0, 0, 0);
    if (there < 0) return; /* the kernel knows no more */
    if (there == 1 && !has(wanted, i)) check(start, NSEXEC_STEP_BOUNDING, kernel(prctl, PR_CAPBSET_DROP, i, 0, 0, 0));
  }
}

/* setgroups(2) needs a capability even where it changes nothing. */
static bool has_groups(const struct plan *plan) {
  static uint32_t own[65536];
  const long count = kernel(getgroups, 65536, own);
  if (count != (long)plan->head->groups) return false;
  for (long i = 0; i < count; i++)
    if (own[i] != plan->groups[i]) return false;
  return true;
}

static void set_ids(struct start *start, const struct plan *plan) {
  const struct nsexec_plan *const head = plan->head;
  if (!(head->flags & NSEXEC_NO_SETGROUPS) && !has_groups(plan))
    check(start, NSEXEC_STEP_SETGROUPS, kernel(setgroups, head->groups, plan->groups));
  check(start, NSEXEC_STEP_SETGID, kernel(setresgid, head->gids[0], head->gids[1], head->gids[2]));
  check(start, NSEXEC_STEP_SETUID, kernel(setresuid, head->uids[0], head->uids[1], head->uids[2]));
}

static uint64_t join_words(uint32_t low, uint32_t high) { return low | (uint64_t)high << 32; }

/* What capset(2) does not let this process take on. */
static uint64_t lacking(const struct nsexec_plan *head) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct own[2];
  if (kernel(capget, &header, own) < 0) return 0;
  const uint64_t permitted = join_words(own[0].permitted, own[1].permitted);
  const uint64_t inheritable = join_words(own[0].inheritable, own[1].inheritable);
  return (head->permitted & ~permitted) | (head->inheritable & ~(inheritable | (permitted & head->bounding)));
}

static void set_capabilities(struct start *start, const struct nsexec_plan *head) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  for (unsigned word = 0; word < 2; word++) {
    data[word].effective = (uint32_t)(head->effective >> 32 * word);
    data[word].permitted = (uint32_t)(head->permitted >> 32 * word);
    data[word].inheritable = (uint32_t)(head->inheritable >> 32 * word);
  }
  kernel(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  const long error = kernel(capset, &header, data);
  if (error < 0) fail(start, NSEXEC_STEP_CAPSET, error, lacking(head));
  for (unsigned i = 0; i < 64; i++) {
    if (!has(head->ambient, i)) continue;
    check(start, NSEXEC_STEP_AMBIENT, kernel(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0));
  }
}

void take_identity(struct start *start, const struct plan *plan) {
  const struct nsexec_plan *const head = plan->head;
  /* the keys of whoever called us are none of the container's; without keyrings there is nothing to hide */
  kernel(keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0);
  kernel(umask, head->umask);
  drop_bounding(start, head->bounding);
  check(start, NSEXEC_STEP_CAPSET, kernel(prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0));
  set_ids(start, plan);
  set_capabilities(start, head);
  kernel(prctl, PR_SET_KEEPCAPS, 0, 0, 0, 0);
  if (head->flags & NSEXEC_NO_NEW_PRIVS)
    check(start, NSEXEC_STEP_NO_NEW_PRIVS, kernel(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

void become_root(void) {
  kernel(setgroups, 0, 0);
  kernel(setresgid, 0, 0, 0);
  kernel(setresuid, 0, 0, 0);
}
