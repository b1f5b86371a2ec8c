#include "core/maps.h"

#include "core/hex.h"
#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

constexpr std::size_t most = 1000;

std::string digits(std::uint64_t value) { return core::hex(value).substr(2); }

std::string print(const core::Mapping& one) {
  return digits(one.start) + '-' + digits(one.end) + ' ' + (one.readable ? 'r' : '-') + (one.writable ? 'w' : '-') +
         (one.executable ? 'x' : '-') + (one.shared ? 's' : 'p') + ' ' + digits(one.offset) + ' ' + digits(one.major) + ':' +
         digits(one.minor) + ' ' + std::to_string(one.inode) + "    " + one.path + '\n';
}

bool equal(const core::Mapping& a, const core::Mapping& b) {
  return a.start == b.start && a.end == b.end && a.readable == b.readable && a.writable == b.writable &&
         a.executable == b.executable && a.shared == b.shared && a.offset == b.offset && a.major == b.major &&
         a.minor == b.minor && a.inode == b.inode && a.path == b.path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto mappings = core::parse_maps({reinterpret_cast<const char*>(data), size}, most);
  require(mappings.size() <= most);
  std::string text;
  for (const core::Mapping& one : mappings) {
    require(one.start < one.end);
    require(!core::region_name(one).empty());
    text += print(one);
  }
  const auto again = core::parse_maps(text, most);
  require(again.size() == mappings.size());
  bool ascending = true;
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    require(equal(mappings[i], again[i]));
    ascending = ascending && (i == 0 || mappings[i - 1].end <= mappings[i].start);
  }
  if (!ascending) return 0;
  for (const core::Mapping& one : mappings) {
    require(core::find_mapping(mappings, one.start) == &one && core::find_mapping(mappings, one.end - 1) == &one);
    require(core::find_mapping(mappings, one.end) != &one && core::find_mapping(mappings, one.start - 1) != &one);
  }
  return 0;
}
