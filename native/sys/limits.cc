#include "sys/limits.h"

#include <sys/resource.h>

#include "sys/error.h"

namespace podprobe::sys {

std::array<Limit, 16> limits_of(int pid) {
  static_assert(RLIM_NLIMITS == 16);
  std::array<Limit, 16> limits;
  for (unsigned i = 0; i < limits.size(); ++i) {
    rlimit limit{};
    if (prlimit(pid, static_cast<__rlimit_resource>(i), nullptr, &limit) != 0) throw Error(errno, "prlimit");
    limits[i] = {limit.rlim_cur, limit.rlim_max};
  }
  return limits;
}

}  // namespace podprobe::sys
