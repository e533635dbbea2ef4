// SPDX-License-Identifier: MIT
#include "inference/package/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace phial::package {
namespace {

std::span<const std::byte> bytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

// FIPS 180-2, appendix B.
TEST(Sha256, GivesTheStandardsExamples) {
    Sha256 hash;
    hash.add(bytes("abc"));
    EXPECT_EQ(hash.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash.add(bytes("abcdbcdecdefdefgefghfghighijhijk"));
    hash.add(bytes("ijkljklmklmnlmnomnopnopq"));
    EXPECT_EQ(hash.finish(), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hash.finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

} // namespace
} // namespace phial::package
