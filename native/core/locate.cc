#include "core/locate.h"

#include <algorithm>

#include "core/dynamic_symbols.h"
#include "core/go.h"
#include "core/hex.h"
#include "core/image.h"
#include "core/link_map.h"
#include "core/runtime.h"
#include "core/static_scan.h"
#include "core/symtab.h"

namespace podprobe::core {

namespace {

/// Names of the one variable, in the order libc itself prefers.
constexpr std::array<std::string_view, 3> environ_names = {"__environ", "environ", "_environ"};
constexpr std::array<std::string_view, 5> file_names = {"__environ", "environ", "_environ", "syscall.envs", "runtime.envs"};
/// Set right after environ when libc starts: glibc points it to "" until then, musl leaves it NULL.
constexpr std::array<std::string_view, 1> start_mark = {"program_invocation_name"};
constexpr std::uint64_t most_arguments = 1 << 20;

std::uint64_t debug_pointer(Memory& memory, const Image& image) {
  if (image.dynamic() == 0) return 0;
  const auto entries = elf::read_dynamic(memory, image.dynamic(), image.word);
  const elf::DynamicEntry* const entry = elf::find_entry(entries, elf::dt_debug);
  return entry ? entry->value : 0;
}

/// With `ld.so ./prog`, AT_PHDR describes the loader; the program is the mapped image that the loader gave DT_DEBUG.
std::optional<Image> program_behind_loader(Program& program, std::uint64_t& r_debug) {
  for (const Mapping& mapping : program.mappings()) {
    if (mapping.offset != 0 || !mapping.file_backed()) continue;
    auto image = image_at(program.memory(), mapping.start);
    if (!image) continue;
    r_debug = debug_pointer(program.memory(), *image);
    if (r_debug != 0) return image;
  }
  return std::nullopt;
}

class Search {
 public:
  Search(Program& program, const Auxv& auxv, std::uint64_t start_stack)
      : program_(program), auxv_(auxv), start_stack_(start_stack) {}

  Located run() {
    if (!find_image()) return unknown("its program headers at " + hex(auxv_.phdr) + " cannot be read");
    find_link_map();
    if (auto found = in_dynamic_symbols()) return *found;
    if (auto found = in_symtab()) return *found;
    if (is_go(program_.memory(), image_)) return scan_for_go(program_.memory(), image_, program_.initial());
    if (!map_.complete) return unknown("its loader's list of objects does not end");
    if (!map_.consistent) return unknown("its loader is just adding objects");
    if (image_.interpreted() || behind_loader_) {
      return unknown(map_.objects.empty() ? "its loader has not started it yet" : "none of its objects defines __environ");
    }
    return scan();
  }

  /// Whether its libc has taken over the environment.
  bool started() {
    if (!find_image()) return false;
    find_link_map();
    const auto mark = start_mark_address();
    const auto name = mark ? read_word(program_.memory(), *mark, image_.word) : std::nullopt;
    return name && *name != 0 && read_value<std::uint8_t>(program_.memory(), *name).value_or(0) != 0;
  }

 private:
  bool find_image() {
    auto image = main_image(program_.memory(), auxv_);
    if (image) image_ = std::move(*image);
    return image.has_value();
  }

  void find_link_map() {
    std::uint64_t r_debug = debug_pointer(program_.memory(), image_);
    if (r_debug == 0 && !image_.interpreted() && image_.dynamic() != 0) {
      if (auto behind = program_behind_loader(program_, r_debug)) {
        image_ = std::move(*behind);
        behind_loader_ = true;
      }
    }
    map_.complete = true;
    if (r_debug != 0) map_ = read_link_map(program_.memory(), r_debug, image_.word);
  }

  std::optional<std::uint64_t> dynamic_variable(std::span<const std::string_view> names) {
    // opened as they are reached: libc is early in a chain that plug-ins can make long
    std::vector<DynamicSymbols> tables;
    for (const auto name : names) {
      for (std::size_t i = 0; i < map_.objects.size(); ++i) {
        if (i == tables.size()) tables.emplace_back(program_.memory(), map_.objects[i], image_.word);
        if (const auto variable = tables[i].find_variable(name)) return variable;
      }
    }
    return std::nullopt;
  }

