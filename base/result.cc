#include "base/result.h"

namespace causeway {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found: return "NOT_FOUND";
    case ErrorCode::wrong_type: return "WRONG_TYPE";
    case ErrorCode::invalid: return "INVALID";
    case ErrorCode::too_large: return "TOO_LARGE";
    case ErrorCode::unavailable: return "UNAVAILABLE";
    case ErrorCode::timeout: return "TIMEOUT";
    case ErrorCode::not_yet: return "NOT_YET";
    case ErrorCode::overloaded: return "OVERLOADED";
    case ErrorCode::storage_full: return "STORAGE_FULL";
    case ErrorCode::unauthenticated: return "UNAUTHENTICATED";
    case ErrorCode::permission_denied: return "PERMISSION_DENIED";
    case ErrorCode::internal: return "INTERNAL";
  }
  return "UNKNOWN";
}

std::string_view name_of(ErrorTag tag) {
  switch (tag) {
    case ErrorTag::retryable: return "retryable";
    case ErrorTag::ambiguous: return "ambiguous";
    case ErrorTag::fatal: return "fatal";
  }
  return "unknown";
}

std::string to_string(const Error& error) {
  std::string text(name_of(error.code));
  const bool counts = error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
  if (counts && error.needed > 0) {
    text += "(needed " + std::to_string(error.needed) +
            (error.code == ErrorCode::timeout ? ", acknowledged " : ", alive ") + std::to_string(error.got) +
            ")";
  }
  return text + ": " + error.sentence;
}

tl::unexpected<Error> fail(ErrorCode code, std::string sentence) {
  return tl::unexpected<Error>(Error{code, ErrorTag::fatal, std::move(sentence), 0, 0});
}

tl::unexpected<Error> fail_retryable(ErrorCode code, std::string sentence) {
  return tl::unexpected<Error>(Error{code, ErrorTag::retryable, std::move(sentence), 0, 0});
}

}  // namespace causeway
