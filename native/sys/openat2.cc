#include "sys/openat2.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/errand.h"

namespace podprobe::sys {

namespace {

/// A tree in which somebody renames as fast as he can lets one of a few attempts through.
constexpr unsigned most_attempts = 1000;

constexpr std::uint64_t resolve_cached = 0x20;  // RESOLVE_CACHED, younger than some headers

const Fd& working_directory() {
  static const Fd directory(AT_FDCWD);
  return directory;
}

/// First with what the kernel knows by itself, then by an errand.
int walk(const Fd& root, const std::string& path, int flags, std::uint64_t resolve) {
  const int number = try_openat2(root, path, flags | O_PATH, resolve | resolve_cached);
  // EINVAL: before Linux 5.12
  if (number >= 0 || (errno != EAGAIN && errno != EINVAL)) return number;
  return Errand::walk(root, path, flags | O_PATH, resolve);
}

/// RESOLVE_IN_ROOT alone refuses such a link too, with another error than that of a loop.
const char* explain_loop(const Fd& root, const std::string& path) {
  const Fd file(walk(root, path, 0, RESOLVE_IN_ROOT));
  if (!file && errno == ELOOP) return "more than 40 symbolic links, or a loop of them";
  return "it leads over a link of /proc to an open file, a root or a working directory: that could be a file of the host, and is refused";
}

std::string explain(int number, const Fd& root, const std::string& path) {
  switch (number) {
    case ELOOP: return explain_loop(root, path);
    case EAGAIN: return "files are renamed all the time, so that `..` cannot be resolved";
    case ENOSYS:
    case EPERM:
    case EINVAL:
      return "openat2(2) is not there (before Linux 5.6) or forbidden (seccomp): without it a container can have files of the host "
             "read in place of its own";
    default: return {};
  }
}

}  // namespace

int try_openat2(const Fd& root, const std::string& path, int flags, std::uint64_t resolve) {
  struct open_how how {};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = resolve;
  return static_cast<int>(retry_eintr([&] { return syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how); }));
}

Fd open_in_root(const Fd& root, const std::string& path, int flags) {
  for (unsigned attempt = 1;; ++attempt) {
    const int number = walk(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    if (number >= 0) return Fd(number);
    if (errno == EAGAIN && attempt < most_attempts) continue;
    const int error = errno;
    throw Error(error, "openat2", path, explain(error, root, path));
  }
}

Fd open_on_host(const std::string& path, int flags) {
  const int number = walk(open_path(".", O_PATH), path, flags, RESOLVE_NO_MAGICLINKS);
  if (number >= 0) return Fd(number);
  const int error = errno;
  throw Error(error, "openat2", path, error == ELOOP ? "links of /proc are refused: name the process, and the path as it sees it" : "");
}

Fd open_if_cached(const Fd* root, const std::string& path, int flags) {
  const std::uint64_t resolve = RESOLVE_NO_MAGICLINKS | resolve_cached | (root ? RESOLVE_IN_ROOT : 0);
  return Fd(try_openat2(root ? *root : working_directory(), path, flags, resolve));
}

Fd open_within(const Fd& directory, const std::string& name, int flags) {
  const int number = try_openat2(directory, name, flags, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  if (number < 0) throw Error(errno, "openat2", name);
  return Fd(number);
}

}  // namespace podprobe::sys
