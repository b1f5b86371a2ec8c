#include "core/capability.h"

#include "test/check.h"

using podprobe::core::capability_names;

TEST("names the first capability, the last one, and those between in their order") {
  CHECK_EQUAL(capability_names(1), "CAP_CHOWN");
  CHECK_EQUAL(capability_names(std::uint64_t{1} << 40), "CAP_CHECKPOINT_RESTORE");
  CHECK_EQUAL(capability_names(1U << 21 | 1U << 5 | 1U << 10), "CAP_KILL, CAP_NET_BIND_SERVICE, CAP_SYS_ADMIN");
}

TEST("tells the number of one that it does not know") {
  CHECK_EQUAL(capability_names(std::uint64_t{3} << 40), "CAP_CHECKPOINT_RESTORE, capability 41");
  CHECK_EQUAL(capability_names(std::uint64_t{1} << 63), "capability 63");
}

TEST("says nothing of an empty set") { CHECK_EQUAL(capability_names(0), ""); }
