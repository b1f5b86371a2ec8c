#include <filesystem>
#include <fstream>

#include "test/fake_program.h"
#include "test/static_image.h"

/// Writes the seeds of the fuzz targets that search a memory: the programs of the unit tests.
namespace {

using namespace podprobe::test;

std::filesystem::path folder;

void write(const std::string& target, const std::string& name, const Bytes& bytes) {
  std::filesystem::create_directories(folder / target);
  std::ofstream(folder / target / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// Records as fuzz/input.h takes them.
Bytes& record(Bytes& bytes, std::uint8_t when, std::uint64_t address, std::span<const std::uint8_t> content) {
  return bytes.number(when, 1).u64(address).u16(content.size()).append(content);
}

Bytes& records(Bytes& bytes, const FakeMemory& memory, std::uint8_t when = 0) {
  memory.for_each_run([&](std::uint64_t address, std::span<const std::uint8_t> content) { record(bytes, when, address, content); });
  return bytes;
}

std::string bits(unsigned word) { return word == 8 ? "-64" : "-32"; }
std::uint8_t flag(unsigned word) { return word == 8 ? 0 : 1; }

void write_link_map(unsigned word) {
  FakeMemory memory;
  const std::vector<podprobe::core::LoadedObject> objects = {
      {.base = 0x5555'0000, .dynamic = 0x5555'3df8, .name = ""}, {.base = 0x7fe0'0000, .dynamic = 0x7fe1'd000, .name = "/lib/libc.so.6"}};
  put_link_map(memory, 0x1000, objects, word);
  Bytes seed = Bytes().number(flag(word), 1).u64(0x1000);
  write("link_map", "two-objects" + bits(word), records(seed, memory));
}

void write_dynamic_symbols(unsigned word, HashTable hash) {
  FakeMemory memory;
  const DynamicImage image{.word = word, .base = 0x7f00'0000, .hash = hash, .symbols = {variable("__environ", 0x8008, word), variable("environ", 0x8008, word), variable("stdin", 0x8100, word)}};
  const auto object = put_library(memory, image);
  Bytes seed = Bytes().number(flag(word), 1).u64(object.base).u64(object.dynamic);
  write("dynamic_symbols", (hash == HashTable::gnu ? "gnu" : "sysv") + bits(word), records(seed, memory));
}

FakeMemory environment(unsigned word, bool go) {
  FakeMemory memory;
  memory.put_string(0x2'0000, "A=1");
  memory.put_string(0x2'0004, "HOME=/root");
  if (go) {
    memory.put_words(0x4000, {0x1'0000, 2, 4}, word);
    memory.put_words(0x1'0000, {0x2'0000, 3, 0x2'0004, 10}, word);
  } else {
    memory.put_words(0x4000, {0x1'0000}, word);
    memory.put_words(0x1'0000, {0x2'0000, 0x2'0004, 0}, word);
  }
  return memory;
}

void write_environment(unsigned word, bool go) {
  const auto flags = static_cast<std::uint8_t>(flag(word) | (go ? 2 : 0));
  const std::string name = (go ? "go" : "c") + bits(word);
  Bytes seed = Bytes().number(flags, 1).u64(0x4000).number(0xff, 1).u16(0xffff).u16(0xffff);
  records(seed, environment(word, go));
  write("environ_vector", name, seed);
  write("live_environ", name, seed);
  Bytes changing = seed;
  record(changing, 2, 0x1'0000, Bytes().words({0x2'0004, 0x2'0004}, word));
  record(changing, 5, 0x2'0000, Bytes().string("A=2"));
  record(changing, 9, 0x2'0000, Bytes().string("A=1"));
  record(changing, 30, 0x1'0000, {});
  record(changing, 40, 0x1'0000, Bytes().words({0x2'0000, 0x2'0004, 0}, word));
  write("live_environ", name + "-changing", changing);
}

Bytes image_head(const podprobe::core::Image& image) {
  Bytes bytes = Bytes().number(flag(image.word), 1).u64(image.bias);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& one = image.segments[i];
    bytes.number(one.flags, 1).u64(one.offset).u64(one.vaddr).u32(one.filesz).u32(one.memsz);
  }
  return bytes;
}

StaticImage scanned() {
  StaticImage program;
  program.put_vector(StaticImage::heap, StaticImage::heap + 0x800, {"A=1", "B=2", "C=3"});
  program.memory.put_words(StaticImage::data + 0x100, {StaticImage::heap});
  program.memory.put_words(StaticImage::data + 0x200, {StaticImage::first_vector});
  program.refer(StaticImage::data + 0x100, 16);
  program.refer(StaticImage::data + 0x200, 5);
  return program;
}

/// runtime.envs at data + 0x180, syscall.envs at data + 0x200.
StaticImage go() {
  StaticImage program;
  const std::uint64_t strings = StaticImage::strings + 0x100, elements = StaticImage::heap;
  program.memory.put_string(StaticImage::data + 0x300, "\xff Go buildinf:");
  program.memory.put_words(elements, {strings, 3, strings + 4, 3, strings, 3, 0, 0, elements + 0x100, 3});
  program.memory.put_string(elements + 0x100, "C=3");
  program.memory.put_words(StaticImage::data + 0x180, {elements, 2, 2});
  program.memory.put_words(StaticImage::data + 0x200, {elements + 32, 3, 4});
  return program;
}

void write_scans() {
  const StaticImage c = scanned();
  Bytes scan = image_head(c.image).u64(StaticImage::stack).u64(StaticImage::first_vector);
  write("static_scan", "heap", records(records(scan, c.memory), c.file, 255));
  const StaticImage other = go();
  Bytes slices = image_head(other.image).u64(StaticImage::strings + 0x100).u16(8);
  write("go", "changed", records(slices, other.memory));
}

void write_program(const std::string& name, FakeProgram& program, const podprobe::core::Auxv& auxv) {
  Bytes seed = Bytes().number(0, 1).u64(auxv.phdr).number(auxv.phnum, 1).u64(StaticImage::stack).u64(StaticImage::strings + 0x100).u16(8);
  write("locate", name, records(records(seed, program.bytes), program.file, 255));
}

void write_static_program(const std::string& name, const StaticImage& image, const std::vector<NamedBytes>& symbols) {
  FakeProgram program;
  program.bytes = image.memory;
  program.file = image.file;
  if (!symbols.empty()) put_symtab(program, symbols);
  write_program(name, program, {.word = 8, .phdr = StaticImage::text + 64, .phnum = 2});
}

void write_programs() {
  DynamicProgram dynamic;
  dynamic.load("/lib/x86_64-linux-gnu/libc.so.6", 0x7f00'0000, {variable("__environ", 0x8000), variable("program_invocation_name", 0x8010)});
  put_link_map(dynamic.bytes, DynamicProgram::r_debug, dynamic.objects);
  write_program("dynamic", dynamic, dynamic.auxv);
  write_static_program("static-symtab", StaticImage(), {variable("__environ", StaticImage::data + 0x100)});
  write_static_program("static-stripped", scanned(), {});
  write_static_program("go-symtab", go(), {variable("syscall.envs", StaticImage::data + 0x200, 24)});
  write_static_program("go-stripped", go(), {});
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  folder = arguments[1];
  for (const unsigned word : {8U, 4U}) {
    write_link_map(word);
    for (const HashTable hash : {HashTable::gnu, HashTable::sysv}) write_dynamic_symbols(word, hash);
    for (const bool is_go : {false, true}) write_environment(word, is_go);
    write("symtab", "two-symbols" + bits(word), file_with_symtab({variable("__environ", 0x4010, word), variable("main", 0x1000, 0)}, word));
  }
  write_scans();
  write_programs();
  return 0;
}
