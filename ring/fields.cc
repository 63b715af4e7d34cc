#include "ring/fields.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace causeway {
namespace {

constexpr std::uint64_t sync_interval_ms_max = 60'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool all_digits(BytesView word) { return !word.empty() && std::ranges::all_of(word, is_digit); }

/// How many letters must be changed, added or dropped, or neighbours swapped, to make a word of another.
std::size_t distance(BytesView a, BytesView b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

/// The parts between the dots; never none.
std::vector<BytesView> split_at_dots(BytesView word) {
  std::vector<BytesView> parts;
  for (std::size_t dot = word.find('.'); dot != BytesView::npos; dot = word.find('.')) {
    parts.push_back(word.substr(0, dot));
    word.remove_prefix(dot + 1);
  }
  parts.push_back(word);
  return parts;
}

bool is_ipv4(const std::vector<BytesView>& parts) {
  return parts.size() == 4 && std::ranges::all_of(parts, [](BytesView part) {
    if (!all_digits(part) || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return false;
    return part.size() < 3 || part <= "255";
  });
}

bool is_host_label(BytesView part) {
  return !part.empty() && part.size() <= 63 && part.front() != '-' && part.back() != '-' &&
         std::ranges::all_of(part, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

bool check_host(BytesView word, std::uint32_t line, const std::string& label, Mistakes& mistakes) {
  const std::string wrong = label + " is " + shown(word);
  const std::vector<BytesView> parts = split_at_dots(word);
  if (word.find(':') != BytesView::npos) {
    const bool port = std::ranges::count(word, ':') == 1;
    mistakes.add(line, wrong + (port ? ", with a port" : ", not an IPv4 address"),
                 port ? "write the address alone, and a port that is not the usual one as `client: 7400`"
                      : "write an IPv4 address or a host name");
  } else if (all_digits(parts.back())) {
    if (is_ipv4(parts) && word != "0.0.0.0") return true;
    mistakes.add(line, wrong + ", not the IPv4 address of a node", "write four numbers from 0 to 255, such as 127.1.1.1");
  } else {
    if (word.size() <= 253 && std::ranges::all_of(parts, is_host_label)) return true;
    mistakes.add(line, wrong + ", neither an IPv4 address nor a host name",
                 "write letters, digits and dashes between dots, or an address such as 127.1.1.1");
  }
  return false;
}

}  // namespace

void Mistakes::add(std::uint32_t line, std::string what, std::string mend) {
  if (mistakes_.size() < mistakes_max) {
    mistakes_.push_back({line, std::move(what), std::move(mend)});
  } else {
    ++dropped_;
  }
}

std::vector<Mistake> Mistakes::take() {
  std::ranges::stable_sort(mistakes_, {}, &Mistake::line);
  if (dropped_ > 0) {
    mistakes_.push_back({mistakes_.back().line, std::to_string(dropped_) + " more mistakes", "mend those above first"});
  }
  return std::move(mistakes_);
}

std::string shown(BytesView word) {
  constexpr std::size_t shown_max = 40;
  std::string out = "`";
  for (const char c : word.substr(0, shown_max)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (word.size() > shown_max ? "…`" : "`");
}

BytesView nearest(BytesView word, const std::vector<BytesView>& known) {
  BytesView best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  if (word.size() > name_bytes_max) return best;
  for (const BytesView candidate : known) {
    const bool begins = word.size() >= 3 && candidate.starts_with(word);
    const std::size_t far = begins ? 1 : distance(word, candidate);
    if (far < best_distance && far < candidate.size()) {
      best = candidate;
      best_distance = far;
    }
  }
  return best;
}

Fields::Fields(const YamlNode& map, std::string owner, std::initializer_list<BytesView> known, Mistakes& mistakes)
    : map_(map), owner_(std::move(owner)), mistakes_(mistakes) {
  if (map.kind != YamlNode::Kind::map) {
    std::string keys;
    for (const BytesView key : known) keys.append(keys.empty() ? "" : ", ").append(key);
    mistakes.add(map.line, owner_ + " is not a map of keys and values", "its keys are " + keys);
    return;
  }
  for (const YamlNode& item : map.items) {
    const auto first = std::ranges::find(map.items, item.key, &YamlNode::key);
    if (&*first != &item) {
      mistakes.add(item.line, "key " + shown(item.key) + " of " + owner_ + " stands twice",
                   "keep one (the first is on line " + std::to_string(first->line) + ")");
    } else if (std::ranges::find(known, item.key) == known.end()) {
      const BytesView meant = nearest(item.key, known);
      std::string keys;
      for (const BytesView key : known) keys.append(keys.empty() ? "" : ", ").append(key);
      mistakes.add(item.line, owner_ + " has no key " + shown(item.key),
                   meant.empty() ? (keys.empty() ? "leave it out" : "its keys are " + keys)
                                 : "did you mean " + shown(meant) + "?");
    }
  }
}

const YamlNode* Fields::find(BytesView key) const {
  if (map_.kind != YamlNode::Kind::map) return nullptr;
  const auto found = std::ranges::find(map_.items, key, &YamlNode::key);
  return found == map_.items.end() ? nullptr : &*found;
}

const YamlNode* Fields::need(BytesView key, BytesView example) {
  const YamlNode* found = find(key);
  if (found == nullptr && map_.kind == YamlNode::Kind::map) {
    mistakes_.add(map_.line, owner_ + " lacks the key " + shown(key), "write `" + std::string(example) + "`");
  }
  return found;
}

std::string Fields::label(BytesView key) const { return std::string(key) + " of " + owner_; }

std::optional<std::uint64_t> Fields::number(BytesView key, std::uint64_t min, std::uint64_t max) {
  const YamlNode* node = find(key);
  return node == nullptr ? std::nullopt : read_number(*node, label(key), min, max, mistakes_);
}

std::optional<std::string> Fields::name(BytesView key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  std::optional<std::string> word = read_text(*node, label(key), mistakes_);
  return word && check_name(*word, node->line, label(key), mistakes_) ? word : std::nullopt;
}

std::optional<std::string> Fields::host(BytesView key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  std::optional<std::string> word = read_text(*node, label(key), mistakes_);
  return word && check_host(*word, node->line, label(key), mistakes_) ? word : std::nullopt;
}

std::optional<std::string> read_text(const YamlNode& node, const std::string& label, Mistakes& mistakes) {
  if (node.kind == YamlNode::Kind::scalar && !node.text.empty()) return node.text;
  const bool empty = node.kind == YamlNode::Kind::nothing || node.kind == YamlNode::Kind::scalar;
  mistakes.add(node.line, label + (empty ? " has no value" : " is a list or a map"), "write a single value");
  return std::nullopt;
}

std::optional<std::uint64_t> read_number(const YamlNode& node, const std::string& label, std::uint64_t min,
                                         std::uint64_t max, Mistakes& mistakes) {
  const std::optional<std::string> text = read_text(node, label, mistakes);
  if (!text) return std::nullopt;
  const std::string range = "write a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  const bool negative = text->front() == '-';
  if (node.quoted || !all_digits(BytesView(*text).substr(negative ? 1 : 0))) {
    mistakes.add(node.line, label + " is " + shown(*text) + (node.quoted ? ", a text in quotes" : ", not a whole number"),
                 range);
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
  if (negative || parsed.ec != std::errc{} || value < min || value > max) {
    const bool small = negative || (parsed.ec == std::errc{} && value < min);
    mistakes.add(node.line, label + " is " + shown(*text) + (small ? ", too small" : ", too large"), range);
    return std::nullopt;
  }
  return value;
}

std::optional<Durability> read_durability(const YamlNode& node, Mistakes& mistakes) {
  const std::string mend = "write `sync`, or a time from 1ms to 60s such as 100ms";
  const std::optional<std::string> text = read_text(node, "durability", mistakes);
  if (!text) return std::nullopt;
  if (*text == "sync") return Durability{};
  std::uint64_t count = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), count);
  const BytesView unit(parsed.ptr, static_cast<std::size_t>(text->data() + text->size() - parsed.ptr));
  const bool malformed = parsed.ptr == text->data() || (!unit.empty() && unit != "ms" && unit != "s");
  const std::uint64_t factor = unit == "s" ? 1000 : 1;
  if (malformed) {
    mistakes.add(node.line, "durability is " + shown(*text) + ", not a time", mend);
  } else if (unit.empty()) {
    mistakes.add(node.line, "durability is " + shown(*text) + ", a number without a unit",
                 "write " + shown(*text + "ms") + " or " + shown(*text + "s"));
  } else if (parsed.ec != std::errc{} || count == 0 || count > sync_interval_ms_max / factor) {
    mistakes.add(node.line, "durability is " + shown(*text) + ", out of range", mend);
  } else {
    return Durability{Micros{static_cast<std::int64_t>(count * factor * 1000)}};
  }
  return std::nullopt;
}

bool check_name(BytesView word, std::uint32_t line, const std::string& label, Mistakes& mistakes) {
  const auto good = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; };
  if (word.size() > name_bytes_max) {
    mistakes.add(line, label + " is " + shown(word) + ", " + std::to_string(word.size()) + " bytes long",
                 "keep names to " + std::to_string(name_bytes_max) + " bytes");
  } else if (word.empty() || !std::ranges::all_of(word, good)) {
    mistakes.add(line, label + " is " + shown(word), "write letters, digits, dots, dashes and underscores only");
  } else if (!is_letter(word.front()) && !is_digit(word.front())) {
    mistakes.add(line, label + " is " + shown(word), "begin a name with a letter or a digit");
  } else {
    return true;
  }
  return false;
}

}  // namespace causeway
