#include "core/limits.h"

#include <string>

#include "test/check.h"

using podprobe::core::parse_limits;

namespace {

/// /proc/self/limits, Linux 6.18.
const std::string text =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max file size             unlimited            unlimited            bytes     \n"
    "Max data size             unlimited            unlimited            bytes     \n"
    "Max stack size            8388608              unlimited            bytes     \n"
    "Max core file size        0                    unlimited            bytes     \n"
    "Max resident set          unlimited            unlimited            bytes     \n"
    "Max processes             96364                96364                processes \n"
    "Max open files            1024                 1048576              files     \n"
    "Max locked memory         8388608              8388608              bytes     \n"
    "Max address space         unlimited            unlimited            bytes     \n"
    "Max file locks            unlimited            unlimited            locks     \n"
    "Max pending signals       96364                96364                signals   \n"
    "Max msgqueue size         819200               819200               bytes     \n"
    "Max nice priority         0                    0                    \n"
    "Max realtime priority     0                    0                    \n"
    "Max realtime timeout      unlimited            unlimited            us        \n";

}  // namespace

TEST("reads the limits in the order of their numbers") {
  const auto limits = parse_limits(text);
  CHECK(limits.has_value());
  CHECK_EQUAL((*limits)[0].soft, ~std::uint64_t{0});
  CHECK_EQUAL((*limits)[3].soft, 8'388'608U);
  CHECK_EQUAL((*limits)[3].hard, ~std::uint64_t{0});
  CHECK_EQUAL((*limits)[7].soft, 1024U);
  CHECK_EQUAL((*limits)[7].hard, 1'048'576U);
  CHECK_EQUAL((*limits)[13].hard, 0U);
}

TEST("is nothing when a line is missing, or is not as it must be") {
  CHECK(!parse_limits(""));
  CHECK(!parse_limits(text.substr(text.find('\n') + 1)));
  CHECK(!parse_limits(text.substr(0, text.rfind("Max"))));
  std::string bad = text;
  CHECK(!parse_limits(bad.replace(bad.find("8388608"), 7, "8x88608")));
}
