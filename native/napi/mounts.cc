#include "napi/mounts.h"

#include "napi/async.h"
#include "napi/buffer.h"
#include "napi/process.h"
#include "tasks/list_mounts.h"
#include "tasks/look_at_volumes.h"

namespace podprobe::napi {

namespace {

Napi::Value to_value(Napi::Env env, tasks::MountsResult& result) {
  Napi::Object value = Napi::Object::New(env);
  core::MountTable& table = result.table;
  value.Set("size", Napi::Number::New(env, static_cast<double>(table.size)));
  value.Set("malformed", Napi::Number::New(env, static_cast<double>(table.malformed)));
  value.Set("truncated", Napi::Boolean::New(env, result.truncated));
  value.Set("byListmount", Napi::Boolean::New(env, result.by_listmount));
  value.Set("pointBytes", Napi::Number::New(env, static_cast<double>(table.point_bytes)));
  value.Set("mounts", to_buffer(env, table.mounts));
  value.Set("kinds", to_buffer(env, table.kinds));
  value.Set("ends", to_buffer(env, table.ends));
  value.Set("block", to_buffer(env, table.block));
  return value;
}

Napi::Buffer<char> bytes(Napi::Env env, const std::string& text) {
  return Napi::Buffer<char>::Copy(env, text.data(), text.size());
}

Napi::Value to_value(Napi::Env env, const tasks::VolumeContents& look) {
  Napi::Array keys = Napi::Array::New(env, look.keys.size());
  for (std::size_t i = 0; i < look.keys.size(); ++i) keys.Set(static_cast<std::uint32_t>(i), bytes(env, look.keys[i]));
  Napi::Object value = Napi::Object::New(env);
  value.Set("generation", look.generation ? Napi::Value(bytes(env, *look.generation)) : env.Null());
  value.Set("keys", keys);
  value.Set("truncated", Napi::Boolean::New(env, look.truncated));
  return value;
}

std::vector<tasks::VolumeMount> places_of(const Napi::Array& array) {
  std::vector<tasks::VolumeMount> places;
  places.reserve(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    const auto place = array.Get(i).As<Napi::Array>();
    const auto path = place.Get(0U).As<Napi::Buffer<char>>();
    places.push_back({.path = std::string(path.Data(), path.Length()),
                      .device = {.major = place.Get(1U).As<Napi::Number>().Uint32Value(),
                                 .minor = place.Get(2U).As<Napi::Number>().Uint32Value()}});
  }
  return places;
}

/// A transaction that gives a table; the arguments begin with id, target, timeout.
template <class Work>
Napi::Value run_table(const Napi::CallbackInfo& info, Work work) {
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  const std::chrono::milliseconds timeout(info[2].As<Napi::Number>().Int64Value());
  return run_batch<tasks::MountsResult>(
      info.Env(), id, 1, timeout,
      [target = target_of(info[1]), work = std::move(work)](std::size_t, const tasks::Allowance& allowance) {
        return with_process(target, [&](const tasks::HeldProcess& held) { return work(held.process(), allowance); });
      },
      [](Napi::Env env, tasks::MountsResult& result) { return to_value(env, result); });
}

}  // namespace

Napi::Value look_at_volumes(const Napi::CallbackInfo& info) {
  using Looks = std::vector<std::optional<tasks::VolumeContents>>;
  const auto id = info[0].As<Napi::Number>().Uint32Value();
  const std::chrono::milliseconds timeout(info[3].As<Napi::Number>().Int64Value());
  const auto wanted = info[4].As<Napi::Boolean>() ? tasks::Wanted::keys : tasks::Wanted::generation;
  return run_batch<Looks>(
      info.Env(), id, 1, timeout,
      [target = target_of(info[1]), places = places_of(info[2].As<Napi::Array>()), wanted](std::size_t, const tasks::Allowance& allowance) {
        return with_process(target, [&](const tasks::HeldProcess& held) {
          return tasks::look_at_volumes(held.process(), places, wanted, allowance);
        });
      },
      [](Napi::Env env, Looks& looks) {
        Napi::Array array = Napi::Array::New(env, looks.size());
        for (std::size_t i = 0; i < looks.size(); ++i) {
          array.Set(static_cast<std::uint32_t>(i), looks[i] ? to_value(env, *looks[i]) : env.Null());
        }
        return array;
      });
}

Napi::Value list_mounts(const Napi::CallbackInfo& info) { return run_table(info, tasks::list_mounts); }

Napi::Value list_namespace_mounts(const Napi::CallbackInfo& info) { return run_table(info, tasks::list_namespace_mounts); }

Napi::Value find_mount(const Napi::CallbackInfo& info) {
  const auto path = info[3].As<Napi::Buffer<char>>();
  return run_table(info, [path = std::string(path.Data(), path.Length())](const sys::Process& process, const tasks::Allowance& allowance) {
    return tasks::find_mount(process, path, allowance);
  });
}

}  // namespace podprobe::napi
