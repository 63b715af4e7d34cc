// A callable that is borrowed for the time of a call: no allocation, two words. (As std::function_ref of C++26.)
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace causeway {

template <class Signature>
class FunctionRef;

template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  /// The callable must outlive the reference.
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<R, F&, Args...>)
  FunctionRef(F&& callable)  // NOLINT(google-explicit-constructor): borrowed where it is passed
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* at, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(at))(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(callable_, std::forward<Args>(args)...); }

 private:
  void* callable_;
  R (*call_)(void*, Args...);
};

}  // namespace causeway
