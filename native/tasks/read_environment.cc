#include "tasks/read_environment.h"

#include "core/hex.h"
#include "tasks/target.h"

namespace podprobe::tasks {

namespace {

constexpr core::Limits limits{};
constexpr unsigned most_images = 5;
constexpr std::size_t most_stat = 8192;
constexpr std::size_t most_threads_tried = 64;

core::Stat read_stat(const sys::Process& process, const sys::Fd& file) {
  const std::string path = process.path("stat");
  const auto stat = core::parse_stat(sys::read_whole<std::string>(file, most_stat, sys::End::at_short_read, path));
  if (!stat) throw sys::Error(EPROTO, "read", path, "the line is not as proc_pid_stat(5) says");
  return *stat;
}

bool is_denial(int number) { return number == EACCES || number == EPERM; }

}  // namespace

/// One call of read_environment().
class EnvironmentReader {
 public:
  EnvironmentReader(HeldProcess& held, const EnvironmentRequest& request) : held_(held), request_(request) {}

  EnvironmentResult run() {
    const std::unique_lock<std::mutex> lock(held_.busy_, std::try_to_lock);
    if (!lock) throw sys::Error(EBUSY, "read", held_.process_.path("mem"), "an earlier read of this process has not ended");
    std::optional<HeldProcess::Known>& known = held_.known_;
    for (unsigned image = 0; image < most_images; ++image) {
      if (!known) known = learn();
      std::optional<EnvironmentResult> result = read_unless_gone(*known);
      if (result && still_the_same(*known)) {
        result->stat = known->stat;
        return *std::move(result);
      }
      known.reset();
    }
    return unstable();
  }

 private:
  HeldProcess::Known learn() {
    HeldProcess::Known known;
    held_.process_.read_through_thread(held_.process_.pid());
    learn_stat(known);
    if (known.stat.kernel_thread()) {
      throw sys::Error(ESRCH, "read", held_.process_.path("environ"), "a kernel thread has no environment");
    }
    if (known.stat.zombie()) read_through_live_thread(known);
    known.exe = held_.process_.link("exe");
    return known;
  }

  void learn_stat(HeldProcess::Known& known) {
    known.stat_file = held_.process_.open("stat", 0);
    known.stat = read_stat(held_.process_, known.stat_file);
  }

  /// Whether the program that was read runs on; brings `known.stat` up to date.
  bool still_the_same(HeldProcess::Known& known) {
    try {
      core::Stat now = read_stat(held_.process_, known.stat_file);
      if (!now.same_image(known.stat) || (known.memory && !known.memory->alive())) return false;
      known.stat = std::move(now);
      return true;
    } catch (const sys::Error& error) {
      if (error.number != ESRCH) throw;
      return false;
    }
  }

  /// Nothing when the process went away in the middle, or the thread it was read through: the next stat tells which.
  std::optional<EnvironmentResult> read_unless_gone(HeldProcess::Known& known) {
    try {
      return read(known);
    } catch (const sys::Error& error) {
      if (error.number != ESRCH || request_.stop.count() > 0) throw;
      return std::nullopt;
    }
  }

  void read_through_live_thread(HeldProcess::Known& known) {
    for (const int thread : held_.process_.threads(most_threads_tried)) {
      if (thread == held_.process_.pid()) continue;
      try {
        held_.process_.read_through_thread(thread);
        learn_stat(known);
        if (!known.stat.zombie()) return;
      } catch (const sys::Error& error) {
        if (error.number != ESRCH && error.number != ENOENT) throw;
      }
    }
    held_.process_.read_through_thread(held_.process_.pid());
    throw sys::Error(ESRCH, "read", held_.process_.path("environ"), "it is a zombie: it has exited and waits for its parent");
  }

  EnvironmentResult read(HeldProcess::Known& known) {
    EnvironmentResult result{.stat = known.stat, .exe = known.exe, .initial = {}, .live = {}, .denied = {}};
    open_memory(known, result);
    core::InitialEnviron initial;
    std::optional<Target> target;
    if (known.memory) target.emplace(held_.process_, *known.memory, known.exe, initial);
    initial = read_initial(known, target, result);
    if (request_.live) result.live = read_live(known, target, initial, result);
    const bool nothing = (!request_.live || !known.memory) && (!request_.initial || initial.state == core::InitialState::unreadable);
    if (nothing && result.denied) throw *result.denied;
    if (request_.initial) result.initial = std::move(initial);
    return result;
  }

  void open_memory(HeldProcess::Known& known, EnvironmentResult& result) {
    try {
      if (!known.auxv) known.auxv = core::parse_auxv(held_.process_.read<std::vector<std::uint8_t>>("auxv", 4096));
      if (!known.memory) known.memory.emplace(held_.process_);
    } catch (const sys::Error& error) {
      if (!is_denial(error.number)) throw;
      result.denied = error;
    }
  }

