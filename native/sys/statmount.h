#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sys/fd.h"

namespace podprobe::sys {

/// One mount as the kernel tells it by id; the names are those of struct statmount.
struct MountStatus {
  std::uint32_t sb_dev_major = 0;
  std::uint32_t sb_dev_minor = 0;
  std::uint32_t sb_flags = 0;
  std::uint32_t mnt_id_old = 0;
  std::uint32_t mnt_parent_id_old = 0;
  std::uint64_t mnt_attr = 0;
  std::uint64_t mnt_propagation = 0;
  std::uint64_t mnt_peer_group = 0;
  std::uint64_t mnt_master = 0;
  std::uint64_t propagate_from = 0;
  std::string mnt_root;  ///< bytes, without escapes, as mnt_point and sb_source
  std::string mnt_point;
  std::string fs_type;  ///< with its subtype
  std::string sb_source;
  std::string mnt_opts;  ///< of the file system, comma separated, escaped
};

/// A mount namespace, asked about single mounts by id.
///
/// Errors: ENOSYS this kernel does not tell all fields; EPERM not permitted (CAP_SYS_ADMIN over the namespace; seccomp).
/// Source: listmount(2), statmount(2) (since Linux 6.8; of another namespace since 6.11; since 6.15 it says which fields it
/// knows, source and subtype among them). Copies of the structures of include/uapi/linux/mount.h, because the headers of
/// this system may be older.
class MountNamespace {
 public:
  /// `link` is /proc/PID/ns/mnt, opened.
  explicit MountNamespace(const Fd& link);

  /// Ids of its mounts in the order in which mountinfo has them, at most `most`.
  std::vector<std::uint64_t> list(std::size_t most) const;

  /// Nothing when it has gone.
  std::optional<MountStatus> find(std::uint64_t mount) const;

 private:
  std::uint64_t id_;
};

/// The id that names the mount of a file for ever, for MountNamespace::find(). Errors: ENOSYS before Linux 6.8.
std::uint64_t unique_mount_id(const Fd& file);

}  // namespace podprobe::sys
