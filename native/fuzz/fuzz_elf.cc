#include "core/image.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
namespace elf = podprobe::core::elf;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  for (const unsigned word : {8U, 4U}) {
    require(elf::parse_segments(bytes, word).size() == std::min(size / elf::segment_size(word), elf::most_segments));
    require(elf::parse_sections(bytes, word).size() == std::min(size / elf::section_size(word), elf::most_sections));
    if (size >= elf::symbol_size(word)) require(elf::parse_symbol(bytes, word).type <= 15);
  }

  // the same bytes as an image that is mapped
  constexpr std::uint64_t base = 0x10000;
  podprobe::fuzz::InputMemory memory;
  memory.add(0, base, bytes);
  const auto header = elf::parse_header(bytes);
  if (header) require(elf::read_header(memory, base).has_value());
  const auto image = core::image_at(memory, base);
  if (!image) return 0;
  require(image->segments.size() <= elf::most_segments);
  const auto entries = elf::read_dynamic(memory, image->dynamic(), image->word);
  require(entries.size() <= elf::most_dynamic_entries);
  for (const auto& entry : entries) {
    require(entry.tag != elf::dt_null && elf::find_entry(entries, entry.tag)->tag == entry.tag);
    require(core::read_word(memory, entry.address, image->word) == entry.value);
  }
  for (const elf::Segment& one : image->segments) {
    if (one.type == elf::pt_load && one.memsz != 0) require(image->holds(one.vaddr + image->bias, false));
  }
  core::main_image(memory, {.word = image->word, .phdr = base + header->phoff, .phnum = header->phnum});
  require(memory.reads <= 10 + 2 * elf::most_dynamic_entries);
  return 0;
}