  core::InitialEnviron read_initial(HeldProcess::Known& known, std::optional<Target>& target, EnvironmentResult& result) {
    const core::Stat& stat = known.stat;
    core::SecretBytes bytes;
    try {
      if (!known.environ_file) known.environ_file = held_.process_.open("environ", 0);
      bytes = sys::read_whole<core::SecretBytes>(known.environ_file, limits.total, sys::End::at_short_read, held_.process_.path("environ"));
    } catch (const sys::Error& error) {
      if (!is_denial(error.number)) throw;
      if (!result.denied) result.denied = error;
      return {.state = core::InitialState::unreadable, .reason = "not permitted", .entries = {}};
    }
    core::InitialArea area{.start = stat.env_start,
                           .end = stat.env_end,
                           .arg_end = stat.arg_end,
                           .start_stack = stat.start_stack,
                           .execfn = known.auxv ? known.auxv->execfn : 0};
    if (target && known.auxv) {
      const unsigned word = known.auxv->word;
      if (const auto vector = core::first_vector(target->memory(), stat.start_stack, word)) {
        core::VectorRead read = core::read_vector(target->memory(), *vector, word, limits.entries);
        area.vector_known = read.terminated;
        area.vector = std::move(read.pointers);
      }
    }
    core::InitialEnviron initial = core::judge_initial_environ(bytes, area, limits);
    initial.entries.truncated = initial.entries.truncated || bytes.size() == limits.total;
    return initial;
  }

  LiveResult read_live(HeldProcess::Known& known, std::optional<Target>& target, const core::InitialEnviron& initial,
                       const EnvironmentResult& result) {
    LiveResult live;
    if (!target) {
      live.environ.state = core::LiveState::unreadable;
      live.environ.reason = result.denied ? "its memory may not be read" : "its memory cannot be read";
      return live;
    }
    if (!known.auxv) {
      live.environ.reason = "its auxiliary vector is neither that of a 64-bit nor that of a 32-bit program";
      return live;
    }
    const auto location = locate(known, *target, live);
    if (!location) return live;
    live.locator = location->locator;
    live.runtime = location->runtime;
    live.caveat = location->caveat;
    look(*location, *target, live);
    if (live.environ.state == core::LiveState::unknown && !target->live().obstacle().empty()) {
      live.environ.reason += "; " + target->live().obstacle();
    }
    if (says_nothing(live.environ) && initial.entries.size() != 0) doubt_nothing(known, *location, *target, live);
    if (live.environ.vector != 0) live.region = region(known, *target, live.environ.vector);
    return live;
  }

  std::optional<core::Location> locate(HeldProcess::Known& known, Target& target, LiveResult& live) {
    if (known.location) return known.location;
    core::Located located = core::locate_environ(target, *known.auxv, known.stat.start_stack);
    if (const auto* const missing = std::get_if<core::NotLocated>(&located)) {
      live.environ.state = missing->why == core::NotLocated::Why::ambiguous ? core::LiveState::ambiguous : core::LiveState::unknown;
      live.environ.reason = missing->reason;
      live.runtime = missing->runtime;
      const bool unreadable = missing->why == core::NotLocated::Why::unreadable;
      if (unreadable && !target.live().obstacle().empty()) live.environ.reason += "; " + target.live().obstacle();
      return std::nullopt;
    }
    const auto& location = std::get<core::Location>(located);
    // a scan goes by what the words hold now: its answer is not kept
    if (location.locator != "scan" && location.locator != "go-scan") known.location = location;
    return location;
  }

  void look(const core::Location& location, Target& target, LiveResult& live) {
    auto ask_anew = [&] { target.live().forget_pages(); };
    if (request_.stop.count() > 0) {
      StoppingPacing pacing(request_.allowance, ask_anew, held_.process_, request_.stop);
      live.environ = core::read_live_environ(target.live(), location, limits, pacing);
    } else {
      Pacing pacing(request_.allowance, ask_anew);
      live.environ = core::read_live_environ(target.live(), location, limits, pacing);
    }
    if (live.environ.state == core::LiveState::unstable && !request_.allowance.left()) throw request_.allowance.timed_out();
  }

  static bool says_nothing(const core::LiveEnviron& environ) {
    return environ.state == core::LiveState::ok && environ.vector == 0;
  }

  /// A program that has just started has no environment yet.
  void doubt_nothing(HeldProcess::Known& known, const core::Location& location, Target& target, LiveResult& live) {
    if (!core::cleared_by_itself(target, *known.auxv, location)) {
      live.environ.state = core::LiveState::unknown;
      live.environ.reason = "it may be just starting: its libc or runtime has not taken over the environment";
      known.location.reset();
      return;
    }
    // it may have come to it after the look
    target.live().forget_pages();
    if (core::read_word(target.live(), location.variable, location.word) != 0) look(location, target, live);
  }

  std::string region(HeldProcess::Known& known, Target& target, std::uint64_t vector) {
    if (vector >= known.stat.start_stack && vector < known.stat.env_end) return "[stack]";
    if (known.region_vector == vector) return known.region;
    const core::Mapping* const mapping = target.live().mappings().find(vector);
    known.region = mapping ? core::region_name(*mapping) : std::string();
    known.region_vector = vector;
    return known.region;
  }

  EnvironmentResult unstable() {
    const std::string reason = "it called execve() during each of " + std::to_string(most_images) + " reads";
    EnvironmentResult result{.stat = read_stat(held_.process_, held_.process_.open("stat", 0)), .exe = {}, .initial = {}, .live = {}, .denied = {}};
    if (request_.initial) result.initial = core::InitialEnviron{.state = core::InitialState::unreadable, .reason = reason, .entries = {}};
    if (request_.live) {
      result.live.emplace();
      result.live->environ.state = core::LiveState::unstable;
      result.live->environ.reason = reason;
    }
    return result;
  }

  HeldProcess& held_;
  const EnvironmentRequest& request_;
};

EnvironmentResult read_environment(HeldProcess& held, const EnvironmentRequest& request) {
  return EnvironmentReader(held, request).run();
}

}  // namespace podprobe::tasks
