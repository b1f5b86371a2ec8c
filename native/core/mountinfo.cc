#include "core/mountinfo.h"

#include <algorithm>
#include <array>
#include <limits>

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

/// As from_chars(), without a call for a few digits.
std::optional<std::uint32_t> parse_word(std::string_view text) {
  std::uint64_t number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  }
  return text.empty() ? std::nullopt : std::optional(static_cast<std::uint32_t>(number));
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

std::optional<MountLineParts> split_mount_line(std::string_view line) {
  const auto id = parse_word(take_field(line));
  const auto parent = parse_word(take_field(line));
  const char* const head = line.data();
  take_field(line);
  const std::string_view root = take_field(line);
  const std::string_view point = take_field(line);
  if (!id || !parent || point.empty()) return std::nullopt;
  return MountLineParts{.id = *id, .parent = *parent, .head = {head, root.data() + root.size()}, .point = point, .tail = line};
}

std::optional<MountLine> parse_mount_line(std::string_view line) {
  const auto parts = split_mount_line(line);
  if (!parts) return std::nullopt;
  MountLine mount;
  line = parts->head;
  std::string_view device = take_field(line);
  const auto major = parse_word(take_field(device, ':'));
  const auto minor = parse_word(device);
  if (!major || !minor) return std::nullopt;
  mount.root = line;
  line = parts->tail;
  mount.options = take_field(line);
  const auto optional = take_optional(line);
  if (!optional) return std::nullopt;
  mount.type = take_field(line);
  const std::size_t after_source = line.find(' ');
  if (after_source == std::string_view::npos) return std::nullopt;
  mount.source = line.substr(0, after_source);
  mount.super_options = line.substr(after_source + 1);
  if (mount.root.empty() || mount.options.empty() || mount.type.empty() || mount.super_options.empty()) {
    return std::nullopt;
  }
  mount.id = parts->id;
  mount.parent = parts->parent;
  mount.major = *major;
  mount.minor = *minor;
  mount.point = parts->point;
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
