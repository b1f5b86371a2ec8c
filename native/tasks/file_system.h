#pragma once

#include <string>

#include "core/mountinfo.h"
#include "sys/file_status.h"
#include "sys/process.h"

namespace podprobe::tasks {

/// Type of the file system of a mount that a process or this program sees; empty where neither does.
std::string file_system_of(const sys::Process& process, const core::MountKey& mount);

/// Whether the file system of a held file answers without waiting for another process or machine, as far as its type tells;
/// an overlay only if this program's own table of mounts has it, too.
///
/// Asks nobody but the kernel. The answer for a mount is kept where the kernel names mounts for ever (since Linux 6.8), else each
/// question reads a table of mounts.
bool answers_locally(const sys::Process& process, const sys::Fd& held, const sys::FileStatus& status);

}  // namespace podprobe::tasks
