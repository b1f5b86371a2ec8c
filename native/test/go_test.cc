#include "core/go.h"

#include "test/check.h"
#include "test/fake_memory.h"

namespace elf = podprobe::core::elf;
using podprobe::core::Entries;
using podprobe::core::Image;
using podprobe::core::is_go;
using podprobe::core::Layout;
using podprobe::core::Located;
using podprobe::core::Location;
using podprobe::core::NotLocated;
using podprobe::core::scan_for_go;
using podprobe::test::FakeMemory;

namespace {

constexpr std::uint64_t data = 0x50'0000, runtime_envs = data + 0x100, syscall_envs = data + 0x200, heap = 0xc00'0000,
                        stack = 0x7ff0'0000;

/// A Go program whose runtime.envs still is what execve(2) gave it: A=1 and B=2, on the stack.
struct Program {
  unsigned word;
  FakeMemory memory;
  Image image;
  Entries initial;

  explicit Program(unsigned size = 8) : word(size) {
    image = {.word = word, .bias = 0, .segments = {{.type = elf::pt_load, .flags = 6, .offset = 0, .vaddr = data, .filesz = 0x1000, .memsz = 0x1000}}};
    memory.fill(data, 0x1000);
    put_string(stack, "A=1");
    put_string(stack + 4, "B=2");
    for (const std::uint64_t at : {stack, stack + 4}) initial.append(at, std::array<std::uint8_t, 3>{at == stack ? std::uint8_t{'A'} : std::uint8_t{'B'}, '=', at == stack ? std::uint8_t{'1'} : std::uint8_t{'2'}});
    put_slice(runtime_envs, heap, {{stack, 3}, {stack + 4, 3}});
  }

  void put_string(std::uint64_t at, std::string_view text) { memory.put_string(at, text); }

  void put_slice(std::uint64_t at, std::uint64_t elements, std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> strings) {
    memory.put_words(at, {elements, strings.size(), strings.size() + 2}, word);
    for (const auto& [pointer, length] : strings) {
      memory.put_words(elements, {pointer, length}, word);
      elements += 2 * word;
    }
  }

  Located locate() { return scan_for_go(memory, image, initial); }
};

std::uint64_t variable_of(const Located& located) {
  const auto* const location = std::get_if<Location>(&located);
  return location ? location->variable : 0;
}

NotLocated missing(const Located& located) {
  const auto* const why = std::get_if<NotLocated>(&located);
  return why ? *why : NotLocated{.why = NotLocated::Why::unreadable, .reason = "located"};
}

}  // namespace

TEST("the slice that shares strings with the initial environment is the live one, in either class") {
  for (const unsigned word : {8U, 4U}) {
    Program program(word);
    program.put_string(heap + 0x800, "C=3");
    program.put_slice(syscall_envs, heap + 0x400, {{stack, 3}, {0, 0}, {heap + 0x800, 3}});
    const Located located = program.locate();
    CHECK_EQUAL(variable_of(located), syscall_envs);
    const auto& location = std::get<Location>(located);
    CHECK_EQUAL(location.layout, Layout::go_slice);
    CHECK_EQUAL(location.word, word);
    CHECK_EQUAL(location.locator, "go-scan");
    CHECK_EQUAL(location.runtime, "go");
  }
}

TEST("a copy that nobody has changed is the live one") {
  Program program;
  program.put_slice(syscall_envs, heap + 0x400, {{stack, 3}, {stack + 4, 3}});
  CHECK_EQUAL(variable_of(program.locate()), syscall_envs);
}

TEST("only the initial environment: cleared, and not found") {
  Program program;
  const auto why = missing(program.locate());
  CHECK_EQUAL(why.why, NotLocated::Why::not_found);
  CHECK_EQUAL(why.runtime, "go");
  CHECK(why.reason.find("os.Clearenv()") != std::string::npos);
}

TEST("no slice equal to the initial environment: not found") {
  Program program;
  program.put_slice(runtime_envs, heap, {{stack, 3}});
  CHECK_EQUAL(missing(program.locate()).why, NotLocated::Why::not_found);
}

TEST("two slices that share strings with it are ambiguous") {
  Program program;
  program.put_slice(syscall_envs, heap + 0x400, {{stack, 3}});
  program.put_slice(syscall_envs + 0x100, heap + 0x500, {{stack + 4, 3}});
  const auto why = missing(program.locate());
  CHECK_EQUAL(why.why, NotLocated::Why::ambiguous);
  CHECK(why.reason.find("2 slices") != std::string::npos);
}

TEST("slices that hold anything but NAME=value are none") {
  Program program;
  program.put_string(heap + 0x800, "no entry");
  program.put_slice(syscall_envs, heap + 0x400, {{stack, 3}, {heap + 0x800, 8}});
  program.put_slice(syscall_envs + 0x40, heap + 0x500, {{stack, 3}, {0xdead'0000, 8}});
  program.put_slice(syscall_envs + 0x80, heap + 0x600, {{0, 0}, {0, 0}});
  CHECK_EQUAL(missing(program.locate()).why, NotLocated::Why::not_found);
}

TEST("headers from the target's head are none") {
  Program program;
  for (const auto& header : {std::array<std::uint64_t, 3>{heap, ~0ULL, ~0ULL}, {heap, 65'537, 65'537}, {heap, 2, 1}, {heap + 1, 2, 2},
                             {0x10, 2, 2}, {~0ULL - 7, 2, 2}, {heap, 0, 5}}) {
    program.memory.put_words(syscall_envs, header);
    CHECK_EQUAL(missing(program.locate()).why, NotLocated::Why::not_found);
  }
}

TEST("data full of slices is given up on, not searched for minutes") {
  Program program;
  std::vector<std::uint64_t> words;
  program.image.segments[0].memsz = 0x8'0000;
  std::vector<std::uint64_t> elements;
  for (int i = 0; i < 8192; ++i) elements.insert(elements.end(), {stack, 3});
  program.memory.put_words(heap, elements);
  for (int i = 0; i < 0x4000; ++i) words.insert(words.end(), {heap, 8192, 8192, 0});
  program.memory.put_words(data, words);
  const auto why = missing(program.locate());
  CHECK(why.reason.find("too much of its data") != std::string::npos);
  CHECK(program.memory.bytes_read < 100 << 20);
}

TEST("a program of Go carries its build information on a 16-byte border of writable data") {
  Program program;
  CHECK(!is_go(program.memory, program.image));
  program.put_string(data + 0x508, "\xff Go buildinf:");
  CHECK(!is_go(program.memory, program.image));
  program.put_string(data + 0x510, "\xff Go buildinf:");
  CHECK(is_go(program.memory, program.image));
  program.image.segments[0].flags = 4;
  CHECK(!is_go(program.memory, program.image));
}

TEST("build information is looked for in the first 64 KiB of what the file fills") {
  Program program;
  program.put_string(data + 0x510, "\xff Go buildinf:");
  program.image.segments[0].filesz = 0x500;
  CHECK(!is_go(program.memory, program.image));
  program.image.segments[0].filesz = ~0ULL;
  CHECK(is_go(program.memory, program.image));
  program.memory.make_hole(data + 0x400, 1);
  CHECK(!is_go(program.memory, program.image));
}
