#include "napi/async.h"

#include <algorithm>
#include <thread>

namespace podprobe::napi {

namespace {

constexpr std::chrono::milliseconds closing_patience{250};

std::shared_ptr<tasks::AnyBatch> batch_of(const Napi::CallbackInfo& info) {
  const auto& batches = info.Env().GetInstanceData<Instance>()->batches;
  const auto found = batches.find(info[0].As<Napi::Number>().Uint32Value());
  return found == batches.end() ? nullptr : found->second.lock();
}

}  // namespace

Napi::Object to_record(Napi::Env env, const sys::Error& error) {
  Napi::Object record = Napi::Object::New(env);
  record.Set("errno", -error.number);
  record.Set("syscall", error.syscall);
  record.Set("path", error.path);
  record.Set("detail", error.detail);
  return record;
}

Courier::Courier(Napi::Env env) {
  napi_value name = Napi::String::New(env, "podprobe");
  const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                                                             &Courier::receive, &function_);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  napi_unref_threadsafe_function(env, function_);
}

Courier::~Courier() { close(); }

void Courier::send(Delivery delivery) {
  const std::lock_guard lock(mutex_);
  if (!function_) return;
  auto owned = std::make_unique<Delivery>(std::move(delivery));
  if (napi_call_threadsafe_function(function_, owned.get(), napi_tsfn_nonblocking) == napi_ok) owned.release();
}

void Courier::receive(napi_env env, napi_value, void* context, void* data) {
  const std::unique_ptr<Delivery> delivery(static_cast<Delivery*>(data));
  if (!env) return;
  try {
    static_cast<Courier*>(context)->received(env);
    (*delivery)(env);
  } catch (const Napi::Error&) {
    // the environment is being torn down: nobody is left to be told
  }
}

void Courier::expect(Napi::Env env) {
  if (expected_++ == 0) napi_ref_threadsafe_function(env, function_);
}

void Courier::received(Napi::Env env) {
  if (--expected_ == 0) napi_unref_threadsafe_function(env, function_);
}

void Courier::close() {
  const std::lock_guard lock(mutex_);
  if (function_) napi_release_threadsafe_function(std::exchange(function_, nullptr), napi_tsfn_abort);
}

Instance::Instance(Napi::Env env)
    : pool(std::make_shared<tasks::ThreadPool>(std::clamp(std::thread::hardware_concurrency(), 2U, 4U))),
      courier(std::make_shared<Courier>(env)) {
  // before the thread-safe function's own hook: those registered last run first
  env.AddCleanupHook([courier = courier, pool = pool] {
    courier->close();
    pool->close(closing_patience);
  });
}

Instance::~Instance() {
  courier->close();
  pool->close(closing_patience);
}

void attach_instance(Napi::Env env) { env.SetInstanceData(new Instance(env)); }

Napi::Value expire_batch(const Napi::CallbackInfo& info) {
  if (const auto batch = batch_of(info)) batch->expire();
  return info.Env().Undefined();
}

Napi::Value cancel_batch(const Napi::CallbackInfo& info) {
  if (const auto batch = batch_of(info)) batch->cancel();
  return info.Env().Undefined();
}

}  // namespace podprobe::napi
