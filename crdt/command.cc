#include "crdt/command.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>

#include "base/check.h"
#include "base/hash.h"
#include "crdt/codec.h"
#include "crdt/command_table.h"
#include "crdt/integer.h"

namespace causeway {
namespace {

std::vector<Command> build_table() {
  std::vector<Command> table;
  add_bounded_commands(table);
  add_counter_commands(table);
  add_expiry_commands(table);
  add_extreme_commands(table);
  add_flag_commands(table);
  add_grow_set_commands(table);
  add_hyperloglog_commands(table);
  add_hash_choice_commands(table);
  add_hash_commands(table);
  add_list_commands(table);
  add_map_commands(table);
  add_list_search_commands(table);
  add_object_commands(table);
  add_register_commands(table);
  add_set_algebra_commands(table);
  add_set_choice_commands(table);
  add_remove_wins_set_commands(table);
  add_set_commands(table);
  add_sorted_range_commands(table);
  add_sorted_set_commands(table);
  add_string_commands(table);
  add_string_set_commands(table);
  add_string_part_commands(table);
  add_string_rewrite_commands(table);
  std::sort(table.begin(), table.end(), [](const Command& a, const Command& b) { return a.name < b.name; });
  return table;
}

/// The name in lower case, and a hash of that; a name that is too long for any command is empty.
class LowerCase {
 public:
  explicit LowerCase(BytesView name) {
    if (name.size() > buffer_.size()) return;
    for (const char c : name) {
      const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
      buffer_[size_++] = lower;
      hash_ = (hash_ ^ static_cast<unsigned char>(lower)) * 0x100000001B3U;  // FNV-1a: names are short
    }
  }
  [[nodiscard]] BytesView name() const { return {buffer_.data(), size_}; }
  [[nodiscard]] std::uint64_t hash() const { return hash_ ^ hash_ >> 32U; }

 private:
  std::array<char, 32> buffer_;
  std::size_t size_ = 0;
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

/// Finds the commands by their names: open addressing, at most a quarter full.
class CommandIndex {
 public:
  explicit CommandIndex(std::span<const Command> table) : places_(std::bit_ceil(4 * table.size()), nullptr) {
    for (const Command& command : table) *place(LowerCase(command.name)) = &command;
  }
  /// Null: there is none.
  [[nodiscard]] const Command* find(const LowerCase& name) { return *place(name); }

