#include "core/mount_table.h"

#include <algorithm>
#include <cstring>

namespace podprobe::core {

namespace {

/// The byte of an escape that begins at `text`, or -1.
int escaped_byte(const char* text, std::size_t length) {
  if (length < 4) return -1;
  int byte = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    const char digit = text[i];
    if (digit < '0' || digit > '7') return -1;
    byte = byte * 8 + (digit - '0');
  }
  return byte > 0xff ? -1 : byte;
}

/// FNV-1a, eight bytes at a time, and Fibonacci hashing: its upper bits depend on every byte.
std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t prime = 0x100'0000'01b3;
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325 ^ text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof word);
    if (size == sizeof word) {
      std::memcpy(&word, text.data(), sizeof word);
    } else {
      for (const char byte : text) word = word << 8 | static_cast<unsigned char>(byte);
    }
    hash = (hash ^ word) * prime;
    text.remove_prefix(size);
  }
  constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;
  return (hash ^ hash >> 32) * golden_ratio >> 32;
}

/// Small for numbers that are small either way.
std::uint64_t zigzag(std::int64_t number) { return static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63); }
std::int64_t unzigzag(std::uint64_t number) { return static_cast<std::int64_t>(number >> 1 ^ (0 - (number & 1))); }

std::size_t common_prefix(std::string_view one, std::string_view two) {
  return static_cast<std::size_t>(std::ranges::mismatch(one, two).in1 - one.begin());
}

std::uint64_t take_number(const char*& at) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
}

}  // namespace

std::size_t unescape(char* text, std::size_t length) {
  const auto* const first = static_cast<const char*>(std::memchr(text, '\\', length));
  if (!first) return length;
  auto to = static_cast<std::size_t>(first - text);
  for (std::size_t from = to; from < length;) {
    const int byte = text[from] == '\\' ? escaped_byte(text + from, length - from) : -1;
    text[to++] = byte < 0 ? text[from] : static_cast<char>(byte);
    from += byte < 0 ? 1 : 4;
  }
  return to;
}

std::string_view MountTable::text(std::uint32_t index) const {
  const std::uint32_t start = index == 0 ? 0 : ends[index - 1];
  return std::string_view(block).substr(start, ends[index] - start);
}

void for_each_mount(const MountTable& table, const std::function<void(const MountLine&)>& take) {
  const char* at = table.mounts.data();
  MountLine mount;
  std::string point;
  for (std::size_t i = 0; i < table.size; ++i) {
    mount.id += static_cast<std::uint32_t>(unzigzag(take_number(at)));
    mount.parent += static_cast<std::uint32_t>(unzigzag(take_number(at)));
    const std::uint32_t* const kind = &table.kinds[take_number(at) * MountTable::words_of_kind];
    point.resize(take_number(at));
    const std::size_t more = take_number(at);
    point.append(at, more);
    at += more;
    mount.major = kind[0];
    mount.minor = kind[1];
    mount.root = table.text(kind[2]);
    mount.point = point;
    mount.options = table.text(kind[3]);
    mount.optional = table.text(kind[4]);
    mount.type = table.text(kind[5]);
    mount.source = table.text(kind[6]);
    mount.super_options = table.text(kind[7]);
    take(mount);
  }
}

void MountTableMaker::add(const MountLine& mount) {
  const std::array<std::uint32_t, 2> device = {mount.major, mount.minor};
  std::string head(reinterpret_cast<const char*>(device.data()), sizeof device);
  head.append(mount.root);
  std::string tail;
  // no text has a NUL in it
  for (const std::string_view text : {mount.options, mount.optional, mount.type, mount.source, mount.super_options}) {
    tail.append(text).push_back('\0');
  }
  Known& slot = slot_of(head, tail);
  if (!is(slot, head, tail)) remember(slot, head, tail, add_kind(mount, false));
  append(mount.id, mount.parent, slot.kind, mount.point);
}

