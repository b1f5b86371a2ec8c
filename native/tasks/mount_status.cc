#include "tasks/mount_status.h"

#include <array>

namespace podprobe::tasks {

namespace {

struct Flag {
  std::uint64_t bits;
  std::uint64_t mask;
  const char* name;
};

/// MOUNT_ATTR_* of include/uapi/linux/mount.h, in the order of show_mnt_opts().
constexpr std::array<Flag, 8> mount_flags = {{{0x2, 0x2, ",nosuid"},
                                              {0x4, 0x4, ",nodev"},
                                              {0x8, 0x8, ",noexec"},
                                              {0x10, 0x70, ",noatime"},
                                              {0x80, 0x80, ",nodiratime"},
                                              {0x0, 0x70, ",relatime"},
                                              {0x20'0000, 0x20'0000, ",nosymfollow"},
                                              {0x10'0000, 0x10'0000, ",idmapped"}}};

/// SB_* of include/linux/fs.h, in the order of show_sb_opts().
constexpr std::array<Flag, 3> super_flags = {{{0x10, 0x10, ",sync"}, {0x80, 0x80, ",dirsync"}, {0x200'0000, 0x200'0000, ",lazytime"}}};

constexpr std::uint64_t read_only = 0x1;
constexpr std::uint64_t shared = 0x10'0000;
constexpr std::uint64_t unbindable = 0x2'0000;

template <std::size_t Count>
std::string options_of(std::uint64_t flags, const std::array<Flag, Count>& names) {
  std::string text = (flags & read_only) != 0 ? "ro" : "rw";
  for (const Flag& flag : names) {
    if ((flags & flag.mask) == flag.bits) text += flag.name;
  }
  return text;
}

std::string optional_of(const sys::MountStatus& status) {
  std::string text;
  const auto add = [&](const std::string& field) { text += (text.empty() ? "" : " ") + field; };
  if ((status.mnt_propagation & shared) != 0) add("shared:" + std::to_string(status.mnt_peer_group));
  if (status.mnt_master != 0) add("master:" + std::to_string(status.mnt_master));
  if (status.propagate_from != 0 && status.propagate_from != status.mnt_master) {
    add("propagate_from:" + std::to_string(status.propagate_from));
  }
  if ((status.mnt_propagation & unbindable) != 0) add("unbindable");
  return text;
}

}  // namespace

void add_status(core::MountTableMaker& maker, const sys::MountStatus& status) {
  const std::string options = options_of(status.mnt_attr, mount_flags);
  const std::string optional = optional_of(status);
  std::string super = options_of(status.sb_flags, super_flags);
  if (!status.mnt_opts.empty()) super += ',' + status.mnt_opts;
  maker.add({.id = status.mnt_id_old,
             .parent = status.mnt_parent_id_old,
             .major = status.sb_dev_major,
             .minor = status.sb_dev_minor,
             .root = status.mnt_root,
             .point = status.mnt_point,
             .options = options,
             .optional = optional,
             .type = status.fs_type,
             .source = status.sb_source,
             .super_options = super});
}

}  // namespace podprobe::tasks
