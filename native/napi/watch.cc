#include "napi/watch.h"

#include <fcntl.h>

#include "napi/async.h"
#include "napi/handle.h"
#include "napi/poll.h"
#include "napi/process.h"
#include "tasks/volume_watch.h"

namespace podprobe::napi {

namespace {

constexpr napi_type_tag tag = {0x52c4a0d97be1463f, 0xb8f00e1c6d2a9357};

/// The volumes of one environment, and what the event loop is told of them.
struct Watch {
  /// The end of a process is heard on a descriptor of its own: libuv polls none twice.
  struct Exit {
    sys::Fd process;
    std::unique_ptr<Poll> poll;
  };

  std::shared_ptr<tasks::VolumeWatch> volumes;
  Napi::FunctionReference callback;
  std::unique_ptr<Poll> events;
  sys::Fd mountinfo;
  std::unique_ptr<Poll> mounts;
  std::map<std::uint32_t, Exit> exits;
};

Watch& watch_of(Napi::Value value) { return **from_handle<Watch>(value, tag); }

std::uint32_t number_of(Napi::Value value) { return value.As<Napi::Number>().Uint32Value(); }

const char* name_of(tasks::VolumeNews news) {
  switch (news) {
    case tasks::VolumeNews::same: return "same";
    case tasks::VolumeNews::read: return "read";
    case tasks::VolumeNews::absent: return "absent";
    case tasks::VolumeNews::look_again: return "look";
  }
  return "look";
}

/// Fills a buffer from its front.
class Packer {
 public:
  explicit Packer(std::uint8_t* at) : at_(at) {}

  void bytes(const void* data, std::size_t size) {
    if (size != 0) std::memcpy(at_, data, size);
    at_ += size;
  }
  void number(std::size_t value) {
    const auto word = static_cast<std::uint32_t>(value);
    bytes(&word, sizeof word);
  }

