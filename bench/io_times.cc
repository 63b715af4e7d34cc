// To be preloaded (LD_PRELOAD) into any server: times its writes to files and their syncs, and leaves the figures in the file
// that CAUSEWAY_IO_TIMES names when the process ends. Writes to sockets are not counted.
#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

struct Times {
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint64_t> sum_ns{0};
  std::atomic<std::uint64_t> max_ns{0};
  std::atomic<std::uint64_t> bytes{0};
};

Times writes;
Times syncs;

std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

bool is_file(int fd) {
  struct stat facts{};
  return ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
}

template <class Call>
auto timed(Times& into, Call call) {
  const std::uint64_t begin = now_ns();
  const auto result = call();
  const std::uint64_t took = now_ns() - begin;
  ++into.count;
  into.sum_ns += took;
  if (result > 0) into.bytes += static_cast<std::uint64_t>(result);
  std::uint64_t max = into.max_ns;
  while (took > max && !into.max_ns.compare_exchange_weak(max, took)) continue;
  return result;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

void tell(std::FILE* to, const char* name, const Times& times, const char* end) {
  std::fprintf(to, "\"%s\": {\"count\": %llu, \"sum_ms\": %.3f, \"max_ms\": %.3f, \"bytes\": %llu}%s", name,
               static_cast<unsigned long long>(times.count), static_cast<double>(times.sum_ns) / 1e6,
               static_cast<double>(times.max_ns) / 1e6, static_cast<unsigned long long>(times.bytes), end);
}

__attribute__((destructor)) void tell_all() {
  const char* name = std::getenv("CAUSEWAY_IO_TIMES");
  std::FILE* to = name != nullptr ? std::fopen(name, "w") : nullptr;
  if (to == nullptr) return;
  std::fputs("{", to);
  tell(to, "writes", writes, ", ");
  tell(to, "syncs", syncs, "}\n");
  std::fclose(to);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, std::size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  if (!is_file(fd)) return real(fd, bytes, size);
  return timed(writes, [&] { return real(fd, bytes, size); });
}
ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t, off_t)>("pwrite");
  return timed(writes, [&] { return real(fd, bytes, size, at); });
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
  return timed(writes, [&] { return real(fd, bytes, size, at); });
}
ssize_t pwritev(int fd, const iovec* parts, int count, off_t at) {
  static const auto real = next<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
  return timed(writes, [&] { return real(fd, parts, count, at); });
}
int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return timed(syncs, [&] { return real(fd); });
}
int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  return timed(syncs, [&] { return real(fd); });
}

}  // extern "C"
