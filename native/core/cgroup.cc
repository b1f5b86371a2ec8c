#include "core/cgroup.h"

#include <optional>

#include "core/text.h"

namespace podprobe::core {

namespace {

constexpr std::size_t most_hierarchies = 32;

bool contains(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    if (take_until(list, ',') == wanted) return true;
  }
  return false;
}

bool contains_all(std::string_view list, std::string_view wanted) {
  while (!wanted.empty()) {
    if (!contains(list, take_until(wanted, ','))) return false;
  }
  return true;
}

bool climbs(std::string_view path) {
  while (!path.empty()) {
    if (take_until(path, '/') == "..") return true;
  }
  return false;
}

/// What is left of `path` below `root`; nothing when it is not there.
std::optional<std::string_view> below(std::string_view path, std::string_view root) {
  if (root == "/") return path == "/" ? std::string_view() : path;
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

/// The fields of a line of mountinfo that matter here.
struct Mount {
  std::string_view root;
  std::string_view point;
  std::string_view type;
  std::string_view options;
};

std::optional<Mount> parse_mount(std::string_view line) {
  Mount mount;
  for (int skipped = 0; skipped < 3; ++skipped) take_until(line, ' ');
  mount.root = take_until(line, ' ');
  mount.point = take_until(line, ' ');
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  line.remove_prefix(dash + 3);
  mount.type = take_until(line, ' ');
  take_until(line, ' ');
  mount.options = line;
  return mount;
}

}  // namespace

std::vector<CgroupPlace> parse_cgroups(std::string_view text) {
  std::vector<CgroupPlace> places;
  while (!text.empty() && places.size() < most_hierarchies) {
    std::string_view line = take_until(text, '\n');
    const auto number = parse_number(take_until(line, ':'));
    const std::string_view hierarchy = take_until(line, ':');
    if (!number || !line.starts_with('/')) continue;
    places.push_back({std::string(hierarchy), std::string(line)});
  }
  return places;
}

std::string cgroup_directory(std::string_view mountinfo, const CgroupPlace& place) {
  if (climbs(place.path)) return {};
  const std::string_view type = place.hierarchy.empty() ? "cgroup2" : "cgroup";
  while (!mountinfo.empty()) {
    const auto mount = parse_mount(take_until(mountinfo, '\n'));
    // nobody mounts them at a place whose name needs escapes
    if (!mount || mount->type != type || mount->point.find('\\') != std::string_view::npos) continue;
    if (!contains_all(mount->options, place.hierarchy)) continue;
    const auto rest = below(place.path, mount->root);
    if (rest) return std::string(mount->point).append(*rest);
  }
  return {};
}

}  // namespace podprobe::core
