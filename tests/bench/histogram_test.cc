// Proves that a percentile is right within a 64th, whatever the size of the values.
#include "bench/histogram.h"

#include <catch2/catch.hpp>

using causeway::bench::Histogram;

TEST_CASE("a_percentile_is_at_most_a_64th_above_the_exact_one") {
  for (const std::uint64_t scale :
       {std::uint64_t{1}, std::uint64_t{999}, std::uint64_t{1'000'003}, std::uint64_t{1} << 40U}) {
    Histogram histogram;
    for (std::uint64_t i = 1; i <= 1'000; ++i) histogram.add(i * scale);
    for (const double part : {0.01, 0.5, 0.9, 0.99, 0.999}) {
      const auto exact = static_cast<std::uint64_t>(part * 1'000 + 0.5) * scale;
      CHECK(histogram.at(part) >= exact);
      CHECK(histogram.at(part) <= exact + exact / 64 + 1);
    }
    CHECK(histogram.at(1) == 1'000 * scale);
    CHECK(histogram.max() == 1'000 * scale);
  }
}

TEST_CASE("the_greatest_value_there_is_fits") {
  Histogram histogram;
  histogram.add(~std::uint64_t{0});
  CHECK(histogram.at(0.5) == ~std::uint64_t{0});
}

TEST_CASE("an_empty_histogram_says_0") {
  CHECK(Histogram().at(0.99) == 0);
  CHECK(Histogram().mean() == 0);
}

TEST_CASE("two_histograms_add_up") {
  Histogram one;
  Histogram other;
  one.add(10, 3);
  other.add(1'000);
  one.add(other);
  CHECK(one.count() == 4);
  CHECK(one.at(0.75) == 10);
  CHECK(one.max() == 1'000);
}
