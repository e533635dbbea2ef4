// SPDX-License-Identifier: MIT
// Loops with a known number of turns are unrolled by drivers: good on a graphics card, but the software device then compiles
// for seconds. A bound written BOUND(n) is n; where kRolled is set, the compiler cannot know that, because p.zero comes from the
// host. Define kRolled before use.
#define BOUND(n) (kRolled != 0 ? (n) + p.zero : (n))
