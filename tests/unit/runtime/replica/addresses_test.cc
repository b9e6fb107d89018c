#include "runtime/replica/addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/must.h"

namespace bellwether::runtime {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::must;

TEST(AddressesTest, AnAddressResolvesToItself) {
  EXPECT_THAT(must(addresses("127.0.0.1:7443", absl::Seconds(30))), ElementsAre("127.0.0.1:7443"));
  EXPECT_THAT(must(addresses("[::1]:7443", absl::Seconds(30))), ElementsAre("[::1]:7443"));
}

TEST(AddressesTest, ANameResolvesToEachAddressOnce) {
  auto const found = must(addresses("localhost:80", absl::Seconds(30)));
  EXPECT_THAT(found, Contains("127.0.0.1:80"));
  for (const std::string& address : found)
    EXPECT_EQ(std::count(found.begin(), found.end(), address), 1);
}

TEST(AddressesTest, AnUnknownNameIsAnError) {
  auto const found = addresses("no.such.name.invalid:80", absl::Seconds(30));
  EXPECT_FALSE(found.ok());
}

}  // namespace
}  // namespace bellwether::runtime
