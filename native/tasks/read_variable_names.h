#pragma once

#include <span>

#include "core/variable_names.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

/// What the variables are called that some processes were started with, by /proc/PID/environ alone; in the order of `pids`.
///
/// Unclear is what that file does not tell by itself: who may not be read, has exited, has written over it or has more than
/// 64 KiB of it. read_environment() asks more of the kernel.
///
/// Errors: ETIMEDOUT one of them, or all together, kept the reader waiting.
/// Race: a start time and the names beside it are of one process, for it is held; execve(2) between the two reads gives the
/// names of the program before it, or is unclear.
/// Source: proc_pid_environ(5), proc_pid_stat(5).
core::VariableNames read_variable_names(std::span<const int> pids, const Allowance& allowance);

}  // namespace podprobe::tasks
