#include "napi/process.h"

#include "napi/async.h"

namespace podprobe::napi {

namespace {

using Held = std::shared_ptr<tasks::HeldProcess>;

constexpr napi_type_tag tag = {0x8d3f1b0c54a2476e, 0xa1c09e7b6f35d284};

/// The process behind a handle, or nullptr when it is closed.
Held process_of(Napi::Value value) {
  const auto handle = value.As<Napi::External<Held>>();
  if (!value.IsExternal() || !handle.CheckTypeTag(&tag)) throw Napi::TypeError::New(value.Env(), "not a process handle");
  return *handle.Data();
}

}  // namespace

Napi::Value open_process(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  try {
    auto held = std::make_unique<Held>(std::make_shared<tasks::HeldProcess>(info[0].As<Napi::Number>().Int32Value()));
    auto handle = Napi::External<Held>::New(env, held.get(), [](Napi::Env, Held* owned) { delete owned; });
    held.release();
    handle.TypeTag(&tag);
    result.Set("value", handle);
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

Target target_of(Napi::Value value) {
  if (value.IsNumber()) return value.As<Napi::Number>().Int32Value();
  return process_of(value);
}

Napi::Value close_process(const Napi::CallbackInfo& info) {
  process_of(info[0]);
  info[0].As<Napi::External<Held>>().Data()->reset();
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
