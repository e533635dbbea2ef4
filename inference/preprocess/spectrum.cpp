// SPDX-License-Identifier: MIT
#include "inference/preprocess/spectrum.h"

#include "inference/base/error.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace phial::preprocess {

namespace {

using Complex = std::complex<double>;

// std::complex multiplication guards against infinities that cannot occur here.
Complex multiply(Complex a, Complex b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

} // namespace

RealFft::RealFft(int size)
    : m_size(size) {
    check(size >= 4 && std::has_single_bit(static_cast<unsigned>(size)),
          "the length of a real transform must be a power of two, at least 4");
    const int half = size / 2;
    m_roots.reserve(static_cast<std::size_t>(half));
    for (int k = 0; k < half; ++k) {
        const double angle = -2.0 * std::numbers::pi * k / size;
        m_roots.emplace_back(std::cos(angle), std::sin(angle));
    }
    m_reversed.assign(static_cast<std::size_t>(half), 0);
    for (int i = 1; i < half; ++i) {
        m_reversed[static_cast<std::size_t>(i)] =
            m_reversed[static_cast<std::size_t>(i / 2)] / 2 + (i % 2 != 0 ? half / 2 : 0);
    }
}

void RealFft::power(std::span<const double> signal, std::span<std::complex<double>> scratch,
                    std::span<double> power) const {
    const auto half = static_cast<std::size_t>(m_size) / 2;
    check(signal.size() <= 2 * half && scratch.size() >= half && power.size() == half + 1,
          "the buffers do not fit the transform");
    // Even samples become the real part, odd samples the imaginary part.
    for (std::size_t i = 0; i < half; ++i) {
        const double even = 2 * i < signal.size() ? signal[2 * i] : 0.0;
        const double odd = 2 * i + 1 < signal.size() ? signal[2 * i + 1] : 0.0;
        scratch[static_cast<std::size_t>(m_reversed[i])] = {even, odd};
    }
    for (std::size_t length = 2; length <= half; length *= 2) {
        const std::size_t stride = 2 * half / length;
        for (std::size_t begin = 0; begin < half; begin += length) {
            for (std::size_t j = 0; j < length / 2; ++j) {
                const Complex upper = scratch[begin + j];
                const Complex lower =
                    multiply(scratch[begin + j + length / 2], m_roots[j * stride]);
                scratch[begin + j] = upper + lower;
                scratch[begin + j + length / 2] = upper - lower;
            }
        }
    }
    // The spectra of even and odd samples are the symmetric and antisymmetric parts.
    for (std::size_t k = 0; k < half; ++k) {
        const Complex a = scratch[k];
        const Complex b = std::conj(scratch[(half - k) % half]);
        const Complex even = 0.5 * (a + b);
        const Complex difference = a - b;
        const Complex odd = {0.5 * difference.imag(), -0.5 * difference.real()};
        power[k] = std::norm(even + multiply(odd, m_roots[k]));
    }
    const double nyquist = scratch[0].real() - scratch[0].imag();
    power[half] = nyquist * nyquist;
}

} // namespace phial::preprocess
