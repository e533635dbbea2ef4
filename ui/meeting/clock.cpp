// SPDX-License-Identifier: MIT
#include "ui/meeting/clock.h"

#include <QStringList>

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

std::optional<double> secondsOf(const QString& clock) {
    const QStringList parts = clock.trimmed().split(u':');
    if (parts.size() > 3) {
        return std::nullopt;
    }
    double seconds = 0;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        bool good = false;
        const uint part = parts[i].toUInt(&good);
        const uint most = i == 0 ? 1000000 : 59; // the first may be any number: "75:00"
        if (!good || part > most) {
            return std::nullopt;
        }
        seconds = 60 * seconds + part;
    }
    return seconds;
}

} // namespace phial::ui
