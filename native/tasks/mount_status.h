#pragma once

#include "core/mount_table.h"
#include "sys/statmount.h"

namespace podprobe::tasks {

/// Adds a mount with the very fields that mountinfo prints for it.
/// Source: fs/proc_namespace.c show_mountinfo().
void add_status(core::MountTableMaker& maker, const sys::MountStatus& status);

}  // namespace podprobe::tasks