void MountTableMaker::add_line(std::string_view line) {
  const auto parts = split_mount_line(line);
  if (!parts) {
    ++table_.malformed;
    return;
  }
  Known& slot = slot_of(parts->head, parts->tail);
  if (!is(slot, parts->head, parts->tail)) {
    const auto mount = parse_mount_line(line);
    if (!mount) {
      ++table_.malformed;
      return;
    }
    remember(slot, parts->head, parts->tail, add_kind(*mount, true));
  }
  append(parts->id, parts->parent, slot.kind, without_escapes(parts->point));
}

MountTableMaker::Known& MountTableMaker::slot_of(std::string_view head, std::string_view tail) {
  return known_[(hash_of(head) * 31 + hash_of(tail)) % known_.size()];
}

bool MountTableMaker::is(const Known& known, std::string_view head, std::string_view tail) const {
  const std::string_view sources = sources_;
  return known.end != 0 && sources.substr(known.start, known.middle - known.start) == head &&
         sources.substr(known.middle, known.end - known.middle) == tail;
}

void MountTableMaker::remember(Known& slot, std::string_view head, std::string_view tail, std::uint32_t kind) {
  const std::size_t start = sources_.size();
  sources_.append(head).append(tail);
  slot = {.start = start, .middle = start + head.size(), .end = sources_.size(), .kind = kind};
}

std::uint32_t MountTableMaker::add_kind(const MountLine& mount, bool printed) {
  const auto index = static_cast<std::uint32_t>(table_.kinds.size() / MountTable::words_of_kind);
  const auto path = [&](std::string_view text) { return index_of(printed ? without_escapes(text) : text); };
  for (const std::uint32_t word : {mount.major, mount.minor, path(mount.root), index_of(mount.options), index_of(mount.optional),
                                   index_of(mount.type), path(mount.source), index_of(mount.super_options)}) {
    table_.kinds.push_back(word);
  }
  return index;
}

std::uint32_t MountTableMaker::index_of(std::string_view text) {
  std::uint32_t& recent = texts_[hash_of(text) % texts_.size()];
  if (recent >= table_.ends.size() || table_.text(recent) != text) {
    recent = static_cast<std::uint32_t>(table_.ends.size());
    table_.block.append(text);
    table_.ends.push_back(static_cast<std::uint32_t>(table_.block.size()));
  }
  return recent;
}

/// Until it is called again.
std::string_view MountTableMaker::without_escapes(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return text;
  unescaped_ = text;
  unescaped_.resize(unescape(unescaped_.data(), unescaped_.size()));
  return unescaped_;
}

void MountTableMaker::append(std::uint32_t id, std::uint32_t parent, std::uint32_t kind, std::string_view point) {
  const std::size_t common = common_prefix(point_, point);
  append_number(zigzag(std::int64_t{id} - id_));
  append_number(zigzag(std::int64_t{parent} - parent_));
  append_number(kind);
  append_number(common);
  append_number(point.size() - common);
  table_.mounts.append(point, common);
  table_.point_bytes += point.size();
  ++table_.size;
  id_ = id;
  parent_ = parent;
  point_.resize(common);
  point_.append(point, common);
}

void MountTableMaker::append_number(std::uint64_t number) {
  for (; number > 0x7f; number >>= 7) table_.mounts.push_back(static_cast<char>(number | 0x80));
  table_.mounts.push_back(static_cast<char>(number));
}

void MountinfoParser::feed(std::string_view part) {
  for (std::size_t end = part.find('\n'); end != std::string_view::npos; end = part.find('\n')) {
    if (begun_.empty()) {
      maker_.add_line(part.substr(0, end));
    } else {
      maker_.add_line(begun_.append(part, 0, end));
      begun_.clear();
    }
    part.remove_prefix(end + 1);
  }
  begun_.append(part);
}

MountTable MountinfoParser::finish(bool cut) {
  if (!begun_.empty() && !cut) maker_.add_line(begun_);
  return maker_.finish();
}

MountTable parse_mountinfo(std::string_view text) {
  MountinfoParser parser;
  parser.feed(text);
  return parser.finish();
}

}  // namespace podprobe::core
