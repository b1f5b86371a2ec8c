#include "sys/capability.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "sys/error.h"

namespace podprobe::sys {

namespace {

struct Sets {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};
};

Sets read_sets() {
  Sets sets;
  if (syscall(SYS_capget, &sets.header, sets.words.data()) != 0) throw Error(errno, "capget");
  return sets;
}

std::uint64_t effective() {
  const Sets sets = read_sets();
  return (std::uint64_t{sets.words[1].effective} << 32) | sets.words[0].effective;
}

void set_effective(std::uint64_t wanted) {
  Sets sets = read_sets();
  sets.words[0].effective = static_cast<std::uint32_t>(wanted);
  sets.words[1].effective = static_cast<std::uint32_t>(wanted >> 32);
  if (syscall(SYS_capset, &sets.header, sets.words.data()) != 0) throw Error(errno, "capset");
}

}  // namespace

WithoutCapabilities::WithoutCapabilities(std::uint64_t capabilities) : before_(effective()) { set_effective(before_ & ~capabilities); }

WithoutCapabilities::~WithoutCapabilities() {
  try {
    set_effective(before_);
  } catch (const Error&) {
    // they are permitted still, so that this cannot fail; a thread that lacks them must not go on
    std::abort();
  }
}

}  // namespace podprobe::sys
