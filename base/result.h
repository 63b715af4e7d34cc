// Results and errors. An expected failure is a value; a bug is a CW_CHECK.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace causeway {

/// What went wrong, as users see it. The numbers travel on the wire and never change.
enum class ErrorCode : std::uint8_t {
  not_found = 1,
  wrong_type = 2,
  invalid = 3,
  too_large = 4,
  unavailable = 5,
  timeout = 6,
  not_yet = 7,
  overloaded = 8,
  storage_full = 9,
  unauthenticated = 10,
  permission_denied = 11,
  internal = 12,
};

/// What the caller may do about it.
enum class ErrorTag : std::uint8_t {
  retryable = 1,  ///< Nothing happened: try again.
  ambiguous = 2,  ///< It may have happened: try again with the same request id.
  fatal = 3,      ///< It will not work as asked.
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  ErrorTag tag = ErrorTag::fatal;
  std::string sentence;      ///< One sentence that says what is wrong and what to do.
  std::uint32_t needed = 0;  ///< Replicas that the level asks for (unavailable, timeout).
  std::uint32_t got = 0;     ///< Replicas alive (unavailable) or that acknowledged (timeout).

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// "WRONG_TYPE" and so on; "UNKNOWN" for a number that is none.
std::string_view name_of(ErrorCode code);
/// "retryable", "ambiguous" or "fatal".
std::string_view name_of(ErrorTag tag);
/// "TIMEOUT(needed 2, acknowledged 1): …", the form in which programs print errors; no counts if 0 are needed.
std::string to_string(const Error& error);

/// An error that cannot be mended by retrying.
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, std::string sentence);
/// An error after which nothing has happened.
[[nodiscard]] tl::unexpected<Error> fail_retryable(ErrorCode code, std::string sentence);

}  // namespace causeway

#define CW_CONCAT_(a, b) a##b
#define CW_CONCAT(a, b) CW_CONCAT_(a, b)
#define CW_TRY_(temporary, declaration, expression)                                       \
  auto temporary = (expression);                                                          \
  if (!temporary) return tl::unexpected<::causeway::Error>(std::move(temporary).error()); \
  declaration = std::move(*temporary)

/// CW_TRY(auto x, f()); returns f's error, or binds its value.
#define CW_TRY(declaration, expression) CW_TRY_(CW_CONCAT(cw_try_, __LINE__), declaration, expression)
/// CW_TRY_VOID(f()); returns f's error, if any.
#define CW_TRY_VOID(expression)                                                                     \
  do {                                                                                              \
    auto cw_try_result = (expression);                                                              \
    if (!cw_try_result) return tl::unexpected<::causeway::Error>(std::move(cw_try_result).error()); \
  } while (false)
