// What went wrong in a run: the name of the check that found it, and a sentence.
#pragma once

#include <optional>
#include <string>

namespace causeway::testing {

struct Failure {
  std::string check;
  std::string what;
};

/// Keeps the first: what follows from it says less.
class Verdict {
 public:
  void blame(const std::string& check, const std::string& what) {
    if (!first_) first_ = Failure{check, what};
  }
  [[nodiscard]] bool failed() const { return first_.has_value(); }
  [[nodiscard]] const std::optional<Failure>& first() const { return first_; }

 private:
  std::optional<Failure> first_;
};

}  // namespace causeway::testing
