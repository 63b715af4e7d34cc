#include "client/cpp/fan_out.h"

#include <memory>
#include <mutex>
#include <optional>

namespace causeway {
namespace {

class Sum {
 public:
  Sum(std::size_t parts, bool reads, AnswerFunction done)
      : left_(parts), reads_(reads), done_(std::move(done)) {}

  void add(Result<Value> answer) {
    const std::lock_guard lock(mutex_);
    if (!answer) {
      if (!error_) error_ = std::move(answer).error();
    } else {
      happened_ = true;
      if (const auto* number = std::get_if<std::int64_t>(&*answer)) sum_ += *number;
    }
    if (--left_ > 0) return;
    if (!error_) return done_(Value(sum_));
    if (happened_ && !reads_) error_->tag = ErrorTag::ambiguous;
    done_(tl::unexpected(std::move(*error_)));
  }

 private:
  std::mutex mutex_;
  std::size_t left_;
  bool reads_;
  bool happened_ = false;
  std::int64_t sum_ = 0;
  std::optional<Error> error_;
  AnswerFunction done_;
};

}  // namespace

std::vector<std::pair<std::vector<Bytes>, AnswerFunction>> fan_out(std::vector<Bytes> arguments, bool reads,
                                                                   AnswerFunction done) {
  auto sum = std::make_shared<Sum>(arguments.size() - 1, reads, std::move(done));
  std::vector<std::pair<std::vector<Bytes>, AnswerFunction>> parts;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    parts.emplace_back(std::vector<Bytes>{arguments[0], std::move(arguments[i])},
                       [sum](Result<Value> answer) { sum->add(std::move(answer)); });
  }
  return parts;
}

}  // namespace causeway
