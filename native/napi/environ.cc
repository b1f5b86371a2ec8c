#include "napi/environ.h"

#include "napi/async.h"
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

/// One ArrayBuffer: `count` addresses (u64), `count + 1` offsets (u32), the block.
Napi::Value pack(Napi::Env env, const core::Entries& entries) {
  const std::size_t addresses = entries.addresses.size() * sizeof(std::uint64_t);
  const std::size_t offsets = entries.offsets.size() * sizeof(std::uint32_t);
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, addresses + offsets + entries.block.size());
  auto* const bytes = static_cast<std::uint8_t*>(buffer.Data());
  if (addresses != 0) std::memcpy(bytes, entries.addresses.data(), addresses);
  std::memcpy(bytes + addresses, entries.offsets.data(), offsets);
  if (!entries.block.empty()) std::memcpy(bytes + addresses + offsets, entries.block.data(), entries.block.size());
  return buffer;
}

/// An array by position: lib/native.ts names the members.
Napi::Array tuple(Napi::Env env, std::initializer_list<napi_value> values) {
  Napi::Array array = Napi::Array::New(env, values.size());
  std::uint32_t index = 0;
  for (napi_value value : values) array.Set(index++, value);
  return array;
}

Napi::Value to_value(Napi::Env env, const core::InitialEnviron& initial) {
  return tuple(env, {Napi::String::New(env, name_of(initial.state)), text_or_null(env, initial.reason),
                     Napi::Number::New(env, static_cast<double>(initial.entries.size())),
                     Napi::Boolean::New(env, initial.entries.truncated), pack(env, initial.entries)});
}

Napi::Value to_value(Napi::Env env, const tasks::LiveResult& live) {
  const core::LiveEnviron& environ = live.environ;
  return tuple(env, {Napi::String::New(env, name_of(environ.state)), text_or_null(env, environ.reason),
                     Napi::Number::New(env, static_cast<double>(environ.entries.size())),
                     Napi::Boolean::New(env, environ.entries.truncated), pack(env, environ.entries),
                     text_or_null(env, live.locator), text_or_null(env, live.runtime),
                     live.locator.empty() ? env.Null() : Napi::BigInt::New(env, environ.vector),
                     text_or_null(env, live.region), text_or_null(env, live.caveat)});
}

Napi::Value to_value(Napi::Env env, tasks::EnvironmentResult& result) {
  return tuple(env, {Napi::Number::New(env, result.stat.pid), Napi::BigInt::New(env, result.stat.start_time),
                     Napi::String::New(env, result.stat.comm), text_or_null(env, result.exe),
                     result.initial ? to_value(env, *result.initial) : env.Null(),
                     result.live ? to_value(env, *result.live) : env.Null(),
                     result.denied ? Napi::Value(to_record(env, *result.denied)) : env.Null()});
}

std::vector<Target> targets_of(const Napi::Array& array) {
  std::vector<Target> targets;
  targets.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) targets.push_back(target_of(array.Get(i)));
  return targets;
}

}  // namespace

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
  return run_batch<tasks::EnvironmentResult>(
      info.Env(), id, count, milliseconds("timeout"),
      [targets = std::move(targets), request](std::size_t index, const tasks::Allowance& allowance) {
        tasks::EnvironmentRequest own = request;
        own.allowance = allowance;
        return with_process(targets[index], [&](tasks::HeldProcess& held) { return tasks::read_environment(held, own); });
      },
      [](Napi::Env env, tasks::EnvironmentResult& result) { return to_value(env, result); });
}

}  // namespace podprobe::napi
