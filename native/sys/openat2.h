#pragma once

#include <string>

#include "sys/fd.h"

namespace podprobe::sys {

/// Opens what `path` names below `root`, as a process with that root would find it: absolute links and `..` stay inside,
/// however the tree changes meanwhile; links of /proc that lead to a file itself (`exe`, `fd/3`, `root`) are refused.
///
/// There is no other way to do this: a kernel that has no openat2(2) gets an error.
/// Errors: ELOOP (`detail` says whether a link was refused or there are too many); EAGAIN a `..` could not be resolved, since
/// something was renamed each time; ENOSYS, EPERM no openat2(2) here.
/// Source: openat2(2) RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS (since Linux 5.6).
Fd open_in_root(const Fd& root, const std::string& path, int flags);

}  // namespace podprobe::sys
