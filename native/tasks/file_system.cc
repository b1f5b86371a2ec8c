#include "tasks/file_system.h"

#include <mutex>
#include <optional>
#include <unordered_map>

#include "sys/statmount.h"
#include "tasks/list_mounts.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_mountinfo = 32 << 20;

/// What is known of mounts, by the id that is never used again.
class KnownMounts {
 public:
  std::optional<bool> find(std::uint64_t mount) {
    const std::lock_guard lock(mutex_);
    const auto found = local_.find(mount);
    return found == local_.end() ? std::nullopt : std::optional(found->second);
  }

  void keep(std::uint64_t mount, bool local) {
    const std::lock_guard lock(mutex_);
    if (local_.size() == most) local_.clear();
    local_[mount] = local;
  }

 private:
  static constexpr std::size_t most = 4096;

  std::mutex mutex_;
  std::unordered_map<std::uint64_t, bool> local_;
};

std::optional<std::uint64_t> lasting_id(const sys::Fd& held) {
  try {
    return sys::unique_mount_id(held);
  } catch (const sys::Error&) {
    return std::nullopt;
  }
}

std::string read_table(const sys::Fd& table, const std::string& shown) {
  return sys::read_whole<std::string>(table, largest_mountinfo, sys::End::at_empty_read, shown);
}

std::string own_table() { return read_table(sys::open_path("/proc/self/mountinfo", 0), "/proc/self/mountinfo"); }

/// An overlay is as good as what it lies on, which nobody tells; but one that this program sees, too, is the node's.
bool is_overlay_of_others(const std::string& type, const sys::Device& device) {
  return type == "overlay" && core::file_system_of(own_table(), {.mount_id = 0, .major = device.major, .minor = device.minor}) != type;
}

}  // namespace

std::string file_system_of(const sys::Process& process, const core::MountKey& mount) {
  std::string type = core::file_system_of(read_table(open_mountinfo(process), process.path("mountinfo")), mount);
  return type.empty() ? core::file_system_of(own_table(), mount) : type;
}

bool answers_locally(const sys::Process& process, const sys::Fd& held, const sys::FileStatus& status) {
  static auto& known = *new KnownMounts();
  const std::optional<std::uint64_t> mount = lasting_id(held);
  if (mount) {
    if (const auto local = known.find(*mount)) return *local;
  }
  const core::MountKey key{.mount_id = status.mount_id, .major = status.device.major, .minor = status.device.minor};
  const std::string type = file_system_of(process, key);
  const bool local = core::answers_locally(type) && !is_overlay_of_others(type, status.device);
  if (mount) known.keep(*mount, local);
  return local;
}

}  // namespace podprobe::tasks
