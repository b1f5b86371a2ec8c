#include "core/live_environ.h"

#include "test/check.h"
#include "test/fake_memory.h"

using podprobe::core::Layout;
using podprobe::core::Limits;
using podprobe::core::LiveEnviron;
using podprobe::core::LiveState;
using podprobe::core::Location;
using podprobe::core::Pacer;
using podprobe::core::read_live_environ;
using podprobe::test::FakeMemory;

namespace {

constexpr std::uint64_t variable = 0x4000, vector = 0x1'0000, strings = 0x2'0000;

class FakePacer final : public Pacer {
 public:
  unsigned pauses = 0;
  unsigned patience = 1000;
  std::function<void(unsigned)> meanwhile;

  bool pause(unsigned) override {
    if (pauses == patience) return false;
    ++pauses;
    if (meanwhile) meanwhile(pauses);
    return true;
  }
};

/// The target; `set` is what it does to its environment.
struct Target {
  FakeMemory memory;
  FakePacer pacer;
  Location location{.variable = variable};

  explicit Target(const std::vector<std::string>& entries) { set(entries); }

  void set(const std::vector<std::string>& entries, std::uint64_t at_vector = vector, std::uint64_t at_strings = strings) {
    std::vector<std::uint64_t> pointers;
    for (const std::string& entry : entries) {
      memory.put_string(at_strings, entry);
      pointers.push_back(at_strings);
      at_strings += entry.size() + 1;
    }
    pointers.push_back(0);
    memory.put_words(at_vector, pointers);
    memory.put_words(variable, {at_vector});
  }

  LiveEnviron read(const Limits& limits = {}) { return read_live_environ(memory, location, limits, pacer); }
};

std::vector<std::string> list(const LiveEnviron& live) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < live.entries.size(); ++i) all.emplace_back(live.entries.at(i));
  return all;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST("an environment at rest is believed after five looks, without waiting") {
  Target target({"A=1", "B=2"});
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK_EQUAL(live.reason, "");
  CHECK(list(live) == (Strings{"A=1", "B=2"}));
  CHECK_EQUAL(live.vector, vector);
  CHECK_EQUAL(target.pacer.pauses, 0);
  CHECK_EQUAL(target.memory.gathers, 4);
}

TEST("one that was cleared is believed when it stays so") {
  Target target({"A=1"});
  target.memory.put_words(variable, {0});
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK_EQUAL(live.entries.size(), 0);
  CHECK_EQUAL(live.vector, 0);
  CHECK(target.pacer.pauses >= 10);
}

TEST("an empty vector is believed when it stays so") {
  Target target({});
  CHECK_EQUAL(target.read().state, LiveState::ok);
  CHECK(target.pacer.pauses >= 10);
}

TEST("one that is empty only for a moment is not reported as empty") {
  Target target({});
  target.pacer.meanwhile = [&](unsigned pauses) {
    if (pauses == 9) target.set({"A=1", "B=2"});
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == (Strings{"A=1", "B=2"}));
}

TEST("a string listed twice is the middle of unsetenv(3): never ok, however long it stays") {
  Target target({"A=1", "B=2"});
  target.memory.put_words(vector, {strings, strings + 4, strings + 4, 0});
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::unstable);
  CHECK_EQUAL(live.reason, "the vector lists one string twice, as it does in the middle of unsetenv()");
}

TEST("a writer parked in unsetenv(3) for a while is waited for") {
  Target target({"A=1", "B=2"});
  target.memory.put_words(vector, {strings, strings + 4, strings + 4, 0});
  target.pacer.meanwhile = [&](unsigned pauses) {
    if (pauses == 8) target.set({"A=1", "B=2"});
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK_EQUAL(live.entries.size(), 2);
}

TEST("a name that is there twice, in two strings, is believed when it stays so") {
  Target target({"A=1", "B=2", "A=3"});
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == (Strings{"A=1", "B=2", "A=3"}));
  CHECK(target.pacer.pauses >= 10);
}

TEST("entries without a name or an equals sign are believed when they stay so") {
  for (const std::string odd : {"noequals", "", "=value"}) {
    Target target({"A=1", odd});
    const LiveEnviron live = target.read();
    CHECK_EQUAL(live.state, LiveState::ok);
    CHECK_EQUAL(live.entries.at(1), odd);
    CHECK(target.pacer.pauses >= 10);
  }
}

TEST("a slice of Go is believed, also one that lists a string twice") {
  Target target({"A=1", "B=2"});
  target.location.layout = Layout::go_slice;
  target.memory.put_words(variable, {vector, 2, 2});
  target.memory.put_words(vector, {strings, 3, strings + 4, 3});
  CHECK_EQUAL(target.read().state, LiveState::ok);
  CHECK_EQUAL(target.pacer.pauses, 0);
  target.memory.put_words(vector, {strings, 3, strings, 3});
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == (Strings{"A=1", "A=1"}));
  CHECK(target.pacer.pauses >= 10);
}

