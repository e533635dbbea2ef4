// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <span>
#include <vector>

namespace phial::preprocess {

/// Power spectrum of a real signal whose length is a power of two, in double precision, through one
/// complex transform of half the length. Const after construction; scratch belongs to the caller,
/// so threads can share an instance.
class RealFft {
public:
    /// `size`: a power of two, at least 4. Throws Error{Internal} otherwise.
    explicit RealFft(int size);

    int size() const { return m_size; }

    /// power[k] = |sum_t signal[t] exp(-2 pi i k t / size)|^2 for k = 0 .. size/2.
    /// `signal`: at most `size` values, the rest counts as zero. `power`: size/2 + 1 values.
    /// `scratch`: at least size/2 values, overwritten.
    void power(std::span<const double> signal, std::span<std::complex<double>> scratch,
               std::span<double> power) const;

private:
    int m_size;
    std::vector<std::complex<double>> m_roots; ///< exp(-2 pi i k / size), k < size/2
    std::vector<int> m_reversed;               ///< bit reversal of 0 .. size/2 - 1
};

} // namespace phial::preprocess
