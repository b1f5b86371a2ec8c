#include "tasks/file_system.h"

#include <mutex>
#include <optional>
#include <unordered_map>

#include "sys/statmount.h"
#include "tasks/list_mounts.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_table = 32 << 20;

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

}  // namespace

std::string file_system_of(const sys::Process& process, const core::MountKey& mount) {
  const auto find_in = [&](const sys::Fd& table, const std::string& shown) {
    return core::file_system_of(sys::read_whole<std::string>(table, largest_table, sys::End::at_empty_read, shown), mount);
  };
  std::string type = find_in(open_mountinfo(process), process.path("mountinfo"));
  return type.empty() ? find_in(sys::open_path("/proc/self/mountinfo", 0), "/proc/self/mountinfo") : type;
}

bool answers_locally(const sys::Process& process, const sys::Fd& held, const sys::FileStatus& status) {
  static auto& known = *new KnownMounts();
  const std::optional<std::uint64_t> mount = lasting_id(held);
  if (mount) {
    if (const auto local = known.find(*mount)) return *local;
  }
  const core::MountKey key{.mount_id = status.mount_id, .major = status.device.major, .minor = status.device.minor};
  const bool local = core::answers_locally(file_system_of(process, key));
  if (mount) known.keep(*mount, local);
  return local;
}

}  // namespace podprobe::tasks
