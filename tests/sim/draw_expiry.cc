// Keys that expire: strings that are set and counted, and sets. An expiry is so near that it comes amid the run, or so far that it never
// does; nothing but expiries takes these keys away.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

const char* const never = "1000000000";

Bytes key_of(const Pen& pen) { return pen.key(pen.one_in(3) ? "dueset" : "due"); }
Bytes soon(const Pen& pen) { return std::to_string(50 + pen.random.below(4'000)); }

Draft expiring(std::vector<Bytes> words) {
  Meaning meaning;
  meaning.may_do_nothing = true;  // there may be no such key
  meaning.expires = true;
  return draft(std::move(words), std::move(meaning));
}

Draft update(const Pen& pen) {
  const Bytes number = std::to_string(pen.random.below(1'000));
  switch (pen.random.below(6)) {
    case 0: return draft({"SET", pen.key("due"), number});
    case 1: return expiring({"SET", pen.key("due"), number, "PX", soon(pen)});
    case 2: return draft({"SET", pen.key("due"), number, "EX", never});
    case 3: return increment(pen, "INCRBY", pen.key("due"), EntryType::string);
    default: return draft({"SADD", pen.key("dueset"), pen.own(), pen.shared()});
  }
}

Draft removal(const Pen& pen) {
  switch (pen.random.below(4)) {
    case 0: return expiring({"PERSIST", key_of(pen)});
    case 1: return expiring({"EXPIRE", key_of(pen), never});
    default: return expiring({"PEXPIRE", key_of(pen), soon(pen)});
  }
}

Draft read_one(const Pen& pen) {
  if (pen.one_in(3)) return draft({"PTTL", key_of(pen)});
  return pen.one_in(3) ? draft({"SMEMBERS", pen.key("dueset")}) : draft({"GET", pen.key("due")});
}

}  // namespace

const Family expiry_family{"expiry", update, removal, read_one};

}  // namespace causeway::testing
