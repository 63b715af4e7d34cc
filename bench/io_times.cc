// To be preloaded (LD_PRELOAD) into any server: times its writes to files and their syncs, counts these and other system
// calls, and leaves the figures in the file that CAUSEWAY_IO_TIMES names when the process ends.
#include <dlfcn.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
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

enum Call : std::uint8_t {
  call_read,
  call_write,
  call_send,
  call_recv,
  call_poll,
  call_file_write,
  call_sync,
  calls
};
constexpr const char* call_names[calls] = {"read", "write",           "send", "recv",
                                           "poll", "write to a file", "sync"};
std::atomic<std::uint64_t> counts[calls];

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
  tell(to, "syncs", syncs, ", \"calls\": {");
  for (int i = 0; i < calls; ++i) {
    std::fprintf(to, "%s\"%s\": %llu", i == 0 ? "" : ", ", call_names[i],
                 static_cast<unsigned long long>(counts[i]));
  }
  std::fputs("}}\n", to);
  std::fclose(to);
}

}  // namespace

/// A call that is only counted, under its own name, and passed on.
#define COUNTED(kind, result, name, parameters, arguments)      \
  result name parameters {                                      \
    static const auto real = next<result(*) parameters>(#name); \
    counts[kind].fetch_add(1, std::memory_order_relaxed);       \
    return real arguments;                                      \
  }
#define TIMED(kind, times, result, name, parameters, arguments) \
  result name parameters {                                      \
    static const auto real = next<result(*) parameters>(#name); \
    counts[kind].fetch_add(1, std::memory_order_relaxed);       \
    return timed(times, [&] { return real arguments; });        \
  }

extern "C" {

ssize_t write(int fd, const void* bytes, std::size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  const bool file = is_file(fd);
  counts[file ? call_file_write : call_write].fetch_add(1, std::memory_order_relaxed);
  return file ? timed(writes, [&] { return real(fd, bytes, size); }) : real(fd, bytes, size);
}
TIMED(call_file_write, writes, ssize_t, pwrite, (int fd, const void* bytes, std::size_t size, off_t at),
      (fd, bytes, size, at))
TIMED(call_file_write, writes, ssize_t, pwrite64, (int fd, const void* bytes, std::size_t size, off64_t at),
      (fd, bytes, size, at))
TIMED(call_file_write, writes, ssize_t, pwritev, (int fd, const iovec* parts, int count, off_t at),
      (fd, parts, count, at))
TIMED(call_sync, syncs, int, fdatasync, (int fd), (fd))
TIMED(call_sync, syncs, int, fsync, (int fd), (fd))

COUNTED(call_read, ssize_t, read, (int fd, void* bytes, std::size_t size), (fd, bytes, size))
COUNTED(call_send, ssize_t, send, (int fd, const void* bytes, std::size_t size, int flags),
        (fd, bytes, size, flags))
COUNTED(call_send, ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags))
COUNTED(call_send, ssize_t, writev, (int fd, const iovec* parts, int count), (fd, parts, count))
COUNTED(call_recv, ssize_t, recv, (int fd, void* bytes, std::size_t size, int flags),
        (fd, bytes, size, flags))
COUNTED(call_recv, ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags))
COUNTED(call_poll, int, poll, (pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
COUNTED(call_poll, int, epoll_wait, (int fd, epoll_event* events, int max, int timeout),
        (fd, events, max, timeout))
COUNTED(call_poll, int, epoll_pwait2,
        (int fd, epoll_event* events, int max, const timespec* timeout, const sigset_t* mask),
        (fd, events, max, timeout, mask))

}  // extern "C"
