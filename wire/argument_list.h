// The arguments of a request: its own, in one piece of memory that copies share, or borrowed for the time of a turn.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace causeway {

class ArgumentList {
 public:
  ArgumentList() = default;
  ArgumentList(std::initializer_list<BytesView> arguments) : views_(arguments.begin(), arguments.end()) { own(); }
  ArgumentList(const std::vector<Bytes>& arguments)  // NOLINT(google-explicit-constructor): it is the same
      : views_(arguments.begin(), arguments.end()) {
    own();
  }

  /// The bytes must outlive the list, and its copies, or stay until own().
  void borrow(BytesView argument) { views_.push_back(argument); }
  /// From here on it needs nobody else's bytes.
  void own() {
    auto memory = std::make_shared_for_overwrite<char[]>(bytes());
    char* at = memory.get();
    for (BytesView& view : views_) {
      std::copy(view.begin(), view.end(), at);
      view = {at, view.size()};
      at += view.size();
    }
    memory_ = std::move(memory);
  }

  [[nodiscard]] bool empty() const { return views_.empty(); }
  [[nodiscard]] std::size_t size() const { return views_.size(); }
  [[nodiscard]] BytesView operator[](std::size_t i) const { return views_[i]; }
  [[nodiscard]] auto begin() const { return views_.begin(); }
  [[nodiscard]] auto end() const { return views_.end(); }
  [[nodiscard]] std::span<const BytesView> span() const { return {views_.data(), views_.size()}; }
  /// Of all arguments together.
  [[nodiscard]] std::size_t bytes() const {
    std::size_t bytes = 0;
    for (const BytesView view : views_) bytes += view.size();
    return bytes;
  }

  friend bool operator==(const ArgumentList& a, const ArgumentList& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  boost::container::small_vector<BytesView, 4> views_;
  std::shared_ptr<char[]> memory_;
};

}  // namespace causeway
