// The folder in which `up` keeps the data of one cluster: a folder and a log for each node, and a mark that it is ours.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace causeway::cli {

class DataFolder {
 public:
  /// Opens the folder, or makes it; `fresh` wipes it first, if `up` made it. Errors: invalid (the folder of another cluster,
  /// or not ours to wipe), unavailable (cannot be made).
  static Result<DataFolder> open(const std::string& path, const std::string& cluster, bool fresh);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The id of the cluster to found, 16 hexadecimal digits; nothing once it has been founded.
  [[nodiscard]] const std::optional<std::string>& found() const { return found_; }
  /// To be called when every node is ready: from now on an empty folder of a node was wiped.
  Result<void> mark_founded();

 private:
  Result<void> write_mark() const;

  std::string path_;
  std::string cluster_;
  std::optional<std::string> found_;
};

}  // namespace causeway::cli
