#include "core/mountinfo.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace podprobe::core {

namespace {

/// Whitelist: what is not known to be local is not read (fuse, nfs, 9p, cifs, ceph, gluster … are not).
constexpr std::array<std::string_view, 22> local_types = {
    "bcachefs", "bfs",   "btrfs",  "cramfs",  "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4",    "f2fs",
    "iso9660",  "jfs",   "ntfs3",  "overlay", "ramfs",    "rootfs", "squashfs", "tmpfs", "vfat", "xfs", "zfs"};

}  // namespace

std::string file_system_of(std::string_view mountinfo, const MountKey& key) {
  std::string by_device;
  while (!mountinfo.empty()) {
    std::string_view line = take_until(mountinfo, '\n');
    const auto mount_id = parse_number(take_until(line, ' '));
    take_until(line, ' ');
    std::string_view device = take_until(line, ' ');
    const bool same_device = parse_number(take_until(device, ':')) == key.major && parse_number(device) == key.minor;
    const bool same_mount = key.mount_id != 0 && mount_id == key.mount_id;
    const std::size_t dash = line.find(" - ");
    if ((!same_device && !same_mount) || dash == std::string_view::npos) continue;
    line.remove_prefix(dash + 3);
    const std::string type(take_until(line, ' '));
    if (same_mount) return type;
    by_device = type;
  }
  return by_device;
}

bool answers_locally(std::string_view file_system) {
  return std::find(local_types.begin(), local_types.end(), file_system) != local_types.end();
}

}  // namespace podprobe::core
