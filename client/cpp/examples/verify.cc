#include "client/cpp/examples/verify.h"

#include <set>

namespace causeway::word_count {
namespace {

constexpr std::size_t batch = 512;

std::string shown(const Result<Value>& result) {
  if (!result) return to_string(result.error());
  if (const auto* text = std::get_if<Bytes>(&*result)) return *text;
  return "nothing";
}

void compare_set(const Client& client, const std::map<std::string, std::int64_t>& expected,
                 std::vector<std::string>& found) {
  const auto members = client.set("words").members();
  if (!members) {
    found.push_back("words: " + to_string(members.error()));
    return;
  }
  const std::set<Bytes> read(members->begin(), members->end());
  for (const Bytes& member : read) {
    if (!expected.contains(member)) found.push_back("words has '" + member + "', the text has not");
  }
  for (const auto& [word, count] : expected) {
    if (!read.contains(word)) found.push_back("words lacks '" + word + "'");
  }
}

}  // namespace

std::vector<std::string> differences(const Client& client, const std::map<std::string, std::int64_t>& expected) {
  std::vector<std::string> found;
  compare_set(client, expected, found);
  Pipeline pipeline = client.pipeline();
  std::vector<const std::pair<const std::string, std::int64_t>*> asked;
  const auto run = [&] {
    const auto results = pipeline.run();
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::string is = shown(results[i]);
      if (is != std::to_string(asked[i]->second)) {
        found.push_back("word:" + asked[i]->first + " is " + is + ", the text has " + std::to_string(asked[i]->second));
      }
    }
    asked.clear();
  };
  for (const auto& item : expected) {
    pipeline.add({"GET", "word:" + item.first});
    asked.push_back(&item);
    if (asked.size() == batch) run();
  }
  run();
  return found;
}

}  // namespace causeway::word_count
