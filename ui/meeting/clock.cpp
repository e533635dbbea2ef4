// SPDX-License-Identifier: MIT
#include "ui/meeting/clock.h"

#include <algorithm>

namespace phial::ui {

QString clockText(double seconds) {
    const auto all = static_cast<qint64>(std::max(0.0, seconds));
    const QLatin1Char zero('0');
    return all < 3600 ? QStringLiteral("%1:%2").arg(all / 60).arg(all % 60, 2, 10, zero)
                      : QStringLiteral("%1:%2:%3")
                            .arg(all / 3600)
                            .arg(all / 60 % 60, 2, 10, zero)
                            .arg(all % 60, 2, 10, zero);
}

} // namespace phial::ui
