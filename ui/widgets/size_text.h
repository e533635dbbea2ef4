// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace phial::ui {

/// How large a file, a model or a memory is, with as many digits everywhere: "214 kB", "3.1 MB",
/// "4.28 GB".
QString sizeText(qint64 bytes);

} // namespace phial::ui
