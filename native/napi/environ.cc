#include "napi/environ.h"

#include "napi/async.h"
#include "napi/buffer.h"
#include "napi/process.h"
#include "tasks/read_environment.h"

namespace podprobe::napi {

namespace {

const char* name_of(core::InitialState state) {
  switch (state) {
    case core::InitialState::intact: return "intact";
    case core::InitialState::overwritten: return "overwritten";
    case core::InitialState::relocated: return "relocated";
    case core::InitialState::empty: return "empty";
    case core::InitialState::unreadable: return "unreadable";
  }
  return "unreadable";
}

const char* name_of(core::LiveState state) {
  switch (state) {
    case core::LiveState::ok: return "ok";
    case core::LiveState::unknown: return "unknown";
    case core::LiveState::unstable: return "unstable";
    case core::LiveState::ambiguous: return "ambiguous";
    case core::LiveState::unreadable: return "unreadable";
  }
  return "unknown";
}

Napi::Value text_or_null(Napi::Env env, const std::string& text) {
  return text.empty() ? env.Null() : Napi::String::New(env, text);
}

/// Entries as they cross over: `count` addresses (u64), `count + 1` offsets (u32), the block.
struct PackedEntries {
  std::size_t count = 0;
  bool truncated = false;
  core::SecretBytes bytes;
};

/// A result whose entries have been packed on the thread that read them: those of a hostile target are many MiB.
struct PackedResult {
  tasks::EnvironmentResult result;
  PackedEntries initial;
  PackedEntries live;
};

template <class Number>
std::span<const std::uint8_t> bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const std::uint8_t*>(numbers.data()), numbers.size() * sizeof(Number)};
}

PackedEntries pack(core::Entries& entries) {
  PackedEntries packed{.count = entries.size(), .truncated = entries.truncated, .bytes = {}};
  const auto addresses = bytes_of(entries.addresses);
  const auto offsets = bytes_of(entries.offsets);
  packed.bytes.reserve(addresses.size() + offsets.size() + entries.block.size());
  packed.bytes.append(addresses);
  packed.bytes.append(offsets);
  packed.bytes.append(entries.block);
  entries = {};
  return packed;
}

PackedResult pack(tasks::EnvironmentResult result) {
  PackedResult packed{.result = std::move(result), .initial = {}, .live = {}};
  if (packed.result.initial) packed.initial = pack(packed.result.initial->entries);
  if (packed.result.live) packed.live = pack(packed.result.live->environ.entries);
  return packed;
}

/// An array by position: lib/native.ts names the members.
Napi::Array tuple(Napi::Env env, std::initializer_list<napi_value> values) {
  Napi::Array array = Napi::Array::New(env, values.size());
  std::uint32_t index = 0;
  for (napi_value value : values) array.Set(index++, value);
  return array;
}

Napi::Value to_value(Napi::Env env, const core::InitialEnviron& initial, PackedEntries& entries) {
  return tuple(env, {Napi::String::New(env, name_of(initial.state)), text_or_null(env, initial.reason),
                     Napi::Number::New(env, static_cast<double>(entries.count)),
                     Napi::Boolean::New(env, entries.truncated), to_buffer(env, entries.bytes)});
}

Napi::Value to_value(Napi::Env env, const tasks::LiveResult& live, PackedEntries& entries) {
  const core::LiveEnviron& environ = live.environ;
  return tuple(env, {Napi::String::New(env, name_of(environ.state)), text_or_null(env, environ.reason),
                     Napi::Number::New(env, static_cast<double>(entries.count)),
                     Napi::Boolean::New(env, entries.truncated), to_buffer(env, entries.bytes),
                     text_or_null(env, live.locator), text_or_null(env, live.runtime),
                     live.locator.empty() ? env.Null() : Napi::BigInt::New(env, environ.vector),
                     text_or_null(env, live.region), text_or_null(env, live.caveat)});
}

Napi::Value to_value(Napi::Env env, PackedResult& packed) {
  const tasks::EnvironmentResult& result = packed.result;
  return tuple(env, {Napi::Number::New(env, result.stat.pid), Napi::BigInt::New(env, result.stat.start_time),
                     Napi::String::New(env, result.stat.comm), text_or_null(env, result.exe),
                     result.initial ? to_value(env, *result.initial, packed.initial) : env.Null(),
                     result.live ? to_value(env, *result.live, packed.live) : env.Null(),
                     result.denied ? Napi::Value(to_record(env, *result.denied)) : env.Null()});
}

std::vector<Target> targets_of(const Napi::Array& array) {
  std::vector<Target> targets;
  targets.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) targets.push_back(target_of(array.Get(i)));
  return targets;
}

}  // namespace

}  // namespace podprobe::napi

template <>
constexpr bool podprobe::tasks::takes_long_by_waiting<podprobe::napi::PackedResult> = false;

namespace podprobe::napi {

Napi::Value read_environments(const Napi::CallbackInfo& info) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  auto targets = targets_of(info[1].As<Napi::Array>());
  const auto options = info[2].As<Napi::Object>();
  const auto milliseconds = [&](const char* name) {
    return std::chrono::milliseconds(options.Get(name).As<Napi::Number>().Int64Value());
  };
  tasks::EnvironmentRequest request;
  request.initial = options.Get("initial").As<Napi::Boolean>();
  request.live = options.Get("live").As<Napi::Boolean>();
  request.stop = milliseconds("stop");
  const std::size_t count = targets.size();
  return run_batch<PackedResult>(
      info.Env(), id, count, milliseconds("timeout"),
      [targets = std::move(targets), request](std::size_t index, const tasks::Allowance& allowance) {
        tasks::EnvironmentRequest own = request;
        own.allowance = allowance;
        return pack(with_process(targets[index], [&](tasks::HeldProcess& held) { return tasks::read_environment(held, own); }));
      },
      [](Napi::Env env, PackedResult& result) { return to_value(env, result); });
}

}  // namespace podprobe::napi
