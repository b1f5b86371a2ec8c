#pragma once

#include "core/secret_bytes.h"
#include "sys/process.h"

namespace podprobe::tasks {

/// What stands in /proc/PID/cmdline: the arguments, a NUL behind each, or what the process has made of that memory. Secret,
/// since arguments can be. Empty for a kernel thread.
///
/// Errors: those of sys::Process; E2BIG longer than 2 MiB, what execve(2) takes by default.
/// Race: it can wait for the target's mmap lock, which a hostile target can hold; it is the target's own memory, and can change.
/// Source: proc_pid_cmdline(5).
core::SecretBytes read_command_line(const sys::Process& process);

}  // namespace podprobe::tasks
