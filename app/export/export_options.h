// SPDX-License-Identifier: MIT
#pragma once

namespace phial::exporting {

/// Which texts of a segment are written.
enum class Languages {
    Original,
    Translation, ///< the original where there is no translation
    Both,
};

} // namespace phial::exporting
