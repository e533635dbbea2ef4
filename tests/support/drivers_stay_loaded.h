// SPDX-License-Identifier: MIT
#pragma once

// For one source of each test program that opens a graphics device.

#ifdef PHIAL_SANITIZE_ADDRESS
// The loader unloads drivers with the last instance; what they still hold would then be reported as
// leaked by an unknown module. Staying loaded keeps it reachable.
extern "C" int dlclose(void* /*handle*/) noexcept {
    return 0;
}
#endif