TEST("a look torn by realloc(3) and reuse of the old vector is not the answer") {
  Target target({"A=1", "B=2"});
  target.memory.put_string(0x3'0000, "garbage");
  target.memory.before_read = [&](std::size_t read) {
    if (read != 2) return;  // the variable was read, its vector not yet
    target.memory.put_words(vector, {0x3'0000, 0});
    target.set({"A=1", "B=2", "C=3"}, vector + 0x2000, strings + 0x2000);
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == (Strings{"A=1", "B=2", "C=3"}));
}

TEST("a string that was reused while it was read is not the answer") {
  Target target({"A=1", "B=2"});
  target.memory.before_read = [&](std::size_t read) {
    if (read == 3) target.memory.put_string(strings, "Z=9");  // variable and vector were read, strings not yet
    if (read == 4) target.memory.put_string(strings, "A=1");
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == (Strings{"A=1", "B=2"}));
}

TEST("a string that is no longer in the vector once it was read does not count, however often it is seen") {
  Target target({"A=1"});
  target.memory.before_read = [&](std::size_t read) {
    // three reads: variable, vector, string; then, again and again, five to compare, three to look and two to see what is linked
    const std::size_t step = read < 4 ? read + 4 : (read - 4) % 10;
    if (step == 5) target.set({"A=1"});
    if (step != 7) return;
    target.memory.put_string(strings, "A=X");
    target.memory.put_words(variable, {vector + 0x2000});
  };
  CHECK_EQUAL(target.read().state, LiveState::unstable);
}

TEST("a wrong look seen twice in a row, or again and again between others, does not win (ABA)") {
  Target target({"A=1"});
  target.memory.before_read = [&](std::size_t read) {
    // a look is three reads, of either kind: variable, vector, strings
    const std::size_t look = (read - 1) / 3;
    target.memory.put_string(strings, look % 8 == 3 || look % 8 == 4 ? "A=X" : "A=1");
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == Strings{"A=1"});
}

TEST("once a change was seen, eight looks are asked for instead of five") {
  Target target({"A=1"});
  target.memory.before_read = [&](std::size_t read) {
    if (read == 4) target.set({"A=2"});
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == Strings{"A=2"});
  CHECK(target.memory.gathers >= 8);
}

TEST("one that changes at every look is unstable, after 64 looks at most, with no entries") {
  Target target({"A=1"});
  unsigned value = 0;
  target.memory.before_read = [&](std::size_t) { target.memory.put_string(strings, "A=" + std::to_string(++value)); };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::unstable);
  CHECK_EQUAL(live.reason, "it kept changing: no state of it was seen often enough in 64 looks");
  CHECK_EQUAL(live.entries.size(), 0);
  CHECK_EQUAL(live.vector, vector);
  CHECK(target.memory.reads <= 64 * 10);
}

TEST("without time the answer is unstable, not a guess") {
  Target target({"A=1", "A=2"});
  target.pacer.patience = 3;
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::unstable);
  CHECK_EQUAL(live.reason, "no time was left to look at it again");
  CHECK_EQUAL(live.entries.size(), 0);
}

TEST("an environment at rest needs no patience") {
  Target target({"A=1"});
  target.pacer.patience = 0;
  CHECK_EQUAL(target.read().state, LiveState::ok);
}

TEST("what stays unreadable is unknown, and says what was") {
  Target target({"A=1"});
  target.memory.put_words(vector, {strings, 0xdead'0000, 0});
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::unknown);
  CHECK_EQUAL(live.reason, "1 of its strings cannot be read (the first at 0xdead0000)");
  CHECK_EQUAL(live.vector, vector);
}

TEST("what is unreadable only for a moment does not spoil the answer") {
  Target target({"A=1"});
  target.memory.put_words(variable, {0xdead'0000});
  target.pacer.meanwhile = [&](unsigned pauses) {
    if (pauses == 3) target.memory.put_words(variable, {vector});
  };
  const LiveEnviron live = target.read();
  CHECK_EQUAL(live.state, LiveState::ok);
  CHECK(list(live) == Strings{"A=1"});
}

TEST("one larger than the limits is unknown") {
  Target target({"A=1"});
  target.memory.put_words(vector, std::vector<std::uint64_t>(2000, strings));
  const LiveEnviron live = target.read({.entries = 600, .string = 100, .total = 100'000});
  CHECK_EQUAL(live.state, LiveState::unknown);
  CHECK_EQUAL(live.reason, "larger than the limits, cut after 600 entries");
}

TEST("no reason shows a value") {
  for (const auto& entries : {Strings{"TOKEN=planted"}, {"planted"}, {"A=planted", "A=planted2"}}) {
    Target target(entries);
    target.pacer.patience = 2;
    target.memory.before_read = [&](std::size_t read) { target.memory.put_string(strings + 64, "planted" + std::to_string(read)); };
    CHECK(target.read().reason.find("planted") == std::string::npos);
  }
}

TEST("65,000 variables are read, and repeated names among them seen") {
  Strings entries;
  for (int i = 0; i < 65'000; ++i) entries.push_back("N" + std::to_string(i) + "=");
  Target target({});
  target.set(entries, 0x100'0000, 0x200'0000);
  CHECK_EQUAL(target.read().state, LiveState::ok);
  CHECK_EQUAL(target.pacer.pauses, 0);
  entries.push_back("N7=again");
  target.set(entries, 0x100'0000, 0x200'0000);
  CHECK_EQUAL(target.read().entries.size(), 65'001);
  CHECK(target.pacer.pauses >= 10);
}
