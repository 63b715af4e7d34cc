// A bug is a failed CW_CHECK: the process stops, in every build. Expected failures are values (base/result.h).
#pragma once

namespace causeway {

/// Prints where and what to stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* expression, const char* why);

}  // namespace causeway

/// CW_CHECK(condition) or CW_CHECK(condition, "why it must hold").
#define CW_CHECK(condition, ...)                                                \
  do {                                                                          \
    if (!(condition)) [[unlikely]] {                                            \
      ::causeway::check_failed(__FILE__, __LINE__, #condition, "" __VA_ARGS__); \
    }                                                                           \
  } while (false)
