// Reading the fields of a YAML map, noting each mistake with its line and going on.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "ring/topology.h"
#include "ring/yaml.h"

namespace causeway {

constexpr std::size_t mistakes_max = 100;

/// Gathers mistakes, up to mistakes_max.
class Mistakes {
 public:
  void add(std::uint32_t line, std::string what, std::string mend);
  [[nodiscard]] bool empty() const { return mistakes_.empty(); }
  [[nodiscard]] std::size_t count() const { return mistakes_.size() + dropped_; }
  /// In the order of their lines.
  std::vector<Mistake> take();

 private:
  std::vector<Mistake> mistakes_;
  std::size_t dropped_ = 0;
};

/// The word in backquotes, printable and not too long, whatever it was.
std::string shown(BytesView word);

/// The known word that was probably meant; empty: none is near.
BytesView nearest(BytesView word, const std::vector<BytesView>& known);

/// The keys and values of one map. Unknown and repeated keys, and a node that is no map, are noted when it is made.
class Fields {
 public:
  /// `owner` names the map in mistakes: "node eu-1". `known` lives as long as the Fields.
  Fields(const YamlNode& map, std::string owner, std::initializer_list<BytesView> known, Mistakes& mistakes);

  /// Null: the key is absent.
  [[nodiscard]] const YamlNode* find(BytesView key) const;
  /// Notes an absent key; the example shows it written well.
  const YamlNode* need(BytesView key, BytesView example);
  /// "weight of node eu-1"
  [[nodiscard]] std::string label(BytesView key) const;

  /// Each notes what is wrong with the value, and is empty if anything was (or if the key is absent).
  std::optional<std::uint64_t> number(BytesView key, std::uint64_t min, std::uint64_t max);
  std::optional<std::string> name(BytesView key);
  std::optional<std::string> host(BytesView key);

 private:
  const YamlNode& map_;
  std::string owner_;
  Mistakes& mistakes_;
};

/// The same for single values; `label` names the value.
std::optional<std::string> read_text(const YamlNode& node, const std::string& label, Mistakes& mistakes);
std::optional<std::uint64_t> read_number(const YamlNode& node, const std::string& label, std::uint64_t min,
                                         std::uint64_t max, Mistakes& mistakes);
std::optional<Durability> read_durability(const YamlNode& node, Mistakes& mistakes);
/// True if the word may be a name: letters, digits, dots, dashes and underscores, first a letter or digit; not too long.
bool check_name(BytesView word, std::uint32_t line, const std::string& label, Mistakes& mistakes);

}  // namespace causeway
