#pragma once

#include "core/image.h"
#include "test/elf_bytes.h"
#include "test/fake_memory.h"

/// A static x86-64 program: one segment of code, one of data, argv and the environment on the stack.
namespace podprobe::test {

struct StaticImage {
  static constexpr std::uint64_t text = 0x40'0000, code = text + 0x1000, data = 0x4c'0000, stack = 0x7ffe'0000,
                                 first_vector = stack + 24, strings = stack + 0x1000, heap = 0x90'0000;

  FakeMemory memory;
  FakeMemory file;
  core::Image image;
  Bytes instructions;

  StaticImage() {
    const std::vector<core::elf::Segment> segments = {
        {.type = core::elf::pt_load, .flags = 5, .offset = 0, .vaddr = text, .filesz = 0x4000, .memsz = 0x4000},
        {.type = core::elf::pt_load, .flags = 6, .offset = 0x4000, .vaddr = data, .filesz = 0x800, .memsz = 0x1000}};
    image = {.word = 8, .bias = 0, .segments = segments};
    Bytes head = elf_header({.type = 2, .phnum = 2});
    for (const auto& one : segments) head.append(segment_bytes(one, 8));
    file.put(0, head);
    memory.put(text, head);
    memory.fill(data, 0x1000);
    memory.put_words(stack, {1, strings, 0});
    put_vector(first_vector, strings + 0x100, {"A=1", "B=2"});
    refer(data + 8, 1);
  }

  void put_vector(std::uint64_t at, std::uint64_t at_strings, const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
      memory.put_string(at_strings, entry);
      memory.put_words(at, {at_strings});
      at_strings += entry.size() + 1;
      at += 8;
    }
    memory.put_words(at, {0});
  }

  /// The code loads the variable at `address` so many times.
  void refer(std::uint64_t address, int times) {
    for (int i = 0; i < times; ++i) {
      instructions.append(std::array<std::uint8_t, 3>{0x48, 0x8b, 0x05});
      instructions.u32(address - (code + instructions.size() + 4));
    }
    file.put(code - text, instructions);
  }
};

}  // namespace podprobe::test
