#pragma once

#include <algorithm>

#include "core/link_map.h"
#include "test/elf_bytes.h"
#include "test/fake_memory.h"

/// A library as the loader has mapped it, and the loader's list of them.
namespace podprobe::test {

enum class HashTable : std::uint8_t { gnu, sysv };

struct DynamicImage {
  unsigned word = 8;
  std::uint64_t base = 0;
  HashTable hash = HashTable::gnu;
  bool relocated = true;  ///< d_ptr values are addresses (glibc) or offsets (musl)
  std::string name = "/lib/x86_64-linux-gnu/libc.so.6";
  std::vector<NamedBytes> symbols;
};

inline std::uint32_t gnu_hash(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const char c : name) hash = (hash << 5) + hash + static_cast<unsigned char>(c);
  return hash;
}

/// The algorithm as the System V ABI prints it.
inline std::uint32_t sysv_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char c : name) {
    hash = (hash << 4) + static_cast<unsigned char>(c);
    if (const std::uint32_t high = hash & 0xf000'0000U; high != 0) hash = (hash ^ (high >> 24)) & ~high;
  }
  return hash;
}

inline Bytes sysv_table(const std::vector<NamedBytes>& symbols) {
  constexpr std::uint32_t bucket_count = 3;
  std::vector<std::uint32_t> buckets(bucket_count), chains(symbols.size() + 1);
  for (std::uint32_t i = 1; i <= symbols.size(); ++i) {
    std::uint32_t& bucket = buckets[sysv_hash(symbols[i - 1].name) % bucket_count];
    chains[i] = std::exchange(bucket, i);
  }
  Bytes bytes = Bytes().u32(bucket_count).u32(chains.size());
  for (const std::uint32_t one : buckets) bytes.u32(one);
  for (const std::uint32_t one : chains) bytes.u32(one);
  return bytes;
}

/// `symbols` must be in ascending order of their bucket.
inline Bytes gnu_table(const std::vector<NamedBytes>& symbols, std::uint32_t bucket_count, unsigned word) {
  const auto bucket_of = [&](std::size_t i) { return gnu_hash(symbols[i].name) % bucket_count; };
  std::vector<std::uint32_t> buckets(bucket_count);
  std::vector<std::uint64_t> bloom(2);
  Bytes chains;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const std::uint32_t hash = gnu_hash(symbols[i].name);
    for (const std::uint32_t bit : {hash, hash >> 6}) bloom[hash / (word * 8) % 2] |= 1ULL << (bit % (word * 8));
    if (buckets[bucket_of(i)] == 0) buckets[bucket_of(i)] = static_cast<std::uint32_t>(i) + 1;
    const bool last = i + 1 == symbols.size() || bucket_of(i + 1) != bucket_of(i);
    chains.u32((hash & ~1U) | (last ? 1U : 0U));
  }
  Bytes bytes = Bytes().u32(bucket_count).u32(1).u32(2).u32(6).words({bloom[0], bloom[1]}, word);
  for (const std::uint32_t one : buckets) bytes.u32(one);
  return bytes.append(chains);
}

/// Puts symbols, strings, hash table and dynamic section into the first 2 KiB behind `base`.
inline core::LoadedObject put_library(FakeMemory& memory, DynamicImage image) {
  constexpr std::uint32_t bucket_count = 2;
  constexpr std::uint64_t symbols_at = 0x100, strings_at = 0x400, hash_at = 0x500, dynamic_at = 0x700;
  std::ranges::stable_sort(image.symbols, {}, [](const NamedBytes& one) { return gnu_hash(one.name) % bucket_count; });
  Bytes strings = Bytes().string("");
  Bytes table = symbol_bytes({}, image.word);
  for (NamedBytes& one : image.symbols) {
    one.symbol.name = static_cast<std::uint32_t>(strings.size());
    strings.string(one.name);
    table.append(symbol_bytes(one.symbol, image.word));
  }
  const bool gnu = image.hash == HashTable::gnu;
  memory.put(image.base + symbols_at, table);
  memory.put(image.base + strings_at, strings);
  memory.put(image.base + hash_at, gnu ? gnu_table(image.symbols, bucket_count, image.word) : sysv_table(image.symbols));
  const std::uint64_t added = image.relocated ? image.base : 0;
  memory.put_words(image.base + dynamic_at,
                   {core::elf::dt_symtab, symbols_at + added, core::elf::dt_strtab, strings_at + added,
                    gnu ? core::elf::dt_gnu_hash : core::elf::dt_hash, hash_at + added, core::elf::dt_null, 0},
                   image.word);
  return {.base = image.base, .dynamic = image.base + dynamic_at, .name = image.name};
}

/// Puts struct r_debug at `r_debug` and one struct link_map for each object behind it.
inline void put_link_map(FakeMemory& memory, std::uint64_t r_debug, std::span<const core::LoadedObject> objects, unsigned word = 8) {
  const auto node = [&](std::size_t i) { return r_debug + 0x100 + i * 0x100; };
  memory.put_words(r_debug, {1, objects.empty() ? 0 : node(0), 0, 0, 0}, word);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    memory.put_string(node(i) + 0x40, objects[i].name);
    memory.put_words(node(i),
                     {objects[i].base, node(i) + 0x40, objects[i].dynamic, i + 1 < objects.size() ? node(i + 1) : 0,
                      i > 0 ? node(i - 1) : 0},
                     word);
  }
}

}  // namespace podprobe::test
