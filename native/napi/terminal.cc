#include "napi/terminal.h"

#include "napi/async.h"
#include "sys/terminal.h"

namespace podprobe::napi {

namespace {

int descriptor_of(const Napi::Value& value) { return value.As<Napi::Number>().Int32Value(); }

}  // namespace

Napi::Value make_terminal_raw(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object result = Napi::Object::New(env);
  try {
    const sys::TerminalModes before = sys::make_terminal_raw(descriptor_of(info[0]));
    result.Set("value", Napi::Buffer<std::uint8_t>::Copy(env, reinterpret_cast<const std::uint8_t*>(&before), sizeof before));
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

Napi::Value set_terminal_modes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto bytes = info[1].As<Napi::Buffer<std::uint8_t>>();
  Napi::Object result = Napi::Object::New(env);
  sys::TerminalModes modes{};
  std::memcpy(&modes, bytes.Data(), std::min(bytes.Length(), sizeof modes));
  try {
    sys::set_terminal_modes(descriptor_of(info[0]), modes);
  } catch (const sys::Error& error) {
    result.Set("error", to_record(env, error));
  }
  return result;
}

}  // namespace podprobe::napi
