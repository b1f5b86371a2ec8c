#pragma once

#include "core/mount_table.h"
#include "sys/process.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

struct MountsResult {
  core::MountTable table{};
  bool by_listmount = false;  ///< else from mountinfo
  bool truncated = false;     ///< a limit cut the table: 32 MiB of text
};

/// /proc/PID/mountinfo of a process, whose poll(2) tells of POLLPRI when the table has changed since it was last asked.
///
/// As long as it is open, the mount namespace stays, and all its mounts.
/// Errors: ESRCH it exited, or is a zombie (`detail` says which).
sys::Fd open_mountinfo(const sys::Process& process);

/// The mount table of a process as /proc/PID/mountinfo tells it; where that is empty, since its root directory is no mount,
/// that of its namespace, if the kernel lists it.
///
/// Errors: ESRCH it exited, or is a zombie (`detail` says which); ETIMEDOUT.
/// Race: none torn: the kernel walks one list under its lock, some lines at a time (since Linux 5.8).
MountsResult list_mounts(const sys::Process& process, const Allowance& allowance);

/// The mount table of the namespace of a process, mount by mount by statmount(2).
///
/// Errors: those of sys::MountNamespace; ETIMEDOUT.
/// Race: a mount that goes meanwhile is left out.
MountsResult list_namespace_mounts(const sys::Process& process, const Allowance& allowance);

/// The mount that a file of the process is on, `path` as the process sees it: a table of one. Its mount point is seen from the
/// root of the namespace when the kernel tells of one mount, from the root of the process else.
///
/// Errors: those of sys::open_in_root(); ENOENT the mount went meanwhile, or the process does not see it.
MountsResult find_mount(const sys::Process& process, const std::string& path, const Allowance& allowance);

}  // namespace podprobe::tasks
