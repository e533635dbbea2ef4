// SPDX-License-Identifier: MIT
#pragma once

// PHIAL_VECTOR_CLONES in front of a function: compiled twice, for AVX2 and for any x86-64; the
// loader picks. Both must give the same bits, so such functions add up in a fixed order. Not with
// ThreadSanitizer: the picking runs before its run-time library and crashes.
#if defined(PHIAL_SANITIZE_THREAD) || !defined(__x86_64__)
#define PHIAL_VECTOR_CLONES
#else
#define PHIAL_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#endif
