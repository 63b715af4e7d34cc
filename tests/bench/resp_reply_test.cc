// Proves that replies are counted right wherever the stream is cut.
#include "bench/resp_reply.h"

#include <catch2/catch.hpp>

using causeway::Bytes;
using causeway::bench::RespReplies;

namespace {

const Bytes
    stream =
        "+OK\r\n:12\r\n$5\r\nab\r\nc\r\n$-1\r\n$0\r\n\r\n*2\r\n$1\r\nx\r\n*1\r\n:1\r\n*0\r\n*-1\r\n_\r\n%"
        "1\r\n+" "a\r\n:1\r\n-ERR no\r\n#t\r\n";
constexpr std::uint64_t replies = 12;

}  // namespace

TEST_CASE("replies_are_counted_wherever_the_stream_is_cut") {
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    RespReplies counter;
    const std::uint64_t first = counter.feed({stream.data(), cut});
    CHECK(first + counter.feed({stream.data() + cut, stream.size() - cut}) == replies);
    CHECK(counter.errors() == 1);
    CHECK(counter.first_error() == "ERR no");
  }
  RespReplies bytewise;
  std::uint64_t counted = 0;
  for (const char byte : stream) counted += bytewise.feed({&byte, 1});
  CHECK(counted == replies);
}
