#include "freestanding/descriptors.h"

#include <sys/resource.h>

void close_from(int first) {
  struct rlimit limit = {0, 0};
  // since Linux 5.9
  if (kernel(close_range, first, ~0U, 0) == 0) return;
  kernel(prlimit64, 0, RLIMIT_NOFILE, 0, &limit);
  for (rlim_t fd = (rlim_t)first; fd < limit.rlim_cur && fd < 1 << 20; fd++) kernel(close, fd);
}
