#include "napi/watch.h"

#include <fcntl.h>

#include <array>

#include "napi/argument.h"
#include "napi/async.h"
#include "napi/handle.h"
#include "napi/poll.h"
#include "napi/process.h"
#include "tasks/volume_watch.h"

namespace podprobe::napi {

namespace {

constexpr napi_type_tag watch_tag = {0x52c4a0d97be1463f, 0xb8f00e1c6d2a9357};

/// Buffers for what is told. One is made ahead: making it takes 20 us, of some 300 from a rename to the event.
class Buffers {
 public:
  void make_ahead(Napi::Env env) {
    if (ahead_.IsEmpty()) ahead_ = Napi::Persistent(Napi::ArrayBuffer::New(env, size_ahead));
  }

  /// Of that size or larger.
  Napi::ArrayBuffer take(Napi::Env env, std::size_t size) {
    if (size > size_ahead || ahead_.IsEmpty()) return Napi::ArrayBuffer::New(env, size);
    const Napi::ArrayBuffer buffer = ahead_.Value();
    ahead_.Reset();
    return buffer;
  }

 private:
  static constexpr std::size_t size_ahead = 4096;

  Napi::Reference<Napi::ArrayBuffer> ahead_;
};

/// The volumes of one environment, and what the event loop is told of them.
struct Watch {
  /// The end of a process is heard on a descriptor of its own: libuv polls none twice.
  struct Exit {
    sys::Fd process;
    std::unique_ptr<Poll> poll;
  };

  std::shared_ptr<tasks::VolumeWatch> volumes;
  Napi::FunctionReference callback;
  Buffers buffers;
  std::unique_ptr<Poll> events;
  sys::Fd mountinfo;
  std::unique_ptr<Poll> mounts;
  std::map<std::uint32_t, Exit> exits;
};

Watch& watch_of(Napi::Value value) { return **from_handle<Watch>(value, watch_tag); }

/// What a report is about, in the order of lib/watch/report.ts; the first ones are those of tasks::VolumeNews.
enum class News : std::uint32_t { same, read, absent, look_again, exited, mounts };

static_assert(static_cast<int>(tasks::VolumeNews::look_again) == static_cast<int>(News::look_again));

enum Flag : std::uint32_t { overflowed = 1, replaced = 2, heard = 4, truncated = 8, differs = 16 };

/// What a volume holds in one buffer, since each value that crosses to JavaScript costs as much as reading a key does.
///
/// Shape: numbers (u32): count of keys, count of removed keys, length of the generation's name and of all names with it; for
/// each key the length of its name and of its value, and what has become of it; the length of each removed name. Then the
/// strings: the generation's name, those of the keys, the removed ones, the values.
class Packer {
 public:
  explicit Packer(Napi::ArrayBuffer buffer) : buffer_(buffer), at_(static_cast<std::uint8_t*>(buffer_.Data())) {}

  void bytes(const void* data, std::size_t size) {
    if (size != 0) std::memcpy(at_, data, size);
    at_ += size;
  }
  template <class... Values>
  void numbers(Values... values) {
    const std::array<std::uint32_t, sizeof...(values)> words{static_cast<std::uint32_t>(values)...};
    bytes(words.data(), sizeof words);
  }
  Napi::Value value() const { return buffer_; }

