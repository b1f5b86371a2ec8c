#include "core/dynamic_symbols.h"

#include <algorithm>
#include <string>

namespace podprobe::core {

namespace {

constexpr std::size_t longest_chain = 4096;

std::uint32_t gnu_hash(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
  return hash;
}

std::uint32_t sysv_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char c : name) {
    hash = (hash << 4) + static_cast<unsigned char>(c);
    hash ^= (hash & 0xf000'0000U) >> 24;
    hash &= 0x0fff'ffffU;
  }
  return hash;
}

}  // namespace

DynamicSymbols::DynamicSymbols(Memory& memory, const LoadedObject& object, unsigned word)
    : memory_(memory), word_(word), base_(object.base) {
  const auto entries = elf::read_dynamic(memory, object.dynamic, word);
  const auto pointer = [&](std::uint64_t tag) -> std::uint64_t {
    const elf::DynamicEntry* const entry = elf::find_entry(entries, tag);
    if (!entry || entry->value == 0) return 0;
    return entry->value < base_ ? entry->value + base_ : entry->value;
  };
  symbols_ = pointer(elf::dt_symtab);
  strings_ = pointer(elf::dt_strtab);
  hash_ = pointer(elf::dt_hash);
  gnu_hash_ = pointer(elf::dt_gnu_hash);
}

std::optional<std::uint64_t> DynamicSymbols::find_variable(std::string_view name) {
  const auto symbol = lookup(name);
  if (!symbol || !symbol->is_variable(word_)) return std::nullopt;
  const std::uint64_t address = base_ + symbol->value;
  if (address % word_ != 0) return std::nullopt;
  return address;
}

std::optional<elf::Symbol> DynamicSymbols::lookup(std::string_view name) {
  if (symbols_ == 0 || strings_ == 0) return std::nullopt;
  if (gnu_hash_ != 0) return lookup_gnu(name);
  if (hash_ != 0) return lookup_sysv(name);
  return std::nullopt;
}

std::optional<elf::Symbol> DynamicSymbols::match(std::uint32_t index, std::string_view name) {
  std::array<std::uint8_t, elf::symbol_size(8)> bytes{};
  const auto raw = std::span(bytes).first(elf::symbol_size(word_));
  if (!read_exact(memory_, symbols_ + std::uint64_t{index} * raw.size(), raw)) return std::nullopt;
  const elf::Symbol symbol = elf::parse_symbol(raw, word_);
  std::string found(name.size() + 1, '\1');
  const auto text = std::span(reinterpret_cast<std::uint8_t*>(found.data()), found.size());
  if (!read_exact(memory_, strings_ + symbol.name, text)) return std::nullopt;
  if (found.back() != '\0' || std::string_view(found).substr(0, name.size()) != name) return std::nullopt;
  if (symbol.section == 0) return std::nullopt;
  return symbol;
}

std::optional<elf::Symbol> DynamicSymbols::lookup_gnu(std::string_view name) {
  const auto u32 = [&](std::uint64_t address) { return read_value<std::uint32_t>(memory_, address); };
  const auto buckets = u32(gnu_hash_);
  const auto first_symbol = u32(gnu_hash_ + 4);
  const auto bloom_size = u32(gnu_hash_ + 8);
  const auto bloom_shift = u32(gnu_hash_ + 12);
  if (!buckets || *buckets == 0 || !first_symbol || !bloom_size || *bloom_size == 0 || !bloom_shift) return std::nullopt;
  const std::uint32_t hash = gnu_hash(name);
  const unsigned bits = word_ * 8;
  const auto bloom = read_word(memory_, gnu_hash_ + 16 + std::uint64_t{hash / bits % *bloom_size} * word_, word_);
  const auto has = [&](std::uint32_t bit) { return (*bloom >> (bit % bits) & 1) != 0; };
  if (!bloom || !has(hash) || !has(hash >> (*bloom_shift % 32))) return std::nullopt;
  const std::uint64_t bucket_table = gnu_hash_ + 16 + std::uint64_t{*bloom_size} * word_;
  const std::uint64_t chain_table = bucket_table + std::uint64_t{*buckets} * 4;
  const auto start = u32(bucket_table + std::uint64_t{hash % *buckets} * 4);
  if (!start || *start < *first_symbol) return std::nullopt;
  std::uint32_t index = *start;
  for (std::size_t i = 0; i < longest_chain; ++i, ++index) {
    const auto link = u32(chain_table + std::uint64_t{index - *first_symbol} * 4);
    if (!link) return std::nullopt;
    if ((*link | 1U) == (hash | 1U)) {
      if (const auto symbol = match(index, name)) return symbol;
    }
    if ((*link & 1U) != 0) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<elf::Symbol> DynamicSymbols::lookup_sysv(std::string_view name) {
  const auto u32 = [&](std::uint64_t address) { return read_value<std::uint32_t>(memory_, address); };
  const auto buckets = u32(hash_);
  const auto chains = u32(hash_ + 4);
  if (!buckets || *buckets == 0 || !chains) return std::nullopt;
  std::uint32_t index = u32(hash_ + 8 + std::uint64_t{sysv_hash(name) % *buckets} * 4).value_or(0);
  const std::uint64_t chain_table = hash_ + 8 + std::uint64_t{*buckets} * 4;
  for (std::size_t i = 0; i < longest_chain && index != 0 && index < *chains; ++i) {
    if (const auto symbol = match(index, name)) return symbol;
    index = u32(chain_table + std::uint64_t{index} * 4).value_or(0);
  }
  return std::nullopt;
}

}  // namespace podprobe::core
