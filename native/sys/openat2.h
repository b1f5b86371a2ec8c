#pragma once

#include <string>

#include "sys/fd.h"

namespace podprobe::sys {

/// openat2(2), close-on-exec: -1 with errno on failure.
int try_openat2(const Fd& root, const std::string& path, int flags, std::uint64_t resolve);

/// Holds what `path` names below `root`, as a process with that root would find it: absolute links and `..` stay inside,
/// however the tree changes meanwhile; links of /proc that lead to a file itself (`exe`, `fd/3`, `root`) are refused.
///
/// `flags` come on top of O_PATH. What the kernel's caches do not know is asked for by an errand: the server of a file system on
/// the way may never answer, and must not keep this process.
/// There is no other way to do this: a kernel that has no openat2(2) gets an error.
/// Errors: ELOOP (`detail` says whether a link was refused or there are too many); EAGAIN a `..` could not be resolved, since
/// something was renamed each time; ENOSYS, EPERM no openat2(2) here.
/// Source: openat2(2) RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS (since Linux 5.6).
Fd open_in_root(const Fd& root, const std::string& path, int flags);

/// Holds what is at a path of this process's own; links of /proc that lead to a file itself are refused here, too.
/// Errors: as open_in_root().
/// Source: openat2(2) RESOLVE_NO_MAGICLINKS.
Fd open_on_host(const std::string& path, int flags);

/// As open_in_root(), or open_on_host() where `root` is null, but waits for no file system: no descriptor where one would have to
/// be asked, nor on any error.
/// Source: openat2(2) RESOLVE_CACHED (since Linux 5.12; before, there is never a descriptor).
Fd open_if_cached(const Fd* root, const std::string& path, int flags);

/// Opens one name of a directory; neither a link nor what is mounted there.
/// Errors: ELOOP a link; EXDEV a mount point.
/// Source: openat2(2) RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV.
Fd open_within(const Fd& directory, const std::string& name, int flags);

}  // namespace podprobe::sys
