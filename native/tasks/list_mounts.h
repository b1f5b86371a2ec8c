#pragma once

#include "core/mount_table.h"
#include "sys/process.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

struct MountsResult {
  core::MountTable table;
  bool by_listmount = false;  ///< else from mountinfo
  bool truncated = false;     ///< a limit cut the table: 32 MiB of text
};

/// The mount table of a process as /proc/PID/mountinfo tells it.
///
/// Errors: ESRCH it exited, or is a zombie (`detail` says which); ETIMEDOUT.
/// Race: none torn: the kernel walks one list under its lock, some lines at a time (since Linux 5.8).
MountsResult list_mounts(const sys::Process& process, const Allowance& allowance);

}  // namespace podprobe::tasks
