#include "core/stat.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

std::string print(const core::Stat& stat) {
  std::string line = std::to_string(stat.pid) + " (" + stat.comm + ") " + stat.state;
  for (int field = 4; field <= 52; ++field) {
    const std::uint64_t value = field == 9    ? stat.flags
                                : field == 22 ? stat.start_time
                                : field == 28 ? stat.start_stack
                                : field == 48 ? stat.arg_start
                                : field == 49 ? stat.arg_end
                                : field == 50 ? stat.env_start
                                : field == 51 ? stat.env_end
                                              : 0;
    line += ' ' + std::to_string(value);
  }
  return line + '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto stat = core::parse_stat(line);
  if (!stat) return 0;
  require(stat->pid >= 0 && line.find(stat->comm) != std::string_view::npos);
  const auto again = core::parse_stat(print(*stat));
  require(again && again->pid == stat->pid && again->comm == stat->comm && again->state == stat->state);
  require(again->flags == stat->flags && again->arg_end == stat->arg_end && again->same_image(*stat));
  return 0;
}
