// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace phial::package {

/// Incremental SHA-256 (nettle). One thread.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::span<const std::byte> bytes);

    /// 64 lower-case hexadecimal digits; the object then starts anew.
    std::string finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace phial::package
