#pragma once

#include <cstdint>
#include <optional>

#include "sys/fd.h"

namespace podprobe::sys {

/// A namespace that is held open, as a file of /proc/PID/ns does.
class Namespace {
 public:
  explicit Namespace(Fd file) : file_(std::move(file)) {}

  /// Its inode number, as the links of /proc/PID/ns show it.
  std::uint32_t number() const;

  /// The one that it was made in, for a pid or user namespace; nothing for the first of all, and where that is none of this
  /// process's own or of those below them.
  /// Source: NS_GET_PARENT of ioctl_nsfs(2) (since Linux 4.9).
  std::optional<Namespace> parent() const;

  /// The user who made a user namespace, as this process's user namespace counts; 65534 where it has no number for him.
  /// Source: NS_GET_OWNER_UID of ioctl_nsfs(2) (since Linux 4.11).
  std::uint32_t owner() const;

 private:
  Fd file_;
};

}  // namespace podprobe::sys
