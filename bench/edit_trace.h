// An editing session, made up in the shape of the one that is the public benchmark of text CRDTs (the LaTeX source of a paper,
// Kleppmann and Beresford 2017): 182,315 characters typed and 77,463 deleted, one at a time, which leaves a text of 104,852. They come
// in runs; most follow the one before, or begin near by, some at the end, and a few anywhere.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace causeway::bench {

class EditTrace {
 public:
  static constexpr std::uint64_t inserts = 182'315;
  static constexpr std::uint64_t deletes = 77'463;

  struct Step {
    bool inserts;
    std::uint64_t index;  ///< where the new character stands, or the one that goes
    char character;
  };

  explicit EditTrace(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] bool is_over() const { return inserts_left_ + deletes_left_ == 0; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// REQUIRES: not over.
  Step next() {
    if (run_left_ == 0) begin_run();
    --run_left_;
    if (types_) {
      --inserts_left_;
      ++size_;
      return {true, cursor_++, static_cast<char>('a' + random_.below(26))};
    }
    --deletes_left_;
    --size_;
    cursor_ -= cursor_ > size_ || (backwards_ && cursor_ > 0) ? 1 : 0;
    return {false, cursor_, 0};
  }

 private:
  void begin_run() {
    types_ = size_ == 0 || deletes_left_ == 0 || (inserts_left_ > 0 && (!types_ || random_.chance(1, 6)));
    backwards_ = random_.chance(4, 5);
    if (types_ && random_.chance(1, 2)) jump();
    run_left_ = 1 + random_.below(types_ ? 23 : 11);
    run_left_ = std::min(run_left_, types_ ? inserts_left_ : std::min(deletes_left_, size_));
  }

  void jump() {
    constexpr std::uint64_t near = 300;
    const std::uint64_t kind = random_.below(20);
    const std::uint64_t anywhere = random_.below(size_ + 1);
    const std::uint64_t low = cursor_ > near ? cursor_ - near : 0;
    const std::uint64_t high = std::min(cursor_ + near, size_);
    if (kind < 14)
      cursor_ = low + random_.below(high - low + 1);
    else
      cursor_ = kind < 17 ? size_ : anywhere;
  }

  Random random_;
  std::uint64_t inserts_left_ = inserts;
  std::uint64_t deletes_left_ = deletes;
  std::uint64_t size_ = 0;
  std::uint64_t cursor_ = 0;
  std::uint64_t run_left_ = 0;
  bool types_ = false;
  bool backwards_ = false;
};

}  // namespace causeway::bench
