// The one table of data commands: the native protocol, RESP, the command line and the bindings are driven by it.
// A command is *prepare and read*: from the observed entries it makes mutations and a reply. Nothing here applies,
// stores or sends.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/value.h"

namespace causeway {

struct ObjectState;

/// The other replicas, for what cannot be done here.
class Others {
 public:
  virtual ~Others() = default;
  /// What the node that issues under this actor is called, for sentences.
  [[nodiscard]] virtual Bytes name_of(ActorId actor) const = 0;
  /// Has that node execute a command on the same key, some time; nobody waits for it.
  virtual void ask(ActorId actor, const std::vector<Bytes>& arguments) = 0;
  /// Whether it is for this node, and no other, to take over what the actor held in this key: the actor has ended, and all that it
  /// did is here.
  [[nodiscard]] virtual bool inherits(BytesView key, ActorId actor) const = 0;
};

/// What a command sees: the entries that the coordinator observes, and the event that it would issue.
struct Context {
  ObjectEntries entries;
  const VersionVector& clock;  ///< what the coordinator has applied
  Dot dot;                     ///< of the event to issue
  Hlc hlc;                     ///< of the event to issue
  WallTime wall;
  std::optional<RequestId> request_id;
  std::size_t value_bytes_max;
  EventWriter& changes;  ///< begun, for the dot's actor
  BytesView key;
  Others* others = nullptr;  ///< null: nobody can be asked
  bool alone = false;        ///< there is no other replica: what is observed is all there is
  std::uint64_t salt = 0;    ///< another with each request of this coordinator, for what is drawn by chance

  // In a field of an object (crdt/path.h) the base is not empty, and the container that the field is in is known.
  BytesView base{};
  const Context* outer = nullptr;
  EntryType outer_type = EntryType::map;
  const ObjectState* outer_object = nullptr;

  /// What a command works on, taken as a value of this type.
  [[nodiscard]] Place place(EntryType type) const { return {key, base, type}; }
  /// The same event, at one of the command's keys. Whatever was written to it already, what is observed is the state before the
  /// event: a command must not write one path through two contexts. REQUIRES: it is this one's key, or this is in no field.
  [[nodiscard]] Context at(BytesView other) const;
};

/// What this request draws by chance: the same again from the same context.
Random random_of(const Context& context);

/// The name and what follows it.
using Arguments = std::span<const BytesView>;

enum class Access : std::uint8_t {
  read,
  write,
  observed_write,  ///< what it removes is what it observes: the coordinator catches up at the read level first
};

struct Command {
  BytesView name;  ///< lower case, as on the command line; RESP puts "CW." before what Redis does not have
  BytesView arguments;  ///< "key member [member ...]"
  int arity;            ///< name included; negative: at least so many (the convention of Redis)
  Access access;
  bool redis;      ///< Redis has it, under this name, with this reply
  BytesView type;  ///< "string", "set", … or "any"
  BytesView help;  ///< one line
  /// Writes what changes, and answers into `reply`, which is nil. No mutations: nothing changes and nothing is claimed, so no event is issued. After
  /// an error what was written is void. REQUIRES: find_command found it with these arguments; with many_keys, one key.
  Result<void> (*execute)(const Context& context, Arguments arguments, Value& reply);
  struct Traits {
    /// The keys may be of several partitions: the caller executes one by one, and adds up the replies. Else all are of one.
    bool many_keys = false;
    // Where the keys stand, as COMMAND INFO of Redis tells it:
    int first_key = 1;     ///< from this argument; 0: see key_count
    int last_key = 1;      ///< to this one; below 0: counted from the end
    int key_step = 1;      ///< of so many arguments each the first is one
    int key_count = 0;     ///< and as many as this argument says, right behind it; 0: there are no others
    int first_member = 0;  ///< from this argument on they are members or fields; 0: none is
    int member_step = 1;   ///< of so many arguments each the first is one; 0: the first alone is
    EntryType member_of = EntryType::set;  ///< what the first of them is an element of
    ReplyShape shape = ReplyShape::plain;
    bool counts = false;   ///< executed twice, it counts twice: a retry needs a request id
    bool takes_id = true;  ///< and it can have one
    bool renews = false;   ///< what it writes does not build on what the key held: an expiry ends with that
    bool works_inside = true;  ///< a field of a map can take the place of its key (map.in)
    bool goes_inside = false;  ///< it is map.in: "key field command [argument ...]"
  };
  Traits traits{};
};

struct CommandLimits {
  static constexpr std::size_t key_bytes_max = 1024;
  static constexpr std::size_t member_bytes_max = std::size_t{64} * 1024;
};

/// Which argument is the first key: it says where the command is executed.
inline std::size_t first_key_of(const Command& command) {
  const Command::Traits& traits = command.traits;
  return static_cast<std::size_t>(traits.first_key > 0 ? traits.first_key : traits.key_count + 1);
}
/// Whether it works on several keys in one event, which then are of one partition.
inline bool has_several_keys(const Command& command) {
  const Command::Traits& traits = command.traits;
  return !traits.many_keys && (traits.last_key != traits.first_key || traits.key_count > 0);
}
using ArgumentPlaces = boost::container::small_vector<std::size_t, 4>;
/// How many keys a command with a count says that there are; nothing if it is no number from 1 to as many as there are arguments.
std::optional<std::size_t> counted_keys(const Command& command, Arguments arguments);
/// Which arguments are keys. A count that is none is for the command to refuse: then there are only those before it.
ArgumentPlaces keys_of(const Command& command, Arguments arguments);
/// How the error begins that refuses keys of several partitions.
inline constexpr BytesView cross_slot = "CROSSSLOT";

/// What the first element that the arguments name is called, of a command with members: to ask the memory for it. (Of a field
/// with a 00 in it nothing is found.)
inline Path element_path(const Command& command, Arguments arguments) {
  const EntryType type = command.traits.member_of;
  return {{},
          type,
          has_fields(type) ? Part::field : Part::value,
          arguments[static_cast<std::size_t>(command.traits.first_member)]};
}

/// All data commands, sorted by name.
std::span<const Command> commands();

/// A command, found with its arguments.
struct Call {
  const Command* command = nullptr;  ///< the one to execute
  /// What it does in the end, whose access, shape and `counts` hold: itself; for map.in the command that works in the field.
  const Command* effect = nullptr;

  [[nodiscard]] bool reads() const { return effect->access == Access::read; }
};

/// Finds a command by its name in any case; checks the number of arguments and the sizes of keys and members.
/// Errors: invalid (unknown, wrong number: says how it is used), too_large.
Result<Call> find_command(Arguments arguments);
Result<Call> find_command(const std::vector<Bytes>& arguments);
/// The same of the command that map.in is given: it may have the name that RESP has for it, too.
Result<Call> find_inner_command(Arguments arguments);

/// Of what the command answers; of map.in, what the command answers that works in the field.
ReplyShape shape_of(const Command& command, Arguments arguments);

/// Arguments that somebody owns, as commands take them.
using ArgumentViews = boost::container::small_vector<BytesView, 8>;
inline ArgumentViews views_of(const std::vector<Bytes>& arguments) {
  return {arguments.begin(), arguments.end()};
}
inline Arguments span_of(const ArgumentViews& views) { return {views.data(), views.size()}; }

/// Of "map.in key field command argument …": "command key argument …", what the field takes.
/// REQUIRES: as many as map.in needs.
ArgumentViews inner_arguments(Arguments arguments);

}  // namespace causeway
