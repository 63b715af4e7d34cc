// What a terminal shows while regions count: a bar for each, the rate, and how far each is behind the others.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "client/cpp/examples/region.h"

namespace causeway::word_count {

class Display {
 public:
  explicit Display(const std::vector<std::unique_ptr<Region>>& regions);

  /// Draws the state of now: in place on a terminal, as lines elsewhere.
  void draw();
  /// A line that stays.
  void say(const std::string& line);

 private:
  [[nodiscard]] std::string bar(const Region& region) const;
  [[nodiscard]] std::string lag(const Region& region) const;

  const std::vector<std::unique_ptr<Region>>& regions_;
  bool terminal_;
  std::size_t drawn_ = 0;  ///< lines to be overwritten
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point last_;
  std::uint64_t last_acknowledged_ = 0;
};

}  // namespace causeway::word_count
