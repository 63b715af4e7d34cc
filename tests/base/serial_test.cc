#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "base/hash.h"
#include "base/serial.h"

using namespace causeway;

TEST_CASE("what_is_written_is_read_back") {
  rc::prop("every kind of field", [](std::uint64_t a, std::uint64_t b, std::uint32_t c, std::string d) {
    Bytes out;
    Writer writer(out);
    writer.varint(a);
    writer.u64(b);
    writer.u32(c);
    writer.bytes(d);
    writer.u64_big(a);
    Reader reader(out);
    RC_ASSERT(reader.varint() == a);
    RC_ASSERT(reader.u64() == b);
    RC_ASSERT(reader.u32() == c);
    RC_ASSERT(reader.bytes(d.size()) == d);
    RC_ASSERT(reader.u64_big() == a);
    RC_ASSERT(reader.done());
  });
}

TEST_CASE("a_reader_never_passes_its_end_and_the_first_fault_sticks") {
  Reader reader("\x05" "ab");
  CHECK(reader.bytes(10).empty());
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
  CHECK_FALSE(reader.done());
}

TEST_CASE("a_number_has_one_varint_form") {
  Reader padded(BytesView("\x80\x00", 2));
  padded.varint();
  CHECK_FALSE(padded.ok());
  Reader over(BytesView("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
  over.varint();
  CHECK_FALSE(over.ok());
}

TEST_CASE("a_digest_forgets_what_is_subtracted") {
  rc::prop("sum then difference", [](std::string a, std::string b) {
    Hash128 digest = hash128(a);
    digest += hash128(b);
    digest -= hash128(b);
    RC_ASSERT(digest == hash128(a));
  });
}