 private:
  Napi::ArrayBuffer buffer_;
  std::uint8_t* at_;
};

constexpr std::size_t head_words = 4;
constexpr std::size_t words_of_key = 3;

std::uint32_t flags_of(const tasks::VolumeReport& report) {
  return (report.overflowed ? overflowed : 0U) | (report.replaced ? replaced : 0U) | (report.heard ? heard : 0U) |
         (report.generation.truncated ? truncated : 0U) | (report.changes.any() ? differs : 0U);
}

Napi::Value pack(Napi::Env env, Buffers& buffers, const tasks::VolumeReport& report) {
  const tasks::Generation& generation = report.generation;
  const auto& removed = report.changes.removed;
  std::size_t names = generation.name.size();
  for (const auto& key : generation.keys) names += key.name.size();
  for (const auto& name : removed) names += name.size();
  const std::size_t words = head_words + words_of_key * generation.keys.size() + removed.size();
  Packer packer(buffers.take(env, words * sizeof(std::uint32_t) + names + generation.values.size()));
  packer.numbers(generation.keys.size(), removed.size(), generation.name.size(), names);
  for (std::size_t i = 0; i < generation.keys.size(); ++i) {
    packer.numbers(generation.keys[i].name.size(), generation.keys[i].length, report.changes.keys[i]);
  }
  for (const auto& name : removed) packer.numbers(name.size());
  packer.bytes(generation.name.data(), generation.name.size());
  for (const auto& key : generation.keys) packer.bytes(key.name.data(), key.name.size());
  for (const auto& name : removed) packer.bytes(name.data(), name.size());
  for (std::size_t i = 0; i < generation.keys.size(); ++i) {
    packer.bytes(generation.values.data() + generation.places[i], generation.keys[i].length);
  }
  return packer.value();
}

/// News, flags, and what was read or null.
using Report = std::array<napi_value, 3>;

Report to_report(Napi::Env env, News news, std::uint32_t flags, Napi::Value content) {
  return {Napi::Number::New(env, static_cast<std::uint32_t>(news)), Napi::Number::New(env, flags), content};
}

Report to_report(Napi::Env env, Buffers& buffers, const tasks::VolumeReport& report) {
  const Napi::Value content = report.news == tasks::VolumeNews::read ? pack(env, buffers, report) : env.Null();
  return to_report(env, static_cast<News>(report.news), flags_of(report), content);
}

/// Leaves the buffer made ahead to what is told.
Napi::Value to_array(Napi::Env env, const tasks::VolumeReport& volume) {
  Buffers fresh;
  const Report report = to_report(env, fresh, volume);
  const Napi::Array array = Napi::Array::New(env, report.size());
  for (std::uint32_t i = 0; i < report.size(); ++i) array.Set(i, report[i]);
  return array;
}

/// May end the watch. What is thrown behind it, by whatever runs there, is uncaught: it keeps nobody else from being told.
void tell(const Watch& watch, Napi::Env env, std::uint32_t volume, const Report& report) {
  try {
    watch.callback.Value().MakeCallback(env.Global(), {Napi::Number::New(env, volume), report[0], report[1], report[2]});
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

/// A report of something else than what a volume holds.
void tell_event(const Watch& watch, Napi::Env env, std::uint32_t volume, News news) {
  tell(watch, env, volume, to_report(env, news, 0, env.Null()));
}

void tell_events(const std::shared_ptr<Watch>& watch, Napi::Env env) {
  for (const auto& report : watch->volumes->take_events()) {
    if (!watch->events) return;
    tell(*watch, env, report.volume, to_report(env, watch->buffers, report));
    watch->buffers.make_ahead(env);
  }
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
    tell_event(watch, told, 0, News::mounts);
  });
  watch.mounts->keep_alive(false);
}

void poll_exit(Watch& watch, Napi::Env env, std::uint32_t volume, const sys::Process& process) {
  Watch::Exit& exit = watch.exits[volume];
  exit.process = process.duplicate_pidfd();
  exit.poll = std::make_unique<Poll>(env, exit.process.get(), UV_READABLE, [&watch, volume](Napi::Env told, int) {
    watch.exits.at(volume).poll->close();
    tell_event(watch, told, volume, News::exited);
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
                                           [weak = std::weak_ptr(watch)](Napi::Env told, int) {
                                             if (const auto held = weak.lock()) tell_events(held, told);
                                           });
    watch->events->keep_alive(false);
    watch->buffers.make_ahead(env);
    poll_mounts(*watch, env);
    result.Set("value", to_handle(env, watch, watch_tag));
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

Napi::Value close_watch(const Napi::CallbackInfo& info) {
  auto& handle = *from_handle<Watch>(info[0], watch_tag);
  // it may be in the middle of telling
  handle->events.reset();
  handle.reset();
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
  return to_array(info.Env(), watch_of(info[0]).volumes->reread(number_of(info[1])));
}

Napi::Value look_at_volume(const Napi::CallbackInfo& info) {
  const auto volumes = watch_of(info[1]).volumes;
  const std::uint32_t volume = number_of(info[2]);
  const std::chrono::milliseconds timeout(info[3].As<Napi::Number>().Int64Value());
  return run_batch<tasks::VolumeLook>(
      info.Env(), number_of(info[0]), 1, timeout,
      [look = volumes->look(volume)](std::size_t, const tasks::Allowance& allowance) { return look(allowance); },
      [volumes, volume](Napi::Env env, tasks::VolumeLook& look) { return to_array(env, volumes->settle(volume, look)); });
}

}  // namespace podprobe::napi
