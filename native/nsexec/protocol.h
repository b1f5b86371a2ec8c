#pragma once

/// What the addon and the helper program say to each other. Both are of one build, so these are plain structures.

#include <stdint.h>

/// Descriptors the helper is started with, beside the command's 0, 1 and 2.
enum { NSEXEC_CONTROL_FD = 3, NSEXEC_PLAN_FD = 4, NSEXEC_PROCESS_FD = 5, NSEXEC_BINARY_FD = 6, NSEXEC_FDS = 7 };

/// Bits of `namespaces`, in the order in which they are joined when nothing speaks against it: mnt last, because own paths
/// are gone after it.
enum {
  NSEXEC_USER = 1,
  NSEXEC_CGROUP = 2,
  NSEXEC_IPC = 4,
  NSEXEC_UTS = 8,
  NSEXEC_NET = 16,
  NSEXEC_PID = 32,
  NSEXEC_TIME = 64,
  NSEXEC_MNT = 128,
};

enum { NSEXEC_NAMESPACES = 8, NSEXEC_LIMITS = 16, NSEXEC_MOST_CGROUPS = 32 };

enum {
  NSEXEC_IDENTITY = 1,      ///< ids, capabilities, limits and the rest below count
  NSEXEC_NO_SETGROUPS = 2,  ///< the user namespace denies setgroups(2)
  NSEXEC_NO_NEW_PRIVS = 4,
  NSEXEC_TTY = 8,
  NSEXEC_BINARY = 16,  ///< run NSEXEC_BINARY_FD
  NSEXEC_CHROOT = 32,  ///< to the root of the process
  NSEXEC_TARGET_CWD = 64,
};

struct nsexec_limit {
  uint64_t soft;
  uint64_t hard;
};

/// What is to be done. Behind it stand `groups` ids of 32 bits, then NUL-ended strings: the working directory (empty: none),
/// `arguments`, `variables`, `cgroups` paths of cgroup.procs.
struct nsexec_plan {
  uint64_t size;  ///< of all
  uint64_t bounding, permitted, effective, inheritable, ambient;
  struct nsexec_limit limits[NSEXEC_LIMITS];
  uint32_t uids[3], gids[3];  ///< real, effective, saved, as the joined user namespace counts
  uint32_t flags;
  uint32_t namespaces;
  uint32_t groups;
  uint32_t arguments;
  uint32_t variables;
  uint32_t cgroups;
  int32_t oom_score_adj;
  uint32_t umask;
  uint16_t columns, rows;
  uint32_t last_capability;
};

/// What can fail; tasks/exec_step.cc has the names.
enum nsexec_step {
  NSEXEC_STEP_NONE,
  NSEXEC_STEP_PLAN,
  NSEXEC_STEP_FORK,
  NSEXEC_STEP_OOM,
  NSEXEC_STEP_CGROUP,  ///< `detail`: which
  NSEXEC_STEP_LIMIT,   ///< `detail`: which
  NSEXEC_STEP_OPEN_NS,  ///< `detail`: bit of the namespace
  NSEXEC_STEP_SETNS,    ///< `detail`: bit of the namespace
  NSEXEC_STEP_OPEN_ROOT,
  NSEXEC_STEP_OPEN_CWD,
  NSEXEC_STEP_CHROOT,
  NSEXEC_STEP_CHDIR,
  NSEXEC_STEP_TTY,
  NSEXEC_STEP_BOUNDING,
  NSEXEC_STEP_SETGROUPS,
  NSEXEC_STEP_SETGID,
  NSEXEC_STEP_SETUID,
  NSEXEC_STEP_CAPSET,  ///< `detail`: capabilities that are to be taken on and cannot be; none: no matter of capabilities
  NSEXEC_STEP_AMBIENT,
  NSEXEC_STEP_NO_NEW_PRIVS,
  NSEXEC_STEP_EXEC,
  NSEXEC_STEP_LOST,  ///< one of the helper's processes was killed
  NSEXEC_STEPS,
};

enum { NSEXEC_STARTED = 1, NSEXEC_FAILED = 2, NSEXEC_EXITED = 3 };

/// From the helper: STARTED {pid}, or FAILED {step, errno, detail}; after STARTED one EXITED {code, signal}.
struct nsexec_report {
  uint32_t kind;
  int32_t value;
  int32_t error;
  uint64_t detail;
};

enum { NSEXEC_SIGNAL = 1, NSEXEC_RESIZE = 2, NSEXEC_KILL = 3 };

/// To the helper: SIGNAL {number}, RESIZE {columns, rows}, KILL the command's process group.
struct nsexec_order {
  uint32_t kind;
  uint16_t a;
  uint16_t b;
};
