#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sys/fd.h"

namespace podprobe::sys {

/// One inotify descriptor, never waiting in read(). May be used by several threads.
///
/// Errors: EMFILE this process has no descriptor left, or its user no inotify instance: `detail` says which, and the cure.
/// Source: inotify(7).
class InotifyQueue {
 public:
  InotifyQueue();

  /// Watches what `file` is, held with O_PATH; the watch does not keep its file system mounted. Gives the number of the
  /// watch, the same for the same file. `shown` is the path that an error names.
  /// Errors: ENOSPC the user has no watch left (`detail` names the limit); ENOTDIR; EACCES.
  int add(const Fd& file, std::uint32_t mask, const std::string& shown) const;

  /// The watch may be gone already.
  void remove(int watch) const;

  /// What has happened, whole records; 0 bytes when nothing has.
  std::size_t read(std::span<std::uint8_t> out) const;

  int descriptor() const { return descriptor_.get(); }

 private:
  Fd descriptor_;
};

}  // namespace podprobe::sys
