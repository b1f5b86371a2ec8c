#include <napi.h>

#include "napi/async.h"
#include "napi/environ.h"
#include "napi/exec.h"
#include "napi/process.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  namespace napi = podprobe::napi;
  napi::attach_instance(env);
  exports.Set("openProcess", Napi::Function::New(env, napi::open_process, "openProcess"));
  exports.Set("closeProcess", Napi::Function::New(env, napi::close_process, "closeProcess"));
  exports.Set("readEnvironments", Napi::Function::New(env, napi::read_environments, "readEnvironments"));
  exports.Set("startCommand", Napi::Function::New(env, napi::start_command, "startCommand"));
  exports.Set("endCommand", Napi::Function::New(env, napi::end_command, "endCommand"));
  exports.Set("expire", Napi::Function::New(env, napi::expire_batch, "expire"));
  exports.Set("cancel", Napi::Function::New(env, napi::cancel_batch, "cancel"));
  return exports;
}

NODE_API_MODULE(podprobe, Init)
