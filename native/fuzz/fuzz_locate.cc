#include "core/locate.h"

#include "core/page_cache.h"
#include "fuzz/program.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

class InputProgram final : public core::Program {
 public:
  InputProgram(podprobe::fuzz::Memories& memories, std::uint8_t flags) : memories_(memories), cache_(memories.memory), flags_(flags) {
    if ((flags & 4) != 0) return;
    for (const core::Range& range : memories.memory.all()) {
      mappings_.push_back({.start = range.start, .end = range.end, .offset = 0, .inode = 1, .path = "/usr/bin/app"});
    }
  }

  core::Memory& memory() override { return cache_; }
  core::Memory* executable() override { return (flags_ & 2) != 0 ? nullptr : &memories_.file; }
  const std::vector<core::Mapping>& mappings() override { return mappings_; }
  const std::string& executable_path() override { return path_; }
  const core::Entries& initial() override { return initial_; }

  void start_with(core::Entries entries) { initial_ = std::move(entries); }

 private:
  podprobe::fuzz::Memories& memories_;
  core::PageCache cache_;
  std::uint8_t flags_;
  std::vector<core::Mapping> mappings_;
  std::string path_ = "/usr/bin/bash";
  core::Entries initial_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const auto flags = input.number<std::uint8_t>();
  const core::Auxv auxv{.word = podprobe::fuzz::word_of(flags), .phdr = input.number<std::uint64_t>(), .phnum = input.number<std::uint8_t>()};
  const auto start_stack = input.number<std::uint64_t>();
  const auto initial_address = input.number<std::uint64_t>();
  const auto initial_size = input.number<std::uint16_t>();
  podprobe::fuzz::Memories memories(input);
  InputProgram program(memories, flags);
  program.start_with(podprobe::fuzz::initial_at(memories.memory, initial_address, initial_size));

  const core::Located located = core::locate_environ(program, auxv, start_stack);
  // a page is asked for once, an unreadable one too
  require(memories.memory.reads <= 65'536 + 1000);
  if (const auto* const location = std::get_if<core::Location>(&located)) {
    require(location->word == 8 || location->word == 4);
    require(!location->locator.empty() && !location->runtime.empty());
    require((location->runtime == "go") == (location->layout == core::Layout::go_slice));
    // a symbol of a file may be anywhere in writable data, what was found by looking is aligned
    require(location->locator.ends_with("symtab") || location->variable % location->word == 0);
  } else {
    require(!std::get<core::NotLocated>(located).reason.empty());
  }
  return 0;
}
