#include "core/inotify.h"

#include <array>
#include <cstring>

namespace podprobe::core {

InotifyEvents parse_inotify(std::span<const std::uint8_t> bytes) {
  InotifyEvents result;
  std::array<std::uint32_t, 4> head;
  while (bytes.size() >= sizeof head) {
    std::memcpy(head.data(), bytes.data(), sizeof head);
    const auto [watch, mask, cookie, length] = head;
    const auto rest = bytes.subspan(sizeof head);
    if (length > rest.size()) break;
    const std::string_view padded(reinterpret_cast<const char*>(rest.data()), length);
    result.events.push_back({static_cast<int>(watch), mask, padded.substr(0, padded.find('\0'))});
    bytes = rest.subspan(length);
  }
  result.complete = bytes.empty();
  return result;
}

}  // namespace podprobe::core
