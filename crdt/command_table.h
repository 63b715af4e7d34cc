// How the table of crdt/command.h is put together: each type brings its commands.
#pragma once

#include <vector>

#include "crdt/command.h"

namespace causeway {

void add_bounded_commands(std::vector<Command>& table);
void add_counter_commands(std::vector<Command>& table);
void add_expiry_commands(std::vector<Command>& table);
void add_extreme_commands(std::vector<Command>& table);
void add_flag_commands(std::vector<Command>& table);
void add_grow_set_commands(std::vector<Command>& table);
void add_hyperloglog_commands(std::vector<Command>& table);
void add_hash_choice_commands(std::vector<Command>& table);
void add_hash_commands(std::vector<Command>& table);
void add_list_commands(std::vector<Command>& table);
void add_list_search_commands(std::vector<Command>& table);
void add_map_commands(std::vector<Command>& table);
void add_object_commands(std::vector<Command>& table);
void add_register_commands(std::vector<Command>& table);
void add_set_algebra_commands(std::vector<Command>& table);
void add_set_choice_commands(std::vector<Command>& table);
void add_remove_wins_set_commands(std::vector<Command>& table);
void add_set_commands(std::vector<Command>& table);
void add_sorted_range_commands(std::vector<Command>& table);
void add_sorted_set_commands(std::vector<Command>& table);
void add_string_commands(std::vector<Command>& table);
void add_string_set_commands(std::vector<Command>& table);
void add_string_part_commands(std::vector<Command>& table);
void add_string_rewrite_commands(std::vector<Command>& table);

// What several commands share.

inline void answer_ok(Value& reply) { reply.emplace<Status>("OK"); }

/// DEL and TYPE, of one key.
Result<void> execute_del(const Context& context, Arguments arguments, Value& reply);
Result<void> execute_type(const Context& context, Arguments arguments, Value& reply);

/// The error of a path with too many fields.
tl::unexpected<Error> nests_too_deep();
/// Errors: too_large, naming the limit.
Result<void> check_value(const Context& context, BytesView value);
/// An argument that must be an integer. Errors: invalid, in the words of Redis.
Result<std::int64_t> integer_argument(BytesView text);
/// The members that are named from the second argument on, each once: one event inserts at one place once.
ArgumentViews distinct_members(Arguments arguments);
/// What is read of a set, of either type whose members stand as in crdt/set.h. Errors: wrong_type; a failed read.
Result<void> answer_members(const Context& context, EntryType type, BytesView command, Value& reply);
Result<void> answer_is_member(const Context& context, EntryType type, BytesView command, BytesView member,
                              Value& reply);
Result<void> answer_card(const Context& context, EntryType type, BytesView command, Value& reply);
/// The end of a command that has written its changes. Errors: too_large, if one event cannot carry them.
Result<void> issue(const Context& context);

/// Adds `delta` to a string or a counter, once for each request id, and answers the value after.
/// Errors: wrong_type; invalid if the value would overflow or the request id has expired.
Result<void> increment(const Context& context, EntryType type, BytesView command, std::int64_t delta,
                       Value& reply);
/// Puts the sum of a string and a number in its place, once for each request id, and answers it as text.
/// Errors: wrong_type; invalid if either is no number or the sum is not finite, or the request id has expired.
Result<void> increment_float(const Context& context, BytesView command, BytesView increment, Value& reply);

}  // namespace causeway
