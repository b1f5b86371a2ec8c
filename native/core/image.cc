#include "core/image.h"

#include <algorithm>

namespace podprobe::core {

const elf::Segment* Image::segment(std::uint32_t type) const {
  const auto found = std::find_if(segments.begin(), segments.end(), [&](const auto& one) { return one.type == type; });
  return found == segments.end() ? nullptr : &*found;
}

std::uint64_t Image::dynamic() const {
  const elf::Segment* const dynamic = segment(elf::pt_dynamic);
  return dynamic ? dynamic->vaddr + bias : 0;
}

bool Image::holds(std::uint64_t address, bool writable) const {
  return std::any_of(segments.begin(), segments.end(), [&](const elf::Segment& one) {
    return one.type == elf::pt_load && (!writable || (one.flags & elf::pf_w) != 0) &&
           address - (one.vaddr + bias) < one.memsz;
  });
}

std::optional<Image> main_image(Memory& memory, const Auxv& auxv) {
  Image image{.word = auxv.word, .bias = 0, .segments = elf::read_segments(memory, auxv.phdr, auxv.phnum, auxv.word)};
  if (image.segments.empty()) return std::nullopt;
  if (const elf::Segment* const self = image.segment(elf::pt_phdr)) {
    image.bias = auxv.phdr - self->vaddr;
    return image;
  }
  // no PT_PHDR (static programs): the headers stand right behind the ELF header, in the segment that covers it
  const std::uint64_t offset = elf::header_size(auxv.word);
  for (const elf::Segment& one : image.segments) {
    if (one.type != elf::pt_load || offset < one.offset || offset - one.offset >= one.filesz) continue;
    image.bias = auxv.phdr - (one.vaddr + offset - one.offset);
    return image;
  }
  return std::nullopt;
}

std::optional<Image> image_at(Memory& memory, std::uint64_t address) {
  const auto header = elf::read_header(memory, address);
  if (!header) return std::nullopt;
  Image image{.word = header->word,
              .bias = 0,
              .segments = elf::read_segments(memory, address + header->phoff, header->phnum, header->word)};
  for (const elf::Segment& one : image.segments) {
    if (one.type != elf::pt_load || one.offset != 0) continue;
    image.bias = address - one.vaddr;
    return image;
  }
  return std::nullopt;
}

}  // namespace podprobe::core
