// Doubles from texts, and sums that depend on no order.
#include "crdt/real.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <rapidcheck/catch.h>

#include "crdt/value.h"

using namespace causeway;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double greatest = std::numeric_limits<double>::max();
constexpr double least = std::numeric_limits<double>::denorm_min();

std::uint64_t bits_of(double number) { return std::bit_cast<std::uint64_t>(number); }

/// Of all magnitudes, or, half of the time, near 1: so that sums round, cancel out and carry.
double any_finite() {
  const auto bits = *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
  const auto word = bits * 0x9E3779B97F4A7C15U;  // RapidCheck prefers small numbers
  if (word % 2 == 0)
    return std::ldexp(static_cast<double>(static_cast<std::int64_t>(word)), -60 - static_cast<int>(bits % 8));
  const double number = std::bit_cast<double>(word);
  return std::isfinite(number) ? number : 1.0;
}

double sum_of(const std::vector<double>& numbers) {
  ExactSum sum;
  for (const double number : numbers) sum.add(number);
  return sum.value();
}

}  // namespace

TEST_CASE("a_double_is_read_as_redis_reads_it") {
  CHECK(parse_real("1.5") == 1.5);
  CHECK(parse_real("-1e3") == -1000);
  CHECK(parse_real(".5") == 0.5);
  CHECK(parse_real("5.") == 5);
  CHECK(parse_real("+7") == 7);
  CHECK(parse_real("0x1p3") == 8);
  CHECK(parse_real("inf") == infinity);
  CHECK(parse_real("-InFiNiTy") == -infinity);
  CHECK(parse_real("4e-320") == 4e-320);
  for (const BytesView text : {BytesView(""), BytesView(" 1"), BytesView("1 "), BytesView("1x"),
                               BytesView("nan"), BytesView("1e400"), BytesView("-1e400"), BytesView("1e-400"),
                               BytesView("1\0", 2), BytesView("\0", 1), BytesView("e5"), BytesView("(1")}) {
    CHECK_FALSE(parse_real(text).has_value());
  }
}

TEST_CASE("a_double_reads_back_from_its_text") {
  rc::prop("of all magnitudes", [] {
    const double number = any_finite();
    RC_ASSERT(parse_real(text_of(number)) == number);
  });
}

TEST_CASE("the_exact_sum_of_two_is_what_the_processor_says") {
  rc::prop("rounded to the nearest, ties to even", [] {
    const double a = any_finite();
    const double b = any_finite();
    RC_ASSERT(bits_of(sum_of({a, b})) == bits_of(a + b + 0.0));
    RC_ASSERT(bits_of(sum_of({a})) == bits_of(a + 0.0));
  });
  const double ulp = std::numeric_limits<double>::epsilon();
  CHECK(sum_of({1, ulp / 2}) == 1);
  CHECK(sum_of({1 + ulp, ulp / 2}) == 1 + 2 * ulp);
  CHECK(sum_of({1, ulp / 2, least}) == 1 + ulp);
  CHECK(sum_of({-1, -ulp / 2, -least}) == -1 - ulp);
  CHECK(sum_of({std::numeric_limits<double>::min(), -least}) == std::numeric_limits<double>::min() - least);
}

TEST_CASE("the_exact_sum_is_the_same_in_every_order") {
  rc::prop("and what is taken away leaves nothing behind", [] {
    std::vector<double> numbers;
    for (auto left = *rc::gen::inRange(0, 12); left > 0; --left) numbers.push_back(any_finite());
    const double sum = sum_of(numbers);
    std::vector<double> others = numbers;
    std::rotate(others.begin(),
                others.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, 1 + numbers.size()) %
                                     std::max<std::ptrdiff_t>(1, numbers.size()),
                others.end());
    std::reverse(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2));
    RC_ASSERT(bits_of(sum_of(others)) == bits_of(sum));
    ExactSum more;
    for (const double number : numbers) more.add(number);
    const double other = any_finite();
    more.add(other);
    more.take(other);
    RC_ASSERT(bits_of(more.value()) == bits_of(sum));
  });
}

TEST_CASE("a_sum_that_is_too_large_is_infinite_and_comes_back") {
  CHECK(sum_of({greatest, greatest}) == infinity);
  CHECK(sum_of({greatest, greatest, greatest, -greatest, -greatest}) == greatest);
  CHECK(sum_of({-greatest, -greatest}) == -infinity);
  CHECK(sum_of({greatest, std::ldexp(1.0, 969)}) == greatest);
  CHECK(sum_of({greatest, std::ldexp(1.0, 970)}) == infinity);  // half of the last place
}

TEST_CASE("infinities_of_both_signs_cancel_out") {
  CHECK(sum_of({infinity, 5}) == infinity);
  CHECK(sum_of({5, -infinity, -infinity}) == -infinity);
  CHECK(sum_of({infinity, 5, -infinity}) == 5);
  ExactSum sum;
  sum.add(infinity);
  sum.add(infinity);
  sum.take(infinity);
  CHECK(sum.value() == infinity);
  sum.take(infinity);
  CHECK(sum.value() == 0);
}

TEST_CASE("a_sum_is_never_negative_zero") {
  CHECK_FALSE(std::signbit(sum_of({-0.0})));
  CHECK_FALSE(std::signbit(sum_of({-1.5, 1.5})));
  CHECK_FALSE(std::signbit(sum_of({})));
}
