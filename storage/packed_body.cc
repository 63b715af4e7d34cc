#include "storage/packed_body.h"

#include <zstd.h>

#include <cstdint>
#include <new>

namespace causeway {
namespace {

constexpr char packed = '\x80';
constexpr int level = 1;
constexpr std::size_t saved_part = 8;
// No frame is written, nor believed, that would be so many times its own size, unless that is little.
constexpr std::size_t ratio_max = 1024;
constexpr std::size_t little_bytes = std::size_t{1} << 20U;

bool is_bounded(std::uint64_t body_bytes, std::size_t frame_bytes) {
  return body_bytes <= little_bytes || body_bytes / ratio_max <= frame_bytes;
}

struct FreeDecompression {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

struct BodyPacker::Context {
  Context() : zstd(ZSTD_createCCtx()) {
    if (zstd == nullptr) throw std::bad_alloc();
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { ZSTD_freeCCtx(zstd); }
  ZSTD_CCtx* zstd;
};

BodyPacker::BodyPacker(std::size_t bytes_min) : bytes_min_(bytes_min) {}
BodyPacker::~BodyPacker() = default;

void BodyPacker::pack(Bytes& out, std::size_t at) {
  const BytesView body = BytesView(out).substr(at);
  if (body.size() < bytes_min_) return;
  if (!context_) context_ = std::make_unique<Context>();
  frame_.resize(body.size() - body.size() / saved_part -
                1);  // no room for a longer one: it is given up early
  const std::size_t size =
      ZSTD_compressCCtx(context_->zstd, frame_.data(), frame_.size(), body.data(), body.size(), level);
  if (ZSTD_isError(size) != 0 || !is_bounded(body.size(), size)) return;
  out.resize(at);
  out.push_back(packed);
  out.append(frame_.data(), size);
}

std::optional<BytesView> unpack_body(BytesView stored, Bytes& unpacked) {
  if (stored.empty()) return std::nullopt;
  if (static_cast<signed char>(stored[0]) >= 0) return stored;
  if (stored[0] != packed) return std::nullopt;
  const BytesView rest = stored.substr(1);
  const unsigned long long size = ZSTD_getFrameContentSize(rest.data(), rest.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || !is_bounded(size, rest.size()))
    return std::nullopt;
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecompression> context(ZSTD_createDCtx());
  if (context == nullptr) throw std::bad_alloc();
  unpacked.resize(size);
  const std::size_t found =
      ZSTD_decompressDCtx(context.get(), unpacked.data(), unpacked.size(), rest.data(), rest.size());
  if (ZSTD_isError(found) != 0 || found != size) return std::nullopt;
  return BytesView(unpacked);
}

}  // namespace causeway
