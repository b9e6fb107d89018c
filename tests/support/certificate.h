// A certificate that vouches for itself, for a server of a test.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <string>

#include "core/base/check.h"

namespace bellwether::testing {

// Writes the certificate of the host and its key as PEM files.
inline void write_certificate(const std::string& host, const std::string& chain_path,
                              const std::string& key_path) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const made = X509_new();
  BELLWETHER_CHECK(key != nullptr && made != nullptr);
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made), 86'400);
  X509_set_pubkey(made, key);
  X509_NAME* const name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("a test"), -1, -1, 0);
  X509_set_issuer_name(made, name);
  std::string const names = "DNS:" + host;
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(made, extension, -1);
  BELLWETHER_CHECK(X509_sign(made, key, EVP_sha256()) > 0);
  FILE* const chain = std::fopen(chain_path.c_str(), "w");
  FILE* const secret = std::fopen(key_path.c_str(), "w");
  BELLWETHER_CHECK(chain != nullptr && secret != nullptr);
  PEM_write_X509(chain, made);
  PEM_write_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(chain);
  std::fclose(secret);
  X509_EXTENSION_free(extension);
  X509_free(made);
  EVP_PKEY_free(key);
}

}  // namespace bellwether::testing
