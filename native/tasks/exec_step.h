#pragma once

#include "nsexec/protocol.h"
#include "sys/error.h"

namespace podprobe::tasks {

/// What the helper reports as failed, as the error of a system call: the step is its name, `setns(mnt)` for one; what it
/// takes and whoever lacks it stand in the detail. `on` is the file or the command.
sys::Error step_error(const nsexec_report& report, const std::string& on);

}  // namespace podprobe::tasks
