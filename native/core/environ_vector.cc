#include "core/environ_vector.h"

#include <algorithm>
#include <iterator>

#include "core/hex.h"

namespace podprobe::core {

namespace {

constexpr std::size_t most_extents = 256;

Snapshot& fail(Snapshot& snapshot, std::string fault) {
  snapshot.fault = std::move(fault);
  return snapshot;
}

/// The bytes of words that were read, as they stand in the target.
Extent extent_of(std::uint64_t address, std::span<const std::uint64_t> words, unsigned word) {
  Extent extent{address, SecretBytes(words.size() * word)};
  for (std::size_t i = 0; i < words.size(); ++i) std::memcpy(extent.bytes.data() + i * word, &words[i], word);
  return extent;
}

void read_entries(Memory& memory, Snapshot& snapshot, std::span<const StringReference> references, const Limits& limits) {
  StringsRead strings = read_strings(memory, references, limits);
  snapshot.entries.block = std::move(strings.entries.block);
  snapshot.entries.offsets = std::move(strings.entries.offsets);
  snapshot.entries.addresses = std::move(strings.entries.addresses);
  snapshot.entries.truncated = snapshot.entries.truncated || strings.entries.truncated;
  std::ranges::move(strings.extents, std::back_inserter(snapshot.extents));
  if (strings.unreadable != 0) {
    fail(snapshot, std::to_string(strings.unreadable) + " of its strings cannot be read (the first at " +
                       hex(strings.first_unreadable) + ")");
  }
}

Snapshot read_c_vector(Memory& memory, std::uint64_t variable, unsigned word, const Limits& limits) {
  Snapshot snapshot;
  const auto vector = read_word(memory, variable, word);
  if (!vector) return fail(snapshot, "the variable at " + hex(variable) + " cannot be read");
  snapshot.vector = *vector;
  if (*vector == 0) return snapshot;
  VectorRead read = read_vector(memory, *vector, word, limits.entries);
  snapshot.pointers = std::move(read.pointers);
  snapshot.entries.truncated = read.too_long;
  if (!read.terminated && !read.too_long) {
    return fail(snapshot, "the vector at " + hex(*vector) + " cannot be read to its end");
  }
  snapshot.extents.push_back(extent_of(variable, std::span(&*vector, 1), word));
  if (read.terminated) snapshot.pointers.push_back(0);
  snapshot.extents.push_back(extent_of(*vector, snapshot.pointers, word));
  if (read.terminated) snapshot.pointers.pop_back();
  std::vector<StringReference> references;
  references.reserve(snapshot.pointers.size());
  for (const std::uint64_t pointer : snapshot.pointers) references.push_back({pointer});
  read_entries(memory, snapshot, references, limits);
  return snapshot;
}

Snapshot read_go_slice(Memory& memory, std::uint64_t variable, unsigned word, const Limits& limits) {
  Snapshot snapshot;
  std::array<std::uint8_t, 24> header{};
  const auto fields = std::span(header).first(3ULL * word);
  if (!read_exact(memory, variable, fields)) return fail(snapshot, "the slice at " + hex(variable) + " cannot be read");
  snapshot.vector = load_word(fields.data(), word);
  std::uint64_t length = load_word(fields.data() + word, word);
  if (length > load_word(fields.data() + 2ULL * word, word)) return fail(snapshot, "the slice is longer than its capacity");
  snapshot.entries.truncated = length > limits.entries;
  length = std::min<std::uint64_t>(length, limits.entries);

  std::vector<std::uint8_t> headers(length * 2 * word);
  if (!read_exact(memory, snapshot.vector, headers)) {
    return fail(snapshot, "the string headers at " + hex(snapshot.vector) + " cannot be read");
  }
  snapshot.extents.push_back({variable, SecretBytes(fields)});
  snapshot.extents.push_back({snapshot.vector, SecretBytes(headers)});
  std::vector<StringReference> references;
  references.reserve(length);
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint64_t pointer = load_word(headers.data() + i * 2 * word, word);
    const std::uint64_t size = load_word(headers.data() + (i * 2 + 1) * word, word);
    if (size == 0) continue;
    snapshot.pointers.push_back(pointer);
    references.push_back({pointer, size});
  }
  read_entries(memory, snapshot, references, limits);
  return snapshot;
}

/// The variable and the vector: what leads to the strings.
std::span<const Extent> links_of(const Snapshot& snapshot) {
  return std::span(snapshot.extents).first(std::min<std::size_t>(snapshot.extents.size(), 2));
}

/// One read of all extents, in their order.
bool same_bytes(Memory& memory, const std::vector<const Extent*>& extents) {
  std::size_t total = 0;
  for (const Extent* const extent : extents) total += extent->bytes.size();
  SecretBytes now(total);
  std::vector<Piece> pieces;
  for (std::size_t at = 0; const Extent* const extent : extents) {
    pieces.push_back({extent->address, std::span(now).subspan(at, extent->bytes.size())});
    at += extent->bytes.size();
  }
  if (!memory.gather(pieces)) return false;
  return std::ranges::equal(pieces, extents, [](const Piece& piece, const Extent* extent) {
    return extent->bytes.empty() || std::memcmp(piece.out.data(), extent->bytes.data(), extent->bytes.size()) == 0;
  });
}

}  // namespace

VectorRead read_vector(Memory& memory, std::uint64_t vector, unsigned word, std::size_t most) {
  VectorRead result;
  std::array<std::uint8_t, page_size> bytes;
  std::uint64_t at = vector;
  while (result.pointers.size() <= most) {
    const std::size_t wanted = page_size - at % page_size;
    const std::size_t size = memory.read(at, std::span(bytes).first(wanted));
    for (std::size_t i = 0; i + word <= size; i += word) {
      const std::uint64_t pointer = load_word(bytes.data() + i, word);
      if (pointer == 0) {
        result.terminated = true;
        return result;
      }
      result.pointers.push_back(pointer);
    }
    at += size - size % word;
    if (size < wanted || size < word) {
      // a word across the page border of a misaligned vector
      const auto across = size == wanted ? read_word(memory, at, word) : std::nullopt;
      if (!across) return result;
      if (*across == 0) {
        result.terminated = true;
        return result;
      }
      result.pointers.push_back(*across);
      at += word;
    } 
  }
  result.pointers.resize(most);
  result.too_long = true;
  return result;
}

bool unchanged(Memory& memory, const Snapshot& snapshot) {
  if (!snapshot.fault.empty() || snapshot.extents.empty() || snapshot.extents.size() > most_extents) return false;
  std::vector<const Extent*> extents;
  for (const Extent& extent : snapshot.extents) extents.push_back(&extent);
  for (const Extent& link : links_of(snapshot)) extents.push_back(&link);
  return same_bytes(memory, extents);
}

bool still_linked(Memory& memory, const Snapshot& snapshot) {
  std::vector<const Extent*> links;
  for (const Extent& link : links_of(snapshot)) links.push_back(&link);
  return same_bytes(memory, links);
}

Snapshot read_snapshot(Memory& memory, std::uint64_t variable, Layout layout, unsigned word, const Limits& limits) {
  return layout == Layout::c_vector ? read_c_vector(memory, variable, word, limits)
                                    : read_go_slice(memory, variable, word, limits);
}

}  // namespace podprobe::core
