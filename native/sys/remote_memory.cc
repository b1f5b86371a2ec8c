#include "sys/remote_memory.h"

#include <unistd.h>

#include <array>

namespace podprobe::sys {

RemoteMemory::RemoteMemory(const Process& process) : memory_(process.open("mem", 0)), pagemap_(process.open("pagemap", 0)) {}

std::size_t RemoteMemory::read(std::uint64_t address, std::span<std::uint8_t> out) const {
  // the offset of pread(2) is signed: no user address reaches that far
  if (address > 0x7fff'ffff'ffff'ffffULL - out.size()) return 0;
  const auto count = read_at(memory_, out, address);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::size_t RemoteMemory::pages(std::uint64_t address, std::span<PageState> states) const {
  std::array<std::uint64_t, 512> entries;
  const std::size_t wanted = std::min(states.size(), entries.size());
  const auto bytes = std::span(reinterpret_cast<std::uint8_t*>(entries.data()), wanted * sizeof(std::uint64_t));
  const auto count = read_at(pagemap_, bytes, address / page_size() * sizeof(std::uint64_t));
  if (count < 0) return 0;
  const std::size_t known = static_cast<std::size_t>(count) / sizeof(std::uint64_t);
  for (std::size_t i = 0; i < known; ++i) {
    states[i] = {.present = (entries[i] >> 63 & 1) != 0, .swapped = (entries[i] >> 62 & 1) != 0};
  }
  return known;
}

bool RemoteMemory::alive() const {
  std::array<PageState, 1> state;
  return pages(page_size(), state) == 1;
}

std::uint64_t RemoteMemory::page_size() {
  static const auto size = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace podprobe::sys
