#include "napi/errand.h"

#include "sys/errand.h"

namespace podprobe::napi {

Napi::Value use_errand(const Napi::CallbackInfo& info) {
  sys::Errand::use_program(info[0].As<Napi::String>());
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
