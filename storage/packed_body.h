// The bodies of objects and entries as the state stores them: plain, or compressed by Zstandard where that pays. Memory and
// digest know the plain ones only; the record's checksum is of what is stored.
//
//   stored := body            its first byte is below 0x80, as that of all bodies
//           | 0x80 frame      compressed: the frame says how long the body is
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"

namespace causeway {

class BodyPacker {
 public:
  /// Bodies of fewer bytes stay plain.
  explicit BodyPacker(std::size_t bytes_min);
  ~BodyPacker();
  BodyPacker(const BodyPacker&) = delete;
  BodyPacker& operator=(const BodyPacker&) = delete;

  /// A body stands in `out`, from `at` on. It is compressed if that saves an eighth at least.
  void pack(Bytes& out, std::size_t at);

 private:
  struct Context;
  std::size_t bytes_min_;
  std::unique_ptr<Context> context_;  ///< made with the first that is large enough
  Bytes frame_;
};

/// The body, a part of `stored` or else of `unpacked`. Nothing: it is damaged, or says that it is larger than it can be.
std::optional<BytesView> unpack_body(BytesView stored, Bytes& unpacked);

}  // namespace causeway
