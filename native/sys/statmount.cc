#include "sys/statmount.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace podprobe::sys {

namespace {

constexpr long statmount_number = 457;
constexpr long listmount_number = 458;
constexpr unsigned long ns_get_mntns_id = _IOR(0xb7, 5, std::uint64_t);
constexpr unsigned statx_mnt_id_unique = 0x4000;
constexpr std::uint64_t root_of_namespace = ~0ULL;
constexpr std::size_t batch = 512;
constexpr std::size_t usual_size = 4096;
constexpr std::size_t largest_size = 256 << 10;

struct Request {
  std::uint32_t size = sizeof(Request);
  std::uint32_t mnt_ns_fd = 0;
  std::uint64_t mnt_id = 0;
  std::uint64_t param = 0;
  std::uint64_t mnt_ns_id = 0;
};

struct Statmount {
  std::uint32_t size;
  std::uint32_t mnt_opts;
  std::uint64_t mask;
  std::uint32_t sb_dev_major;
  std::uint32_t sb_dev_minor;
  std::uint64_t sb_magic;
  std::uint32_t sb_flags;
  std::uint32_t fs_type;
  std::uint64_t mnt_id;
  std::uint64_t mnt_parent_id;
  std::uint32_t mnt_id_old;
  std::uint32_t mnt_parent_id_old;
  std::uint64_t mnt_attr;
  std::uint64_t mnt_propagation;
  std::uint64_t mnt_peer_group;
  std::uint64_t mnt_master;
  std::uint64_t propagate_from;
  std::uint32_t mnt_root;
  std::uint32_t mnt_point;
  std::uint64_t mnt_ns_id;
  std::uint32_t fs_subtype;
  std::uint32_t sb_source;
  std::uint32_t opt_num;
  std::uint32_t opt_array;
  std::uint32_t opt_sec_num;
  std::uint32_t opt_sec_array;
  std::uint64_t supported_mask;
  std::uint64_t spare[45];
};
static_assert(sizeof(Statmount) == 512);

constexpr std::uint64_t sb_basic = 0x1;
constexpr std::uint64_t mnt_basic = 0x2;
constexpr std::uint64_t propagate_from = 0x4;
constexpr std::uint64_t mnt_root = 0x8;
constexpr std::uint64_t mnt_point = 0x10;
constexpr std::uint64_t fs_type = 0x20;
constexpr std::uint64_t mnt_opts = 0x80;
constexpr std::uint64_t fs_subtype = 0x100;
constexpr std::uint64_t sb_source = 0x200;
constexpr std::uint64_t supported = 0x1000;
constexpr std::uint64_t needed = sb_basic | mnt_basic | propagate_from | mnt_root | mnt_point | fs_type | mnt_opts | fs_subtype | sb_source;

/// One answer: the structure, and behind it the strings.
class Answer {
 public:
  explicit Answer(std::vector<char> bytes) : bytes_(std::move(bytes)) {}

  const Statmount& fields() const { return *reinterpret_cast<const Statmount*>(bytes_.data()); }

  /// The string that stands at `offset` when the kernel gave it; it gives no empty ones.
  std::string text(std::uint64_t bit, std::uint32_t offset) const {
    const std::size_t at = sizeof(Statmount) + offset;
    if ((fields().mask & bit) == 0 || at >= bytes_.size()) return {};
    const char* const start = bytes_.data() + at;
    return {start, strnlen(start, bytes_.size() - at)};
  }

 private:
  static std::size_t strnlen(const char* start, std::size_t most) {
    std::size_t length = 0;
    while (length < most && start[length] != '\0') ++length;
    return length;
  }

  std::vector<char> bytes_;
};

/// Nothing when the mount has gone.
std::optional<Answer> ask(const Request& request) {
  std::vector<char> bytes(usual_size);
  for (;;) {
    if (retry_eintr([&] { return syscall(statmount_number, &request, bytes.data(), bytes.size(), 0); }) == 0) {
      return Answer(std::move(bytes));
    }
    if (errno == ENOENT) return std::nullopt;
    if (errno != EOVERFLOW || bytes.size() >= largest_size) throw Error(errno, "statmount");
    bytes.assign(bytes.size() * 4, '\0');
  }
}

MountStatus to_status(const Answer& answer) {
  const Statmount& fields = answer.fields();
  MountStatus status;
  status.sb_dev_major = fields.sb_dev_major;
  status.sb_dev_minor = fields.sb_dev_minor;
  status.sb_flags = fields.sb_flags;
  status.mnt_id_old = fields.mnt_id_old;
  status.mnt_parent_id_old = fields.mnt_parent_id_old;
  status.mnt_attr = fields.mnt_attr;
  status.mnt_propagation = fields.mnt_propagation;
  status.mnt_peer_group = fields.mnt_peer_group;
  status.mnt_master = fields.mnt_master;
  status.propagate_from = fields.propagate_from;
  status.mnt_root = answer.text(mnt_root, fields.mnt_root);
  status.mnt_point = answer.text(mnt_point, fields.mnt_point);
  status.fs_type = answer.text(fs_type, fields.fs_type);
  const std::string subtype = answer.text(fs_subtype, fields.fs_subtype);
  if (!subtype.empty()) status.fs_type += '.' + subtype;
  status.sb_source = answer.text(sb_source, fields.sb_source);
  status.mnt_opts = answer.text(mnt_opts, fields.mnt_opts);
  return status;
}

}  // namespace

MountNamespace::MountNamespace(const Fd& link) : id_(0) {
  if (ioctl(link.get(), ns_get_mntns_id, &id_) == 0) return;
  throw Error(errno == ENOTTY || errno == EINVAL ? ENOSYS : errno, "ioctl", {}, "NS_GET_MNTNS_ID");
}

std::vector<std::uint64_t> MountNamespace::list(std::size_t most) const {
  std::vector<std::uint64_t> mounts;
  Request request{.mnt_id = root_of_namespace, .mnt_ns_id = id_};
  while (mounts.size() < most) {
    std::array<std::uint64_t, batch> part{};
    const auto count = retry_eintr([&] { return syscall(listmount_number, &request, part.data(), part.size(), 0); });
    if (count < 0) throw Error(errno, "listmount");
    mounts.insert(mounts.end(), part.begin(), part.begin() + count);
    if (static_cast<std::size_t>(count) < part.size()) break;
    request.param = mounts.back();
  }
  mounts.resize(std::min(mounts.size(), most));
  return mounts;
}

std::optional<MountStatus> MountNamespace::find(std::uint64_t mount) const {
  const auto answer = ask({.mnt_id = mount, .param = needed | supported, .mnt_ns_id = id_});
  if (!answer) return std::nullopt;
  const Statmount& fields = answer->fields();
  // older kernels leave out what they do not know, and nothing tells that from an empty string
  if ((fields.mask & supported) == 0 || (fields.supported_mask & needed) != needed) throw Error(ENOSYS, "statmount");
  return to_status(*answer);
}

std::uint64_t unique_mount_id(const Fd& file) {
  struct statx status {};
  if (statx(file.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, statx_mnt_id_unique, &status) != 0) throw Error(errno, "statx");
  if ((status.stx_mask & statx_mnt_id_unique) == 0) throw Error(ENOSYS, "statx");
  return status.stx_mnt_id;
}

}  // namespace podprobe::sys
