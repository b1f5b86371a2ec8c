#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/memory.h"

namespace podprobe::core {

/// ELF structures of both classes, little-endian.
///
/// Every count and offset comes from the target or from a file of its choosing: all are bounded here, none is trusted.
/// Source: elf(5), include/uapi/linux/elf.h.
namespace elf {

inline constexpr std::uint32_t pt_load = 1, pt_dynamic = 2, pt_interp = 3, pt_phdr = 6;
inline constexpr std::uint32_t pf_x = 1, pf_w = 2;
inline constexpr std::uint16_t em_386 = 3, em_x86_64 = 62, em_aarch64 = 183;
inline constexpr std::uint64_t dt_null = 0, dt_hash = 4, dt_strtab = 5, dt_symtab = 6, dt_strsz = 10, dt_debug = 21,
                               dt_gnu_hash = 0x6fff'fef5;
inline constexpr std::uint32_t sht_symtab = 2;
inline constexpr unsigned stt_notype = 0, stt_object = 1;

inline constexpr std::size_t most_segments = 128;
inline constexpr std::size_t most_sections = 4096;
inline constexpr std::size_t most_dynamic_entries = 512;

/// Sizes of the structures, by the pointer size of the class.
constexpr std::size_t header_size(unsigned word) { return word == 8 ? 64 : 52; }
constexpr std::size_t segment_size(unsigned word) { return word == 8 ? 56 : 32; }
constexpr std::size_t section_size(unsigned word) { return word == 8 ? 64 : 40; }
constexpr std::size_t symbol_size(unsigned word) { return word == 8 ? 24 : 16; }

struct Header {
  unsigned word = 0;
  std::uint16_t type = 0;
  std::uint16_t machine = 0;
  std::uint64_t phoff = 0;
  std::uint64_t shoff = 0;
  std::uint16_t phnum = 0;
  std::uint16_t shnum = 0;
};

struct Segment {
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
  std::uint64_t vaddr = 0;
  std::uint64_t filesz = 0;
  std::uint64_t memsz = 0;
};

struct Section {
  std::uint32_t type = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
};

struct Symbol {
  std::uint32_t name = 0;
  std::uint64_t value = 0;
  std::uint64_t size = 0;
  unsigned type = 0;
  std::uint16_t section = 0;

  /// Defined here, and a thing that a pointer variable can be.
  bool is_variable(unsigned word) const {
    return section != 0 && (type == stt_object || type == stt_notype) && (size == 0 || size == word);
  }
};

struct DynamicEntry {
  std::uint64_t tag = 0;
  std::uint64_t value = 0;
  std::uint64_t address = 0;  ///< where the value stands in memory
};

/// The header of a little-endian file of either class; nothing for other bytes.
std::optional<Header> parse_header(std::span<const std::uint8_t> bytes);

std::vector<Segment> parse_segments(std::span<const std::uint8_t> bytes, unsigned word);
std::vector<Section> parse_sections(std::span<const std::uint8_t> bytes, unsigned word);
Symbol parse_symbol(std::span<const std::uint8_t> bytes, unsigned word);

/// Header and segments of the image whose ELF header is at `address`.
std::optional<Header> read_header(Memory& memory, std::uint64_t address);
std::vector<Segment> read_segments(Memory& memory, std::uint64_t address, std::size_t count, unsigned word);

/// The dynamic section at `address`, up to DT_NULL.
std::vector<DynamicEntry> read_dynamic(Memory& memory, std::uint64_t address, unsigned word);

/// First entry with `tag`, or nullptr.
const DynamicEntry* find_entry(const std::vector<DynamicEntry>& entries, std::uint64_t tag);

}  // namespace elf
}  // namespace podprobe::core
