#include "core/code_references.h"

#include <algorithm>

#include "test/bytes.h"
#include "test/check.h"
#include "test/fake_memory.h"

namespace elf = podprobe::core::elf;
using podprobe::core::count_code_references;
using podprobe::core::Image;
using podprobe::test::Bytes;
using podprobe::test::FakeMemory;

namespace {

constexpr std::uint64_t offset = 0x1000;

Image image_of(std::uint64_t vaddr, std::uint64_t size, std::uint64_t bias = 0) {
  return {.bias = bias, .segments = {{.type = elf::pt_load, .flags = 5, .offset = offset, .vaddr = vaddr, .filesz = size, .memsz = size}}};
}

std::vector<std::size_t> count(const Bytes& code, const Image& image, std::uint16_t machine, const std::vector<std::uint64_t>& addresses) {
  FakeMemory file;
  file.put(offset, code);
  return count_code_references(file, image, machine, addresses);
}

/// An instruction whose 32-bit displacement leads to `target`, followed by `immediate` bytes.
Bytes& rip(Bytes& code, std::uint64_t start, std::initializer_list<std::uint8_t> opcode, std::uint64_t target, std::size_t immediate = 0) {
  code.append({std::data(opcode), opcode.size()});
  return code.u32(target - (start + code.size() + 4 + immediate)).number(0, immediate);
}

std::uint32_t adrp(unsigned rd, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t pages = (to >> 12) - (from >> 12);
  return static_cast<std::uint32_t>(0x9000'0000U | (pages & 3) << 29 | (pages >> 2 & 0x7'ffff) << 5 | rd);
}
std::uint32_t ldr(unsigned rt, unsigned rn, std::uint64_t low) { return static_cast<std::uint32_t>(0xf940'0000U | low / 8 << 10 | rn << 5 | rt); }
std::uint32_t str(unsigned rt, unsigned rn, std::uint64_t low) { return static_cast<std::uint32_t>(0xf900'0000U | low / 8 << 10 | rn << 5 | rt); }
std::uint32_t add(unsigned rd, unsigned rn, std::uint64_t low) { return static_cast<std::uint32_t>(0x9100'0000U | low << 10 | rn << 5 | rd); }
constexpr std::uint32_t nop = 0xd503'201f;

}  // namespace

TEST("x86-64: counts RIP-relative loads, stores and addresses, before and behind the code") {
  Bytes code;
  rip(code, 0x40'1000, {0x48, 0x8b, 0x05}, 0x4c'5008);  // mov rax, [rip+…]
  rip(code, 0x40'1000, {0x48, 0x89, 0x1d}, 0x4c'5008);  // mov [rip+…], rbx
  rip(code, 0x40'1000, {0x48, 0x8d, 0x3d}, 0x40'0008);  // lea rdi, [rip-…]
  CHECK(count(code, image_of(0x40'1000, code.size()), elf::em_x86_64, {0x40'0008, 0x4c'5008, 0x4c'5010}) == (std::vector<std::size_t>{1, 2, 0}));
}

TEST("x86-64: an immediate may follow the displacement") {
  Bytes code;
  rip(code, 0x40'1000, {0x48, 0x83, 0x3d}, 0x4c'5008, 1);  // cmp qword [rip+…], imm8
  rip(code, 0x40'1000, {0x48, 0xc7, 0x05}, 0x4c'5008, 4);  // mov qword [rip+…], imm32
  CHECK(count(code, image_of(0x40'1000, code.size()), elf::em_x86_64, {0x4c'5008}) == std::vector<std::size_t>{2});
}

TEST("x86-64: follows a load bias") {
  Bytes code;
  rip(code, 0x5555'1000, {0x48, 0x8b, 0x05}, 0x5555'5008);
  CHECK(count(code, image_of(0x1000, code.size(), 0x5555'0000), elf::em_x86_64, {0x5555'5008}) == std::vector<std::size_t>{1});
}

TEST("x86-64 and i386: an absolute operand counts in a program without bias") {
  const Bytes code = Bytes().number(0xa1, 1).u32(0x80e'5008).number(0xc3, 1);  // mov eax, ds:…
  for (const std::uint16_t machine : {elf::em_386, elf::em_x86_64}) {
    CHECK(count(code, image_of(0x804'9000, code.size()), machine, {0x80e'5008}) == std::vector<std::size_t>{1});
    CHECK(count(code, image_of(0x804'9000, code.size(), 0x1000), machine, {0x80e'5008}) == std::vector<std::size_t>{0});
  }
}

TEST("i386: a displacement that would lead there on x86-64 does not count") {
  Bytes code;
  rip(code, 0x804'9000, {0x8b, 0x05}, 0x80e'5008);
  CHECK(count(code, image_of(0x804'9000, code.size()), elf::em_386, {0x80e'5008}) == std::vector<std::size_t>{0});
}

TEST("x86: an operand across the border of two chunks is counted once") {
  for (std::size_t before = (256 << 10) - 6; before <= (256 << 10) + 1; ++before) {
    Bytes code(before);
    rip(code, 0x40'1000, {0x48, 0x8b, 0x05}, 0x4c'5008);
    code.pad_to((256 << 10) + 100);
    CHECK(count(code, image_of(0x40'1000, code.size()), elf::em_x86_64, {0x4c'5008}) == std::vector<std::size_t>{1});
  }
}

TEST("arm64: counts ADRP with a load, a store or an address, up to two instructions apart") {
  constexpr std::uint64_t start = 0x40'1000, variable = 0x4a'5ff8;
  Bytes code;
  const auto pair = [&](std::uint32_t use, int apart) {
    code.u32(adrp(3, start + code.size(), variable));
    for (int i = 0; i < apart; ++i) code.u32(nop);
    code.u32(use).u32(nop).u32(nop).u32(nop);
  };
  pair(ldr(0, 3, 0xff8), 0);
  pair(str(0, 3, 0xff8), 1);
  pair(add(3, 3, 0xff8), 2);
  CHECK(count(code, image_of(start, code.size()), elf::em_aarch64, {variable}) == std::vector<std::size_t>{3});
  pair(ldr(0, 3, 0xff8), 3);
  pair(ldr(0, 4, 0xff8), 0);
  pair(ldr(0, 3, 0xff0), 0);
  CHECK(count(code, image_of(start, code.size()), elf::em_aarch64, {variable}) == std::vector<std::size_t>{3});
}

TEST("arm64: words as an assembler writes them (clang 14)") {
  // adrp x0, +0x20000; ldr x0, [x0, #16]; adrp x3, +0x20000; str x1, [x3, #16]; add x3, x3, #16
  const Bytes code = Bytes().u32(0x9000'0100).u32(0xf940'0800).u32(0x9000'0103).u32(0xf900'0861).u32(0x9100'4063);
  CHECK(count(code, image_of(0x40'0000, code.size()), elf::em_aarch64, {0x42'0010}) == std::vector<std::size_t>{2});
}

TEST("arm64: a page before the code, and a load bias") {
  const std::uint64_t start = 0x5555'1000;
  const Bytes code = Bytes().u32(adrp(9, start, 0x5550'0008)).u32(ldr(1, 9, 8)).u32(nop);
  CHECK(count(code, image_of(0x1000, code.size(), 0x5555'0000), elf::em_aarch64, {0x5550'0008}) == std::vector<std::size_t>{1});
}

TEST("arm64: a pair across the border of two chunks is counted once") {
  for (std::size_t before = (256 << 10) - 16; before <= (256 << 10) + 4; before += 4) {
    Bytes code;
    while (code.size() < before) code.u32(nop);
    code.u32(adrp(3, 0x40'1000 + code.size(), 0x4a'5008)).u32(nop).u32(nop).u32(ldr(0, 3, 8)).u32(nop);
    CHECK(count(code, image_of(0x40'1000, code.size()), elf::em_aarch64, {0x4a'5008}) == std::vector<std::size_t>{1});
  }
}

TEST("other machines, data segments and no addresses count nothing") {
  Bytes code;
  rip(code, 0x40'1000, {0x48, 0x8b, 0x05}, 0x4c'5008);
  Image image = image_of(0x40'1000, code.size());
  CHECK(count(code, image, 243, {0x4c'5008}) == std::vector<std::size_t>{0});
  CHECK(count(code, image, elf::em_x86_64, {}).empty());
  image.segments[0].flags = 6;
  CHECK(count(code, image, elf::em_x86_64, {0x4c'5008}) == std::vector<std::size_t>{0});
}

TEST("addresses at both ends of the address space do no harm") {
  const Bytes code(64, 0xff);
  for (const auto& addresses : {std::vector<std::uint64_t>{0}, {0, ~0ULL}, {3, 4}, {~0ULL}}) {
    for (const std::uint16_t machine : {elf::em_386, elf::em_x86_64, elf::em_aarch64}) {
      CHECK_EQUAL(count(code, image_of(~0ULL - 8, 64, ~0ULL), machine, addresses).size(), addresses.size());
    }
  }
}

TEST("code that ends early ends the count, and 256 MiB bound it") {
  class Endless final : public podprobe::core::Memory {
   public:
    std::size_t bytes = 0;
    std::size_t read(std::uint64_t, std::span<std::uint8_t> out) override {
      bytes += out.size();
      std::ranges::fill(out, std::uint8_t{0});
      return bytes < (1 << 20) ? out.size() : 0;
    }
  };
  Endless file;
  count_code_references(file, image_of(0, ~0ULL), elf::em_x86_64, {0x5000});
  CHECK(file.bytes < 2 << 20);
}
