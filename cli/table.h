// Rows in columns: words to the left, numbers to the right.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace causeway::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> heads);
  /// REQUIRES: as many cells as there are heads.
  void add(std::vector<std::string> cells);
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;  ///< The heads first.
};

/// 1536 -> "1.5 KiB".
std::string bytes_text(std::uint64_t bytes);
/// 1500000 -> "1.5 s".
std::string micros_text(std::uint64_t micros);

}  // namespace causeway::cli
