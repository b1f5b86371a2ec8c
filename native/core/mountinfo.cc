#include "core/mountinfo.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.h"

namespace podprobe::core {

namespace {

/// Whitelist: what is not known to be local is not read (fuse, nfs, 9p, cifs, ceph, gluster … are not).
constexpr std::array<std::string_view, 22> local_types = {
    "bcachefs", "bfs",   "btrfs",  "cramfs",  "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4",    "f2fs",
    "iso9660",  "jfs",   "ntfs3",  "overlay", "ramfs",    "rootfs", "squashfs", "tmpfs", "vfat", "xfs", "zfs"};

/// As take_until(), without a call for each of the short fields of a line.
std::string_view take_field(std::string_view& line, char separator = ' ') {
  std::size_t length = 0;
  while (length < line.size() && line[length] != separator) ++length;
  const std::string_view field = line.substr(0, length);
  line.remove_prefix(std::min(length + 1, line.size()));
  return field;
}

std::optional<std::uint32_t> parse_word(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Takes the optional fields and the `-` behind them off the front of `rest`; nothing when there is no such `-`.
std::optional<std::string_view> take_optional(std::string_view& rest) {
  if (rest.starts_with("- ")) {
    rest.remove_prefix(2);
    return std::string_view();
  }
  const std::size_t dash = rest.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view optional = rest.substr(0, dash);
  rest.remove_prefix(dash + 3);
  return optional;
}

}  // namespace

std::optional<MountLine> parse_mount_line(std::string_view line) {
  MountLine mount;
  const auto id = parse_word(take_field(line, ' '));
  const auto parent = parse_word(take_field(line, ' '));
  std::string_view device = take_field(line, ' ');
  const auto major = parse_word(take_field(device, ':'));
  const auto minor = parse_word(device);
  if (!id || !parent || !major || !minor) return std::nullopt;
  mount.root = take_field(line, ' ');
  mount.point = take_field(line, ' ');
  mount.options = take_field(line, ' ');
  const auto optional = take_optional(line);
  if (!optional) return std::nullopt;
  mount.type = take_field(line, ' ');
  const std::size_t after_source = line.find(' ');
  if (after_source == std::string_view::npos) return std::nullopt;
  mount.source = line.substr(0, after_source);
  mount.super_options = line.substr(after_source + 1);
  if (mount.root.empty() || mount.point.empty() || mount.options.empty() || mount.type.empty() || mount.super_options.empty()) {
    return std::nullopt;
  }
  mount.id = *id;
  mount.parent = *parent;
  mount.major = *major;
  mount.minor = *minor;
  mount.optional = *optional;
  return mount;
}

std::string file_system_of(std::string_view mountinfo, const MountKey& key) {
  std::string by_device;
  while (!mountinfo.empty()) {
    const auto mount = parse_mount_line(take_until(mountinfo, '\n'));
    if (!mount) continue;
    if (key.mount_id != 0 && mount->id == key.mount_id) return std::string(mount->type);
    if (mount->major == key.major && mount->minor == key.minor) by_device = mount->type;
  }
  return by_device;
}

bool answers_locally(std::string_view file_system) {
  return std::find(local_types.begin(), local_types.end(), file_system) != local_types.end();
}

}  // namespace podprobe::core
