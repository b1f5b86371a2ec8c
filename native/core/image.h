#pragma once

#include "core/auxv.h"
#include "core/elf.h"
#include "core/maps.h"

namespace podprobe::core {

/// A program or library as it lies in the target's memory.
struct Image {
  unsigned word = 8;
  std::uint64_t bias = 0;  ///< added to every virtual address of the file
  std::vector<elf::Segment> segments;

  const elf::Segment* segment(std::uint32_t type) const;
  /// Address of the dynamic section, or 0.
  std::uint64_t dynamic() const;
  bool interpreted() const { return segment(elf::pt_interp) != nullptr; }
  /// Whether `address` lies in a loaded segment, one that is writable if asked.
  bool holds(std::uint64_t address, bool writable) const;
};

/// The image that AT_PHDR describes: the program, or the loader when it was started as `ld.so ./prog`.
std::optional<Image> main_image(Memory& memory, const Auxv& auxv);

/// The image whose ELF header is mapped at `address`.
std::optional<Image> image_at(Memory& memory, std::uint64_t address);

}  // namespace podprobe::core
