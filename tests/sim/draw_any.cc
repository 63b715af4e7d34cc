// Keys that operations of all types meet at: what readers see is decided among the types.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

constexpr std::string_view kind = "any";

const Family& another(const Pen& pen) {
  const Family* family = &any_family;
  while (family == &any_family) family = pen.families[pen.random.below(pen.families.size())];
  return *family;
}

Pen at_any(const Pen& pen) {
  Pen any = pen;
  any.kind = kind;
  return any;
}

Draft update(const Pen& pen) { return another(pen).update(at_any(pen)); }
Draft removal(const Pen& pen) {
  return pen.one_in(2) ? delete_key(pen.key(kind)) : another(pen).removal(at_any(pen));
}
Draft read_one(const Pen& pen) { return draft({pen.one_in(2) ? "TYPE" : "EXISTS", pen.key(kind)}); }

}  // namespace

const Family any_family{"any", update, removal, read_one};

}  // namespace causeway::testing
