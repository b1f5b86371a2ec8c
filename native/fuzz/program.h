#pragma once

#include "core/image.h"
#include "core/initial_environ.h"
#include "fuzz/input.h"

/// Programs for the targets that search one.
namespace podprobe::fuzz {

/// Shape: u8 flags (1: 32 bits), u64 bias, two segments of {u8 flags, u64 offset, u64 vaddr, u32 filesz, u32 memsz}.
inline core::Image image_of(Input& input) {
  core::Image image{.word = word_of(input.number<std::uint8_t>()), .bias = input.number<std::uint64_t>(), .segments = {}};
  for (int i = 0; i < 2; ++i) {
    core::elf::Segment segment{.type = core::elf::pt_load};
    segment.flags = input.number<std::uint8_t>();
    segment.offset = input.number<std::uint64_t>();
    segment.vaddr = input.number<std::uint64_t>();
    segment.filesz = input.number<std::uint32_t>();
    segment.memsz = input.number<std::uint32_t>();
    image.segments.push_back(segment);
  }
  return image;
}

/// The strings that stand at `address`, as /proc/PID/environ would give them.
inline core::Entries initial_at(core::Memory& memory, std::uint64_t address, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  bytes.resize(memory.read(address, bytes));
  const core::InitialArea area{.start = address, .end = address + bytes.size()};
  return core::judge_initial_environ(bytes, area, {}).entries;
}

}  // namespace podprobe::fuzz
