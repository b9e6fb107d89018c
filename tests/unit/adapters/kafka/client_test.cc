#include "adapters/kafka/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "core/base/text.h"
#include "support/paths.h"

namespace bellwether::kafka {
namespace {

using ::testing::HasSubstr;

std::string property_error(const std::string& name, const std::optional<std::string>& value) {
  return PropertyCheck().error(name, value);
}

TEST(PropertyCheckTest, AKnownPropertyWithAValidValueHasNone) {
  EXPECT_EQ(property_error("security.protocol", "SASL_SSL"), "");
  EXPECT_EQ(property_error("sasl.mechanism", "SCRAM-SHA-512"), "");
  EXPECT_EQ(property_error("socket.timeout.ms", "30000"), "");
  EXPECT_EQ(property_error("sasl.password", std::nullopt), "");
  EXPECT_EQ(property_error("socket.timeout.ms", std::nullopt), "") << "only the name is checked";
  EXPECT_EQ(property_error("sasl.password", "secret"), "");
  EXPECT_EQ(property_error("compression.type", "lz4"), "") << "a property of topics";
}

TEST(PropertyCheckTest, AnUnknownNameIsNamed) {
  EXPECT_THAT(property_error("security.protocoll", "SSL"), HasSubstr("security.protocoll"));
  EXPECT_THAT(property_error("sasl.pasword", std::nullopt), HasSubstr("sasl.pasword"));
  EXPECT_THAT(property_error("sasl.pasword", std::nullopt), HasSubstr("No such"));
  EXPECT_NE(property_error("", "x"), "");
}

TEST(PropertyCheckTest, AnInvalidValueIsToldWithItsReason) {
  EXPECT_THAT(property_error("security.protocol", "TLS"), HasSubstr("security.protocol"));
  EXPECT_THAT(property_error("socket.timeout.ms", "soon"), HasSubstr("socket.timeout.ms"));
  EXPECT_THAT(property_error("socket.timeout.ms", "-1"), HasSubstr("range"));
}

TEST(PropertyCheckTest, APropertyOfAPluginIsKnownAfterThePlugin) {
  EXPECT_NE(property_error("bellwether.test.level", "7"), "");
  PropertyCheck properties;
  std::string const plugin = testing::program("libbellwether_test_kafka_plugin.so");
  EXPECT_EQ(properties.error("plugin.library.paths", plugin), "");
  EXPECT_EQ(properties.error("bellwether.test.level", "7"), "");
  EXPECT_EQ(properties.error("bellwether.test.level", std::nullopt), "");
  EXPECT_THAT(properties.error("bellwether.test.lever", "7"), HasSubstr("bellwether.test.lever"));
}

std::string client_error(Settings properties) {
  ClientOptions options;
  options.bootstrap_servers = "127.0.0.1:1";
  options.properties = std::move(properties);
  return std::string(base::from_absl(check_client(options).message()));
}

TEST(CheckClientTest, SettingsThatDoNotFitTogetherAreRefused) {
  EXPECT_EQ(client_error({}), "");
  EXPECT_EQ(client_error({{"socket.timeout.ms", "30000"}}), "");
  EXPECT_THAT(client_error({{"security.protocol", "SASL_PLAINTEXT"}, {"sasl.mechanism", "NONE"}}),
              HasSubstr("NONE"));
  EXPECT_THAT(client_error({{"security.protocol", "SSL"}, {"ssl.ca.location", "/nowhere/ca.pem"}}),
              HasSubstr("ssl.ca.location failed"));
}

}  // namespace
}  // namespace bellwether::kafka
