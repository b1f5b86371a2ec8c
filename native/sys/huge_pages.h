#pragma once

#include <memory_resource>

namespace podprobe::sys {

/// Memory whose large pieces are made of huge pages where the kernel has some: one page fault for 2 MiB instead of 512, each
/// of which takes as long as reading several pages of /proc does, above all in a virtual machine. It is there for the whole
/// program.
///
/// Source: madvise(2) MADV_HUGEPAGE; Documentation/admin-guide/mm/transhuge.rst.
std::pmr::memory_resource* huge_pages();

}  // namespace podprobe::sys