 private:
  const Command** place(const LowerCase& name) {
    for (std::size_t at = name.hash();; ++at) {
      const Command*& held = places_[at & (places_.size() - 1)];
      if (held == nullptr || held->name == name.name()) return &held;
    }
  }
  std::vector<const Command*> places_;
};

/// A name from outside, fit for a sentence.
Bytes shown(BytesView name) {
  constexpr std::size_t shown_bytes_max = 64;
  Bytes text(name.substr(0, shown_bytes_max));
  for (char& c : text) {
    if (std::isprint(static_cast<unsigned char>(c)) == 0) c = '?';
  }
  return text;
}

/// A command in a field may be named as RESP names it, too.
BytesView without_prefix(BytesView name) {
  const bool has = name.size() > 3 && (name[0] | 0x20) == 'c' && (name[1] | 0x20) == 'w' && name[2] == '.';
  return has ? name.substr(3) : name;
}

tl::unexpected<Error> too_large(BytesView what, std::size_t bytes, std::size_t bytes_max) {
  return fail(ErrorCode::too_large, "the " + Bytes(what) + " has " + std::to_string(bytes) +
                                        " bytes; at most " + std::to_string(bytes_max) + " are possible");
}

Result<void> check_key(BytesView key) {
  if (key.empty()) return fail(ErrorCode::invalid, "the key is empty; it must have at least 1 byte");
  if (key.size() > CommandLimits::key_bytes_max)
    return too_large("key", key.size(), CommandLimits::key_bytes_max);
  return {};
}

Result<void> check_sizes(const Command& command, Arguments arguments) {
  const Command::Traits& traits = command.traits;
  if (traits.last_key == 1 && traits.key_count == 0) {
    CW_TRY_VOID(check_key(arguments[1]));
  } else {
    for (const std::size_t key : keys_of(command, arguments)) CW_TRY_VOID(check_key(arguments[key]));
  }
  const auto first = static_cast<std::size_t>(traits.first_member);
  const auto step = static_cast<std::size_t>(traits.member_step);
  for (std::size_t at = first; first > 0 && at < arguments.size(); at += step) {
    if (arguments[at].size() > CommandLimits::member_bytes_max) {
      return too_large(has_fields(command.traits.member_of) ? "field" : "member", arguments[at].size(),
                       CommandLimits::member_bytes_max);
    }
    if (step == 0) break;
  }
  return {};
}

bool is_arity(int arity, std::size_t arguments) {
  const auto wanted = static_cast<std::size_t>(std::abs(arity));
  return arity < 0 ? arguments >= wanted : arguments == wanted;
}

Result<const Command*> find_effect(const Command& command, Arguments arguments, std::size_t depth);

/// `depth`: in so many fields already.
Result<Call> find_at(Arguments arguments, std::size_t depth) {
  if (arguments.empty()) return fail(ErrorCode::invalid, "the command is empty");
  static CommandIndex index(commands());
  const LowerCase given(depth == 0 ? arguments[0] : without_prefix(arguments[0]));
  const BytesView name = given.name();
  const Command* const at = index.find(given);
  if (at == nullptr) return fail(ErrorCode::invalid, "unknown command '" + shown(arguments[0]) + "'");
  if (!is_arity(at->arity, arguments.size())) {
    return fail(ErrorCode::invalid, "wrong number of arguments for '" + Bytes(name) + "': it is used as " +
                                        Bytes(name) + " " + Bytes(at->arguments));
  }
  CW_TRY_VOID(check_sizes(*at, arguments));
  if (!at->traits.goes_inside) return Call{at, at};
  CW_TRY(const Command* const effect, find_effect(*at, arguments, depth));
  return Call{at, effect};
}

Result<const Command*> find_effect(const Command& command, Arguments arguments, std::size_t depth) {
  if (depth == fields_deep_max) return nests_too_deep();
  const ArgumentViews inner = inner_arguments(arguments);
  CW_TRY(const Call call, find_at(span_of(inner), depth + 1));
  const Command& within = *call.command;
  if (!within.traits.works_inside || keys_of(within, span_of(inner)).size() != 1) {
    return fail(ErrorCode::invalid, "'" + Bytes(within.name) + "' does not work in a field: " +
                                        Bytes(command.name) + " takes commands of one key");
  }
  return call.effect;
}

}  // namespace

// A read has no stamp and no dot of its own: the salt tells it from the next.
Random random_of(const Context& context) {
  std::uint64_t seed = context.salt;
  for (const std::uint64_t number : {context.dot.actor.value, context.dot.counter, context.hlc.value}) {
    seed = hash64({reinterpret_cast<const char*>(&number), sizeof number}, seed);
  }
  return Random(seed);
}

std::span<const Command> commands() {
  static const std::vector<Command> table = build_table();
  return table;
}

std::optional<std::size_t> counted_keys(const Command& command, Arguments arguments) {
  const auto at = static_cast<std::size_t>(command.traits.key_count);
  if (at >= arguments.size()) return std::nullopt;
  const auto count = parse_integer(arguments[at]);
  const std::size_t behind = arguments.size() - at - 1;
  if (!count || *count < 1 || static_cast<std::uint64_t>(*count) > behind) return std::nullopt;
  return static_cast<std::size_t>(*count);
}

ArgumentPlaces keys_of(const Command& command, Arguments arguments) {
  const Command::Traits& traits = command.traits;
  ArgumentPlaces places;
  const auto end = static_cast<int>(arguments.size());
  const int last = traits.last_key < 0 ? end + traits.last_key : traits.last_key;
  for (int at = traits.first_key; at > 0 && at <= last && at < end; at += traits.key_step) {
    places.push_back(static_cast<std::size_t>(at));
  }
  if (traits.key_count == 0) return places;
  const std::size_t counted = counted_keys(command, arguments).value_or(0);
  for (std::size_t i = 1; i <= counted; ++i) places.push_back(static_cast<std::size_t>(traits.key_count) + i);
  return places;
}

Context Context::at(BytesView other) const {
  CW_CHECK(base.empty() || other == key, "the other keys of a command name whole objects");
  Context context = *this;
  context.key = other;
  return context;
}

tl::unexpected<Error> nests_too_deep() {
  return fail(ErrorCode::too_large, "maps go at most " + std::to_string(fields_deep_max) + " fields deep");
}

Result<Call> find_command(Arguments arguments) { return find_at(arguments, 0); }

Result<Call> find_inner_command(Arguments arguments) { return find_at(arguments, 1); }

Result<Call> find_command(const std::vector<Bytes>& arguments) {
  return find_command(span_of(views_of(arguments)));
}

ReplyShape shape_of(const Command& command, Arguments arguments) {
  if (!command.traits.goes_inside) return command.traits.shape;
  const auto effect = find_effect(command, arguments, 0);
  return effect ? (*effect)->traits.shape : ReplyShape::plain;
}

ArgumentViews inner_arguments(Arguments arguments) {
  ArgumentViews inner{arguments[3], arguments[1]};
  inner.insert(inner.end(), arguments.begin() + 4, arguments.end());
  return inner;
}

Result<void> check_value(const Context& context, BytesView value) {
  if (value.size() > context.value_bytes_max)
    return too_large("value", value.size(), context.value_bytes_max);
  return {};
}

Result<std::int64_t> integer_argument(BytesView text) {
  if (const auto value = parse_integer(text)) return *value;
  return fail(ErrorCode::invalid, "value is not an integer or out of range");
}

Result<void> issue(const Context& context) {
  const std::size_t path_bytes = context.changes.path_bytes();
  if (path_bytes > CodecLimits::path_bytes_max) {
    return fail(ErrorCode::too_large, "the names of fields and members nest to " +
                                          std::to_string(path_bytes) + " bytes; at most " +
                                          std::to_string(CodecLimits::path_bytes_max) + " are possible");
  }
  const std::size_t mutations = context.changes.mutations();
  if (mutations > CodecLimits::mutations_max) {
    return fail(ErrorCode::too_large, "the command makes " + std::to_string(mutations) +
                                          " changes; at most " + std::to_string(CodecLimits::mutations_max) +
                                          " are possible at once");
  }
  return {};
}

}  // namespace causeway
