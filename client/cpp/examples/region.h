// One region at work: counts its part of the text through the store, many updates under way at once, each acknowledged.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "causeway/client.h"

namespace causeway::word_count {

class Region {
 public:
  Region(std::string name, Client client, std::vector<std::string> lines);

  /// Counts all lines: one INCR of word:<word> and one SADD to words per occurrence; returns when all have an answer.
  void count();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Client& client() const { return client_; }
  [[nodiscard]] std::size_t lines() const { return lines_.size(); }
  [[nodiscard]] std::size_t lines_done() const { return lines_done_; }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  /// The first update that was given up, if one was.
  [[nodiscard]] std::string failure() const;

 private:
  static constexpr std::size_t under_way_max = 512;

  void submit(std::vector<Bytes> command, const std::shared_ptr<std::atomic<std::size_t>>& left);

  std::string name_;
  Client client_;
  std::vector<std::string> lines_;
  mutable std::mutex mutex_;
  std::condition_variable answered_;
  std::size_t under_way_ = 0;
  std::string failure_;
  std::atomic<std::size_t> lines_done_ = 0;
  std::atomic<std::uint64_t> acknowledged_ = 0;
};

}  // namespace causeway::word_count
