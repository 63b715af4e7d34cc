#include "client/cpp/examples/region.h"

#include "client/cpp/examples/text.h"

namespace causeway::word_count {

Region::Region(std::string name, Client client, std::vector<std::string> lines)
    : name_(std::move(name)), client_(std::move(client)), lines_(std::move(lines)) {}

void Region::submit(std::vector<Bytes> command, const std::shared_ptr<std::atomic<std::size_t>>& left) {
  {
    std::unique_lock lock(mutex_);
    answered_.wait(lock, [this] { return under_way_ < under_way_max; });
    ++under_way_;
  }
  client_.submit(std::move(command), {}, [this, left](const Result<Value>& result) {
    if (result) ++acknowledged_;
    if (--*left == 0) ++lines_done_;
    const std::lock_guard lock(mutex_);
    if (!result && failure_.empty()) failure_ = to_string(result.error());
    --under_way_;
    answered_.notify_all();
  });
}

void Region::count() {
  for (const std::string& line : lines_) {
    const auto words = words_of(line);
    const auto left = std::make_shared<std::atomic<std::size_t>>(2 * words.size());
    if (words.empty()) ++lines_done_;
    for (const std::string& word : words) {
      submit({"INCR", "word:" + word}, left);
      submit({"SADD", "words", word}, left);
    }
  }
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return under_way_ == 0; });
}

std::string Region::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace causeway::word_count
