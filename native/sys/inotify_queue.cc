#include "sys/inotify_queue.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace podprobe::sys {

namespace {

std::string raise(const char* what, const char* limit) {
  return std::string(what) + ": raise the limit with `sysctl -w fs.inotify." + limit + "=N` (`sysctl fs.inotify." + limit +
         "` says what it is)";
}

std::string explain_no_instance() {
  const Fd another(open("/", O_PATH | O_CLOEXEC));
  if (!another) return "this process has as many descriptors open as it may: raise the limit with `ulimit -n`";
  return raise("this user has as many inotify instances as it may", "max_user_instances");
}

}  // namespace

InotifyQueue::InotifyQueue() : descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (descriptor_) return;
  const int number = errno;
  throw Error(number, "inotify_init1", {}, number == EMFILE ? explain_no_instance() : "");
}

int InotifyQueue::add(const Fd& file, std::uint32_t mask, const std::string& shown) const {
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  const int watch = inotify_add_watch(descriptor_.get(), path.c_str(), mask);
  if (watch >= 0) return watch;
  const int number = errno;
  const std::string cure = number == ENOSPC ? raise("this user has as many inotify watches as it may", "max_user_watches") : "";
  throw Error(number, "inotify_add_watch", shown, cure);
}

void InotifyQueue::remove(int watch) const { inotify_rm_watch(descriptor_.get(), watch); }

std::size_t InotifyQueue::read(std::span<std::uint8_t> out) const {
  const auto size = retry_eintr([&] { return ::read(descriptor_.get(), out.data(), out.size()); });
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN) return 0;
  throw Error(errno, "read", "inotify");
}

}  // namespace podprobe::sys