  std::optional<Location> in_dynamic_symbols() {
    const auto variable = dynamic_variable(environ_names);
    if (!variable) return std::nullopt;
    Location location{.variable = *variable, .word = image_.word, .locator = "dynsym", .runtime = "libc"};
    for (const LoadedObject& object : map_.objects) {
      if (const std::string libc = libc_of(object.name); libc != "libc") location.runtime = libc;
    }
    location.caveat = caveat_for(program_.executable_path(), map_.objects);
    return location;
  }

  /// The file must be the one that was mapped: its first bytes lie at the image's start.
  Memory* matching_file() {
    Memory* const file = program_.executable();
    if (!file) return nullptr;
    const auto header = elf::read_header(*file, 0);
    if (!header || header->word != image_.word) return nullptr;
    const auto segments = elf::read_segments(*file, header->phoff, header->phnum, header->word);
    const bool same = std::ranges::equal(segments, image_.segments, [](const elf::Segment& a, const elf::Segment& b) {
      return a.type == b.type && a.vaddr == b.vaddr && a.offset == b.offset && a.memsz == b.memsz;
    });
    return same ? file : nullptr;
  }

  /// Where a variable of the program is, 0 for one that it cannot be.
  std::uint64_t address_of(const NamedSymbols& symbols, std::string_view name, std::uint64_t size) const {
    const auto found = symbols.find(name);
    if (found == symbols.end() || (found->second.size != 0 && found->second.size != size)) return 0;
    const std::uint64_t value = found->second.value + image_.bias;
    return image_.holds(value, true) ? value : 0;
  }

  std::optional<std::uint64_t> start_mark_address() {
    if (const auto variable = dynamic_variable(start_mark)) return variable;
    Memory* const file = image_.interpreted() || behind_loader_ ? nullptr : matching_file();
    const std::uint64_t address = file ? address_of(find_in_symtab(*file, start_mark), start_mark[0], image_.word) : 0;
    return address == 0 ? std::nullopt : std::optional(address);
  }

  std::optional<Location> in_symtab() {
    Memory* const file = matching_file();
    if (!file) return std::nullopt;
    const auto symbols = find_in_symtab(*file, file_names);
    const auto address = [&](std::string_view name, std::uint64_t size) { return address_of(symbols, name, size); };
    Location location{.word = image_.word, .locator = "symtab", .runtime = "libc"};
    for (const auto name : environ_names) {
      location.variable = address(name, image_.word);
      if (location.variable == 0) continue;
      location.caveat = caveat_for(program_.executable_path(), map_.objects);
      return location;
    }
    for (const std::string_view name : {"syscall.envs", "runtime.envs"}) {
      location.variable = address(name, 3ULL * image_.word);
      if (location.variable == 0) continue;
      location.layout = Layout::go_slice;
      location.locator = "go-symtab";
      location.runtime = "go";
      return location;
    }
    return std::nullopt;
  }

  Located scan() {
    Memory* const file = matching_file();
    if (!file) return unknown("a static program, and its file cannot be read");
    const auto vector = first_vector(program_.memory(), start_stack_, image_.word);
    if (!vector) return unknown("its stack at " + hex(start_stack_) + " cannot be read");
    Located located = scan_static_program({.memory = program_.memory(),
                                           .file = *file,
                                           .image = image_,
                                           .start_stack = start_stack_,
                                           .first_vector = *vector});
    if (auto* const location = std::get_if<Location>(&located)) {
      location->caveat = caveat_for(program_.executable_path(), map_.objects);
    }
    return located;
  }

  static NotLocated unknown(std::string reason) { return {.why = NotLocated::Why::unreadable, .reason = std::move(reason)}; }

  Program& program_;
  const Auxv& auxv_;
  std::uint64_t start_stack_;
  Image image_;
  bool behind_loader_ = false;
  LinkMap map_;
};

}  // namespace

std::optional<std::uint64_t> first_vector(Memory& memory, std::uint64_t start_stack, unsigned word) {
  const auto argc = read_word(memory, start_stack, word);
  if (!argc || *argc > most_arguments) return std::nullopt;
  return start_stack + word * (*argc + 2);
}

Located locate_environ(Program& program, const Auxv& auxv, std::uint64_t start_stack) {
  return Search(program, auxv, start_stack).run();
}

bool cleared_by_itself(Program& program, const Auxv& auxv, const Location& location) {
  // os.Clearenv() leaves an empty slice that leads somewhere
  if (location.layout == Layout::go_slice) return false;
  // it was found by what it led to
  if (location.locator == "scan") return true;
  return Search(program, auxv, 0).started();
}

}  // namespace podprobe::core
