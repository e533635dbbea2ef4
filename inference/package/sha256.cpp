// SPDX-License-Identifier: MIT
#include "inference/package/sha256.h"

#include <array>
#include <cstdint>
#include <nettle/sha2.h>

namespace phial::package {

struct Sha256::State {
    sha256_ctx context{};
};

Sha256::Sha256()
    : m_state(std::make_unique<State>()) {
    sha256_init(&m_state->context);
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
    sha256_update(&m_state->context, bytes.size(),
                  reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string Sha256::finish() {
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
    sha256_digest(&m_state->context, digest.size(), digest.data());
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

} // namespace phial::package