 private:
  std::uint8_t* at_;
};

/// Numbers (u32): the length of each key's name and of its value, then that of each removed name. Then a byte for each key:
/// what has become of it. Then the strings, in the same order.
Napi::Value pack(Napi::Env env, const tasks::Generation& generation, const core::GenerationChanges& changes) {
  std::size_t strings = generation.values.size();
  for (const auto& key : generation.keys) strings += key.name.size();
  for (const auto& name : changes.removed) strings += name.size();
  const std::size_t numbers = (2 * generation.keys.size() + changes.removed.size()) * sizeof(std::uint32_t);
  auto buffer = Napi::ArrayBuffer::New(env, numbers + generation.keys.size() + strings);
  Packer packer(static_cast<std::uint8_t*>(buffer.Data()));
  for (const auto& key : generation.keys) {
    packer.number(key.name.size());
    packer.number(key.length);
  }
  for (const auto& name : changes.removed) packer.number(name.size());
  packer.bytes(changes.keys.data(), changes.keys.size());
  for (std::size_t i = 0; i < generation.keys.size(); ++i) {
    const core::KeyDigest& key = generation.keys[i];
    packer.bytes(key.name.data(), key.name.size());
    packer.bytes(generation.values.data() + generation.places[i], key.length);
  }
  for (const auto& name : changes.removed) packer.bytes(name.data(), name.size());
  return buffer;
}

Napi::Value to_value(Napi::Env env, const tasks::VolumeReport& report) {
  Napi::Array value = Napi::Array::New(env, 9);
  value.Set(0U, report.volume);
  value.Set(1U, name_of(report.news));
  value.Set(2U, report.overflowed);
  value.Set(3U, report.replaced);
  value.Set(4U, report.heard);
  if (report.news != tasks::VolumeNews::read) return value;
  const tasks::Generation& generation = report.generation;
  value.Set(5U, generation.name);
  value.Set(6U, generation.truncated);
  value.Set(7U, static_cast<double>(generation.keys.size()));
  value.Set(8U, static_cast<double>(report.changes.removed.size()));
  value.Set(9U, pack(env, generation, report.changes));
  return value;
}

void tell(Watch& watch, Napi::Env env, const Napi::Array& reports) {
  watch.callback.Value().MakeCallback(env.Global(), {reports});
}

/// A report of something else than what a volume holds.
void tell_event(Watch& watch, Napi::Env env, std::uint32_t volume, const char* what) {
  const Napi::Array report = Napi::Array::New(env, 2);
  report.Set(0U, volume);
  report.Set(1U, what);
  const Napi::Array reports = Napi::Array::New(env, 1);
  reports.Set(0U, report);
  tell(watch, env, reports);
}

void tell_events(Watch& watch, Napi::Env env) {
  const std::vector<tasks::VolumeReport> taken = watch.volumes->take_events();
  if (taken.empty()) return;
  const Napi::Array reports = Napi::Array::New(env, taken.size());
  for (std::uint32_t i = 0; i < taken.size(); ++i) reports.Set(i, to_value(env, taken[i]));
  tell(watch, env, reports);
}

/// Without it, what is mounted over a volume is noticed later.
void poll_mounts(Watch& watch, Napi::Env env) {
  try {
    watch.mountinfo = sys::open_path("/proc/self/mountinfo", O_RDONLY);
  } catch (const sys::Error&) {
    return;
  }
  watch.mounts = std::make_unique<Poll>(env, watch.mountinfo.get(), UV_PRIORITIZED, [&watch](Napi::Env told, int events) {
    if (events == 0) return watch.mounts->close();
    tell_event(watch, told, 0, "mounts");
  });
  watch.mounts->keep_alive(false);
}

void poll_exit(Watch& watch, Napi::Env env, std::uint32_t volume, const sys::Process& process) {
  Watch::Exit& exit = watch.exits[volume];
  exit.process = process.duplicate();
  exit.poll = std::make_unique<Poll>(env, exit.process.get(), UV_READABLE, [&watch, volume](Napi::Env told, int) {
    watch.exits.at(volume).poll->close();
    tell_event(watch, told, volume, "exited");
  });
  exit.poll->keep_alive(false);
}

}  // namespace

Napi::Value open_watch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto key = info[0].As<Napi::Buffer<std::uint8_t>>();
  Napi::Object result = Napi::Object::New(env);
  try {
    const auto watch = std::make_shared<Watch>();
    watch->volumes = std::make_shared<tasks::VolumeWatch>(core::KeyedHash(std::span<const std::uint8_t, 16>(key.Data(), 16)));
    watch->callback = Napi::Persistent(info[1].As<Napi::Function>());
    watch->events = std::make_unique<Poll>(env, watch->volumes->descriptor(), UV_READABLE,
                                           [&watch = *watch](Napi::Env told, int) { tell_events(watch, told); });
    watch->events->keep_alive(false);
    poll_mounts(*watch, env);
    result.Set("value", to_handle(env, watch, tag));
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

Napi::Value close_watch(const Napi::CallbackInfo& info) {
  from_handle<Watch>(info[0], tag)->reset();
  return info.Env().Undefined();
}

Napi::Value keep_watch(const Napi::CallbackInfo& info) {
  watch_of(info[0]).events->keep_alive(info[1].As<Napi::Boolean>());
  return info.Env().Undefined();
}

Napi::Value add_volume(const Napi::CallbackInfo& info) {
  Watch& watch = watch_of(info[0]);
  const std::uint32_t volume = number_of(info[1]);
  const auto path = info[3].As<Napi::Buffer<char>>();
  tasks::VolumePlace place{nullptr, {path.Data(), path.Length()}};
  Napi::Object result = Napi::Object::New(info.Env());
  try {
    if (!info[2].IsNull()) {
      place.process = std::get<std::shared_ptr<tasks::HeldProcess>>(target_of(info[2]));
      poll_exit(watch, info.Env(), volume, place.process->process());
    }
    watch.volumes->add(volume, std::move(place));
  } catch (const sys::Error& error) {
    watch.exits.erase(volume);
    result.Set("error", to_record(info.Env(), error));
  }
  return result;
}

Napi::Value remove_volume(const Napi::CallbackInfo& info) {
  Watch& watch = watch_of(info[0]);
  watch.volumes->remove(number_of(info[1]));
  watch.exits.erase(number_of(info[1]));
  return info.Env().Undefined();
}

Napi::Value reset_volume(const Napi::CallbackInfo& info) {
  watch_of(info[0]).volumes->reset(number_of(info[1]));
  return info.Env().Undefined();
}

Napi::Value reread_volume(const Napi::CallbackInfo& info) {
  return to_value(info.Env(), watch_of(info[0]).volumes->reread(number_of(info[1])));
}

Napi::Value look_at_volume(const Napi::CallbackInfo& info) {
  const auto volumes = watch_of(info[1]).volumes;
  const std::uint32_t volume = number_of(info[2]);
  const std::chrono::milliseconds timeout(info[3].As<Napi::Number>().Int64Value());
  return run_batch<tasks::VolumeLook>(
      info.Env(), number_of(info[0]), 1, timeout,
      [look = volumes->look(volume)](std::size_t, const tasks::Allowance& allowance) { return look(allowance); },
      [volumes, volume](Napi::Env env, tasks::VolumeLook& look) { return to_value(env, volumes->settle(volume, look)); });
}

}  // namespace podprobe::napi
