// A causewayd in a process of its own, in a folder of its own.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "net/tcp.h"

namespace causeway::test {

/// A new folder under TMPDIR, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class Daemon {
 public:
  /// `environment`: "NAME=VALUE", beside what the test has.
  explicit Daemon(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment = {});
  /// Kills it, if it still runs.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Reads what it says on stderr until that holds `text`. False if it ends before, or the deadline comes.
  bool tells(const std::string& text);
  /// The same, and checks that it is true.
  bool says(const std::string& text);
  void signal(int number) const;
  /// Waits for its end: the exit status, or minus the signal that killed it.
  int wait();

  [[nodiscard]] const std::string& errors() const { return errors_; }
  [[nodiscard]] const std::string& output() const { return output_; }

 private:
  bool read_more();

  pid_t pid_ = -1;
  Fd out_;
  Fd err_;
  std::string output_;
  std::string errors_;
};

}  // namespace causeway::test
