#pragma once

#include <napi.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "tasks/batch.h"
#include "tasks/exec.h"
#include "tasks/thread_pool.h"

namespace podprobe::napi {

/// {errno, syscall, path, detail} of a failed system call; TypeScript makes the Error of it.
Napi::Object to_record(Napi::Env env, const sys::Error& error);

/// The way back from our threads to the JavaScript thread of one environment. May be called by a thread that outlives it.
class Courier {
 public:
  using Delivery = std::function<void(Napi::Env)>;

  explicit Courier(Napi::Env env);
  ~Courier();

  /// Any thread: runs `delivery` on the JavaScript thread, or drops it when the environment is gone.
  void send(Delivery delivery);
  /// JavaScript thread: the event loop stays alive while something is expected.
  void expect(Napi::Env env);
  void received(Napi::Env env);
  void close();

 private:
  static void receive(napi_env env, napi_value callback, void* context, void* data);

  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;
  unsigned expected_ = 0;
};

/// What one environment (main thread or Worker) owns: nothing native is shared between two of them.
struct Instance {
  explicit Instance(Napi::Env env);
  ~Instance();

  std::shared_ptr<tasks::ThreadPool> pool;
  std::shared_ptr<Courier> courier;
  std::map<std::uint32_t, std::weak_ptr<tasks::AnyBatch>> batches;
  std::shared_ptr<tasks::Helper> helper;  ///< nullptr until a command is run
};

/// Gives `env` its instance, which goes with it.
void attach_instance(Napi::Env env);

/// Runs a batch; the promise resolves with an array of one record per transaction: {value} or {error}. `id` names the
/// batch to expire() and cancel().
template <class Result>
Napi::Promise run_batch(Napi::Env env, std::uint32_t id, std::size_t count, std::chrono::milliseconds timeout,
                        typename tasks::Batch<Result>::Work work,
                        std::function<Napi::Value(Napi::Env, Result&)> to_value) {
  Instance& instance = *env.GetInstanceData<Instance>();
  const auto deferred = std::make_shared<Napi::Promise::Deferred>(env);
  const auto batch = std::make_shared<std::shared_ptr<tasks::Batch<Result>>>();
  auto deliver = [deferred, batch, id, to_value = std::move(to_value)](Napi::Env delivered) {
    const Napi::HandleScope scope(delivered);
    auto& outcomes = (*batch)->outcomes();
    const Napi::Array records = Napi::Array::New(delivered, outcomes.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const Napi::HandleScope one(delivered);
      Napi::Object record = Napi::Object::New(delivered);
      if (auto* const result = std::get_if<Result>(&outcomes[i])) {
        record.Set("value", to_value(delivered, *result));
      } else {
        record.Set("error", to_record(delivered, std::get<sys::Error>(outcomes[i])));
      }
      records.Set(static_cast<std::uint32_t>(i), record);
    }
    delivered.GetInstanceData<Instance>()->batches.erase(id);
    batch->reset();
    deferred->Resolve(records);
  };
  *batch = std::make_shared<tasks::Batch<Result>>(
      instance.pool, count, timeout, std::move(work),
      [courier = instance.courier, deliver = std::move(deliver)] { courier->send(deliver); });
  instance.batches[id] = *batch;
  instance.courier->expect(env);
  (*batch)->start();
  return deferred->Promise();
}

Napi::Value expire_batch(const Napi::CallbackInfo& info);
Napi::Value cancel_batch(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
