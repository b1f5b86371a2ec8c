#include "core/inotify.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  const auto [events, complete] = core::parse_inotify(bytes);
  require(events.size() <= size / 16);
  const auto* const begin = reinterpret_cast<const char*>(data);
  for (const auto& event : events) {
    require(event.name.find('\0') == std::string_view::npos);
    require(event.name.empty() || (event.name.data() >= begin && event.name.data() + event.name.size() <= begin + size));
  }
  // a record behind whole ones is found
  if (!complete) return 0;
  std::vector<std::uint8_t> more(bytes.begin(), bytes.end());
  more.resize(size + 16);
  const auto longer = core::parse_inotify(more);
  require(longer.complete && longer.events.size() == events.size() + 1);
  return 0;
}
